//! Writes a target's seeds and its dictionary for libFuzzer: `seeds TARGET FOLDER DICTIONARY`.
#![forbid(unsafe_code)]

use fuzz::Target;
use std::fmt::Write as _;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |name: &str| {
        let missing = || Error::new(ErrorKind::InvalidInput, format!("{name} is missing"));
        arguments.next().ok_or_else(missing)
    };
    let name = next("TARGET")?;
    let (folder, dictionary) = (PathBuf::from(next("FOLDER")?), next("DICTIONARY")?);
    let unknown = || Error::new(ErrorKind::InvalidInput, format!("no target is named {name}"));
    let target = Target::by_name(&name).ok_or_else(unknown)?;
    std::fs::create_dir_all(&folder)?;
    for (number, seed) in target.seeds().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number:02}")), seed)?;
    }
    let mut lines = String::new();
    for word in target.words() {
        let escaped = word.bytes().fold(String::new(), |mut text, byte| {
            // Writing into a string does not fail.
            let _ = match byte {
                b'"' | b'\\' => write!(text, "\\{}", char::from(byte)),
                b' '..=b'~' => write!(text, "{}", char::from(byte)),
                _ => write!(text, "\\x{byte:02x}"),
            };
            text
        });
        let _ = writeln!(lines, "\"{escaped}\"");
    }
    std::fs::write(dictionary, lines)
}
