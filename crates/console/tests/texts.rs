//! Every text that templates and sources of the console ask for exists.

use page::Texts;
use std::path::Path;

const CALLS: [&str; 6] = [".t(\"", ".t1(\"", ".tn(\"", ".tv(\"", "texts.get(\"", "texts.with(\""];

/// Every variable that texts use; a text whose variable is missing is not written at all.
const VARIABLES: [(&str, &str); 12] = [
    ("first", "1"),
    ("last", "1"),
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
    for name in ["split", "link", "undo", "undo-decision"] {
        keys.extend(["title", "about", "do"].map(|part| format!("act-{name}-{part}")));
    }
    for verdict in ports::Verdict::ALL.map(ports::Verdict::name) {
        keys.extend(["title", "about", "do"].map(|part| format!("act-{verdict}-{part}")));
        keys.extend(["decided", "verdict"].map(|part| format!("{part}-{verdict}")));
    }
    keys.extend(identity::linkage::Field::ALL.iter().map(|it| format!("field-{}", it.name())));
    keys.extend(identity::linkage::Level::ALL.iter().map(|it| format!("level-{}", it.name())));
    for state in ["open", "put-off", "same", "not-same", "settled", "superseded"] {
        keys.push(format!("review-state-{state}"));
    }
    for reason in ["vetoed", "gate", "score", "incomplete", "runner-up", "members"] {
        keys.push(format!("review-reason-{reason}"));
    }
    for veto in [
        "kept-apart",
        "same-domain",
        "branch-conflict",
        "given-writing-differs",
        "twins",
        "seen-after-death",
    ] {
        keys.push(format!("veto-{veto}"));
    }
    for condition in
        ["given-name", "reading-has-witness", "birth-date", "sex", "family-name", "witness"]
    {
        keys.push(format!("gate-{condition}"));
    }
    for kind in store::person::EventKind::ALL {
        keys.push(format!("step-{}", kind.name()));
    }
    keys.extend(["said-authoritative", "said-other"].map(str::to_owned));
    for key in keys {
        assert_ne!(texts.with(&key, &VARIABLES), key, "no text for {key}");
    }
}
