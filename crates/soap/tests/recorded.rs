//! Messages that others recorded: read as they are, when they are at hand.

use soap::{Envelope, Policy, SecurityPolicy};
use std::path::PathBuf;
use xml::Document;

/// Where data that nobody here wrote lies; `testkit`'s twin would bring a database along.
fn recorded() -> Option<PathBuf> {
    let directory = std::env::var_os("MUSUBI_CONFORMANCE_DIR").map(PathBuf::from)?;
    Some(directory.join("epr-by-example/samples"))
}

#[test]
fn recorded_envelopes_are_read() {
    let Some(directory) = recorded() else {
        println!("skipped: MUSUBI_CONFORMANCE_DIR is not set");
        return;
    };
    let policy = Policy { security: SecurityPolicy::Keep, ..Policy::default() };
    let (mut read, mut actions) = (0, Vec::new());
    let mut paths: Vec<_> =
        std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // The others are abridged for reading: "namespaces omitted".
        if !name.ends_with("_raw.xml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let document = match Document::parse(envelope_of(&text).unwrap()) {
            Ok(document) => document,
            // Somebody's hand lost the declaration of a prefix in this one.
            Err(error) if name == "ITI-41_request_raw.xml" => {
                assert!(error.to_string().contains("prefix"), "{error}");
                continue;
            }
            Err(error) => panic!("{name}: {error}"),
        };
        let envelope =
            Envelope::read(&document, &policy).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        read += 1;
        actions.extend(envelope.action);
    }
    println!("{read} recorded envelopes read");
    assert_eq!(read, 13, "of 14 recordings");
    for action in
        ["RegistryStoredQuery", "RetrieveDocumentSet", "ProvideAndRegisterDocumentSet-bResponse"]
    {
        assert!(actions.iter().any(|one| one.ends_with(action)), "{action}");
    }
}

/// The envelope of a recording, with or without its HTTP and multipart heads.
fn envelope_of(text: &str) -> Option<&str> {
    let name = text.find(":Envelope").or_else(|| text.find("<Envelope"))?;
    let start = text.get(..=name)?.rfind('<')?;
    let end = text.rfind("Envelope>")? + "Envelope>".len();
    text.get(start..end)
}
