//! A centre that is asked by FHIR.

use crate::support::Node;
use crate::support::server::Server;
use std::process::Command;

/// Two hospitals' domains, and who feeds them.
pub const DOMAINS: &str = r#"
domains = [{ oid = "1.2.392.9.101", namespace = "HOSP_A" }, { oid = "1.2.392.9.102", namespace = "HOSP_B" }]
"#;

/// Writes `[fhir]` and `[mllp]` of a node's configuration, and gives the region an OID that does
/// not change.
pub fn serve(node: &Node, fhir: &str, mllp: &str) -> Server {
    let path = node.path("centre/musubi.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("[fhir]\n").unwrap();
    let (_, after) = rest.split_once("[centre]\n").unwrap();
    let oid = text.lines().find(|line| line.starts_with("oid = ")).unwrap();
    let before = before.replace(oid, "oid = \"1.2.392.9\"");
    let fhir = format!("[fhir]\nlisten = \"127.0.0.1:0\"\n{fhir}\n");
    let mllp = format!("[mllp]\napplication = \"MUSUBI\"\n{DOMAINS}{mllp}\n");
    std::fs::write(&path, format!("{before}{fhir}\n{mllp}\n[centre]\n{after}")).unwrap();
    Server::start(node)
}

/// What curl says of a request: the status, or why there was none; and the body.
pub fn curl(arguments: &[&str]) -> (String, String) {
    let output = Command::new("curl")
        .args(["--silent", "--show-error", "--write-out", "\n%{http_code}"])
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let (body, status) = said.rsplit_once('\n').unwrap();
    match output.status.success() {
        true => (status.to_owned(), body.to_owned()),
        false => (String::from_utf8_lossy(&output.stderr).into_owned(), body.to_owned()),
    }
}

/// A Patient of JP Core in JSON.
pub fn patient(system: &str, value: &str, rest: &str) -> String {
    let name = |code: &str, family: &str, given: &str| {
        format!(
            r#"{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"{code}"}}],"use":"official","family":"{family}","given":["{given}"]}}"#
        )
    };
    format!(
        r#"{{"resourceType":"Patient","identifier":[{{"system":"{system}","value":"{value}"}}],"name":[{},{}],"telecom":[{{"system":"phone","value":"03-1234-5678"}}],"gender":"female","birthDate":"1957-06-12"{rest},"address":[{{"text":"東京都中央区築地5-1-1","postalCode":"104-0045"}}]}}"#,
        name("IDE", "山田", "花子"),
        name("SYL", "ヤマダ", "ハナコ")
    )
}
