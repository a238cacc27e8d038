//! `musubi peer add` and the source that is made with a peer.

use crate::support::Node;
use serde_json::{Value, json};

fn peers(node: &Node) -> Vec<(Value, Value)> {
    let listed: Vec<Value> = serde_json::from_str(&node.run(&["peer", "list", "--json"])).unwrap();
    listed.iter().map(|peer| (peer["source"].clone(), peer["roles"].clone())).collect()
}

#[test]
fn a_peer_that_submits_has_a_source_of_its_facility() {
    let node = Node::new();
    let add = ["peer", "add", "clinic", "--facility"];
    node.run(&[&add[..], &["1310000002"]].concat());
    assert_eq!(peers(&node), [(Value::Null, json!(["reads"]))]);
    node.run(&["peer", "remove", "clinic"]);
    let submits = ["1310000002", "--may-submit", "--may-change-all"];
    node.run(&[&add[..], &submits].concat());
    let expected = (json!("xds:clinic"), json!(["reads", "submits", "all facilities"]));
    assert_eq!(peers(&node), [expected]);
    // What it brought stays its first facility's, so its name does too.
    node.run(&["peer", "remove", "clinic"]);
    let elsewhere = node.try_run(&[&add[..], &["1310000001", "--may-submit"]].concat());
    assert!(!elsewhere.status.success());
    let said = String::from_utf8_lossy(&elsewhere.stderr).into_owned();
    assert!(said.contains("1310000002"), "{said}");
    node.run(&[&add[..], &["1310000002", "--gateway"]].concat());
    assert_eq!(peers(&node)[0].0, json!("xds:clinic"));
    // It gives by itself: there is nothing to read.
    assert!(!node.run(&["source", "list"]).contains("xds:clinic"));
}
