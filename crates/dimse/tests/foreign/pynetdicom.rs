//! pynetdicom: its programs at our server, its query/retrieve server before our client.

use super::{Foreign, command, connect, files, free_port, peer, succeeds};
use crate::archive::{
    CT, EXPLICIT, PATIENT, STUDY_GET, STUDY_MOVE, body, dialer, outgoing, slice, start, storing,
};
use dicom_dictionary_std::tags;
use dicomfile::DataSet;
use dimse::{IncomingData, InstanceReceiver, Peer, Proposal, ReceivedInstance, Status};
use std::process::Command;
use std::sync::Mutex;

/// A Python that has it, or why the test is skipped.
fn python() -> Result<String, String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import pynetdicom, sqlalchemy"]).output().unwrap();
    match has.status.success() {
        true => Ok(python),
        false => {
            Err(format!("skipped: {python} has no pynetdicom; MUSUBI_PYTHON names one that has"))
        }
    }
}

#[derive(Default)]
struct Taken(Mutex<Vec<String>>);

impl InstanceReceiver for Taken {
    async fn receive(&self, instance: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        data.collect("instance", 64 << 20).await.unwrap();
        self.0.lock().unwrap().push(instance.instance.clone());
        Status::SUCCESS
    }
}

#[tokio::test]
async fn pynetdicom_s_clients_echo_store_find_get_and_move() {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return println!("{why}"),
    };
    let running = start().await;
    let port = running.address.port().to_string();
    let program = |name: &str| {
        command(&python, &["-m", "pynetdicom", name, "127.0.0.1", &port, "-aec", "MUSUBI"])
    };
    succeeds(program("echoscu")).await;
    let folder = tempfile::tempdir().unwrap();
    files(folder.path(), 3, 200_000);
    let mut storing = program("storescu");
    storing.arg(folder.path());
    succeeds(storing).await;
    assert_eq!(running.archive.kept().len(), 3);
    let asked = [
        "-k",
        "QueryRetrieveLevel=IMAGE",
        "-k",
        "PatientID=0000012345",
        "-k",
        "StudyInstanceUID=1.2.3",
    ];
    let mut finding = program("findscu");
    finding.args(["-P", "-k", "SOPInstanceUID="]).args(asked);
    let found = succeeds(finding).await;
    assert!((1..=3).all(|number| found.contains(&format!("1.2.3.{number}"))), "{found}");
    let got = tempfile::tempdir().unwrap();
    let mut getting = program("getscu");
    getting.args(["-S", "-od"]).arg(got.path()).args(asked);
    succeeds(getting).await;
    assert_eq!(std::fs::read_dir(got.path()).unwrap().count(), 3);
    let (moved, back) = (tempfile::tempdir().unwrap(), free_port());
    let mover = Peer { calling: "MUSUBI".to_owned(), ..peer("STORESCP", back) };
    running.archive.0.destinations.lock().unwrap().insert("STORESCP".to_owned(), mover);
    let mut moving = program("movescu");
    moving.args(["-S", "-aem", "STORESCP", "--store", "--store-port", &back.to_string(), "-od"]);
    moving.arg(moved.path()).args(asked);
    succeeds(moving).await;
    assert_eq!(std::fs::read_dir(moved.path()).unwrap().count(), 3);
}

#[tokio::test]
async fn our_client_stores_finds_gets_and_moves_from_its_query_retrieve_server() {
    let python = match python() {
        Ok(python) => python,
        Err(why) => return println!("{why}"),
    };
    let running = start().await;
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let at = |name: &str| folder.path().join(name).display().to_string();
    let configuration = format!(
        "[DEFAULT]\nae_title: QRSCP\nport: {port}\nmax_pdu: 131072\nacse_timeout: 30\n\
         dimse_timeout: 30\nnetwork_timeout: 30\nbind_address: 127.0.0.1\n\
         instance_location: {}\ndatabase_location: {}\nlog_identifier: False\n\n\
         [MUSUBI]\naddress: 127.0.0.1\nport: {}\n",
        at("instances"),
        at("instances.sqlite"),
        running.address.port()
    );
    std::fs::write(at("qrscp.ini"), configuration).unwrap();
    let mut server = command(&python, &["-m", "pynetdicom", "qrscp", "-c", &at("qrscp.ini")]);
    let _server = Foreign::start(&mut server);
    let mut client = connect(&dialer(), &peer("QRSCP", port), &storing()).await;
    for number in 1..=4 {
        let kept = slice(number, 100_000);
        let status = client.store(&outgoing(&kept), body(kept.bytes)).await.unwrap();
        assert_eq!(status, Status::SUCCESS);
    }
    client.release().await.unwrap();
    let proposal = Proposal::plain(&[PATIENT, STUDY_GET, STUDY_MOVE]).receiving(CT, &[EXPLICIT]);
    let mut client = connect(&dialer(), &peer("QRSCP", port), &proposal).await;
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, "STUDY")
        .put_str(tags::PATIENT_ID, "0000012345")
        .put_str(tags::STUDY_INSTANCE_UID, "1.2.3");
    let mut matches = client.find(PATIENT, &keys).await.unwrap();
    let found = matches.next().await.unwrap().unwrap();
    assert_eq!(found.uid(tags::STUDY_INSTANCE_UID), Some("1.2.3"));
    while matches.next().await.unwrap().is_some() {}
    let taken = Taken::default();
    let got = client.get(STUDY_GET, &keys, &taken).await.unwrap();
    assert_eq!((got.status, taken.0.lock().unwrap().len()), (Status::SUCCESS, 4));
    let moved = client.move_to(STUDY_MOVE, &keys, "MUSUBI", |_| true).await.unwrap();
    assert_eq!((moved.status, running.archive.kept().len()), (Status::SUCCESS, 4));
    client.release().await.unwrap();
}
