//! Two records that may be of one human and that no machine joins: a patient of one hospital comes
//! to another one, under a number of its own, and its desk writes the birthday's digits in each
//! other's place.

use crate::demo::Demo;
use crate::process;
use crate::region::Source;
use crate::truth::Person;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The number under which the second hospital knows the patient.
const OTHER_ID: &str = "40999901";

/// How often the pull is tried while the server reads the same source, and the time between.
const PULL_ATTEMPTS: u32 = 40;
const PULL_PAUSE: Duration = Duration::from_millis(500);

/// Both records by their patient IDs.
pub struct Doubtful {
    /// The first hospital's.
    pub one: String,
    /// The second hospital's.
    pub other: String,
}

/// Writes the second record into its hospital's storage, enrols it and pulls it.
pub fn make(demo: &Demo) -> Result<Doubtful> {
    let truth = demo.region.truth()?;
    let slipped = truth.persons.iter().find_map(|person| Some((person, slip(person)?)));
    let (person, birth) = slipped.context("nobody of the region can be mistaken in that way")?;
    let identity = person.identities.first().context("the person has a record")?;
    let named = |name: &str| demo.region.sources.iter().find(|source| source.name == name);
    let from = named(&identity.source).context("the person's source")?;
    let others = demo.region.sources.iter().filter(|it| it.facility_code != from.facility_code);
    let to = others.into_iter().find(|it| it.transaction_root.is_none());
    let to = to.context("the region has a second hospital that is read by its folders")?;
    let below = |path: &PathBuf| demo.region.directory.join(path);
    let root = below(to.roots.first().context("a storage has a root")?);
    for from_root in &from.roots {
        let words = [(identity.patient_id.as_str(), OTHER_ID), (person.birth.as_str(), &birth)];
        copy(&below(from_root), &root, words)?;
    }
    admit(demo, to)?;
    Ok(Doubtful { one: identity.patient_id.clone(), other: OTHER_ID.to_owned() })
}

/// The birth date with the digits of its day changed places, of somebody known to one hospital.
fn slip(person: &Person) -> Option<String> {
    let (month, day) = person.birth.get(..8)?.split_at(6);
    let turned: String = day.chars().rev().collect();
    let is_day = matches!(turned.parse::<u8>(), Ok(1..=28));
    let fits = person.is_enrolled && person.identities.len() == 1 && is_day && turned != day;
    fits.then(|| format!("{month}{turned}"))
}

/// Copies a patient's folder under another number, with what is to be written otherwise.
fn copy(from: &Path, to: &Path, words: [(&str, &str); 2]) -> Result<()> {
    let (old, new) = words[0];
    let folder = |root: &Path, id: &str| root.join(&id[..3]).join(&id[3..6]).join(id);
    let (from, to) = (folder(from, old), folder(to, new));
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        let Ok(entries) = fs::read_dir(from.join(&below)) else { continue };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.file_type()?.is_dir() {
                folders.push(below.join(name));
                continue;
            }
            let mut bytes = fs::read(entry.path())?;
            for (word, other) in words {
                bytes = replaced(&bytes, word.as_bytes(), other.as_bytes());
            }
            let target = to.join(&below);
            fs::create_dir_all(&target)?;
            fs::write(target.join(name.replace(old, new)), bytes)?;
        }
    }
    Ok(())
}

fn replaced(bytes: &[u8], word: &[u8], other: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(word.len()).position(|window| window == word) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(other);
        rest = &rest[at + word.len()..];
    }
    out.extend_from_slice(rest);
    out
}

fn admit(demo: &Demo, to: &Source) -> Result<()> {
    let words = ["enrol", "--source", &to.name, "--patient", OTHER_ID, "--viewer"];
    let mut enrol = demo.centre.command(words);
    enrol.args(demo.region.facilities.iter().map(|facility| &facility.code));
    process::run(&mut enrol)?;
    // The server follows its sources too: a pull that meets it waits for its turn.
    for _ in 1..PULL_ATTEMPTS {
        if process::run(&mut demo.centre.command(["pull", "--source", &to.name])).is_ok() {
            return Ok(());
        }
        std::thread::sleep(PULL_PAUSE);
    }
    process::run(&mut demo.centre.command(["pull", "--source", &to.name]))
}

#[cfg(test)]
mod tests {
    use super::replaced;

    #[test]
    fn every_place_of_a_word_is_written_otherwise() {
        assert_eq!(replaced(b"a 001 b 001", b"001", b"40"), b"a 40 b 40");
        assert_eq!(replaced(b"", b"001", b"40"), b"");
    }
}
