//! Our client and our server with one another, over real loopback sockets.

use crate::archive::{
    CT, EXPLICIT, PATIENT, Running, STUDY_GET, STUDY_MOVE, body, client, outgoing, peer_at, slice,
    start, storing,
};
use bytes::Bytes;
use dicom_dictionary_std::{tags, uids};
use dicomfile::DataSet;
use dimse::{
    CommitmentRequest, DimseError, IncomingData, InstanceReceiver, Peer, Proposal,
    ReceivedInstance, Reference, Role, Status, SubOperations,
};
use futures::StreamExt;
use std::sync::Mutex;

async fn stored(running: &Running, count: u32, pixel_bytes: usize) {
    let mut sender = client(running, storing()).await;
    for number in 1..=count {
        let kept = slice(number, pixel_bytes);
        let status = sender.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
    }
    sender.release().await.unwrap();
}

fn keys(patient: &str) -> DataSet {
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, "IMAGE");
    keys.put_str(tags::PATIENT_ID, patient);
    keys
}

/// Keeps the lengths of what comes, and cancels after so many.
struct Taken {
    all: Mutex<Vec<(String, usize)>>,
    most: u16,
}

impl InstanceReceiver for Taken {
    async fn receive(&self, instance: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        let bytes = data.collect("instance", 64 << 20).await.unwrap();
        self.all.lock().unwrap().push((instance.instance.clone(), bytes.len()));
        Status::SUCCESS
    }

    fn goes_on(&self, operations: &SubOperations) -> bool {
        operations.completed < self.most
    }
}

#[tokio::test]
async fn an_echo_is_answered_again_and_again() {
    let running = start().await;
    let mut client = client(&running, Proposal::plain(&[uids::VERIFICATION])).await;
    for _ in 0..100 {
        assert_eq!(client.echo().await.unwrap(), Status::SUCCESS);
    }
    client.release().await.unwrap();
}

#[tokio::test]
async fn a_data_set_arrives_byte_for_byte_whatever_its_length() {
    let running = start().await;
    let mut sender = client(&running, storing()).await;
    let lengths = [0, 2, 262_000, 262_144, 524_288, 3_000_000];
    for (number, length) in (1..).zip(lengths) {
        let kept = slice(number, length);
        let status = sender.store(&outgoing(&kept), body(kept.bytes.clone())).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
        let arrived = running.archive.kept().pop().unwrap();
        assert_eq!(arrived.bytes, kept.bytes);
        assert_eq!(arrived.instance.class, CT);
        assert_eq!(arrived.instance.instance, kept.instance.instance);
        assert_eq!(arrived.instance.source_title, "TESTS");
        let mut file = arrived.instance.file_head().unwrap();
        file.extend_from_slice(&arrived.bytes);
        let scanned = dicomfile::scan(std::io::Cursor::new(file), None).unwrap();
        assert_eq!(scanned.transfer_syntax.uid(), EXPLICIT);
    }
    sender.release().await.unwrap();
}

#[tokio::test]
async fn fragments_have_even_lengths_however_a_body_is_cut() {
    let running = start().await;
    let mut sender = client(&running, storing()).await;
    for cut in [1, 2, 3, 7, 4_097, 262_138, 262_139] {
        let kept = slice(1, 600_000);
        let bytes = if cut < 8 { kept.bytes.slice(..600) } else { kept.bytes.clone() };
        let pieces: Vec<_> =
            bytes.chunks(cut).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let body = futures::stream::iter(pieces).boxed();
        let status = sender.store(&outgoing(&kept), body).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
        let arrived = running.archive.kept().pop().unwrap();
        assert_eq!(arrived.bytes, bytes, "in pieces of {cut}");
        assert!(arrived.pieces.iter().all(|piece| piece % 2 == 0), "in pieces of {cut}");
    }
}

#[tokio::test]
async fn what_the_service_leaves_unread_is_thrown_away_and_the_association_goes_on() {
    let running = start().await;
    let mut sender = client(&running, storing()).await;
    let refused = slice(998, 1_000_000);
    let status = sender.store(&outgoing(&refused), body(refused.bytes)).await.unwrap();
    assert_eq!(status, Status::OUT_OF_RESOURCES);
    let kept = slice(1, 1_000);
    let status = sender.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
    assert_eq!(status, Status::SUCCESS);
}

#[tokio::test]
async fn a_service_that_panics_ends_its_association_only() {
    let running = start().await;
    let mut sender = client(&running, storing()).await;
    let panics = slice(999, 10);
    assert!(sender.store(&outgoing(&panics), body(panics.bytes)).await.is_err());
    stored(&running, 1, 10).await;
    assert_eq!(running.archive.kept().len(), 1);
}

#[tokio::test]
async fn matches_come_one_by_one_and_can_be_cancelled() {
    let running = start().await;
    stored(&running, 30, 10).await;
    let mut client = client(&running, Proposal::plain(&[PATIENT])).await;
    let mut matches = client.find(PATIENT, &keys("0000012345")).await.unwrap();
    let mut found = Vec::new();
    while let Some(one) = matches.next().await.unwrap() {
        found.push(one.uid(tags::SOP_INSTANCE_UID).unwrap().to_owned());
    }
    assert_eq!(matches.status(), Some(Status::SUCCESS));
    assert_eq!(found, (1..=30).map(|n| format!("1.2.3.{n}")).collect::<Vec<_>>());

    let mut endless = client.find(PATIENT, &keys("ENDLESS")).await.unwrap();
    for _ in 0..3 {
        assert!(endless.next().await.unwrap().is_some());
    }
    assert_eq!(endless.cancel().await.unwrap(), Status::CANCELLED);
    let mut none = client.find(PATIENT, &keys("nobody")).await.unwrap();
    assert!(none.next().await.unwrap().is_none(), "the association is as it was");
}

#[tokio::test]
async fn instances_come_by_c_get_and_can_be_cancelled() {
    let running = start().await;
    stored(&running, 20, 300_000).await;
    let proposal = Proposal::plain(&[STUDY_GET]).receiving(CT, &[EXPLICIT]);
    let mut client = client(&running, proposal).await;
    let taken = Taken { all: Mutex::default(), most: u16::MAX };
    let retrieved = client.get(STUDY_GET, &keys("0000012345"), &taken).await.unwrap();
    assert_eq!(retrieved.status, Status::SUCCESS);
    assert_eq!(retrieved.operations.completed, 20);
    let lengths: Vec<_> = running.archive.kept().iter().map(|one| one.bytes.len()).collect();
    let came: Vec<_> = taken.all.lock().unwrap().iter().map(|(_, length)| *length).collect();
    assert_eq!(came, lengths);

    let few = Taken { all: Mutex::default(), most: 5 };
    let retrieved = client.get(STUDY_GET, &keys("0000012345"), &few).await.unwrap();
    assert_eq!(retrieved.status, Status::CANCELLED);
    assert!((5..20).contains(&few.all.lock().unwrap().len()));
    assert!(retrieved.operations.remaining.is_some_and(|left| left > 0));
}

#[tokio::test]
async fn a_receiver_without_the_role_gets_nothing_and_is_told_what_failed() {
    let running = start().await;
    stored(&running, 3, 10).await;
    let mut client = client(&running, Proposal::plain(&[STUDY_GET])).await;
    let taken = Taken { all: Mutex::default(), most: u16::MAX };
    let retrieved = client.get(STUDY_GET, &keys("0000012345"), &taken).await.unwrap();
    assert_eq!(retrieved.status, Status::CANNOT_PERFORM_SUB_OPERATIONS);
    assert_eq!(retrieved.operations.failed, 3);
    assert_eq!(retrieved.failed_instances, ["1.2.3.1", "1.2.3.2", "1.2.3.3"]);
}

#[tokio::test]
async fn instances_go_by_c_move_to_whom_the_service_knows() {
    let (running, other) = (start().await, start().await);
    stored(&running, 7, 200_000).await;
    let to_other = Peer { calling: "MOVER".to_owned(), ..peer_at(other.address) };
    let mut destinations = running.archive.0.destinations.lock().unwrap().clone();
    destinations.insert("OTHER".to_owned(), to_other.clone());
    let nowhere = Peer { address: "dicom://127.0.0.1:1".to_owned(), ..to_other };
    destinations.insert("NOWHERE".to_owned(), nowhere);
    *running.archive.0.destinations.lock().unwrap() = destinations;
    let mut client = client(&running, Proposal::plain(&[STUDY_MOVE])).await;
    let mut counted = Vec::new();
    let all = keys("0000012345");
    let moved = client.move_to(STUDY_MOVE, &all, "OTHER", |operations| {
        counted.push((operations.remaining, operations.completed));
        true
    });
    let moved = moved.await.unwrap();
    assert_eq!((moved.status, moved.operations.completed), (Status::SUCCESS, 7));
    assert_eq!(counted, (1..=7).map(|n| (Some(7 - n), n)).collect::<Vec<_>>());
    let arrived = other.archive.kept();
    assert_eq!(arrived.len(), 7);
    assert_eq!(arrived[0].instance.move_originator.as_deref(), Some("TESTS"));

    let unknown = client.move_to(STUDY_MOVE, &all, "STRANGER", |_| true).await.unwrap();
    assert_eq!(unknown.status, Status::MOVE_DESTINATION_UNKNOWN);
    let gone = client.move_to(STUDY_MOVE, &all, "NOWHERE", |_| true).await.unwrap();
    assert_eq!(gone.status, Status::CANNOT_PERFORM_SUB_OPERATIONS);
    assert_eq!(gone.operations.failed, 7);
}

#[tokio::test]
async fn what_is_kept_is_told_on_the_same_association_and_on_another() {
    let running = start().await;
    stored(&running, 2, 10).await;
    let class = uids::STORAGE_COMMITMENT_PUSH_MODEL;
    let mut asking = client(&running, Proposal::plain(&[class])).await;
    let reference =
        |number: u32| Reference { class: CT.to_owned(), instance: format!("1.2.3.{number}") };
    let request = CommitmentRequest {
        transaction: "1.2.9".to_owned(),
        references: vec![reference(1), reference(2), reference(77)],
    };
    assert_eq!(asking.request_commitment(&request).await.unwrap(), Status::SUCCESS);
    let report = asking.commitment_report().await.unwrap();
    assert_eq!(report.transaction, "1.2.9");
    assert_eq!(report.kept, [reference(1), reference(2)]);
    assert_eq!(report.failed, [(reference(77), dimse::NO_SUCH_INSTANCE)]);
    asking.release().await.unwrap();

    let mut proposal = Proposal::plain(&[class]);
    proposal.roles.push(Role { class: class.to_owned(), scu: false, scp: true });
    let mut telling = client(&running, proposal).await;
    assert_eq!(telling.report_commitment(&report).await.unwrap(), Status::SUCCESS);
    assert_eq!(running.archive.0.reports.lock().unwrap().as_slice(), [report]);
}

#[tokio::test]
async fn what_no_context_takes_is_an_error_that_leaves_the_association_as_it_was() {
    let running = start().await;
    let mut client = client(&running, Proposal::plain(&[uids::VERIFICATION])).await;
    let kept = slice(1, 10);
    let refused = client.store(&outgoing(&kept), body(kept.bytes)).await;
    assert!(matches!(refused, Err(DimseError::NoContext { .. })), "{refused:?}");
    assert_eq!(client.echo().await.unwrap(), Status::SUCCESS);
}
