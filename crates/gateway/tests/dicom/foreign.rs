//! Servers that know nothing of ours as the hospital's: DCMTK's, Orthanc, pynetdicom's; each by
//! C-GET and by C-MOVE.

use super::pacs::{Pacs, outgoing};
use super::world::{TARO, World, images, study_of};
use bytes::Bytes;
use dicomfile::{Encoding, uids};
use dimse::{Client, ContextProposal, DimseError, Peer, Proposal, Status, Times};
use futures::StreamExt;
use gateway::Retrieval;
use net::{ClientConfig, Dialer};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use store::study::StudyState;

/// How long a foreign server may take to start, in milliseconds.
const START_MS: u64 = 60_000;

/// A foreign server; ended with the test.
struct Foreign(Child);

impl Foreign {
    fn start(command: &mut Command) -> Foreign {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Foreign(quiet.spawn().unwrap())
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server at a port, in a folder, that knows us at another port.
type Start = fn(u16, &Path, u16) -> Foreign;

#[expect(clippy::print_stdout, reason = "says why a test was skipped")]
fn is_missing(program: &str) -> bool {
    let is_there =
        ["/usr/bin", "/usr/sbin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !is_there {
        println!("skipped: no {program}; `cargo xtask test` installs dcmtk and orthanc");
    }
    !is_there
}

/// A Python that has pynetdicom.
#[expect(clippy::print_stdout, reason = "says why a test was skipped")]
fn python() -> Option<String> {
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python).args(["-c", "import pynetdicom, sqlalchemy"]).output().ok()?;
    if !has.status.success() {
        println!("skipped: {python} has no pynetdicom; MUSUBI_PYTHON names one that has");
    }
    has.status.success().then_some(python)
}

fn dcmqrscp(port: u16, folder: &Path, ours: u16) -> Foreign {
    let archive = folder.join("archive");
    std::fs::create_dir(&archive).unwrap();
    let configuration = format!(
        "NetworkTCPPort = {port}\nMaxPDUSize = 131072\nMaxAssociations = 16\n\
         HostTable BEGIN\nmusubi = (MUSUBI, 127.0.0.1, {ours})\nHostTable END\n\
         VendorTable BEGIN\nVendorTable END\n\
         AETable BEGIN\nPACS {} RW (200, 1024mb) ANY\nAETable END\n",
        archive.display()
    );
    let file = folder.join("dcmqrscp.cfg");
    std::fs::write(&file, configuration).unwrap();
    Foreign::start(Command::new("dcmqrscp").env("TCP_NODELAY", "1").arg("-c").arg(file))
}

fn orthanc(port: u16, folder: &Path, ours: u16) -> Foreign {
    let configuration = format!(
        r#"{{"DicomAet": "PACS", "DicomPort": {port}, "HttpServerEnabled": false,
            "StorageDirectory": "{0}", "IndexDirectory": "{0}", "DicomAlwaysAllowGet": true,
            "DicomModalities": {{"musubi": {{"AET": "MUSUBI", "Host": "127.0.0.1", "Port": {ours}}}}}}}"#,
        folder.join("data").display(),
    );
    let file = folder.join("orthanc.json");
    std::fs::write(&file, configuration).unwrap();
    Foreign::start(Command::new("/usr/sbin/Orthanc").arg(&file))
}

fn qrscp(port: u16, folder: &Path, ours: u16) -> Foreign {
    let at = |name: &str| folder.join(name).display().to_string();
    let configuration = format!(
        "[DEFAULT]\nae_title: PACS\nport: {port}\nmax_pdu: 131072\nacse_timeout: 30\n\
         dimse_timeout: 30\nnetwork_timeout: 30\nbind_address: 127.0.0.1\n\
         instance_location: {}\ndatabase_location: {}\nlog_identifier: False\n\n\
         [MUSUBI]\naddress: 127.0.0.1\nport: {ours}\n",
        at("instances"),
        at("instances.sqlite"),
    );
    std::fs::write(at("qrscp.ini"), configuration).unwrap();
    let mut command = Command::new(python().unwrap());
    Foreign::start(command.args(["-m", "pynetdicom", "qrscp", "-c", &at("qrscp.ini")]))
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Gives the server two studies of one patient and one of another, as soon as it listens.
async fn fill(port: u16) {
    let peer = Peer {
        address: format!("dicom://127.0.0.1:{port}"),
        called: "PACS".to_owned(),
        calling: "MUSUBI".to_owned(),
        times: Times::default(),
    };
    let proposal = Proposal {
        contexts: vec![ContextProposal {
            abstract_syntax: uids::CT_IMAGE_STORAGE.to_owned(),
            transfer_syntaxes: vec![uids::EXPLICIT_VR_LITTLE_ENDIAN.to_owned()],
        }],
        roles: Vec::new(),
    };
    let dialer = Dialer::new(ClientConfig::default()).unwrap();
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let started = async {
        loop {
            ticks.tick().await;
            match Client::connect(&dialer, &peer, &proposal).await {
                Err(DimseError::Connect(_)) => {}
                other => return other.unwrap(),
            }
        }
    };
    let mut client = tokio::time::timeout(Duration::from_millis(START_MS), started).await.unwrap();
    let studies = [
        study_of(TARO, "1.2.1", &[7, 4]),
        study_of(TARO, "1.2.2", &[2]),
        study_of("00000123456", "1.2.3", &[3]),
    ];
    for set in studies.iter().flatten() {
        let bytes = Bytes::from(set.write(Encoding::ExplicitLittle).unwrap());
        let body = futures::stream::iter([Ok(bytes)]).boxed();
        assert_eq!(client.store(&outgoing(set), body).await.unwrap(), Status::SUCCESS);
    }
    client.release().await.unwrap();
}

async fn pulls(start: Start) {
    for retrieval in [Retrieval::Get, Retrieval::Move] {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let settings = images(|images| images.retrieval = retrieval);
        let world = World::at(Pacs::default(), port, settings).await;
        let _server = start(port, folder.path(), world.ours.port());
        fill(port).await;
        world.enrol(TARO, 11);
        let counts = world.pull().await;
        assert_eq!((counts.listed, counts.taken), (2, 2), "{retrieval}");
        let studies = world.studies(TARO);
        assert!(studies.iter().all(|one| one.state() == StudyState::Held), "{retrieval}");
        let mut held: Vec<_> = studies.iter().map(|one| one.instance_count).collect();
        held.sort_unstable();
        assert_eq!(held, [2, 11], "{retrieval}");
        let again = world.pull().await;
        assert_eq!((again.taken, again.unchanged), (0, 2), "{retrieval}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn dcmqrscp_is_pulled_by_c_get_and_by_c_move() {
    if !is_missing("dcmqrscp") {
        pulls(dcmqrscp).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn orthanc_is_pulled_by_c_get_and_by_c_move() {
    if !is_missing("Orthanc") {
        pulls(orthanc).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pynetdicom_s_server_is_pulled_by_c_get_and_by_c_move() {
    if python().is_some() {
        pulls(qrscp).await;
    }
}
