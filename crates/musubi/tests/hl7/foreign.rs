//! Clients and a validator that know nothing of ours.

use super::centre::{Centre, HOSPITAL_A, HOSPITAL_B, adt, configure, pid, pix};
use super::demographics::ask;
use crate::support::Node;
use crate::support::server::Server;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use testkit::Authority;

/// A Python that has both packages, or why the test is skipped.
fn python() -> Result<String, String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import hl7, hl7apy"]).output().unwrap();
    if !has.status.success() {
        let why = "has no hl7 and hl7apy; MUSUBI_PYTHON names one that has";
        return Err(format!("skipped: {python} {why}"));
    }
    Ok(python)
}

/// Sends messages and has every answer validated; gives MSH-9 and MSA-1 of each.
fn exchange(python: &str, asked: &Value) -> Vec<(String, String)> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/hl7_client.py");
    let mut child = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&said).unwrap()
}

/// Every kind of answer, accepted and refused.
fn messages() -> Vec<(String, &'static str, &'static str)> {
    let own = pid("1", HOSPITAL_A, "山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P");
    let two = |version: &str, event: &str, id: &str| {
        format!(
            "MSH|^~\\&|ADT_A|F|||20260101||ADT^{event}|{id}|P|{version}\rEVN||20260101\r{own}\r{}\r",
            pid("2", HOSPITAL_A, "山田^花子")
        )
    };
    let merge = adt("A40", "ADT_A", "m", &format!("{own}\rMRG|3^^^HOSP_A"));
    let japanese = |message: String| message.replace("|2.5\r", "|2.5||||||UNICODE UTF-8\r");
    let cancel = "MSH|^~\\&|ADT_A|F|||20260101||QCN^J01^QCN_J01|C|P|2.5\rQID|T|IHE PDQ Query\r";
    vec![
        (adt("A04", "ADT_A", "a", &own), "ACK^A04^ACK", "AA"),
        (adt("A08", "ADT_A", "b", &pid("2", HOSPITAL_A, "山田^花子")), "ACK^A08^ACK", "AA"),
        (adt("A01", "ADT_A", "c", &pid("1", HOSPITAL_B, "A^B")), "ACK^A01^ACK", "AE"),
        (merge, "ACK^A40^ACK", "AA"),
        (two("2.5", "A24^ADT_A24", "l"), "ACK^A24^ACK", "AA"),
        (two("2.5", "A31^ADT_A05", "v").replace("HOSP_A", "X"), "ACK^A31^ACK", "AA"),
        (adt("A99", "ADT_A", "d", &own), "ACK^A99^ACK", "AR"),
        (pix("ADT_A", "1", HOSPITAL_A, ""), "RSP^K23^RSP_K23", "AA"),
        (pix("ADT_A", "1", HOSPITAL_A, "^^^HOSP_B"), "RSP^K23^RSP_K23", "AA"),
        (pix("ADT_A", "404", HOSPITAL_A, ""), "RSP^K23^RSP_K23", "AE"),
        (pix("ADT_A", "1", HOSPITAL_A, "^^^X~^^^Y"), "RSP^K23^RSP_K23", "AE"),
        (japanese(ask("ADT_A", "@PID.5.1.1^山田", "", "1^RD")), "RSP^K22^RSP_K21", "AA"),
        (ask("ADT_A", "@PID.5.1.1^NOBODY", "", ""), "RSP^K22^RSP_K21", "AA"),
        (ask("ADT_A", "@PID.5.1.1^A", "^^^X", ""), "RSP^K22^RSP_K21", "AE"),
        (cancel.to_owned(), "ACK^J01^ACK", "AA"),
    ]
}

fn check(told: &[(String, String)]) {
    let expected: Vec<(String, String)> =
        messages().into_iter().map(|(_, kind, code)| (kind.into(), code.into())).collect();
    assert_eq!(told, expected);
}

#[test]
fn the_hl7_package_is_served_and_hl7apy_finds_every_answer_valid() {
    let python = match python() {
        Ok(python) => python,
        Err(skipped) => return println!("{skipped}"),
    };
    let centre = Centre::start();
    let sent: Vec<String> = messages().into_iter().map(|(message, ..)| message).collect();
    let port = centre.address().port();
    check(&exchange(&python, &json!({ "host": "127.0.0.1", "port": port, "messages": sent })));
}

#[test]
fn the_hl7_package_is_served_over_tls_and_known_by_its_certificate() {
    let python = match python() {
        Ok(python) => python,
        Err(skipped) => return println!("{skipped}"),
    };
    let node = Node::new();
    let authority = Authority::new();
    for host in ["localhost", "hospital-a", "hospital-b"] {
        authority.write(&node.path("centre"), host, host);
    }
    configure(
        &node,
        r#"
certificate = "localhost.pem"
key = "localhost.key"
client_roots = "authority.pem"
domains = [{ oid = "1.2.392.9.101", namespace = "HOSP_A" }, { oid = "1.2.392.9.102", namespace = "HOSP_B" }]
peers = [
    { name = "b", certificate = "hospital-b.pem", feeds = ["1.2.392.9.102"] },
    { name = "a", certificate = "hospital-a.pem", feeds = ["1.2.392.9.101"], may_query = true },
]
consumers = []
"#,
    );
    let server = Server::start(&node);
    let sent: Vec<String> = messages().into_iter().map(|(message, ..)| message).collect();
    let port = server.hl7.unwrap().port();
    let file = |name: &str| node.path("centre").join(name);
    check(&exchange(
        &python,
        &json!({
            "host": "127.0.0.1", "port": port, "messages": sent,
            "roots": file("authority.pem"), "certificate": file("hospital-a.pem"),
            "key": file("hospital-a.key"),
        }),
    ));
}
