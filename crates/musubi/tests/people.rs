//! Staff at the command line: joining records, taking wrong links apart.

use crate::support::Node;
use std::fs;

/// Writes the basic data of a patient into a storage.
fn put(node: &Node, storage: &str, patient: &str, birth: &str, sex: &str) {
    let folder =
        node.path(&format!("{storage}/{}/{}/{patient}/-/ADT-00", &patient[..3], &patient[3..6]));
    fs::create_dir_all(&folder).unwrap();
    let name = format!("{patient}_-_ADT-00_999999999999999_20240101090000000_-_1");
    let message = format!(
        "MSH|^~\\&|EHR|H|GW|C|20240101||ADT^A08^ADT_A01|1|P|2.5||||||UNICODE UTF-8\rEVN||20240101\r\
         PID|1||{patient}^^^^PI||山田^太郎^^^^^L^I~ヤマダ^タロウ^^^^^L^P||{birth}|{sex}\rPV1|1|O\r"
    );
    fs::write(folder.join(name), message).unwrap();
}

fn records(node: &Node, person: &str) -> Vec<String> {
    let shown = node.json(&["identity", "show", person, "--json"]);
    let all = shown["records"].as_array().unwrap().iter();
    all.map(|record| record["record"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_namesake_is_not_enrolled_as_the_same_person_unless_it_is_said_twice() {
    let node = Node::with_sources();
    put(&node, "first", "0000000001", "19480312", "M");
    put(&node, "second", "7700000098", "19620705", "M");
    node.run(&["enrol", "--source", "first", "--patient", "0000000001"]);
    node.run(&["pull", "--source", "first"]);
    let enrol =
        ["enrol", "--source", "second", "--patient", "7700000098", "--same-as", "first:0000000001"];
    let said = node.refused(&enrol);
    assert!(said.contains("born 19620705 and 19480312"), "{said}");
    let list = node.path("list.csv");
    fs::write(&list, "patient_id,same_as\n7700000098,first:0000000001\n").unwrap();
    let said = node.refused(&["enrol", "--source", "second", "--list", list.to_str().unwrap()]);
    assert!(said.contains("--despite-differences"), "{said}");
    assert_eq!(records(&node, "first:0000000001"), ["first:0000000001"]);
    node.run(&[&enrol[..], &["--despite-differences"]].concat());
    node.run(&["pull", "--source", "second"]);
    let shown = node.run(&["identity", "show", "second:7700000098"]);
    assert!(shown.contains("CONTRADICTION: birth dates"), "{shown}");
}

#[test]
fn a_wrong_link_is_seen_and_split_and_the_history_tells_of_it() {
    let node = Node::with_sources();
    for (source, patient, sex) in [("first", "0000000001", "M"), ("second", "7700000098", "F")] {
        put(&node, source, patient, "19480312", sex);
        node.run(&["enrol", "--source", source, "--patient", patient]);
        node.run(&["pull", "--source", source]);
    }
    let before = node.json(&["identity", "show", "second:7700000098", "--json"]);
    let link = ["identity", "link", "second:7700000098", "--same-as", "first:0000000001"];
    let link = [&link[..], &["--reason", "both cards at the desk"]].concat();
    let said = node.refused(&link);
    assert!(said.contains("sex F and M"), "{said}");
    let done = node.run(&[&link[..], &["--despite-differences"]].concat());
    assert!(done.contains("identity split second:7700000098"), "{done}");
    assert_eq!(records(&node, "first:0000000001"), ["first:0000000001", "second:7700000098"]);
    let card = before["community_id"].as_str().unwrap();
    assert_eq!(records(&node, card).len(), 2, "the merged card leads to both");

    let split = ["identity", "split", "second:7700000098", "--reason", "a namesake"];
    node.run(&split);
    assert_eq!(records(&node, "first:0000000001"), ["first:0000000001"]);
    assert_eq!(records(&node, card), ["second:7700000098"], "the card leads home again");
    let history = node.json(&["identity", "history", "second:7700000098", "--json"]);
    let events = history["events"].as_array().unwrap();
    let told: Vec<(&str, &str)> = events
        .iter()
        .map(|event| (event["what"].as_str().unwrap(), event["grounds"].as_str().unwrap()))
        .collect();
    let expected = [
        ("created", "musubi enrol"),
        ("enrolled", "musubi enrol"),
        ("linked", "both cards at the desk"),
        ("unlinked", "a namesake"),
    ];
    assert_eq!(told, expected);
    let said = node.refused(&split);
    assert!(said.contains("nothing to part"), "{said}");
    assert!(node.refused(&["identity", "show", "nowhere:1"]).contains("`nowhere`"));
    assert!(node.refused(&["identity", "show", "first:404"]).contains("not enrolled"));
}

fn consents(node: &Node, person: &str) -> Vec<(i64, String)> {
    let shown = node.json(&["consent", "list", person, "--json"]);
    let all = shown["consents"].as_array().unwrap().iter();
    all.map(|row| (row["id"].as_i64().unwrap(), row["state"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn whoever_has_withdrawn_is_left_out_of_lists_until_named() {
    let node = Node::with_sources();
    for patient in ["0000000001", "0000000002"] {
        put(&node, "first", patient, "19480312", "M");
    }
    let all = ["enrol", "--source", "first", "--all", "--viewer", "1310000002", "--json"];
    assert_eq!(node.json(&all)["enrolled"], 2);
    let withdraw =
        ["withdraw", "--source", "first", "--patient", "0000000001", "--basis", "form 5"];
    assert!(node.run(&withdraw).contains("takes part no more"));
    assert!(node.run(&withdraw).contains("had withdrawn before"));
    assert_eq!(consents(&node, "first:0000000001")[0].1, "ended");
    let again = node.json(&all);
    let counts = ["enrolled", "already_enrolled", "withdrawn"].map(|key| again[key].as_i64());
    assert_eq!(counts, [Some(0), Some(1), Some(1)]);
    let said = node.run(&all[..6]);
    assert!(said.contains("left out 1 who have withdrawn or are suspended"), "{said}");
    let anew = ["enrol", "--source", "first", "--patient", "0000000001", "--viewer", "1310000002"];
    assert!(node.run(&anew).contains("enrolled 1"));
    let states: Vec<String> =
        consents(&node, "first:0000000001").into_iter().map(|(_, state)| state).collect();
    assert_eq!(states, ["ended", "in force"]);
    let unknown = ["withdraw", "--source", "first", "--patient", "404", "--basis", "form 5"];
    assert!(node.refused(&unknown).contains("not enrolled"));
}

#[test]
fn an_ended_consent_is_not_opened_again_by_a_list() {
    let node = Node::with_sources();
    put(&node, "first", "0000000001", "19480312", "M");
    let all = ["enrol", "--source", "first", "--all", "--viewer", "1310000002"];
    node.run(&all);
    let person = "first:0000000001";
    let id = consents(&node, person)[0].0.to_string();
    assert!(node.run(&["consent", "end", person, &id]).contains("ended 1"));
    assert!(node.refused(&["consent", "end", person, &id]).contains("no consent"));
    let said = node.run(&all);
    assert!(said.contains("1 had ended consent"), "{said}");
    assert_eq!(consents(&node, person).len(), 1);

    let add = ["consent", "add", person, "--viewer", "1310000002", "--basis", "form 3"];
    node.run(&[&add[..], &["--kind", "laboratory", "--until", "2999-12-31"]].concat());
    node.run(&[&add[..], &["--deny", "--discloser", "1310000001"]].concat());
    let shown = node.json(&["consent", "list", person, "--json"]);
    let rows = shown["consents"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(
        (&rows[1]["kinds"], &rows[1]["until"]),
        (&"laboratory".into(), &"3000-01-01 00:00".into())
    );
    assert_eq!(
        (&rows[2]["what"], &rows[2]["discloser"]),
        (&"refusal".into(), &"1310000001".into())
    );
    let wrong = node.refused(&[&add[..], &["--kind", "results"]].concat());
    assert!(wrong.contains("laboratory"), "{wrong}");
    let wrong = node.refused(&[&add[..], &["--until", "tomorrow"]].concat());
    assert!(wrong.contains("2026-11-22"), "{wrong}");
    node.run(&["consent", "end", person, "--all"]);
    let states: Vec<String> = consents(&node, person).into_iter().map(|(_, it)| it).collect();
    assert_eq!(states, ["ended", "ended", "in force"], "a refusal stays");
}
