//! DCMTK: its clients at our server, its servers before our client.

use super::{Foreign, command, connect, files, free_port, missing, peer, succeeds};
use crate::archive::{
    CT, EXPLICIT, PATIENT, STUDY_GET, STUDY_MOVE, body, dialer, outgoing, peer_at, slice, start,
    storing,
};
use dicom_dictionary_std::{tags, uids};
use dicomfile::DataSet;
use dimse::{IncomingData, InstanceReceiver, Peer, Proposal, ReceivedInstance, Status};
use std::sync::Mutex;

fn keys() -> DataSet {
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, "STUDY")
        .put_str(tags::STUDY_INSTANCE_UID, "1.2.3")
        .put_str(tags::PATIENT_ID, "0000012345");
    keys
}

/// Keeps what comes by C-GET.
#[derive(Default)]
struct Taken(Mutex<Vec<(String, Vec<u8>)>>);

impl InstanceReceiver for Taken {
    async fn receive(&self, instance: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        let bytes = data.collect("instance", 64 << 20).await.unwrap();
        self.0.lock().unwrap().push((instance.instance.clone(), bytes.to_vec()));
        Status::SUCCESS
    }
}

#[tokio::test]
async fn dcmtk_s_clients_echo_store_find_get_and_move() {
    if missing("echoscu") {
        return;
    }
    let running = start().await;
    let port = running.address.port().to_string();
    let at = ["-aec", "MUSUBI", "127.0.0.1", &port];
    succeeds(command("echoscu", &at)).await;

    let folder = tempfile::tempdir().unwrap();
    let sent = files(folder.path(), 5, 524_288);
    let mut storing = command("storescu", &at);
    storing.args(sent.iter().map(|(path, _)| path));
    succeeds(storing).await;
    let kept = running.archive.kept();
    assert_eq!(kept.len(), 5);
    for (arrived, (_, sent)) in kept.iter().zip(&sent) {
        assert_eq!(crate::archive::read(arrived), crate::archive::read(sent));
    }

    let asked =
        ["-k", "QueryRetrieveLevel=IMAGE", "-k", "PatientID=0000012345", "-k", "SOPInstanceUID"];
    let mut finding = command("findscu", &["-v", "-P"]);
    finding.args(asked).args(at);
    let found = succeeds(finding).await;
    assert_eq!(found.matches("1.2.3.").count(), 5, "{found}");
    let mut endless = command("findscu", &["-v", "-P", "--cancel", "3"]);
    endless.args(["-k", "QueryRetrieveLevel=IMAGE", "-k", "PatientID=ENDLESS"]).args(at);
    let cancelled = succeeds(endless).await;
    assert!(cancelled.contains("Cancel"), "{cancelled}");

    let got = tempfile::tempdir().unwrap();
    let mut getting = command("getscu", &["-S", "-od"]);
    getting.arg(got.path()).args(&asked[..4]).args(["-k", "StudyInstanceUID=1.2.3"]).args(at);
    succeeds(getting).await;
    assert_eq!(std::fs::read_dir(got.path()).unwrap().count(), 5);

    let (moved, back) = (tempfile::tempdir().unwrap(), free_port());
    let mover = Peer { calling: "MUSUBI".to_owned(), ..peer("MOVESCU", back) };
    running.archive.0.destinations.lock().unwrap().insert("MOVESCU".to_owned(), mover);
    let back = back.to_string();
    let mut moving = command("movescu", &["-S", "-aem", "MOVESCU", "+P", &back]);
    moving.current_dir(moved.path()).args(&asked[..4]).args(["-k", "StudyInstanceUID=1.2.3"]);
    moving.args(at);
    succeeds(moving).await;
    assert_eq!(std::fs::read_dir(moved.path()).unwrap().count(), 5);
}

#[tokio::test]
async fn our_client_stores_into_storescp() {
    if missing("storescp") {
        return;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let mut server = command("storescp", &["-od"]);
    let _server = Foreign::start(server.arg(folder.path()).arg(port.to_string()));
    let mut proposal = storing();
    proposal.contexts.extend(Proposal::plain(&[uids::VERIFICATION]).contexts);
    let mut client = connect(&dialer(), &peer("STORESCP", port), &proposal).await;
    assert_eq!(client.echo().await.unwrap(), Status::SUCCESS);
    for number in 1..=20 {
        let kept = slice(number, 524_288);
        let status = client.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
    }
    client.release().await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 20);
    let first = std::fs::read(files[0].as_ref().unwrap().path()).unwrap();
    let scan = dicomfile::scan(std::io::Cursor::new(&first), None).unwrap();
    assert_eq!(scan.header.ascii(tags::PATIENT_ID), Some("0000012345"));
}

#[tokio::test]
async fn our_client_finds_gets_and_moves_from_dcmqrscp() {
    if missing("dcmqrscp") {
        return;
    }
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let running = start().await;
    let archive = folder.path().join("archive");
    std::fs::create_dir(&archive).unwrap();
    let configuration = format!(
        "NetworkTCPPort = {port}\nMaxPDUSize = 131072\nMaxAssociations = 16\n\
         HostTable BEGIN\nmusubi = (MUSUBI, 127.0.0.1, {})\nHostTable END\n\
         VendorTable BEGIN\nVendorTable END\n\
         AETable BEGIN\nQR {} RW (200, 1024mb) ANY\nAETable END\n",
        running.address.port(),
        archive.display()
    );
    let file = folder.path().join("dcmqrscp.cfg");
    std::fs::write(&file, configuration).unwrap();
    let _server = Foreign::start(command("dcmqrscp", &["-c"]).arg(&file));

    let mut client = connect(&dialer(), &peer("QR", port), &storing()).await;
    for number in 1..=8 {
        let kept = slice(number, 100_000);
        let status = client.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
    }
    client.release().await.unwrap();

    let proposal = Proposal::plain(&[PATIENT, STUDY_GET, STUDY_MOVE]).receiving(CT, &[EXPLICIT]);
    let mut client = connect(&dialer(), &peer("QR", port), &proposal).await;
    let mut images = keys();
    images.put_str(tags::QUERY_RETRIEVE_LEVEL, "IMAGE");
    images.put_str(tags::SERIES_INSTANCE_UID, "1.2.3.0");
    images.put_str(tags::SOP_INSTANCE_UID, "");
    let mut matches = client.find(PATIENT, &images).await.unwrap();
    let mut found = 0;
    while let Some(one) = matches.next().await.unwrap() {
        assert!(one.uid(tags::SOP_INSTANCE_UID).unwrap().starts_with("1.2.3."));
        found += 1;
    }
    assert_eq!((found, matches.status()), (8, Some(Status::SUCCESS)));
    client.release().await.unwrap();

    let mut client = connect(&dialer(), &peer("QR", port), &proposal).await;
    let taken = Taken::default();
    let retrieved = client.get(STUDY_GET, &keys(), &taken).await.unwrap();
    assert_eq!((retrieved.status, retrieved.operations.completed), (Status::SUCCESS, 8));
    assert_eq!(taken.0.lock().unwrap().len(), 8);
    let (name, bytes) = taken.0.lock().unwrap()[0].clone();
    let number: u32 = name.rsplit('.').next().unwrap().parse().unwrap();
    assert_eq!(bytes, slice(number, 100_000).bytes, "as it was sent");

    let moved = client.move_to(STUDY_MOVE, &keys(), "MUSUBI", |_| true).await.unwrap();
    assert_eq!((moved.status, moved.operations.completed), (Status::SUCCESS, 8));
    assert_eq!(running.archive.kept().len(), 8);
    let unknown = client.move_to(STUDY_MOVE, &keys(), "NOBODY", |_| true).await.unwrap();
    assert_eq!(unknown.status, Status::MOVE_DESTINATION_UNKNOWN);
    client.release().await.unwrap();
}

#[tokio::test]
async fn a_foreign_client_without_the_right_title_is_told_so() {
    if missing("echoscu") {
        return;
    }
    let running = start().await;
    let port = running.address.port().to_string();
    let output = super::run(command("echoscu", &["-aec", "OTHER", "127.0.0.1", &port])).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("Called AE Title Not Recognized"), "{said}");
    let _ = peer_at(running.address);
}
