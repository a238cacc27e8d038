//! Peers of a state that was made before peers had sources.

use crate::support::Node;
use crate::support::server::Server;
use serde_json::Value;
use store::peer::{self, NewPeer};
use store::source::{self, KIND_PEER, SourceRow};
use store::{Database, Store, StoreConfig, StoreError};

fn store(node: &Node) -> Store {
    let database = Database::Sqlite(node.path("centre/state/musubi.db"));
    Store::open(&StoreConfig::new(database, node.path("centre/state/objects"))).unwrap()
}

/// Peers without a source, of the hospital; the clinic has a source that is named as that of one
/// of them.
fn before_sources(node: &Node) {
    let filled = store(node).write_blocking(|tx| -> Result<(), StoreError> {
        let hospital = source::facility_by_code(tx, "1310000001")?.unwrap();
        let clinic = source::facility_by_code(tx, "1310000002")?.unwrap();
        for (name, may_submit) in [("east", true), ("reader", false), ("west", true)] {
            let new = NewPeer {
                name: name.into(),
                facility_id: hospital.id,
                fingerprint: format!("of {name}"),
                may_submit,
                ..NewPeer::default()
            };
            peer::insert(tx, &new, model::Timestamp(0))?.unwrap();
        }
        let taken = SourceRow {
            id: 0,
            name: format!("{KIND_PEER}:west"),
            kind: KIND_PEER.into(),
            oid: "1.2.3".into(),
            settings: "{}".into(),
            paused: false,
            domain: source::ensure_domain(tx, "1.2.3.1", "")?,
            facility: clinic,
        };
        source::insert_source(tx, &taken, &[], 0)?.unwrap();
        Ok(())
    });
    filled.unwrap();
}

/// The sources of the peers, by name.
fn sources(node: &Node) -> Vec<(String, Value)> {
    let listed = node.json(&["peer", "list", "--json"]);
    let rows = listed.as_array().unwrap().iter();
    rows.map(|row| (row["name"].as_str().unwrap().to_owned(), row["source"].clone())).collect()
}

#[test]
fn a_peer_without_a_source_has_one_once_the_server_has_started() {
    let node = Node::new();
    before_sources(&node);
    assert!(sources(&node).iter().all(|(_, source)| source.is_null()));
    let row = || {
        let read = store(&node).read_blocking(|tx| -> Result<_, StoreError> {
            let made = source::source_by_name(tx, "xds:east")?.unwrap();
            let peer = peer::by_name(tx, "east")?.unwrap();
            assert_eq!(peer.said.source_id, Some(made.id));
            Ok((made.id, made.facility.code, made.kind, made.domain.oid))
        });
        read.unwrap()
    };
    drop(Server::start(&node));
    let expected = [
        ("east".to_owned(), Value::from("xds:east")),
        ("reader".to_owned(), Value::Null),
        // Its name gave documents of another facility: nobody takes these over.
        ("west".to_owned(), Value::Null),
    ];
    assert_eq!(sources(&node), expected);
    let first = row();
    assert_eq!((first.1.as_str(), first.2.as_str()), ("1310000001", KIND_PEER));
    drop(Server::start(&node));
    assert_eq!((sources(&node).as_slice(), row()), (expected.as_slice(), first));
}
