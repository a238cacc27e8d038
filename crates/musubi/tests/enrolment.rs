//! Who takes part, at the command line: storages that enrol, enrolments that rest, numbers that
//! are none.

use crate::support::Node;
use std::fs;

fn put(node: &Node, patient: &str) {
    let folder =
        node.path(&format!("first/{}/{}/{patient}/-/ADT-00", &patient[..3], &patient[3..6]));
    fs::create_dir_all(&folder).unwrap();
    let name = format!("{patient}_-_ADT-00_999999999999999_20240101090000000_-_1");
    let message = format!(
        "MSH|^~\\&|EHR|H|GW|C|20240101||ADT^A08^ADT_A01|1|P|2.5||||||UNICODE UTF-8\rEVN||20240101\r\
         PID|1||{patient}^^^^PI||山田^太郎^^^^^L^I||19480312|M\rPV1|1|O\r"
    );
    fs::write(folder.join(name), message).unwrap();
}

fn enrolments(node: &Node) -> [Option<u64>; 3] {
    let stats = node.stats();
    ["enrolled", "suspended", "withdrawn"].map(|key| stats["enrolments"][key].as_u64())
}

fn current(node: &Node) -> Option<u64> {
    node.stats()["documents"]["ADT-00"]["current"].as_u64()
}

#[test]
fn a_storage_enrols_or_suspends_whom_it_tells_of_as_its_source_says() {
    let node = Node::with_sources();
    for patient in ["0000000001", "0000000002"] {
        put(&node, patient);
    }
    // A folder without basic data tells of nobody.
    fs::create_dir_all(node.path("first/000/000/0000000009/20240101")).unwrap();
    let pull = ["pull", "--source", "first"];
    node.run(&pull);
    assert_eq!(enrolments(&node), [Some(0); 3], "nothing was said");
    let shown = node.run(&["source", "set", "first", "--feed", "suspends"]);
    assert!(shown.contains("suspends"), "{shown}");
    node.run(&pull);
    assert_eq!((enrolments(&node), current(&node)), ([Some(0), Some(2), Some(0)], None));
    let resume = ["resume", "--source", "first", "--patient", "0000000001", "--basis", "form 7"];
    assert!(node.run(&resume).contains("takes part again"));
    assert!(node.run(&resume).contains("was not suspended"));
    node.run(&pull);
    assert_eq!((enrolments(&node), current(&node)), ([Some(1), Some(1), Some(0)], Some(1)));

    put(&node, "0000000003");
    node.run(&["source", "set", "first", "--feed", "enrols"]);
    node.run(&pull);
    assert_eq!((enrolments(&node), current(&node)), ([Some(2), Some(1), Some(0)], Some(2)));
    let withdraw =
        ["withdraw", "--source", "first", "--patient", "0000000003", "--basis", "form 5"];
    node.run(&withdraw);
    node.run(&pull);
    assert_eq!(
        enrolments(&node),
        [Some(1), Some(1), Some(1)],
        "nobody is enrolled against its will"
    );
    let shown = node.run(&["source", "set", "first", "--feed", "sender"]);
    assert!(shown.contains("as its sender is set"), "{shown}");
    assert!(node.refused(&["source", "set", "first", "--feed", "guesses"]).contains("guesses"));
}

#[test]
fn a_suspended_patient_is_told_in_words_and_read_on_after_resuming() {
    let node = Node::with_sources();
    put(&node, "0000000001");
    let all = ["enrol", "--source", "first", "--all", "--viewer", "1310000002"];
    node.run(&all);
    node.run(&["pull", "--source", "first"]);
    assert_eq!(current(&node), Some(1));
    let suspend = ["suspend", "--source", "first", "--patient", "0000000001", "--basis", "form 6"];
    assert!(node.run(&suspend).contains("is suspended"));
    assert!(node.run(&suspend).contains("was suspended before"));
    let shown = node.run(&["identity", "show", "first:0000000001"]);
    assert!(shown.contains("suspended"), "{shown}");
    assert!(node.run(&["stats"]).contains("enrolled 0, suspended 1, withdrawn 0"));
    assert_eq!(current(&node), Some(1), "nothing is deleted");
    assert!(node.run(&all).contains("left out 1 who have withdrawn or are suspended"));
    let named = ["enrol", "--source", "first", "--patient", "0000000001"];
    assert!(node.refused(&named).contains("musubi resume"));
    // What the hospital writes meanwhile is read once it is resumed.
    let folder = node.path("first/000/000/0000000001/-/ADT-00");
    let newer = folder.join("0000000001_-_ADT-00_999999999999999_20240201090000000_-_1");
    let older = folder.join("0000000001_-_ADT-00_999999999999999_20240101090000000_-_1");
    let text = fs::read_to_string(&older).unwrap().replace("太郎", "次郎");
    fs::rename(&older, folder.join("0000000001_-_ADT-00_999999999999999_20240101090000000_-_2"))
        .unwrap();
    fs::write(&newer, text).unwrap();
    node.run(&["pull", "--source", "first"]);
    assert!(!node.run(&["identity", "show", "first:0000000001"]).contains("次郎"));
    let resume = ["resume", "--source", "first", "--patient", "0000000001", "--basis", "form 7"];
    node.run(&resume);
    node.run(&["pull", "--source", "first"]);
    assert!(node.run(&["identity", "show", "first:0000000001"]).contains("次郎"));
    let history = node.json(&["identity", "history", "first:0000000001", "--json"]);
    let told: Vec<(&str, &str)> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (event["what"].as_str().unwrap(), event["grounds"].as_str().unwrap()))
        .collect();
    let expected = [
        ("created", "musubi enrol"),
        ("enrolled", "musubi enrol"),
        ("suspended", "form 6"),
        ("resumed", "form 7"),
    ];
    assert_eq!(told, expected);
    let unknown = ["suspend", "--source", "first", "--patient", "404", "--basis", "form 6"];
    assert!(node.refused(&unknown).contains("not enrolled"));
}

#[test]
fn folders_whose_names_are_no_numbers_of_the_domain_are_left_out_and_told() {
    let node = Node::with_sources();
    for patient in ["0000000001", "77000098", "A000000001"] {
        put(&node, patient);
    }
    let domain = "1.2.392.100495.20.3.51.11310000001";
    node.run(&["domain", "set", domain, "--digits", "10", "--pad"]);
    let said = node.run(&["enrol", "--source", "first", "--all"]);
    assert!(said.contains("left out 2 folders") && said.contains("77000098 A000000001"), "{said}");
    assert_eq!(enrolments(&node), [Some(1), Some(0), Some(0)]);
    let wrong = ["enrol", "--source", "first", "--patient", "A000000001"];
    assert!(node.refused(&wrong).contains("digits only"));
    // A typed number is padded as the domain says.
    let typed = node.json(&["enrol", "--source", "first", "--patient", "1", "--json"]);
    assert_eq!(typed["already_enrolled"], 1);
    assert!(node.run(&["identity", "show", "first:1"]).contains("first:0000000001"));
    node.run(&["domain", "set", domain, "--digits", "12"]);
    let shown = node.run(&["identity", "show", "first:0000000001"]);
    assert!(shown.contains("not written as its domain writes numbers"), "{shown}");
}

#[test]
fn a_source_has_an_age_of_its_own_after_which_its_reading_is_old() {
    let node = Node::with_sources();
    let shown = node.run(&["source", "set", "first", "--read-age", "1500"]);
    assert!(shown.contains("1500 min"), "{shown}");
    let other = node.run(&["source", "show", "second"]);
    assert!(other.contains("common") && !other.contains("1500"), "{other}");
    assert!(node.run(&["source", "set", "first", "--read-age", "0"]).contains("common"));
}
