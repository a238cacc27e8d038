//! Accounts from the command line: who has one, and how somebody locked out gets in again.

use crate::support::Node;

#[test]
fn accounts_are_listed_and_recovered() {
    let node = Node::with_sources();
    let add = ["user", "add", "sato", "--name", "佐藤 恵", "--facility", "1310000002", "--json"];
    let first = node.json(&add);
    node.run(&["user", "disable", "sato"]);
    let state = |node: &Node| {
        let all = node.json(&["user", "list", "--json"]);
        assert_eq!(all[0]["facility"], "1310000002");
        all[0]["state"].as_str().unwrap().to_owned()
    };
    assert!(state(&node).starts_with("disabled"));
    node.run(&["user", "enable", "sato"]);
    assert_eq!(state(&node), "open");
    let password = node.json(&["user", "reset-password", "sato", "--json"]);
    assert_eq!(password["password"].as_str().unwrap().len(), 19);
    assert_ne!(password["password"], first["password"]);
    let factor = node.json(&["user", "reset-second-factor", "sato", "--json"]);
    assert_ne!(factor["totp_secret"], first["totp_secret"]);
    assert!(node.refused(&["user", "enable", "nobody"]).contains("musubi user list"));
}
