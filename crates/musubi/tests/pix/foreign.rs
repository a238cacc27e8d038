//! A client that knows nothing of ours, and messages that others recorded.

use super::centre::{Centre, code};
use crate::support::conformance;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

#[test]
fn zeep_feeds_asks_merges_and_goes_on_and_every_message_is_valid() {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_zeep = Command::new(&python).args(["-c", "import zeep, lxml"]).output().unwrap();
    if !has_zeep.status.success() {
        println!("skipped: {python} has no zeep; MUSUBI_PYTHON names one that has");
        return;
    }
    let schemas = conformance("hl7v3").filter(|folder| folder.is_dir());
    if schemas.is_none() {
        println!("skipped: no schemas of HL7 v3 to validate against");
    }
    let centre = Centre::start();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/v3_client.py");
    let folder = schemas.clone().unwrap_or_else(|| "-".into());
    let url = format!("http://{}", centre.server.address);
    let output = Command::new(&python).arg(script).arg(url).arg(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_str(&said).unwrap();
    let expected = [
        "CA", "CA", "CA", "CA", "CE", "AA OK", "AA NF", "AE AE", "AE AE", "CA", "AE AE", "AA OK",
        "AA OK", "CA", "AE AE",
    ];
    assert_eq!(told["seen"], serde_json::json!(expected));
    if schemas.is_some() {
        // Every question but the cancellation, whose element is named apart, and every answer.
        assert_eq!(told["validated"], 2 * expected.len() - 1);
    }
}

#[test]
fn recorded_messages_of_others_are_acknowledged() {
    let Some(samples) = conformance("epr-by-example/samples") else { return };
    let centre = Centre::start();
    for (name, path, expected) in [
        ("ITI-44_request_raw.xml", "/pix/manager", "CR"),
        ("ITI-45_request_raw.xml", "/pix/manager", "AR"),
        ("ITI-47_request_raw.xml", "/pdq/supplier", "AR"),
    ] {
        let request = std::fs::read(samples.join(name)).unwrap();
        let answer = centre.server.post(path, &request);
        // Read whole; of a device that nobody here has given rights.
        assert_eq!((answer.status, code(&answer).as_str()), (200, expected), "{}", answer.text());
    }
}
