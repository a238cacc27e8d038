//! The hospital PACS over a region's folder, asked by our client and by DCMTK's.

use crate::images::scan;
use dicomfile::{DataSet, tags, uids};
use dimse::{
    Client, DimseError, IncomingData, InstanceReceiver, Peer, Proposal, ReceivedInstance,
    Retrieved, Server, Status, Times,
};
use net::{ClientConfig, Dialer, Listener, Security};
use region::images::{Images, ImagingEvent, ImagingPlan, ImagingTruth, StudyTruth};
use region::pacs::{Pacs, PacsSettings};
use region::{RegionPlan, generate};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use tempfile::TempDir;

const FIND: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND;
const GET: &str = uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET;

/// A region on disk and the server of one of its hospitals.
struct Running {
    directory: TempDir,
    images: Images,
    truth: ImagingTruth,
    pacs: Pacs,
    address: SocketAddr,
    title: String,
}

async fn start(server: &str, change: impl FnOnce(&mut PacsSettings)) -> Running {
    let directory = tempfile::tempdir().unwrap();
    let plan = RegionPlan { patients: 14, bystanders: 2, ..RegionPlan::new(7, 20250401) };
    let images = Images::of(&generate(&plan).unwrap(), &ImagingPlan::TINY);
    let truth = images.write(directory.path()).unwrap();
    let title = truth.server(server).unwrap().ae_title.clone();
    let mut settings = PacsSettings { ae_title: title.clone(), ..PacsSettings::default() };
    change(&mut settings);
    let dialer = Dialer::new(ClientConfig::default()).unwrap();
    let pacs = Pacs::open(&directory.path().join(server), settings, dialer).unwrap();
    let loopback = "127.0.0.1:0".parse().unwrap();
    let limits = Server::<Pacs>::listener_limits();
    let listener = Listener::bind(loopback, Security::Plain, limits).await.unwrap();
    let address = listener.local_address().unwrap();
    tokio::spawn(Server::new(pacs.clone()).serve(listener, std::future::pending()));
    Running { directory, images, truth, pacs, address, title }
}

impl Running {
    async fn client(&self, proposal: &Proposal) -> Result<Client, DimseError> {
        let peer = Peer {
            address: format!("dicom://{}", self.address),
            called: self.title.clone(),
            calling: "TESTS".to_owned(),
            times: Times::default(),
        };
        Client::connect(&Dialer::new(ClientConfig::default()).unwrap(), &peer, proposal).await
    }

    async fn find(&self, keys: &[(dicomfile::Tag, &str)]) -> (Vec<DataSet>, Status) {
        let mut client = self.client(&Proposal::plain(&[FIND])).await.unwrap();
        let mut identifier = DataSet::new();
        for (tag, value) in keys {
            identifier.put_str(*tag, value);
        }
        identifier.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192");
        let mut matches = client.find(FIND, &identifier).await.unwrap();
        let mut found = Vec::new();
        while let Some(set) = matches.next().await.unwrap() {
            found.push(set);
        }
        let status = matches.status().unwrap();
        client.release().await.unwrap();
        (found, status)
    }

    fn studies(&self) -> impl Iterator<Item = &StudyTruth> {
        let title = &self.title;
        let of_title = move |study: &&StudyTruth| {
            self.truth.server(&study.server).is_some_and(|server| server.ae_title == *title)
        };
        self.truth.studies.iter().filter(of_title)
    }
}

fn study_keys(patient_id: &str) -> Vec<(dicomfile::Tag, &str)> {
    vec![
        (tags::QUERY_RETRIEVE_LEVEL, "STUDY"),
        (tags::PATIENT_ID, patient_id),
        (tags::PATIENT_NAME, ""),
        (tags::STUDY_INSTANCE_UID, ""),
        (tags::STUDY_DATE, ""),
        (tags::STUDY_DESCRIPTION, ""),
        (tags::MODALITIES_IN_STUDY, ""),
        (tags::NUMBER_OF_STUDY_RELATED_INSTANCES, ""),
    ]
}

#[tokio::test]
async fn a_find_gives_the_studies_of_the_truth_with_their_counts() {
    let running = start("yamate-pacs", |_| {}).await;
    let (all, status) = running.find(&study_keys("")).await;
    assert_eq!((all.len(), status), (running.studies().count(), Status::SUCCESS));
    for study in running.studies() {
        let (found, _) = running.find(&study_keys(&study.patient_id)).await;
        let uid = |set: &&DataSet| set.uid(tags::STUDY_INSTANCE_UID) == Some(&study.study_uid);
        let found = found.iter().find(uid).unwrap();
        let count: usize = study.series.iter().map(|series| series.instances.len()).sum();
        assert_eq!(found.number(tags::NUMBER_OF_STUDY_RELATED_INSTANCES), Some(count as i64));
        assert_eq!(found.ascii(tags::STUDY_DATE), Some(study.date.as_str()));
        if study.encoding.is_honest() {
            assert_eq!(found.text(tags::PATIENT_NAME).unwrap().value, study.patient_name);
            assert_eq!(found.text(tags::STUDY_DESCRIPTION).unwrap().value, study.description);
        }
    }
    let asked = running.pacs.asked();
    assert_eq!(asked.len(), 1 + running.studies().count());
    assert_eq!((asked[1].operation, asked[1].calling.as_str()), ("C-FIND", "TESTS"));
    let first = &running.studies().next().unwrap().patient_id;
    assert_eq!(asked[1].keys, BTreeMap::from([("PatientID".to_owned(), first.clone())]));
}

#[tokio::test]
async fn names_dates_and_series_are_matched_as_the_standard_says() {
    let running = start("minato-pacs", |_| {}).await;
    let study = running.studies().next().unwrap();
    let [family, _] = [0, 1].map(|at| study.patient_name.split(['^', '=']).nth(at).unwrap());
    let lower = format!("{}*", family.to_lowercase());
    let mut keys = study_keys("");
    keys[2].1 = &lower;
    let (found, _) = running.find(&keys).await;
    let same_name = |one: &&StudyTruth| one.patient_name.starts_with(family);
    assert_eq!(found.len(), running.studies().filter(same_name).count());

    let until = format!("-{}", study.date);
    let mut keys = study_keys("");
    keys[4].1 = &until;
    let (found, _) = running.find(&keys).await;
    assert_eq!(found.len(), running.studies().filter(|one| one.date <= study.date).count());

    let keys = [
        (tags::QUERY_RETRIEVE_LEVEL, "SERIES"),
        (tags::STUDY_INSTANCE_UID, study.study_uid.as_str()),
        (tags::SERIES_INSTANCE_UID, ""),
        (tags::NUMBER_OF_SERIES_RELATED_INSTANCES, ""),
    ];
    assert_eq!(running.find(&keys).await.0.len(), study.series.len());
    let (none, status) = running.find(&[(tags::QUERY_RETRIEVE_LEVEL, "PATIENT")]).await;
    assert_eq!((none.len(), status), (0, Status::DATA_SET_DOES_NOT_MATCH), "no study root level");
}

/// Whole files of what came, by SOP Instance UID: their data sets' hash.
#[derive(Default)]
struct Taken(Mutex<BTreeMap<String, String>>);

impl InstanceReceiver for Taken {
    async fn receive(&self, instance: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        let bytes = data.collect("instance", 64 << 20).await.unwrap();
        let hash = hex::encode(Sha256::digest(&bytes));
        self.0.lock().unwrap().insert(instance.instance.clone(), hash);
        Status::SUCCESS
    }
}

/// The hash of a file's data set alone.
fn data_set_hash(path: &Path) -> String {
    let file = std::fs::read(path).unwrap();
    let start = scan(&file).data_set_offset as usize;
    hex::encode(Sha256::digest(&file[start..]))
}

async fn get(running: &Running, study: &StudyTruth) -> (Retrieved, Taken) {
    let mut proposal = Proposal::plain(&[GET]);
    for series in &study.series {
        let class = &series.instances[0].sop_class_uid;
        proposal = proposal.receiving(class, &[&series.transfer_syntax_uid]);
    }
    let mut client = running.client(&proposal).await.unwrap();
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, "STUDY")
        .put_str(tags::STUDY_INSTANCE_UID, &study.study_uid);
    let taken = Taken::default();
    let retrieved = client.get(GET, &keys, &taken).await.unwrap();
    client.release().await.unwrap();
    (retrieved, taken)
}

#[tokio::test]
async fn a_get_gives_every_data_set_byte_for_byte() {
    let running = start("yamate-pacs", |_| {}).await;
    let study = running.studies().max_by_key(|study| study.series.len()).unwrap();
    let (retrieved, taken) = get(&running, study).await;
    assert_eq!(retrieved.status, Status::SUCCESS);
    let taken = taken.0.lock().unwrap();
    let instances = study.series.iter().flat_map(|series| &series.instances);
    let expected: BTreeMap<String, String> = instances
        .map(|instance| {
            let path = running.directory.path().join(&instance.path);
            (instance.instance_uid.clone(), data_set_hash(&path))
        })
        .collect();
    assert!(expected.len() > 5 && *taken == expected);
}

#[tokio::test]
async fn the_server_refuses_what_it_is_told_to() {
    let running = start("minato-pacs", |settings| {
        settings.max_matches = Some(2);
        settings.max_sub_operations = Some(1);
        settings.callers = vec!["TESTS".to_owned()];
    })
    .await;
    let (found, status) = running.find(&study_keys("")).await;
    assert_eq!((found.len(), status), (0, Status::OUT_OF_RESOURCES));
    let study = running.studies().max_by_key(|study| study.series.len()).unwrap();
    let (retrieved, taken) = get(&running, study).await;
    assert_eq!(retrieved.status, Status::CANNOT_PERFORM_SUB_OPERATIONS);
    assert!(taken.0.lock().unwrap().is_empty());

    let running = start("minato-pacs", |settings| settings.refuses_get = true).await;
    let client = running.client(&Proposal::plain(&[GET, FIND])).await.unwrap();
    let implicit = uids::IMPLICIT_VR_LITTLE_ENDIAN;
    let explicit = uids::EXPLICIT_VR_LITTLE_ENDIAN;
    let is_accepted =
        |class: &str| client.context(class, implicit).or(client.context(class, explicit)).is_some();
    assert!(!is_accepted(GET) && is_accepted(FIND));

    let running = start("minato-pacs", |settings| settings.callers = vec!["X".to_owned()]).await;
    assert!(running.client(&Proposal::plain(&[FIND])).await.is_err(), "an unknown caller");
}

#[tokio::test]
async fn what_changes_in_the_folder_is_served_changed() {
    let mut running = start("minato-pacs", |_| {}).await;
    let change = running.images.later("minato-pacs", ImagingEvent::Vanish).unwrap();
    let before = running.find(&study_keys("")).await.0.len();
    change.apply(running.directory.path()).unwrap();
    let (after, _) = running.find(&study_keys("")).await;
    assert_eq!(after.len(), before - 1);
    let gone = |set: &DataSet| set.uid(tags::STUDY_INSTANCE_UID) != Some(&change.study_uid);
    assert!(after.iter().all(gone));
    let change = running.images.later("minato-pacs", ImagingEvent::Move).unwrap();
    change.apply(running.directory.path()).unwrap();
    let (moved, _) = running.find(&study_keys(&change.patient_id_after.unwrap())).await;
    let is_it = |set: &DataSet| set.uid(tags::STUDY_INSTANCE_UID) == Some(&change.study_uid);
    assert!(moved.iter().any(is_it));
}

/// Whether DCMTK is installed, or why the test is skipped.
fn dcmtk() -> Result<(), String> {
    let tool = Command::new("findscu").arg("--version").output();
    match tool.is_ok_and(|said| said.status.success()) {
        true => Ok(()),
        false => Err("skipped: no findscu; Debian's package is dcmtk".to_owned()),
    }
}

/// Runs one of DCMTK's tools against the server, with a study's keys, in a folder of its own.
async fn run(running: &Running, tool: &str, arguments: &[&str], keys: &[String]) -> Vec<PathBuf> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(tool);
    // movescu writes into its own folder where it keeps bytes as they are.
    command.current_dir(folder.path());
    command.env("TCP_NODELAY", "1").args(["-aec", &running.title, "-aet", "DCMTK", "-S"]);
    command.args(arguments).arg("-od").arg(folder.path());
    for key in keys {
        command.args(["-k", key]);
    }
    command.args(["127.0.0.1", &running.address.port().to_string()]);
    let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let log = [said.stdout, said.stderr].concat();
    let log = String::from_utf8_lossy(&log);
    assert!(said.status.success(), "{tool}: {log}");
    let kept = folder.keep();
    let files = std::fs::read_dir(&kept).unwrap();
    files.map(|entry| entry.unwrap().path()).collect()
}

fn check_received(running: &Running, study: &StudyTruth, files: &[PathBuf]) {
    let mut found: Vec<String> = files.iter().map(|path| data_set_hash(path)).collect();
    let instances = study.series.iter().flat_map(|series| &series.instances);
    let mut expected: Vec<String> = instances
        .map(|instance| data_set_hash(&running.directory.path().join(&instance.path)))
        .collect();
    found.sort();
    expected.sort();
    assert!(found == expected, "{} of {} arrived as they are", found.len(), expected.len());
    std::fs::remove_dir_all(files[0].parent().unwrap()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dcmtk_finds_gets_and_has_sent_what_the_truth_says() {
    if let Err(why) = dcmtk() {
        return println!("{why}");
    }
    // A port that was free a moment ago: movescu opens it itself.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let running = start("minato-pacs", |settings| {
        let here = format!("dicom://127.0.0.1:{port}");
        settings.destinations.insert("DCMTK".to_owned(), here);
    })
    .await;
    let plain = |study: &&StudyTruth| {
        study
            .series
            .iter()
            .all(|series| series.transfer_syntax_uid == uids::EXPLICIT_VR_LITTLE_ENDIAN)
    };
    let study = running.studies().filter(plain).max_by_key(|one| one.series[0].instances.len());
    let study = study.unwrap();
    let keys = [
        "QueryRetrieveLevel=STUDY".to_owned(),
        format!("StudyInstanceUID={}", study.study_uid),
        "PatientName".to_owned(),
    ];
    let found = run(&running, "findscu", &["-X"], &keys).await;
    assert_eq!(found.len(), 1);
    let answer = scan(&std::fs::read(&found[0]).unwrap()).header;
    assert_eq!(answer.text(tags::PATIENT_NAME).unwrap().value, study.patient_name);
    std::fs::remove_dir_all(found[0].parent().unwrap()).unwrap();

    let got = run(&running, "getscu", &["+B"], &keys[..2]).await;
    check_received(&running, study, &got);
    let port = port.to_string();
    let sent =
        run(&running, "movescu", &["+B", "-aem", "DCMTK", "+P", &port, "+xe"], &keys[..2]).await;
    check_received(&running, study, &sent);
    let operations: Vec<&str> = running.pacs.asked().iter().map(|asked| asked.operation).collect();
    assert_eq!(operations, ["C-FIND", "C-GET", "C-MOVE"]);
    assert_eq!(
        running.pacs.instance_count(),
        running
            .studies()
            .map(|study| {
                study.series.iter().map(|series| series.instances.len()).sum::<usize>()
            })
            .sum::<usize>()
    );
}
