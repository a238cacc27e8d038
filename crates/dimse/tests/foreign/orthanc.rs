//! Orthanc: our client at it, it at our server.

use super::{Foreign, connect, free_port, missing, peer};
use crate::archive::{
    CT, EXPLICIT, PATIENT, STUDY_GET, STUDY_MOVE, body, dialer, outgoing, slice, start, storing,
};
use dicom_dictionary_std::{tags, uids};
use dicomfile::DataSet;
use dimse::{
    CommitmentRequest, IncomingData, InstanceReceiver, Proposal, ReceivedInstance, Reference,
    Status,
};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[derive(Default)]
struct Counted(AtomicUsize);

impl InstanceReceiver for Counted {
    async fn receive(&self, _: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        let bytes = data.collect("instance", 64 << 20).await.unwrap();
        self.0.fetch_add(usize::from(!bytes.is_empty()), Ordering::Relaxed);
        Status::SUCCESS
    }
}

/// A request to Orthanc's own interface; its answer's body.
async fn http(port: u16, method: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(" 200 "), "{head}\n{body}");
    body.to_owned()
}

#[tokio::test]
async fn orthanc_is_our_server_and_our_client() {
    if missing("Orthanc") {
        return;
    }
    let running = start().await;
    let (folder, port, http_port) = (tempfile::tempdir().unwrap(), free_port(), free_port());
    let configuration = format!(
        r#"{{"DicomAet": "ORTHANC", "DicomPort": {port}, "HttpPort": {http_port},
            "StorageDirectory": "{0}", "IndexDirectory": "{0}", "AuthenticationEnabled": false,
            "DicomModalities": {{"musubi": {{"AET": "MUSUBI", "Host": "127.0.0.1", "Port": {1}}}}}}}"#,
        folder.path().join("data").display(),
        running.address.port()
    );
    let file = folder.path().join("orthanc.json");
    std::fs::write(&file, configuration).unwrap();
    let _server = Foreign::start(Command::new("/usr/sbin/Orthanc").arg(&file));

    let mut client = connect(&dialer(), &peer("ORTHANC", port), &storing()).await;
    let mut references = Vec::new();
    for number in 1..=6 {
        let kept = slice(number, 300_000);
        references
            .push(Reference { class: CT.to_owned(), instance: kept.instance.instance.clone() });
        let status = client.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
    }
    client.release().await.unwrap();

    let commitment = uids::STORAGE_COMMITMENT_PUSH_MODEL;
    let proposal =
        Proposal::plain(&[PATIENT, STUDY_GET, STUDY_MOVE, commitment]).receiving(CT, &[EXPLICIT]);
    let mut client = connect(&dialer(), &peer("ORTHANC", port), &proposal).await;
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, "STUDY")
        .put_str(tags::PATIENT_ID, "0000012345")
        .put_str(tags::STUDY_INSTANCE_UID, "");
    let mut matches = client.find(PATIENT, &keys).await.unwrap();
    let found = matches.next().await.unwrap().unwrap();
    assert_eq!(found.uid(tags::STUDY_INSTANCE_UID), Some("1.2.3"));
    assert!(matches.next().await.unwrap().is_none());
    keys.put_str(tags::STUDY_INSTANCE_UID, "1.2.3");
    let counted = Counted::default();
    let got = client.get(STUDY_GET, &keys, &counted).await.unwrap();
    assert_eq!(got.status, Status::SUCCESS);
    assert_eq!(counted.0.load(Ordering::Relaxed), 6);
    let moved = client.move_to(STUDY_MOVE, &keys, "MUSUBI", |_| true).await.unwrap();
    assert_eq!(moved.status, Status::SUCCESS);
    assert_eq!(running.archive.kept().len(), 6);
    let request = CommitmentRequest { transaction: "1.2.99".to_owned(), references };
    assert_eq!(client.request_commitment(&request).await.unwrap(), Status::SUCCESS);
    client.release().await.unwrap();

    http(http_port, "POST", "/modalities/musubi/echo", "{}").await;
    let instances: Vec<String> = http(http_port, "GET", "/instances", "")
        .await
        .split('"')
        .filter(|piece| piece.len() == 44)
        .map(str::to_owned)
        .collect();
    assert_eq!(instances.len(), 6);
    let list = format!("[\"{}\"]", instances.join("\",\""));
    http(http_port, "POST", "/modalities/musubi/store", &list).await;
    assert_eq!(running.archive.kept().len(), 12);
    let query = r#"{"Level": "Study", "Query": {"PatientID": "0000012345"}}"#;
    let answer = http(http_port, "POST", "/modalities/musubi/query", query).await;
    let id = answer.split('"').find(|piece| piece.len() == 36).unwrap().to_owned();
    let answers = http(http_port, "GET", &format!("/queries/{id}/answers"), "").await;
    assert!(answers.contains('0'), "{answers}");
    // Orthanc tells what it keeps on an association of its own; it has done so by now, or later.
    let told = async {
        let mut ticks = tokio::time::interval(std::time::Duration::from_millis(20));
        while running.archive.0.reports.lock().unwrap().is_empty() {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), told).await.unwrap();
    let reports = running.archive.0.reports.lock().unwrap().clone();
    assert_eq!((reports[0].transaction.as_str(), reports[0].kept.len()), ("1.2.99", 6));
}
