//! What changes and removes over HTTP (ITI-57, 92, 61, 62, 86): request in, answer, and what
//! ITI-18 and ITI-43 say then.

use crate::support;

use ebrim::request::{provide_and_register_request, submit_objects_request};
use ebrim::response::{Found, read_found, read_outcome};
use ebrim::retrieve::{DocumentRequest, read_retrieved, retrieve_request};
use ebrim::{Part, PartContent, Status, Submission};
use model::document::{Association, AssociationType, DocumentEntry, DocumentKind};
use model::hl7::{AssigningAuthority, PatientId};
use serde_json::Value;
use sha2::Digest as _;
use std::path::PathBuf;
use support::Node;
use support::sample::{self, uuid};
use support::server::Server;
use testkit::message::{content, encoded, envelope};
use uuid::Uuid;
use xml::{Document, Writer};

const REGISTRY: &str = "/xds/registry";
const REPOSITORY: &str = "/xds/repository";
const UPDATE: &str = "urn:ihe:iti:2010:UpdateDocumentSet";
const RESTRICTED: &str = "urn:ihe:iti:2018:RestrictedUpdateDocumentSet";
const ON_DEMAND: &str = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry";
const REGISTER: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";

/// A served centre with one patient.
struct Centre {
    node: Node,
    server: Server,
    patient: PatientId,
    repository_oid: String,
}

type Said = (Status, Vec<String>);

fn success() -> Said {
    (Status::Success, Vec::new())
}

fn failure(code: &str) -> Said {
    (Status::Failure, vec![code.to_owned()])
}

impl Centre {
    fn new() -> Centre {
        let node = Node::new();
        let root = node.path("storage");
        std::fs::create_dir_all(&root).unwrap();
        let root = root.to_str().unwrap().to_owned();
        let add = ["source", "add", "main", "--facility", "1310000001", "--kind", "ssmix2"];
        let domain = ["--root", &root, "--domain", "1.2.392.100495.20.3.51.11310000001"];
        node.run(&[&add[..], &domain].concat());
        let enrolled =
            node.run(&["enrol", "--source", "main", "--patient", "0000000001", "--json"]);
        let enrolled: Value = serde_json::from_str(&enrolled).unwrap();
        let id = enrolled["patients"][0]["community_id"].as_str().unwrap().to_owned();
        let config = node.path("centre/musubi.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let oid = text.lines().find(|line| line.starts_with("oid = ")).unwrap();
        let oid = oid.split('"').nth(1).unwrap().to_owned();
        let names: Vec<&str> =
            ebrim::affinity::CodedAttribute::ALL.iter().map(|one| one.name()).collect();
        let text = text
            .replace("trust_loopback = false", "trust_loopback = true")
            .replace("unchecked = []", &format!("unchecked = {names:?}"))
            .replace("follow = true", "follow = false");
        std::fs::write(&config, text).unwrap();
        let authority = AssigningAuthority { namespace: String::new(), oid: format!("{oid}.1") };
        let server = Server::start(&node);
        Centre {
            node,
            server,
            patient: PatientId { id, authority },
            repository_oid: format!("{oid}.2"),
        }
    }

    fn post(&self, path: &str, action: &str, body: &str) -> String {
        let message = envelope(action, body.as_bytes());
        let answer = self.server.post(path, message.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.text()
    }

    fn said(&self, path: &str, action: &str, body: &str) -> Said {
        let text = self.post(path, action, body);
        let document = Document::parse(&text).unwrap();
        let outcome = read_outcome(content(&document)).unwrap();
        (outcome.status, outcome.errors.into_iter().map(|error| error.code).collect())
    }

    fn submit(&self, action: &str, submission: &Submission) -> Said {
        let mut writer = Writer::new();
        submit_objects_request(&mut writer, submission, false);
        self.said(REGISTRY, action, &String::from_utf8(writer.finish()).unwrap())
    }

    /// ITI-41 of one document.
    fn provide(&self, number: u128, bytes: &[u8]) {
        let mut sent = self.submission(number, self.entry(number));
        let content = PartContent::Inline(encoded(bytes));
        sent.parts = vec![Part { document: 0, content }];
        let mut writer = Writer::new();
        provide_and_register_request(&mut writer, &sent, false);
        let body = String::from_utf8(writer.finish()).unwrap();
        let action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
        assert_eq!(self.said(REPOSITORY, action, &body), success());
    }

    /// uniqueId, title, version and hash of what is Approved.
    fn find(&self, kind: DocumentKind) -> Vec<DocumentEntry> {
        let body = String::from_utf8(sample::find(&self.patient, kind)).unwrap();
        let text = self.post(REGISTRY, "urn:ihe:iti:2007:RegistryStoredQuery", &body);
        let document = Document::parse(&text).unwrap();
        let (found, problems) = read_found(content(&document));
        assert_eq!(problems, vec![]);
        let documents = found.into_iter().map(|one| match one {
            Found::Document(one) => one.object,
            other => panic!("{other:?}"),
        });
        documents.collect()
    }

    fn retrieve(&self, unique_id: &str) -> Said {
        let request = DocumentRequest {
            repository_oid: self.repository_oid.clone(),
            unique_id: unique_id.to_owned(),
            ..DocumentRequest::default()
        };
        let mut writer = Writer::new();
        retrieve_request(&mut writer, &[request]);
        let body = String::from_utf8(writer.finish()).unwrap();
        let text = self.post(REPOSITORY, "urn:ihe:iti:2007:RetrieveDocumentSet", &body);
        let document = Document::parse(&text).unwrap();
        let (outcome, _) = read_retrieved(content(&document)).unwrap();
        (outcome.status, outcome.errors.into_iter().map(|error| error.code).collect())
    }

    fn remove_documents(&self, asked: &[(&str, &str)]) -> Said {
        let requests: String = asked
            .iter()
            .map(|(repository, document)| {
                format!(
                    "<x:DocumentRequest><x:RepositoryUniqueId>{repository}</x:RepositoryUniqueId>\
                     <x:DocumentUniqueId>{document}</x:DocumentUniqueId></x:DocumentRequest>"
                )
            })
            .collect();
        let body = format!(
            "<r:RemoveDocumentsRequest xmlns:r=\"urn:ihe:iti:rmd:2017\" \
             xmlns:x=\"urn:ihe:iti:xds-b:2007\">{requests}</r:RemoveDocumentsRequest>"
        );
        self.said(REPOSITORY, "urn:ihe:iti:2017:RemoveDocuments", &body)
    }

    fn remove_metadata(&self, uuids: &[Uuid]) -> Said {
        let references: String =
            uuids.iter().map(|uuid| format!("<m:ObjectRef id=\"{}\"/>", uuid.urn())).collect();
        let body = format!(
            "<l:RemoveObjectsRequest xmlns:l=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" \
             xmlns:m=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"><m:ObjectRefList>\
             {references}</m:ObjectRefList></l:RemoveObjectsRequest>"
        );
        self.said(REGISTRY, "urn:ihe:iti:2010:DeleteDocumentSet", &body)
    }

    fn object(&self, bytes: &[u8]) -> PathBuf {
        let name: String =
            sha2::Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut waiting = vec![self.node.path("centre")];
        while let Some(directory) = waiting.pop() {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else if path.file_name().is_some_and(|one| *one == *name) {
                    return path;
                }
            }
        }
        PathBuf::from("/nowhere")
    }

    fn entry(&self, number: u128) -> DocumentEntry {
        sample::entry(&self.patient, number)
    }

    /// A set with one entry.
    fn submission(&self, number: u128, entry: DocumentEntry) -> Submission {
        sample::submission(&self.patient, number, entry)
    }

    /// The next version of what is registered.
    fn version(&self, number: u128, latest: &DocumentEntry, title: &str) -> Submission {
        let mut next = latest.clone();
        next.logical_id = Some(latest.logical());
        next.entry_uuid = uuid(number * 10);
        next.version = None;
        next.home_community_id = String::new();
        next.title = title.to_owned();
        let mut sent = self.submission(number, next);
        sent.documents[0].size = Some(latest.size);
        let details = sent.associations[0].details.as_mut().unwrap();
        details.previous_version = Some(latest.version_number());
        sent
    }
}

#[test]
fn metadata_are_updated() {
    let centre = Centre::new();
    centre.provide(1, b"one");
    let first = centre.find(DocumentKind::Stable).remove(0);
    assert_eq!(centre.submit(UPDATE, &centre.version(2, &first, "second")), success());
    let second = centre.find(DocumentKind::Stable);
    assert_eq!(second.len(), 1);
    assert_eq!((second[0].title.as_str(), second[0].version_number()), ("second", 2));
    assert_eq!(second[0].hash, first.hash);
    let stale = centre.submit(UPDATE, &centre.version(3, &first, "stale"));
    assert_eq!(stale, failure("XDSMetadataVersionError"));
    let third = centre.version(4, &second[0], "third");
    assert_eq!(centre.submit(RESTRICTED, &third), success());
    let found = centre.find(DocumentKind::Stable);
    assert_eq!((found[0].title.as_str(), found[0].version_number()), ("third", 3));
    let mut other = centre.version(5, &found[0], "other");
    other.documents[0].object.unique_id = "1.2.7.99".into();
    assert_eq!(centre.submit(RESTRICTED, &other), failure("XDSMetadataIdentifierError"));
    assert_eq!(centre.retrieve("1.2.7.1"), success());
}

#[test]
fn metadata_are_removed_and_the_bytes_after_them() {
    let centre = Centre::new();
    let large = vec![b'x'; 100_000];
    centre.provide(1, &large);
    assert!(centre.object(&large).is_file());
    assert_eq!(centre.remove_metadata(&[uuid(10)]), failure("ReferencesExistException"));
    assert_eq!(centre.remove_metadata(&[uuid(77)]), failure("UnresolvedReferenceException"));
    assert_eq!(centre.find(DocumentKind::Stable).len(), 1);
    assert_eq!(centre.remove_metadata(&[uuid(10), uuid(11), uuid(12)]), success());
    assert_eq!(centre.find(DocumentKind::Stable), vec![]);
    assert_eq!(centre.retrieve("1.2.7.1"), failure("XDSDocumentUniqueIdError"));
    assert!(centre.object(&large).is_file(), "the bytes are the repository's to remove");
    let here = centre.repository_oid.as_str();
    assert_eq!(centre.remove_documents(&[(here, "1.2.7.1")]), success());
    assert!(!centre.object(&large).exists());
    let again = centre.remove_documents(&[(here, "1.2.7.1")]);
    assert_eq!(again, failure("XDSDocumentUniqueIdError"));
    centre.provide(2, &large);
    assert_eq!(centre.retrieve("1.2.7.2"), success());
}

#[test]
fn bytes_are_removed_that_no_other_document_has() {
    let centre = Centre::new();
    let large = vec![b'y'; 100_000];
    centre.provide(1, &large);
    centre.provide(2, &large);
    centre.provide(3, b"small");
    let here = centre.repository_oid.as_str();
    let wrong = centre.remove_documents(&[("1.2.1.1.1", "1.2.7.1")]);
    assert_eq!(wrong, failure("XDSUnknownRepositoryId"));
    let some = centre.remove_documents(&[(here, "1.2.7.1"), (here, "1.2.7.3"), (here, "1.9")]);
    assert_eq!(some, (Status::PartialSuccess, vec!["XDSDocumentUniqueIdError".to_owned()]));
    assert_eq!(centre.retrieve("1.2.7.1"), failure("XDSDocumentUniqueIdError"));
    assert_eq!(centre.retrieve("1.2.7.3"), failure("XDSDocumentUniqueIdError"));
    assert!(centre.object(&large).is_file(), "another document has them");
    assert_eq!(centre.retrieve("1.2.7.2"), success());
    assert_eq!(centre.find(DocumentKind::Stable).len(), 3, "metadata are the registry's");
    assert_eq!(centre.remove_documents(&[(here, "1.2.7.2")]), success());
    assert!(!centre.object(&large).exists());
}

#[test]
fn documents_on_demand_and_their_snapshots_are_registered() {
    let centre = Centre::new();
    let mut entry = centre.entry(1);
    entry.kind = DocumentKind::OnDemand;
    entry.repository_oid.clone_from(&centre.repository_oid);
    let here = centre.submit(ON_DEMAND, &centre.submission(1, entry.clone()));
    assert_eq!(here, failure("XDSRegistryMetadataError"), "nothing here makes documents");
    entry.repository_oid = "1.2.8".into();
    let stable = centre.submit(ON_DEMAND, &centre.submission(5, centre.entry(5)));
    assert_eq!(stable.0, Status::Failure);
    assert_eq!(centre.submit(ON_DEMAND, &centre.submission(1, entry)), success());
    assert_eq!(centre.find(DocumentKind::Stable), vec![]);
    assert_eq!(centre.find(DocumentKind::OnDemand).len(), 1);
    assert_eq!(centre.retrieve("1.2.7.1"), failure("XDSDocumentUniqueIdError"));
    let snapshot = |number: u128, of: Uuid| {
        let mut taken = centre.entry(number);
        taken.repository_oid = "1.2.8".into();
        taken.hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709".into();
        let mut sent = centre.submission(number, taken);
        sent.documents[0].size = Some(0);
        sent.associations.push(Association {
            entry_uuid: uuid(number * 10 + 3),
            association_type: AssociationType::IsSnapshotOf,
            source: uuid(number * 10),
            target: of,
            details: None,
        });
        sent
    };
    assert_eq!(centre.submit(REGISTER, &snapshot(2, uuid(10))), success());
    assert_eq!(centre.find(DocumentKind::Stable).len(), 1);
    let of_stable = centre.submit(REGISTER, &snapshot(3, uuid(20)));
    assert_eq!(of_stable.0, Status::Failure);
}
