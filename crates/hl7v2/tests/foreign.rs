//! Messages that nobody here wrote, where they are at hand.

use hl7v2::Message;
use std::path::{Path, PathBuf};
use text::{CharacterSet, Verdict};

#[test]
fn the_national_hospital_organization_s_samples_are_read() {
    let Some(directory) = testkit::conformance_dir() else { return };
    let root = directory.join("ssmix2-nho/sampleData");
    let (mut read, mut declared) = (0, 0);
    for path in files(&root) {
        let bytes = std::fs::read(&path).unwrap();
        let Ok(message) = Message::parse(&bytes) else {
            assert!(bytes.len() < 200, "{} was not read", path.display());
            continue;
        };
        read += 1;
        let report = message.report();
        if report.used == CharacterSet::Iso2022Jp {
            assert_eq!(report.verdict, Verdict::AsDeclared, "{}", path.display());
            declared += 1;
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text: String = message.segments().map(|segment| segment.text().to_owned()).collect();
        let sent = bytes.iter().filter(|byte| **byte == b'?').count();
        assert!(text.matches('?').count() <= sent, "{name}");
        if name.contains("_ADT-00_") {
            let pid = message.segment("PID").unwrap();
            let birth = pid.field(7).text();
            assert!(birth.len() >= 8 && birth.bytes().all(|byte| byte.is_ascii_digit()), "{name}");
            assert!(!pid.field(5).component(1).text().is_empty(), "{name}");
        }
    }
    assert!(read >= 20, "only {read} messages were read");
    assert!(declared >= 18, "only {declared} messages were ISO-2022-JP as declared");
}

fn files(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found
}
