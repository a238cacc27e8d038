//! A document that a peer puts in by ITI-41 stands on the doctor's timeline beside those that were
//! pulled, and both leave again as they came.

use crate::support::browser::Browser;
use crate::support::certified::{self, CertifiedPeer};
use crate::support::sample;
use crate::support::server::Server;
use crate::xds::{Centre, hashes_below, hexadecimal};
use ebrim::affinity::CodedAttribute;
use ebrim::response::{Found, read_found, read_outcome};
use ebrim::retrieve::{DocumentRequest, read_retrieved, retrieve_request};
use ebrim::{Part, PartContent, Status};
use model::document::{DocumentEntry, DocumentKind};
use model::hl7::PatientId;
use serde_json::Value;
use sha1::Digest as _;
use testkit::Authority;
use testkit::message::{content, decoded, encoded};
use xml::{Document, Writer};

/// The clinic whose peer writes letters.
const CLINIC: &str = "1310000088";
const TITLE: &str = "外から届いた紹介状";
const TEXT: &str = "いつもお世話になっております。";

/// A letter that is newer than everything in the region.
fn letter(patient: &PatientId) -> DocumentEntry {
    DocumentEntry {
        title: TITLE.into(),
        creation_time: ebrim::notation::read_dtm("20261120030405").unwrap(),
        service_start: Some(ebrim::notation::read_dtm("20261120030405").unwrap()),
        ..sample::entry(patient, 1)
    }
}

/// A centre that has pulled, where a clinic's peer may submit.
fn centre() -> Centre {
    let centre = Centre::pulled(false);
    let node = &centre.node;
    let authority = Authority::new();
    certified::listen(node, &authority);
    let names: Vec<&str> = CodedAttribute::ALL.iter().map(|one| one.name()).collect();
    node.change("xds", &[("unchecked = []", &format!("unchecked = {names:?}"))]);
    authority.write(&node.path("centre"), "letters", "letters.example");
    let certificate = node.path("centre/letters.pem");
    let certificate = ["--certificate", certificate.to_str().unwrap(), "--may-submit"];
    node.run(&["facility", "add", CLINIC, "外部医院", "--short", "外部", "--type", "clinic"]);
    node.run(&[&["peer", "add", "letters", "--facility", CLINIC][..], &certificate].concat());
    for patient in centre.patients() {
        let opened = ["--viewer", CLINIC, "--basis", "a test"];
        node.run(&[&["consent", "add", &patient.id][..], &opened].concat());
    }
    centre
}

/// uniqueId and hash of a document that was pulled, as a peer finds it.
fn a_pulled_one(peer: &CertifiedPeer, patient: &PatientId) -> (String, String) {
    let query = sample::find(patient, DocumentKind::Stable);
    let answer = peer.post("/xds/registry", registry::iti18::ACTION, &query);
    let document = Document::parse(&answer).unwrap();
    let (found, problems) = read_found(content(&document));
    assert_eq!(problems, vec![]);
    let mut entries = found.into_iter().filter_map(|one| match one {
        Found::Document(one) => Some(one.object),
        _ => None,
    });
    let entry = entries.find(|entry| entry.title != TITLE).expect("a pulled document");
    (entry.unique_id, entry.hash)
}

/// A doctor of a facility, signed in.
fn doctor<'a>(centre: &Centre, server: &'a Server) -> Browser<'a> {
    let node = &centre.node;
    let add = ["user", "add", "doctor", "--name", "試験 医師", "--facility", &centre.viewer];
    let account: Value = node.json(&[&add[..], &["--json"]].concat());
    let text = |key: &str| account[key].as_str().unwrap().to_owned();
    let code = || node.run(&["user", "code", &text("totp_secret")]).trim().to_owned();
    let mut browser = Browser::new(server);
    browser.sign_in("doctor", &text("password"), code);
    browser
}

/// How many entries a timeline says that it counts.
fn count(page: &str) -> usize {
    let (_, rest) = page.split_once("class=\"count\"").expect("a count");
    let (_, rest) = rest.split_once("<b>").expect("a number");
    rest.split('<').next().unwrap().replace(',', "").parse().expect("a number")
}

/// ITI-43 of one document, as bytes.
fn retrieved(peer: &CertifiedPeer, repository: &str, unique_id: &str) -> Vec<u8> {
    let request = DocumentRequest {
        repository_oid: repository.to_owned(),
        unique_id: unique_id.to_owned(),
        ..DocumentRequest::default()
    };
    let mut writer = Writer::new();
    retrieve_request(&mut writer, &[request]);
    let answer = peer.post("/xds/repository", repository::iti43::ACTION, &writer.finish());
    let document = Document::parse(&answer).unwrap();
    let (outcome, mut documents) = read_retrieved(content(&document)).unwrap();
    assert_eq!((outcome.status, documents.len()), (Status::Success, 1), "{answer}");
    let PartContent::Inline(base64) = documents.remove(0).content else { panic!("{answer}") };
    decoded(&base64)
}

#[test]
fn a_document_from_outside_stands_on_the_timeline_beside_the_pulled_ones() {
    let centre = centre();
    let server = Server::start(&centre.node);
    let patient = centre.patients().into_iter().next().unwrap();
    let mut doctor = doctor(&centre, &server);
    let found = doctor.get(&format!("/patients?q={}", patient.id)).text();
    let (_, rest) = found.split_once("href=\"/p/").expect("the patient is found");
    let person = format!("/p/{}", rest.split(['"', '?', '/']).next().unwrap());
    let list = format!("{person}?v=list");
    let before = doctor.get(&list).text();
    let pulled = count(&before);
    assert!(pulled > 1 && !before.contains(TITLE), "{pulled}");

    let peer =
        CertifiedPeer::new(&centre.node.path("centre"), "letters", server.xds.unwrap().port());
    let mut sent = sample::submission(&patient, 1, letter(&patient));
    sent.parts = vec![Part { document: 0, content: PartContent::Inline(encoded(TEXT.as_bytes())) }];
    let mut writer = Writer::new();
    ebrim::request::provide_and_register_request(&mut writer, &sent, false);
    let answer = peer.post("/xds/repository", repository::iti41::ACTION, &writer.finish());
    let document = Document::parse(&answer).unwrap();
    assert_eq!(read_outcome(content(&document)).unwrap().status, Status::Success, "{answer}");

    let after = doctor.get(&list).text();
    assert_eq!(count(&after), pulled + 1);
    // Newest first: the first entry of the list is the letter, of its clinic, and it opens.
    let (_, rest) = after.split_once(&format!("href=\"{person}/e/")).expect("an entry");
    let entry = format!("{person}/e/{}", rest.split('"').next().unwrap());
    let panel = doctor.get(&entry.replace("&#38;", "&")).text();
    assert!(panel.contains(TITLE) && panel.contains("外部"), "{panel}");
    let (_, rest) = panel.split_once(&format!("href=\"{person}/docs/")).expect("the original");
    let original = format!("{person}/docs/{}", rest.split(['"', '#']).next().unwrap());
    assert!(doctor.get(&original).text().contains(TEXT), "{original}");
    let kept = doctor.get(&format!("{original}/bytes"));
    assert_eq!((kept.status, kept.body.as_slice()), (200, TEXT.as_bytes()));

    let repository = centre.repository_oid();
    assert_eq!(retrieved(&peer, &repository, "1.2.7.1"), TEXT.as_bytes());
    let (unique_id, hash) = a_pulled_one(&peer, &patient);
    let given = hexadecimal(&sha1::Sha1::digest(retrieved(&peer, &repository, &unique_id)));
    assert_eq!(given, hash);
    let files = hashes_below(&centre.node.path("region"));
    assert!(files.contains(&given), "{unique_id} is no file of the storage");
}
