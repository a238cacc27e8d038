//! From two hospitals' folders to one person: what linkage joins, what a human takes apart, and what
//! the registry says of it at once.

use crate::support;
use crate::xds::find;

use model::hl7::{AssigningAuthority, PatientId};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use support::Node;
use support::server::Server;

const FIRST: &str = "0000000001";
const SECOND: &str = "7700000098";

/// A hospital with a storage and an extended storage that hold the basic data of a patient and one
/// letter.
fn hospital(node: &Node, name: &str, patient: &str, day: &str) {
    let below = format!("{}/{}/{patient}", &patient[..3], &patient[3..6]);
    let folder = node.path(&format!("{name}/{below}/-/ADT-00"));
    fs::create_dir_all(&folder).unwrap();
    let file = format!("{patient}_-_ADT-00_999999999999999_20240101090000000_-_1");
    fs::write(folder.join(file), basic_data(patient, "20240101")).unwrap();
    let kind = "L1^退院時サマリー^99Z^18842-5^退院時サマリー^LN";
    let document = format!("{patient}_{day}_L1_77_{day}120000000_01_1");
    let folder = node.path(&format!("{name}-letters/{below}/{day}/{kind}/{document}"));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("main_document.html"), format!("<html>{name}</html>")).unwrap();
    let roots = [name.to_owned(), format!("{name}-letters")].map(|root| node.path(&root));
    let roots = roots.each_ref().map(|root| root.to_str().unwrap());
    let domain = format!("1.2.392.99.{}", &patient[..1]);
    let mut add = vec!["source", "add", name, "--facility", "1310000001", "--kind", "ssmix2"];
    add.extend(["--root", roots[0], "--extended-root", roots[1], "--domain", &domain]);
    node.run(&add);
    node.run(&["enrol", "--source", name, "--patient", patient, "--viewer", "1310000002"]);
    node.run(&["pull", "--source", name]);
}

fn basic_data(patient: &str, sent: &str) -> String {
    format!(
        "MSH|^~\\&|EHR|H|GW|C|{sent}||ADT^A08^ADT_A01|1|P|2.5||||||UNICODE UTF-8\rEVN||{sent}\r\
         PID|1||{patient}^^^^PI||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||19480312|M|||\
         ^^^^6899001^^H^港市中央町1-2-3||^PRN^PH^^^^^^^^^0859201234\rPV1|1|O\r"
    )
}

fn community_id(node: &Node, record: &str) -> String {
    let shown = node.json(&["identity", "show", record, "--json"]);
    shown["community_id"].as_str().unwrap().to_owned()
}

/// Whose documents the registry gives for a community ID.
fn seen(node: &Node, server: &Server, id: &str) -> BTreeSet<String> {
    let config = fs::read_to_string(node.path("centre/musubi.toml")).unwrap();
    let oid = config.lines().find(|line| line.starts_with("oid = ")).unwrap();
    let oid = format!("{}.1", oid.split('"').nth(1).unwrap());
    let authority = AssigningAuthority { namespace: String::new(), oid };
    let found = find(server, &PatientId { id: id.to_owned(), authority });
    found.into_iter().map(|entry| entry.source_patient_id.id).collect()
}

#[test]
fn a_split_after_a_wrong_link_is_right_at_once_in_the_registry() {
    let node = Node::new();
    let config = node.path("centre/musubi.toml");
    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace("trust_loopback = false", "trust_loopback = true");
    fs::write(&config, text.replace("follow = true", "follow = false")).unwrap();
    hospital(&node, "first", FIRST, "20240102");
    hospital(&node, "second", SECOND, "20240203");
    let (one, other) = (format!("first:{FIRST}"), format!("second:{SECOND}"));
    let joined = community_id(&node, &one);
    assert_eq!(joined, community_id(&node, &other), "linkage joins them");
    let explained = node.json(&["identity", "explain", &one, &other, "--json"]);
    let fields = explained["fields"].as_array().unwrap().iter();
    let sum: i64 = fields.map(|field| field["millibits"].as_i64().unwrap()).sum();
    let part = |name: &str| explained[name].as_i64().unwrap();
    assert_eq!(
        sum + part("household_millibits") + part("prior_millibits"),
        part("total_millibits")
    );

    let server = Server::start(&node);
    let both = BTreeSet::from([FIRST.to_owned(), SECOND.to_owned()]);
    assert_eq!(seen(&node, &server, &joined), both);

    node.run(&["identity", "split", &other, "--reason", "a namesake next door"]);
    let (first, second) = (community_id(&node, &one), community_id(&node, &other));
    assert_ne!(first, second);
    for (id, patient) in [(&first, FIRST), (&second, SECOND)] {
        assert_eq!(seen(&node, &server, id), BTreeSet::from([patient.to_owned()]));
    }
    let history = node.run(&["identity", "history", &other]);
    assert!(history.contains("a namesake next door"), "{history}");

    let below = format!("second/{}/{}/{SECOND}/-/ADT-00", &SECOND[..3], &SECOND[3..6]);
    let file = format!("{SECOND}_-_ADT-00_999999999999998_20240401090000000_-_1");
    let again = basic_data(SECOND, "20240401").replace("0859201234", "0859205555");
    fs::write(node.path(&below).join(file), again).unwrap();
    node.run(&["pull", "--source", "second"]);
    assert_eq!(community_id(&node, &other), second, "the next message does not link them again");
    let listed = node.json(&["identity", "review", "list", "--json"]);
    assert_eq!(listed, Value::Array(Vec::new()), "nor is anybody asked");
    assert!(node.run(&["identity", "rebuild"]).contains("of 0 records"));
    assert!(node.run(&["identity", "model"]).contains("that Musubi carries"));
}
