//! The registry under test: each history has a patient of its own.

use super::model::{Answer, Entry, ON_DEMAND, Operation, SNAPSHOTS, Seen, VERSIONS};
use crate::support::ask::asker;
use crate::support::{
    AFFINITY, DOMAIN_ONE, SOURCE_ONE, code, community_id, entry, lab_message, now, oid, prepare,
    set, settle, uuid,
};
use ebrim::query::{FindDocuments, GetAll, ObjectIds, QueryRequest, StoredQuery};
use ebrim::{Submission, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, DocumentEntry, DocumentKind,
    Folder, IntakeOrigin, SubmissionSetStatus,
};
use model::hl7::{AssigningAuthority, PatientId};
use model::item::{ItemKey, Storage, VersionState};
use ports::Caller;
use registry::stored_query::{self, Object, QueryError};
use registry::{Derivations, RegistryError, query};
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{Store, StoreError, person};
use uuid::Uuid;

/// Entries of one history have numbers of their own.
const ENTRIES: u64 = 64;
/// Serial numbers of the first patients are the region's.
const FIRST_SERIAL: u64 = 10;
/// Numbers of the folders, and of what another patient's submissions bring.
const FOLDERS: u64 = 50_000_000;
const STOLEN: u64 = 60_000_000;
/// Numbers of the sets that bring versions of a storage's item.
const VERSION_SETS: u64 = 70_000_000;
const APPROVED: Availability = Availability::Approved;
const DEPRECATED: Availability = Availability::Deprecated;

/// What a new document is to a registered one.
type Relation = (AssociationType, Entry);

/// Something that answers requests.
pub trait System: Sync {
    /// Answers a request for the patient of a history.
    fn answer(&self, history: u64, operation: &Operation) -> Answer;
}

/// The registry's use cases over a store.
pub struct Registry {
    store: Store,
    sets: AtomicU64,
}

impl Registry {
    /// Over an empty store, which gets these many patients.
    pub fn new(store: Store, patients: u64) -> Registry {
        settle(&store);
        store
            .write_blocking(move |tx| -> Result<(), StoreError> {
                let domain = person::domain_by_oid(tx, DOMAIN_ONE)?.unwrap();
                for history in 0..patients {
                    let serial = FIRST_SERIAL + history;
                    let person = person::insert_person(tx, &community_id(serial), now())?.unwrap();
                    let local_id = format!("H{history}");
                    let identity =
                        person::insert_identity(tx, domain, &local_id, person, now())?.unwrap();
                    person::put_enrolment(tx, identity, now(), "test")?;
                    let filed = folder_of(history);
                    registry::submit(tx, &filed, &Derivations::new(), now()).unwrap();
                }
                Ok(())
            })
            .unwrap();
        Registry { store, sets: AtomicU64::new(0) }
    }

    fn submit(&self, history: u64, new: DocumentEntry, relation: Option<Relation>) -> Answer {
        self.submit_of(patient(history), history, new, relation)
    }

    fn submit_of(
        &self,
        patient: PatientId,
        history: u64,
        new: DocumentEntry,
        relation: Option<Relation>,
    ) -> Answer {
        let number = self.sets.fetch_add(1, Ordering::SeqCst);
        let relation = relation.map(|(association_type, target)| Association {
            entry_uuid: Uuid::new_v5(&uuid(1_000_000 + number), b"relation"),
            association_type,
            source: new.entry_uuid,
            target: document(history, target).entry_uuid,
            details: None,
        });
        let member = self.member(number, new.entry_uuid, None);
        let mut sent = submission(history, number, vec![new], [Some(member), relation]);
        sent.set.patient_id = Some(patient.clone());
        sent.documents[0].patient_id = Some(patient);
        let prepared = registry::prepare_message(sent, &[None], AFFINITY).unwrap();
        let none = Derivations::new();
        answered(self.store.write_blocking(move |tx| registry::submit(tx, &prepared, &none, now())))
    }

    /// What a gateway does, which is asked for the bytes of a version that comes back.
    fn intake(&self, history: u64, entry: Entry, told: VersionState) -> Answer {
        let (new, bytes) = version_of_item(history, entry, told);
        let number = VERSION_SETS + history * ENTRIES + u64::from(entry);
        let prepared = prepare(set(number), vec![(new, bytes)], Vec::new());
        let mut known = Derivations::new();
        loop {
            let (prepared, derivations) = (prepared.clone(), known.clone());
            let done = self
                .store
                .write_blocking(move |tx| registry::submit(tx, &prepared, &derivations, now()));
            let Err(RegistryError::NeedsContent { unique_id }) = done else {
                return answered(done);
            };
            let versions = VERSIONS..ENTRIES as Entry;
            let mut versions = versions.map(|one| version_of_item(history, one, told));
            let (one, bytes) = versions.find(|(one, _)| one.unique_id == unique_id).unwrap();
            let content = registry::derive_content(&one, &bytes).unwrap();
            assert!(known.insert(unique_id, content).is_none(), "asked for twice");
        }
    }

    fn remove(&self, history: u64, entry: Entry) -> Answer {
        let document = document(history, entry).entry_uuid;
        let set = set(VERSION_SETS + history * ENTRIES + u64::from(entry)).entry_uuid;
        let removed = self.store.write_blocking(move |tx| {
            let around = query::associations_of(tx, document)?;
            let brought = around.iter().filter(|one| one.source == set).map(|one| one.entry_uuid);
            let asked: Vec<Uuid> = [document, set].into_iter().chain(brought).collect();
            registry::remove(tx, &asked, &Caller::Trusted, &Derivations::new(), now())
        });
        match answered(removed) {
            Answer::Refused(mut codes) => {
                codes.dedup();
                Answer::Refused(codes)
            }
            done => done,
        }
    }

    fn update(&self, sent: Submission) -> Answer {
        let prepared = registry::prepare_message(sent.clone(), &[], AFFINITY).unwrap();
        let none = Derivations::new();
        answered(
            self.store.write_blocking(move |tx| {
                registry::update(tx, &sent, &prepared, false, &none, now())
            }),
        )
    }

    fn put(&self, history: u64, entry: Entry) -> Answer {
        let number = self.sets.fetch_add(1, Ordering::SeqCst);
        let new = membership(history, entry);
        let submits = Association {
            entry_uuid: Uuid::new_v5(&uuid(1_000_000 + number), b"submits"),
            association_type: AssociationType::SubmitAssociation,
            source: set(number).entry_uuid,
            target: new.entry_uuid,
            details: None,
        };
        self.update(submission(history, number, Vec::new(), [Some(submits), Some(new)]))
    }

    fn status(&self, history: u64, target: Uuid, approved: bool) -> Answer {
        let (from, to) = if approved { (DEPRECATED, APPROVED) } else { (APPROVED, DEPRECATED) };
        let number = self.sets.fetch_add(1, Ordering::SeqCst);
        let details = AssociationDetails {
            original_status: from.urn().into(),
            new_status: to.urn().into(),
            ..AssociationDetails::default()
        };
        let change = Association {
            entry_uuid: Uuid::new_v5(&uuid(1_000_000 + number), b"status"),
            association_type: AssociationType::UpdateAvailabilityStatus,
            source: set(number).entry_uuid,
            target,
            details: details.boxed(),
        };
        self.update(submission(history, number, Vec::new(), [Some(change), None]))
    }

    fn version(
        &self,
        history: u64,
        entry: Entry,
        logical: Entry,
        (previous, propagates): (u32, bool),
    ) -> Answer {
        let first = document(history, logical);
        let new = DocumentEntry {
            entry_uuid: document(history, entry).entry_uuid,
            logical_id: Some(first.entry_uuid),
            title: format!("version {entry}"),
            ..first
        };
        let number = self.sets.fetch_add(1, Ordering::SeqCst);
        let member = self.member(number, new.entry_uuid, Some((previous, propagates)));
        self.update(submission(history, number, vec![new], [Some(member), None]))
    }

    fn member(&self, number: u64, target: Uuid, follows: Option<(u32, bool)>) -> Association {
        let details = AssociationDetails {
            submission_set_status: Some(SubmissionSetStatus::Original),
            previous_version: follows.map(|(previous, _)| previous),
            propagation: follows.map(|(_, propagates)| propagates),
            ..AssociationDetails::default()
        };
        Association {
            entry_uuid: Uuid::new_v5(&uuid(1_000_000 + number), target.as_bytes()),
            association_type: AssociationType::HasMember,
            source: set(number).entry_uuid,
            target,
            details: details.boxed(),
        }
    }

    fn find(&self, history: u64, query: StoredQuery) -> Answer {
        let request = QueryRequest { metadata_level: 2, ..QueryRequest::new(query) };
        let numbers: HashMap<Uuid, Entry> = (0..ENTRIES as Entry)
            .map(|entry| (document(history, entry).entry_uuid, entry))
            .collect();
        let holder = folder(history).entry_uuid;
        let found = self.store.read_blocking(move |tx| {
            let mut seen = Seen::default();
            stored_query::run(tx, &request, &asker(None), &mut |object| {
                match object {
                    Object::Document(row) => {
                        let approved = row.availability == APPROVED;
                        let version = (row.entry.version_number(), approved);
                        let number = numbers[&row.entry.entry_uuid];
                        assert_eq!(seen.documents.insert(number, version), None, "found twice");
                    }
                    Object::Association(link) if link.association_type == "RPLC" => {
                        let ends = (numbers[&link.source.uuid], numbers[&link.target.uuid]);
                        assert!(seen.replaces.insert(ends), "found twice");
                    }
                    Object::Association(link) if link.association_type == "IsSnapshotOf" => {
                        let ends = (numbers[&link.source.uuid], numbers[&link.target.uuid]);
                        assert!(seen.snapshots.insert(ends), "found twice");
                    }
                    Object::Association(link) if link.source.uuid == holder => {
                        assert!(seen.members.insert(numbers[&link.target.uuid]), "found twice");
                    }
                    _ => {}
                }
                ControlFlow::Continue(())
            })?;
            Ok::<_, QueryError>(seen)
        });
        match found {
            Ok(seen) => Answer::Found(seen),
            Err(QueryError::Refused(problem)) => Answer::Refused(vec![problem.code.name()]),
            Err(error) => panic!("{error}"),
        }
    }
}

impl System for Registry {
    fn answer(&self, history: u64, operation: &Operation) -> Answer {
        let kinds = || vec![DocumentKind::Stable, DocumentKind::OnDemand];
        match *operation {
            Operation::Submit { entry } => self.submit(history, document(history, entry), None),
            Operation::Replace { entry, target } => {
                let replaces = (AssociationType::Replaces, target);
                self.submit(history, document(history, entry), Some(replaces))
            }
            Operation::OnDemand { entry } => self.submit(history, document(history, entry), None),
            Operation::Snapshot { entry, target } => {
                let snapshot = (AssociationType::IsSnapshotOf, target);
                self.submit(history, document(history, entry), Some(snapshot))
            }
            Operation::Intake { entry, told } => self.intake(history, entry, told),
            Operation::Remove { entry } => self.remove(history, entry),
            Operation::Steal { target } => {
                let number = STOLEN + self.sets.fetch_add(1, Ordering::SeqCst);
                let replaces = (AssociationType::Replaces, target);
                self.submit_of(other_patient(), history, numbered(number), Some(replaces))
            }
            Operation::Status { target, approved } => {
                self.status(history, document(history, target).entry_uuid, approved)
            }
            Operation::Version { entry, logical, previous, propagates } => {
                self.version(history, entry, logical, (previous, propagates))
            }
            Operation::Put { entry } => self.put(history, entry),
            Operation::Take { entry } => {
                self.status(history, membership(history, entry).entry_uuid, false)
            }
            Operation::Find => {
                let query = FindDocuments {
                    patients: vec![patient(history)],
                    availability: vec![APPROVED],
                    kinds: kinds(),
                    ..FindDocuments::default()
                };
                self.find(history, StoredQuery::FindDocuments(Box::new(query)))
            }
            Operation::All => {
                let both = || vec![APPROVED, DEPRECATED];
                let mut query = GetAll {
                    patient: patient(history),
                    document_availability: both(),
                    set_availability: both(),
                    folder_availability: both(),
                    ..GetAll::default()
                };
                query.filter.kinds = kinds();
                self.find(history, StoredQuery::GetAll(Box::new(query)))
            }
            Operation::Get { entry } => {
                let uuids = ObjectIds::Uuids(vec![document(history, entry).entry_uuid]);
                self.find(history, StoredQuery::GetDocuments(uuids))
            }
        }
    }
}

fn patient(history: u64) -> PatientId {
    let authority = AssigningAuthority { namespace: String::new(), oid: AFFINITY.into() };
    let id = community_id(FIRST_SERIAL + history).digits().to_owned();
    PatientId { id, authority }
}

/// The patient of none of the histories.
fn other_patient() -> PatientId {
    PatientId { id: community_id(1).digits().to_owned(), ..patient(0) }
}

fn folder(history: u64) -> Folder {
    let number = FOLDERS + history;
    Folder {
        entry_uuid: uuid(number),
        unique_id: oid(number),
        codes: vec![code("episode")],
        ..Folder::default()
    }
}

/// The submission of a history's folder.
fn folder_of(history: u64) -> registry::Prepared {
    let new = folder(history);
    let number = FOLDERS + history;
    let details = AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    };
    let member = Association {
        entry_uuid: Uuid::new_v5(&uuid(number), b"member"),
        association_type: AssociationType::HasMember,
        source: set(number).entry_uuid,
        target: new.entry_uuid,
        details: details.boxed(),
    };
    let mut sent = submission(history, number, Vec::new(), [Some(member), None]);
    sent.folders = vec![submitted(history, new)];
    registry::prepare_message(sent, &[], AFFINITY).unwrap()
}

fn membership(history: u64, entry: Entry) -> Association {
    let (folder, document) = (folder(history).entry_uuid, document(history, entry).entry_uuid);
    Association {
        entry_uuid: Uuid::new_v5(&folder, document.as_bytes()),
        association_type: AssociationType::HasMember,
        source: folder,
        target: document,
        details: None,
    }
}

fn document(history: u64, number: Entry) -> DocumentEntry {
    let stable = numbered(10_000_000 + history * ENTRIES + u64::from(number));
    match number {
        ON_DEMAND..SNAPSHOTS => {
            DocumentEntry { kind: DocumentKind::OnDemand, hash: String::new(), size: 0, ..stable }
        }
        _ => stable,
    }
}

/// A version of the item that the patient of a history has in a storage, and its bytes.
fn version_of_item(history: u64, number: Entry, told: VersionState) -> (DocumentEntry, Vec<u8>) {
    let patient = format!("H{history}");
    let bytes = lab_message(&patient, "77", u64::from(number));
    let of_item = IntakeOrigin {
        source: SOURCE_ONE.into(),
        item: ItemKey {
            patient_id: patient.clone(),
            care_date: "20200101".into(),
            data_type: "OML-11".into(),
            order_key: "77".into(),
            storage: Storage::Standardized,
        },
        sent: format!("202001011200{:02}000", number - VERSIONS),
        state: told,
        department: "01".into(),
        is_delete_message: false,
        flags: Vec::new(),
    };
    let numbered = document(history, number);
    let entry = DocumentEntry {
        entry_uuid: numbered.entry_uuid,
        unique_id: numbered.unique_id,
        class_code: code("laboratory"),
        type_code: code("OML-11"),
        intake: Some(of_item),
        ..entry(u64::from(number), &patient, &bytes)
    };
    (entry, bytes)
}

fn numbered(number: u64) -> DocumentEntry {
    DocumentEntry {
        intake: None,
        class_code: code("report"),
        unique_id: oid(number),
        ..entry(number, "theirs", b"x")
    }
}

fn submission(
    history: u64,
    number: u64,
    documents: Vec<DocumentEntry>,
    associations: [Option<Association>; 2],
) -> Submission {
    Submission {
        set: submitted(history, set(number)),
        documents: documents.into_iter().map(|one| submitted(history, one)).collect(),
        associations: associations.into_iter().flatten().collect(),
        ..Submission::default()
    }
}

fn submitted<T>(history: u64, object: T) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id: Some(patient(history)),
        availability: None,
        size: None,
        last_update: None,
    }
}

fn answered<T>(done: Result<T, RegistryError>) -> Answer {
    match done {
        Ok(_) => Answer::Done,
        Err(RegistryError::Refused(problems)) => {
            Answer::Refused(problems.iter().map(|problem| problem.code.name()).collect())
        }
        Err(error) => panic!("nothing fails because others are at work: {error}"),
    }
}
