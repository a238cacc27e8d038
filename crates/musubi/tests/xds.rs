//! XDS over HTTP from the started binary: found, given back byte for byte, refused; a foreign
//! client; requests that others recorded.

use crate::support;

use ebrim::response::{Found, read_found, read_outcome};
use ebrim::retrieve::{DocumentRequest, read_retrieved, retrieve_request};
use ebrim::{PartContent, Status};
use model::document::{DocumentEntry, DocumentKind};
use model::hl7::{AssigningAuthority, PatientId};
use region::{Region, RegionPlan};
use serde_json::Value;
use sha1::Digest as _;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use support::sample;
use support::server::Server;
use support::{Node, conformance};
use testkit::message::{content, decoded, envelope};
use xml::{Document, Writer};

const REGISTRY: &str = "/xds/registry";
const REPOSITORY: &str = "/xds/repository";

#[test]
fn what_was_pulled_is_found_and_given_back_byte_for_byte() {
    let centre = Centre::pulled(true);
    let files = hashes_below(&centre.node.path("region"));
    let server = Server::start(&centre.node);
    let mut given = 0;
    for patient in centre.patients() {
        let entries = find(&server, &patient);
        for entry in entries.iter().take(80) {
            assert_eq!(entry.repository_oid, centre.repository_oid());
            let (status, documents) =
                retrieve(&server, &[(entry.repository_oid.clone(), entry.unique_id.clone())]);
            assert_eq!((status, documents.len()), (Status::Success, 1));
            let (mime_type, bytes) = &documents[0];
            assert_eq!((mime_type, bytes.len() as u64), (&entry.mime_type, entry.size));
            let hash = hexadecimal(&sha1::Sha1::digest(bytes));
            assert_eq!(hash, entry.hash);
            assert!(files.contains(&hash), "{} is no file of the storage", entry.unique_id);
            given += 1;
        }
    }
    assert!(given > 50, "only {given} documents");
}

#[test]
fn some_of_several_documents_may_be_had() {
    let centre = Centre::pulled(true);
    let server = Server::start(&centre.node);
    let patient = centre.patients().into_iter().next().unwrap();
    let entry = find(&server, &patient).into_iter().next().unwrap();
    let own = (entry.repository_oid.clone(), entry.unique_id);
    let unknown = (entry.repository_oid, "1.2.3.4".to_owned());
    let elsewhere = ("1.2.3".to_owned(), own.1.clone());
    let codes = |asked: &[(String, String)]| {
        let answer = server.post(REPOSITORY, &retrieval(asked));
        let text = answer.text();
        let document = Document::parse(&text).unwrap();
        let (outcome, documents) = read_retrieved(content(&document)).unwrap();
        let codes: Vec<String> = outcome.errors.into_iter().map(|error| error.code).collect();
        (outcome.status, documents.len(), codes)
    };
    assert_eq!(codes(std::slice::from_ref(&own)), (Status::Success, 1, vec![]));
    let expected = vec!["XDSDocumentUniqueIdError".to_owned(), "XDSUnknownRepositoryId".to_owned()];
    let some = [own, unknown.clone(), elsewhere.clone()];
    assert_eq!(codes(&some), (Status::PartialSuccess, 1, expected.clone()));
    assert_eq!(codes(&[unknown, elsewhere]), (Status::Failure, 0, expected));
}

#[test]
fn a_stranger_is_refused_and_a_description_is_served() {
    let centre = Centre::pulled(false);
    centre.node.change("xds", &[("listen = \"\"", "listen = \"127.0.0.1:0\"")]);
    let mut server = Server::start(&centre.node);
    let patient = centre.patients().into_iter().next().unwrap();
    let messages =
        [(REGISTRY, query(&patient)), (REPOSITORY, retrieval(&[("1.2".into(), "1.3".into())]))];
    for (path, message) in &messages {
        assert_eq!(server.post(path, message).status, 404, "the pages have no place for it");
    }
    server.address = server.xds.unwrap();
    for (path, message) in messages {
        let answer = server.post(path, &message);
        assert_eq!(answer.status, 403, "{}", answer.text());
        assert!(!answer.text().contains("Success"));
        let wsdl = server.send("GET", &format!("{path}?wsdl"), "", b"");
        assert_eq!(wsdl.status, 200);
        let location = format!("location=\"http://{}{path}\"", server.address);
        assert!(wsdl.text().contains(&location), "{}", wsdl.text());
        Document::parse(&wsdl.text()).unwrap();
    }
}

#[test]
fn without_a_listener_of_its_own_xds_is_served_to_the_trusted_only() {
    let centre = Centre::pulled(false);
    let server = Server::start(&centre.node);
    let patient = centre.patients().into_iter().next().unwrap();
    assert_eq!(server.post(REGISTRY, &query(&patient)).status, 404);
    assert_eq!(server.send("GET", &format!("{REGISTRY}?wsdl"), "", b"").status, 404);
}

#[test]
fn a_foreign_client_finds_and_retrieves_and_every_answer_is_valid() {
    let Some(wsdl) = conformance("ihe-wsdl") else { return };
    let python = std::env::var("MUSUBI_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_zeep = Command::new(&python).args(["-c", "import zeep, lxml"]).output().unwrap();
    if !has_zeep.status.success() {
        println!("skipped: {python} has no zeep; MUSUBI_PYTHON names one that has");
        return;
    }
    let centre = Centre::pulled(true);
    let server = Server::start(&centre.node);
    let patient = centre.patients().into_iter().next().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/foreign_client.py");
    let output = Command::new(&python)
        .arg(script)
        .arg(wsdl)
        .arg(format!("http://{}", server.address))
        .arg(ebrim::notation::cx(&patient))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_str(&said).unwrap();
    let expected = find(&server, &patient).len();
    assert_eq!(found["found"], expected);
    assert!(found["retrieved"].as_u64().unwrap() > 0);
    assert!(found["validated"].as_u64().unwrap() >= 4);
}

#[test]
fn recorded_requests_of_others_are_answered() {
    let Some(samples) = conformance("epr-by-example/samples") else { return };
    let centre = Centre::pulled(true);
    let server = Server::start(&centre.node);
    let read = |name: &str| std::fs::read(samples.join(name)).unwrap();
    let answer = server.post(REGISTRY, &read("ITI-18_request_raw.xml"));
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    let document = Document::parse(&text).unwrap();
    // A patient of another affinity domain is one whom nobody knows.
    assert_eq!(read_outcome(content(&document)).unwrap().status, Status::Success);
    assert_eq!(read_found(content(&document)).0, vec![]);
    let answer = server.post(REPOSITORY, &read("ITI-43_request_raw.xml"));
    let text = answer.text();
    let document = Document::parse(&text).unwrap();
    let (outcome, _) = read_retrieved(content(&document)).unwrap();
    assert_eq!(outcome.errors[0].code, "XDSUnknownRepositoryId");
}

/// A node with a small region pulled, and the community IDs of its people.
pub struct Centre {
    pub node: Node,
    /// Code of the facility that may see what any other has.
    pub viewer: String,
    community_ids: BTreeSet<String>,
}

impl Centre {
    pub fn pulled(trust_loopback: bool) -> Centre {
        let plan = RegionPlan { patients: 3, bystanders: 0, ..RegionPlan::new(5, 20_261_120) };
        let region: Region = region::generate(&plan).expect("region");
        let node = Node::empty();
        let directory = node.path("region");
        region.write(&directory).expect("written");
        for facility in &region.manifest.facilities {
            let kind = ["--type", &facility.facility_type];
            node.run(&[&["facility", "add", &facility.code, &facility.name][..], &kind].concat());
        }
        let mut community_ids = BTreeSet::new();
        let viewer = region.manifest.facilities[0].code.clone();
        for source in &region.manifest.sources {
            let below = |path: &str| directory.join(path).to_str().expect("utf-8").to_owned();
            let roots: Vec<String> = source.roots.iter().map(|root| below(root)).collect();
            let mut add = vec!["source", "add", &source.name, "--facility", &source.facility_code];
            add.extend(["--kind", "ssmix2", "--domain", &source.domain_oid, "--root"]);
            add.extend(roots.iter().map(String::as_str));
            node.run(&add);
            let list = below(&source.enrolment);
            let enrol = ["enrol", "--source", &source.name, "--list", &list, "--json"];
            let enrolled = node.run(&[&enrol[..], &["--viewer", &viewer]].concat());
            let enrolled: Value = serde_json::from_str(&enrolled).expect("json");
            for patient in enrolled["patients"].as_array().expect("patients") {
                community_ids.insert(patient["community_id"].as_str().expect("id").to_owned());
            }
            node.run(&["pull", "--source", &source.name]);
        }
        let config = node.path("centre/musubi.toml");
        let text = std::fs::read_to_string(&config).expect("musubi.toml");
        let trust = format!("trust_loopback = {trust_loopback}");
        let text = text.replace("trust_loopback = false", &trust);
        std::fs::write(&config, text.replace("follow = true", "follow = false")).expect("write");
        Centre { node, viewer, community_ids }
    }

    fn oid(&self) -> String {
        let text = std::fs::read_to_string(self.node.path("centre/musubi.toml")).unwrap();
        let line = text.lines().find(|line| line.starts_with("oid = ")).unwrap();
        line.split('"').nth(1).unwrap().to_owned()
    }

    pub fn repository_oid(&self) -> String {
        format!("{}.2", self.oid())
    }

    pub fn patients(&self) -> Vec<PatientId> {
        let authority =
            AssigningAuthority { namespace: String::new(), oid: format!("{}.1", self.oid()) };
        let ids = self.community_ids.iter();
        ids.map(|id| PatientId { id: id.clone(), authority: authority.clone() }).collect()
    }
}

fn query(patient: &PatientId) -> Vec<u8> {
    let query = sample::find(patient, DocumentKind::Stable);
    envelope("urn:ihe:iti:2007:RegistryStoredQuery", &query).into_bytes()
}

fn retrieval(asked: &[(String, String)]) -> Vec<u8> {
    let requests: Vec<DocumentRequest> = asked
        .iter()
        .map(|(repository_oid, unique_id)| DocumentRequest {
            repository_oid: repository_oid.clone(),
            unique_id: unique_id.clone(),
            ..DocumentRequest::default()
        })
        .collect();
    let mut writer = Writer::new();
    retrieve_request(&mut writer, &requests);
    envelope("urn:ihe:iti:2007:RetrieveDocumentSet", &writer.finish()).into_bytes()
}

pub fn find(server: &Server, patient: &PatientId) -> Vec<DocumentEntry> {
    let answer = server.post(REGISTRY, &query(patient));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    let document = Document::parse(&text).unwrap();
    assert_eq!(read_outcome(content(&document)).unwrap().status, Status::Success, "{text}");
    let (found, problems) = read_found(content(&document));
    assert_eq!(problems, vec![]);
    found
        .into_iter()
        .map(|one| match one {
            Found::Document(one) => {
                assert_eq!(one.patient_id.as_ref(), Some(patient));
                assert_eq!(one.object.intake, None, "our own slots go to our gateways only");
                one.object
            }
            other => panic!("{other:?}"),
        })
        .collect()
}

fn retrieve(server: &Server, asked: &[(String, String)]) -> (Status, Vec<(String, Vec<u8>)>) {
    let text = server.post(REPOSITORY, &retrieval(asked)).text();
    let document = Document::parse(&text).unwrap();
    let (outcome, documents) = read_retrieved(content(&document)).unwrap();
    let documents = documents.into_iter().map(|one| {
        let PartContent::Inline(base64) = one.content else { panic!("plain answers are inline") };
        (one.mime_type, decoded(&base64))
    });
    (outcome.status, documents.collect())
}

pub fn hashes_below(directory: &Path) -> BTreeSet<String> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![directory.to_owned()]);
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false => {
                    let bytes = std::fs::read(path).unwrap();
                    found.insert(hexadecimal(&sha1::Sha1::digest(bytes)));
                }
            }
        }
    }
    found
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
