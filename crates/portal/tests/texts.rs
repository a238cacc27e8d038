//! Every text that templates and sources ask for by a written key exists.

use page::Texts;
use std::path::{Path, PathBuf};

const CALLS: [&str; 8] = [
    ".t(\"",
    ".t1(\"",
    ".tn(\"",
    ".tv(\"",
    "texts.get(\"",
    "texts.with(\"",
    "texts.count(\"",
    "frame.t(\"",
];

/// Every variable that texts use; a text whose variable is missing is not written at all.
const VARIABLES: [(&str, &str); 25] = [
    ("n", "1"),
    ("at", "1"),
    ("day", "1"),
    ("time", "1"),
    ("typed", "1"),
    ("asked", "1"),
    ("found", "1"),
    ("first", "1"),
    ("last", "1"),
    ("total", "1"),
    ("word", "1"),
    ("name", "1"),
    ("state", "1"),
    ("facility", "1"),
    ("words", "1"),
    ("kana", "1"),
    ("birth", "1"),
    ("era", "1"),
    ("id", "1"),
    ("item", "1"),
    ("unit", "1"),
    ("items", "1"),
    ("given", "1"),
    ("ordered", "1"),
    ("reason", "1"),
];

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, into);
        } else {
            into.push(path);
        }
    }
}

#[test]
fn every_written_key_has_a_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["src", "templates", "../page/templates"] {
        files(&root.join(folder), &mut all);
    }
    let texts = Texts::default();
    let mut asked = 0;
    for file in all {
        let source = std::fs::read_to_string(&file).unwrap();
        for call in CALLS {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or("");
                asked += 1;
                assert_ne!(
                    texts.with(key, &VARIABLES),
                    key,
                    "{} asks for the text {key}",
                    file.display()
                );
            }
        }
    }
    assert!(asked > 200, "only {asked} texts were looked for");
}

#[test]
fn every_key_made_at_run_time_has_a_text() {
    let texts = Texts::default();
    let mut keys: Vec<String> = Vec::new();
    let categories = model::entry::Category::ALL.iter();
    keys.extend(categories.map(|it| format!("category-{}", it.name())));
    for name in ["up", "not-yet", "paused", "down"] {
        keys.push(format!("state-{name}"));
    }
    for name in ["timeline", "labs", "meds", "problems", "docs", "images", "coverage"] {
        keys.push(format!("tab-{name}"));
    }
    for name in [
        "ordered",
        "dispensed",
        "administered",
        "preliminary",
        "corrected",
        "cancelled",
        "suspected",
        "ended",
    ] {
        keys.push(format!("status-{name}"));
    }
    for name in ["signed-out", "not-found", "other-patient", "form", "bad", "busy", "failed"] {
        keys.push(format!("refused-{name}-title"));
        keys.push(format!("refused-{name}-body"));
    }
    for name in [
        "outpatient",
        "admission-planned",
        "admission",
        "leave-of-absence",
        "return-from-leave",
        "transfer-planned",
        "transfer",
        "discharge-planned",
        "discharge",
    ] {
        keys.push(format!("visit-{name}"));
    }
    for name in [
        "chemistry",
        "haematology",
        "urine",
        "endocrine",
        "immunology",
        "microbiology",
        "other",
        "local",
    ] {
        keys.push(format!("group-{name}"));
    }
    for (file, name, stem) in [
        ("src/images/matrix.rs", "WORDS", "modality-"),
        ("src/images/card.rs", "PARTS", "part-"),
        ("src/study/words.rs", "WORDS", "viewer-"),
        ("src/study/page.rs", "WINDOWS", ""),
        ("src/study/page.rs", "KEYS", ""),
    ] {
        keys.extend(written_in(file, name).into_iter().map(|key| format!("{stem}{key}")));
    }
    for name in ["held", "partly", "fetching", "at-hospital", "out-of-reach"] {
        keys.push(format!("images-{name}"));
    }
    for name in ["report", "presentation-state", "key-images", "document"] {
        keys.push(format!("other-{name}"));
    }
    for key in keys {
        assert_ne!(texts.with(&key, &VARIABLES), key, "no text for {key}");
    }
}

/// What stands between quotes in a constant of a source file, other than keys of a keyboard and
/// names of variables.
fn written_in(file: &str, constant: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let source = std::fs::read_to_string(path).unwrap();
    let from = source.find(&format!("const {constant}:")).unwrap();
    let body = &source[from..from + source[from..].find("];\n").unwrap()];
    let quoted = body.split('"').skip(1).step_by(2);
    let is_key = |it: &&str| it.len() > 1 && it.is_ascii() && !it.contains(['+', ' ', '.']);
    let skipped = ["Esc", "Delete", "reason", "name", "time"];
    let found: Vec<String> =
        quoted.filter(is_key).filter(|it| !skipped.contains(it)).map(str::to_owned).collect();
    assert!(found.len() > 3, "{file}: {constant}");
    found
}
