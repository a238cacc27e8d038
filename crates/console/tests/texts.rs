//! Every text that templates and sources of the console ask for exists.

use page::Texts;
use std::path::Path;

const CALLS: [&str; 6] = [".t(\"", ".t1(\"", ".tn(\"", ".tv(\"", "texts.get(\"", "texts.with(\""];

/// Every variable that texts use; a text whose variable is missing is not written at all.
const VARIABLES: [(&str, &str); 10] = [
    ("n", "1"),
    ("at", "1"),
    ("day", "1"),
    ("total", "1"),
    ("name", "1"),
    ("words", "1"),
    ("kana", "1"),
    ("birth", "1"),
    ("era", "1"),
    ("id", "1"),
];

#[test]
fn every_written_key_has_a_text() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let texts = Texts::default();
    let mut asked = 0;
    for folder in ["src", "templates"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let file = entry.unwrap().path();
            let source = std::fs::read_to_string(&file).unwrap();
            for call in CALLS {
                for rest in source.split(call).skip(1) {
                    let key = rest.split('"').next().unwrap_or("");
                    asked += 1;
                    let written = texts.with(key, &VARIABLES);
                    assert_ne!(written, key, "{} asks for {key}", file.display());
                }
            }
        }
    }
    assert!(asked > 80, "only {asked} texts were looked for");
}

#[test]
fn every_key_made_at_run_time_has_a_text() {
    let texts = Texts::default();
    let mut keys = Vec::new();
    for name in ["split", "link", "undo"] {
        keys.extend(["title", "about", "do"].map(|part| format!("act-{name}-{part}")));
        keys.push(format!("done-{name}"));
    }
    for kind in store::person::EventKind::ALL {
        keys.push(format!("step-{}", kind.name()));
    }
    keys.extend(["said-authoritative", "said-other"].map(str::to_owned));
    for key in keys {
        assert_ne!(texts.with(&key, &VARIABLES), key, "no text for {key}");
    }
}
