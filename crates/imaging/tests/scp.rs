//! DICOM spoken with the archive.

use crate::support::*;
use bytes::{Bytes, BytesMut};
use dicomfile::{DataSet, TransferSyntax, tags, uids};
use dimse::{
    Client, CommitmentRequest, DimseError, IncomingData, InstanceReceiver, OutgoingInstance, Peer,
    Proposal, ReceivedInstance, Reference, Server, Status, Times,
};
use imaging::Scp;
use net::{ClientConfig, Dialer, Listener, Security};
use std::net::SocketAddr;
use std::sync::Mutex;
use store::consent::{self, NewConsent};
use store::dicom_peer::{self, NewDicomPeer};
use store::{StoreError, source};
use tokio::sync::oneshot;

const FIND: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND;
const GET: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET;
const COMMITMENT: &str = uids::STORAGE_COMMITMENT_PUSH_MODEL;
const EXPLICIT: &str = uids::EXPLICIT_VR_LITTLE_ENDIAN;

/// A server over the archive, with the PACS as a peer that sends and the other hospital's
/// workstation as one that asks.
struct Served {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

async fn serve(world: &World) -> Served {
    let set_up = |tx: &mut store::Tx| -> Result<(), StoreError> {
        let ours = source::source_by_name(tx, PACS)?.unwrap();
        let other = source::source_by_name(tx, OTHER_PACS)?.unwrap();
        let pacs = NewDicomPeer {
            name: PACS.into(),
            ae_title: "PACS_AE".into(),
            host: "127.0.0.1".into(),
            facility_id: ours.facility.id,
            source_id: Some(ours.id),
            may_store: true,
            ..NewDicomPeer::default()
        };
        let workstation = NewDicomPeer {
            name: "workstation".into(),
            ae_title: "VIEWER".into(),
            host: "localhost".into(),
            facility_id: other.facility.id,
            may_query: true,
            ..NewDicomPeer::default()
        };
        for peer in [pacs, workstation] {
            dicom_peer::insert(tx, &peer, begin())?.unwrap();
        }
        Ok(())
    };
    world.store().write(set_up).await.unwrap();
    let dialer = Dialer::new(ClientConfig::default()).unwrap();
    let scp = Scp::new(world.archive.clone(), "MUSUBI", "1.2.392.99.3", dialer);
    let loopback = "127.0.0.1:0".parse().unwrap();
    let limits = Server::<Scp>::listener_limits();
    let listener = Listener::bind(loopback, Security::Plain, limits).await.unwrap();
    let address = listener.local_address().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(Server::new(scp).serve(listener, async move {
        let _ = stopped.await;
    }));
    Served { address, _stop: stop }
}

/// The person lets the other hospital see what the first one discloses.
async fn consent(world: &World) {
    let given = |tx: &mut store::Tx| -> Result<(), StoreError> {
        let viewer = source::source_by_name(tx, OTHER_PACS)?.unwrap().facility.id;
        let taro = store::person::identity_by_local_id(tx, DOMAIN, TARO)?.unwrap();
        consent::insert(
            tx,
            &NewConsent {
                person_id: taro.person_id,
                discloser_facility_id: None,
                viewer_facility_id: viewer,
                categories: None,
                permit: true,
                from: begin(),
                until: None,
                basis: "test",
                actor: "test",
                now: begin(),
            },
        )?;
        Ok(())
    };
    world.store().write(given).await.unwrap();
}

async fn associate(
    served: &Served,
    calling: &str,
    proposal: &Proposal,
) -> Result<Client, DimseError> {
    let dialer = Dialer::new(ClientConfig::default()).unwrap();
    let peer = Peer {
        address: format!("dicom://{}", served.address),
        called: "MUSUBI".into(),
        calling: calling.into(),
        times: Times::default(),
    };
    Client::connect(&dialer, &peer, proposal).await
}

fn storing() -> Proposal {
    Proposal::plain(&[uids::VERIFICATION, uids::CT_IMAGE_STORAGE, COMMITMENT])
}

async fn store(client: &mut Client, set: &DataSet) -> Status {
    let said = announced(set);
    let outgoing = OutgoingInstance {
        class: said.sop_class_uid,
        instance: said.sop_instance_uid,
        transfer_syntax: TransferSyntax::EXPLICIT_LITTLE.uid().to_owned(),
    };
    let bytes = sent(set);
    client.store(&outgoing, Box::pin(futures::stream::iter([Ok(bytes)]))).await.unwrap()
}

async fn find(client: &mut Client, keys: &DataSet) -> Vec<DataSet> {
    let mut matches = client.find(FIND, keys).await.unwrap();
    let mut found = Vec::new();
    while let Some(one) = matches.next().await.unwrap() {
        found.push(one);
    }
    assert_eq!(matches.status(), Some(Status::SUCCESS));
    found
}

fn keys(level: &str) -> DataSet {
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, level)
        .put_str(tags::STUDY_INSTANCE_UID, STUDY)
        .put_str(tags::STUDY_DESCRIPTION, "")
        .put_str(tags::PATIENT_ID, "")
        .put_str(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, "");
    keys
}

#[derive(Default)]
struct Received(Mutex<Vec<(String, Bytes)>>);

impl InstanceReceiver for Received {
    async fn receive(&self, instance: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        let mut whole = BytesMut::new();
        while let Ok(Some(piece)) = data.next().await {
            whole.extend_from_slice(&piece);
        }
        self.0.lock().unwrap().push((instance.instance.clone(), whole.freeze()));
        Status::SUCCESS
    }
}

#[test]
fn a_peer_stores_and_is_told_that_it_is_kept() {
    on_each_engine(async |world| {
        let served = serve(world).await;
        let mut client = associate(&served, "PACS_AE", &storing()).await.unwrap();
        assert_eq!(client.echo().await.unwrap(), Status::SUCCESS);
        assert_eq!(store(&mut client, &slice(TARO, 1)).await, Status::SUCCESS);
        assert_eq!(store(&mut client, &slice(TARO, 1)).await, Status::SUCCESS);
        assert_eq!(store(&mut client, &slice(JIRO, 2)).await, Status::NOT_AUTHORIZED);
        assert_eq!(world.study().await.instance_count, 1);

        let reference = |number: i64| Reference {
            class: uids::CT_IMAGE_STORAGE.to_owned(),
            instance: format!("{STUDY}.1.{number}"),
        };
        let request = CommitmentRequest {
            transaction: "2.25.77".into(),
            references: vec![reference(1), reference(2)],
        };
        assert_eq!(client.request_commitment(&request).await.unwrap(), Status::SUCCESS);
        let report = client.commitment_report().await.unwrap();
        assert_eq!(report.kept, [reference(1)]);
        let failed: Vec<Reference> = report.failed.into_iter().map(|one| one.0).collect();
        assert_eq!(failed, [reference(2)]);
    });
}

#[test]
fn whoever_is_not_known_is_refused_and_each_does_only_what_it_may() {
    on_each_engine(async |world| {
        let served = serve(world).await;
        let stranger = associate(&served, "STRANGER", &storing()).await;
        assert!(matches!(stranger, Err(DimseError::Rejected(_))), "{stranger:?}");
        let asking = Proposal::plain(&[FIND, uids::VERIFICATION]);
        let mut sender = associate(&served, "PACS_AE", &asking).await.unwrap();
        assert!(sender.find(FIND, &keys("STUDY")).await.is_err(), "it may send and not ask");
    });
}

#[test]
fn what_a_facility_may_not_see_is_not_there_for_its_peers() {
    on_each_engine(async |world| {
        let served = serve(world).await;
        world.send(&slice(TARO, 1)).await.unwrap();
        let asking = Proposal::plain(&[FIND]);
        let mut asks = associate(&served, "VIEWER", &asking).await.unwrap();
        assert!(find(&mut asks, &keys("STUDY")).await.is_empty(), "nobody has consented");
        consent(world).await;
        let found = find(&mut asks, &keys("STUDY")).await;
        assert_eq!(found.len(), 1);
        let text = |tag| found[0].text(tag).unwrap().value;
        assert_eq!(text(tags::STUDY_DESCRIPTION), "胸部CT");
        assert_eq!(text(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), "1");
        let community = text(tags::PATIENT_ID);

        let mut by_patient = keys("STUDY");
        by_patient.put_str(tags::STUDY_INSTANCE_UID, "").put_str(tags::PATIENT_ID, &community);
        assert_eq!(find(&mut asks, &by_patient).await.len(), 1);
        by_patient.put_str(tags::STUDY_DATE, "20260106-");
        assert!(find(&mut asks, &by_patient).await.is_empty());
        let mut everybody = keys("STUDY");
        everybody.put_str(tags::STUDY_INSTANCE_UID, "");
        assert!(find(&mut asks, &everybody).await.is_empty());
    });
}

#[test]
fn what_is_fetched_is_what_was_received() {
    on_each_engine(async |world| {
        let served = serve(world).await;
        for number in [1, 2, 3] {
            world.send(&slice(TARO, number)).await.unwrap();
        }
        consent(world).await;
        let proposal = Proposal::plain(&[GET, FIND]).receiving(uids::CT_IMAGE_STORAGE, &[EXPLICIT]);
        let mut client = associate(&served, "VIEWER", &proposal).await.unwrap();
        assert_eq!(find(&mut client, &keys("SERIES")).await.len(), 1);
        assert_eq!(find(&mut client, &keys("IMAGE")).await.len(), 3);
        let received = Received::default();
        let done = client.get(GET, &keys("STUDY"), &received).await.unwrap();
        assert_eq!((done.status, done.operations.completed), (Status::SUCCESS, 3));
        let received = received.0.into_inner().unwrap();
        let expected: Vec<(String, Bytes)> = [1, 2, 3]
            .map(|number| (format!("{STUDY}.1.{number}"), sent(&slice(TARO, number))))
            .into();
        assert_eq!(received, expected);
    });
}
