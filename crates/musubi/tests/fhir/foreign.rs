//! Every answer, checked by FHIR's definitions, which know nothing of ours.

use super::centre::{patient, serve};
use crate::support::Node;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const ONE: &str = "urn:oid:1.2.392.9.101|1";
const TWO: &str = "urn:oid:1.2.392.9.101|2";

/// A Python that has the package, or why the test is skipped.
fn python() -> Result<String, String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import fhir.resources.R4B"]).output().unwrap();
    if !has.status.success() {
        let why = "has no fhir.resources; MUSUBI_PYTHON names one that has";
        return Err(format!("skipped: {python} {why}"));
    }
    Ok(python)
}

fn request(method: &str, path: &str, body: &str, status: u16) -> Value {
    json!({ "method": method, "path": path, "body": body, "status": status })
}

/// Every kind of answer, good and bad.
fn requests() -> Vec<Value> {
    let put = |id: &str| format!("Patient?identifier={id}");
    let of = |id: &str, rest: &str| {
        let (system, value) = id.split_once('|').unwrap();
        patient(system, value, rest)
    };
    let (system, value) = ONE.split_once('|').unwrap();
    let replaced = format!(
        r#","active":false,"link":[{{"other":{{"identifier":{{"system":"{system}","value":"{value}"}}}},"type":"replaced-by"}}]"#
    );
    let asked = format!(
        r#"{{"resourceType":"Parameters","parameter":[{{"name":"resource","resource":{}}},{{"name":"onlyCertainMatches","valueBoolean":true}}]}}"#,
        of("urn:oid:1.404|9", "")
    );
    let pix = "Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.392.9";
    vec![
        request("GET", "metadata", "", 200),
        request("PUT", &put(ONE), &of(ONE, ""), 201),
        request("PUT", &put(TWO), &of(TWO, ""), 201),
        request("GET", "Patient?family=%E5%B1%B1%E7%94%B0&_count=1", "", 200),
        request("POST", "Patient/$match", &asked.replace("true", "false"), 200),
        request("PUT", &put(TWO), &of(TWO, &replaced), 200),
        request("GET", "Patient?family=%E5%B1%B1%E7%94%B0", "", 200),
        request("GET", "Patient?family=nobody", "", 200),
        request("POST", "Patient/$match", &asked, 200),
        request("GET", &format!("{pix}.101|1"), "", 200),
        request("GET", &format!("{pix}.101|1&targetSystem=urn:oid:1.2.392.9.102"), "", 200),
        request("GET", &format!("{pix}.101|2"), "", 404),
        request("GET", &format!("{pix}.404|1"), "", 400),
        request("GET", &format!("{pix}.101|1&targetSystem=urn:oid:1.404"), "", 403),
        request("PUT", &put(ONE), &of(ONE, &replaced), 422),
        request("PUT", &put(ONE), "{", 400),
        request("PUT", &put(ONE), &"[".repeat(100_000), 400),
        request("GET", "Patient?birthdate=x", "", 400),
        request("GET", "Patient/404", "", 404),
        request("DELETE", &put(ONE), "", 204),
    ]
}

#[test]
fn every_answer_is_valid_by_fhirs_own_definitions_in_both_notations() {
    let python = match python() {
        Ok(python) => python,
        Err(skipped) => return println!("{skipped}"),
    };
    let node = Node::new();
    let peers = r#"peers = [{ name = "a", feeds = ["1.2.392.9.101"], may_query = true }]"#;
    let server = serve(&node, "trust_loopback = true", peers);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/fhir_client.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg(format!("http://{}/fhir", server.fhir.unwrap()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = Value::from(requests()).to_string();
    child.stdin.take().unwrap().write_all(asked.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    insta::assert_snapshot!("answers", said);
}
