//! A source that is there is changed from the command line.

use crate::support::Node;
use std::fs;

#[test]
fn a_source_is_changed_and_shown() {
    let node = Node::with_sources();
    let hours = ["source", "set", "first", "--allowed-hours"];
    node.run(&[&hours[..], &["22:00-06:00", "--maximum-rate", "50"]].concat());
    let rule = "departments=02*;types=OMP;reason=psychiatry";
    let root = node.path("ext-tr");
    fs::create_dir_all(&root).unwrap();
    let root = root.to_str().unwrap();
    let set = ["source", "set", "first", "--restrict", rule, "--extended-transaction-root", root];
    let shown = node.run(&set);
    for words in ["22:00-06:00", "50 files/s", "02*", "psychiatry", root] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_eq!(node.run(&["source", "show", "first"]), shown);
    let wrong = node.refused(&[&hours[..], &["22-6"]].concat());
    assert!(wrong.contains("22:00-06:00"), "{wrong}");
    assert!(node.refused(&["source", "set", "first"]).contains("nothing to change"));
}
