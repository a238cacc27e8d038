//! DICOM servers as sources: adding one, changing where it is.

use crate::common;

use common::{DOMAIN, FACILITY, World};
use gateway::{GatewayError, KIND_DICOM, NewDicomSource, PeerChange, Source, SourceChange};
use model::Clock;

fn pacs() -> NewDicomSource {
    NewDicomSource {
        name: "north-pacs".into(),
        facility_code: FACILITY.into(),
        domain_oid: format!("{DOMAIN}.2"),
        ae_title: "NORTHPACS".into(),
        our_ae_title: String::new(),
        host: "127.0.0.1".into(),
        port: 104,
        is_tls: false,
        fingerprint: String::new(),
        settings: NewDicomSource::settings(),
    }
}

fn add(world: &World, new: NewDicomSource) -> Result<Source, GatewayError> {
    let now = world.clock.now();
    world.store.write_blocking(move |tx| gateway::add_dicom_source(tx, &new, now))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dicom_server_is_a_source_with_its_own_numbers_and_a_peer_that_may_only_store() {
    let world = World::new();
    let source = add(&world, pacs()).unwrap();
    assert_eq!((source.kind.as_str(), source.roots.len()), (KIND_DICOM, 0));
    assert_eq!(world.gateway.sources().await.unwrap().len(), 2);
    let wanted = source.clone();
    let peer = world.store.read_blocking(move |tx| gateway::peer_of(tx, &wanted)).unwrap();
    assert_eq!((peer.said.ae_title.as_str(), peer.said.port), ("NORTHPACS", 104));
    assert!(peer.said.may_store && !peer.said.may_query);
    assert!(matches!(add(&world, pacs()), Err(GatewayError::Exists { .. })));
    for wrong in ["", "SEVENTEEN-LETTERS", "A\\B", "日本"] {
        let new = NewDicomSource { name: "x".into(), ae_title: wrong.into(), ..pacs() };
        assert!(matches!(add(&world, new), Err(GatewayError::Invalid { .. })), "{wrong}");
    }
    let new = NewDicomSource { name: "x".into(), host: "a b".into(), ..pacs() };
    assert!(matches!(add(&world, new), Err(GatewayError::Invalid { .. })));
    assert_eq!(world.gateway.sources().await.unwrap().len(), 2, "what was refused left nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_moves_keeps_its_source_and_settings_change_beside() {
    let world = World::new();
    add(&world, pacs()).unwrap();
    let now = world.clock.now();
    let change = PeerChange { port: Some(11_112), is_tls: Some(true), ..PeerChange::default() };
    let peer = world
        .store
        .write_blocking(move |tx| gateway::change_peer(tx, "north-pacs", &change, now))
        .unwrap();
    assert_eq!((peer.said.port, peer.said.is_tls, peer.said.may_store), (11_112, true, true));
    let images = gateway::ImageSettings { instances_max: 50, ..Default::default() };
    let change = SourceChange { images: Some(images), ..SourceChange::default() };
    let after = world
        .store
        .write_blocking(move |tx| gateway::change_source(tx, "north-pacs", &change, "test", now))
        .unwrap();
    assert_eq!(after.settings.images.instances_max, 50);
    assert_eq!(peer.said.source_id, Some(after.id));
}
