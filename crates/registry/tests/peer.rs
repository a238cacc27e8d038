//! What peers submit (ITI-42, ITI-61): each rule that the registered rows decide, by its code.

use crate::support;

use ebrim::{Submission, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, DocumentEntry, DocumentKind, Folder,
    SubmissionSetStatus,
};
use model::hl7::{AssigningAuthority, PatientId};
use registry::{Derivations, RegistryError};
use store::document::{association, row};
use store::{Store, StoreError, person};
use support::*;
use testkit::for_each_engine;
use uuid::Uuid;

fn patient(serial: u64) -> Option<PatientId> {
    let id = community_id(serial).digits().to_owned();
    let authority = AssigningAuthority { namespace: String::new(), oid: AFFINITY.into() };
    Some(PatientId { id, authority })
}

fn member(number: u64, target: Uuid, status: SubmissionSetStatus) -> Association {
    let details =
        AssociationDetails { submission_set_status: Some(status), ..AssociationDetails::default() };
    Association {
        entry_uuid: Uuid::new_v5(&uuid(1_000_000 + number), target.as_bytes()),
        association_type: AssociationType::HasMember,
        source: uuid(1_000_000 + number),
        target,
        details: details.boxed(),
    }
}

fn submitted<T>(object: T, patient_id: Option<PatientId>) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id,
        availability: None,
        size: None,
        last_update: None,
    }
}

/// A peer's document: nothing of a storage, bytes in another repository.
fn document(number: u64) -> DocumentEntry {
    DocumentEntry { intake: None, ..entry(number, "theirs", b"x") }
}

fn folder(number: u64) -> Folder {
    Folder {
        entry_uuid: uuid(3_000_000 + number),
        unique_id: oid(3_000_000 + number),
        codes: vec![code("f")],
        ..Folder::default()
    }
}

/// A message of Taro: set `number`, documents and folders with their HasMembers.
fn message(
    number: u64,
    documents: Vec<DocumentEntry>,
    folders: Vec<Folder>,
    associations: Vec<Association>,
) -> Submission {
    let brought =
        documents.iter().map(|one| one.entry_uuid).chain(folders.iter().map(|one| one.entry_uuid));
    let members = brought.map(|uuid| member(number, uuid, SubmissionSetStatus::Original));
    Submission {
        set: submitted(set(number), patient(1)),
        associations: members.collect::<Vec<_>>().into_iter().chain(associations).collect(),
        documents: documents.into_iter().map(|one| submitted(one, patient(1))).collect(),
        folders: folders.into_iter().map(|one| submitted(one, patient(1))).collect(),
        ..Submission::default()
    }
}

fn send(store: &Store, message: Submission) -> Result<(), Vec<&'static str>> {
    let held = vec![None; message.documents.len()];
    let prepared = registry::prepare_message(message, &held, AFFINITY).unwrap();
    let none = Derivations::new();
    let done = store.write_blocking(move |tx| registry::submit(tx, &prepared, &none, now()));
    match done {
        Ok(_) => Ok(()),
        Err(RegistryError::Refused(found)) => {
            for problem in &found {
                assert!(problem.section.starts_with("ITI TF-"), "{problem:?}");
            }
            Err(found.iter().map(|problem| problem.code.name()).collect())
        }
        Err(other) => panic!("{other}"),
    }
}

fn one(store: &Store, number: u64) {
    send(store, message(number, vec![document(number)], vec![], vec![])).unwrap();
}

fn is_approved(store: &Store, uuid: Uuid) -> bool {
    let end = store.read_blocking(move |tx| association::end(tx, uuid)).unwrap().unwrap();
    end.availability == model::document::Availability::Approved
}

fn relation(number: u64, kind: AssociationType, target: u64) -> Association {
    association(number, kind, uuid(number), uuid(target))
}

#[test]
fn documents_hang_off_the_identity_of_the_community_id() {
    for_each_engine(|store| {
        settle(store);
        one(store, 1);
        let id = community_id(1).digits().to_owned();
        let identity = store
            .read_blocking(move |tx| person::identity_by_local_id(tx, AFFINITY, &id))
            .unwrap()
            .unwrap();
        assert_eq!(identity.person_id, person_of(store, TARO));
        assert!(identity.is_affinity && !identity.enrolled);
        let known = store.read_blocking(|tx| row::known(tx, &oid(1))).unwrap().unwrap();
        assert_eq!(known.identity_id, identity.id);
        assert!(!known.held && known.sha256.is_empty());
        let found =
            read(store, |tx| registry::query::documents_by_unique_id(tx, &[oid(1)], AFFINITY));
        assert_eq!(found[0].patient_id, patient(1).unwrap());
        assert_eq!(found[0].object.entry.source_patient_id.id, "theirs");
    });
}

#[test]
fn a_patient_must_be_known_and_enrolled() {
    for_each_engine(|store| {
        settle(store);
        let named = |change: fn(&mut PatientId)| {
            let mut sent = message(1, vec![document(1)], vec![], vec![]);
            let mut id = patient(1).unwrap();
            change(&mut id);
            sent.set.patient_id = Some(id.clone());
            sent.documents[0].patient_id = Some(id);
            send(store, sent)
        };
        let unknown = Err(vec!["XDSUnknownPatientId"]);
        assert_eq!(named(|id| id.id = community_id(99).to_string()), unknown);
        assert_eq!(named(|id| id.id = community_id(3).to_string()), unknown, "not enrolled");
        assert_eq!(named(|id| id.id = "x".into()), unknown);
        assert_eq!(named(|id| id.authority.oid = "1.2.3".into()), unknown);
        assert_eq!(named(|_| ()), Ok(()));
    });
}

#[test]
fn a_submission_is_one_patients_after_merges() {
    for_each_engine(|store| {
        settle(store);
        let mut two = message(1, vec![document(1)], vec![], vec![]);
        two.documents[0].patient_id = patient(2);
        assert_eq!(send(store, two.clone()), Err(vec!["XDSPatientIdDoesNotMatch"]));
        let (into, from) = (person_of(store, TARO), person_of(store, HANAKO));
        store
            .write_blocking(move |tx| -> Result<(), StoreError> {
                for identity in person::identities_of_person(tx, from)? {
                    person::move_identity(tx, identity.id, into, now())?;
                }
                person::set_merged_into(tx, from, Some(into))
            })
            .unwrap();
        assert_eq!(send(store, two), Ok(()));
    });
}

#[test]
fn unique_ids_and_uuids_are_not_used_again() {
    for_each_engine(|store| {
        settle(store);
        send(store, message(1, vec![document(1)], vec![folder(1)], vec![])).unwrap();
        let duplicate = "XDSDuplicateUniqueIdInRegistry";
        let mut same_set = message(2, vec![document(2)], vec![], vec![]);
        same_set.set.object.unique_id = set(1).unique_id;
        assert_eq!(send(store, same_set), Err(vec![duplicate]));
        let mut as_document = message(2, vec![document(2)], vec![], vec![]);
        as_document.set.object.unique_id = oid(1);
        assert_eq!(send(store, as_document), Err(vec![duplicate]));
        let same_folder = Folder { unique_id: folder(1).unique_id, ..folder(2) };
        assert_eq!(
            send(store, message(2, vec![], vec![same_folder], vec![])),
            Err(vec![duplicate])
        );
        let metadata = "XDSRegistryMetadataError";
        let reused = DocumentEntry { entry_uuid: uuid(1), ..document(2) };
        assert_eq!(send(store, message(2, vec![reused], vec![], vec![])), Err(vec![metadata]));
        let of_folder = DocumentEntry { entry_uuid: folder(1).entry_uuid, ..document(2) };
        assert_eq!(send(store, message(2, vec![of_folder], vec![], vec![])), Err(vec![metadata]));
        let repeated = message(1, vec![document(1)], vec![], vec![]);
        let codes = send(store, repeated).unwrap_err();
        assert!(codes.starts_with(&[duplicate, metadata]), "every problem is told: {codes:?}");
    });
}

#[test]
fn a_document_may_come_again_with_the_same_bytes() {
    for_each_engine(|store| {
        settle(store);
        one(store, 1);
        let again = |number| DocumentEntry { unique_id: oid(1), ..document(number) };
        assert_eq!(send(store, message(2, vec![again(2)], vec![], vec![])), Ok(()));
        let other_hash = DocumentEntry { hash: sha1_hexadecimal(b"y"), ..again(3) };
        let refused = send(store, message(3, vec![other_hash], vec![], vec![]));
        assert_eq!(refused, Err(vec!["XDSNonIdenticalHash"]));
        let other_size = DocumentEntry { size: 99, ..again(3) };
        let refused = send(store, message(3, vec![other_size], vec![], vec![]));
        assert_eq!(refused, Err(vec!["XDSNonIdenticalSize"]));
    });
}

#[test]
fn a_replacement_deprecates_and_joins_the_folders() {
    for_each_engine(|store| {
        settle(store);
        let in_folder = association(1, AssociationType::HasMember, folder(1).entry_uuid, uuid(1));
        send(store, message(1, vec![document(1)], vec![folder(1)], vec![in_folder])).unwrap();
        let with = |number, kind, target| {
            let relation = relation(number, kind, target);
            send(store, message(number, vec![document(number)], vec![], vec![relation]))
        };
        with(2, AssociationType::Appends, 1).unwrap();
        with(3, AssociationType::Replaces, 1).unwrap();
        assert!(!is_approved(store, uuid(1)) && !is_approved(store, uuid(2)));
        assert!(is_approved(store, uuid(3)));
        let members = read(store, |tx| registry::query::associations_of(tx, folder(1).entry_uuid));
        let joined = members.iter().find(|one| one.target == uuid(3)).unwrap().entry_uuid;
        let of_set = read(store, |tx| registry::query::associations_of(tx, set(3).entry_uuid));
        assert!(of_set.iter().any(|one| one.target == joined), "tied to the set that brings it");
        let deprecated = Err(vec!["XDSRegistryDeprecatedDocumentError"]);
        assert_eq!(with(4, AssociationType::Replaces, 1), deprecated);
        assert_eq!(with(4, AssociationType::Appends, 1), deprecated);
        assert_eq!(with(4, AssociationType::Signs, 77), Err(vec!["UnresolvedReferenceException"]));
        assert_eq!(with(4, AssociationType::TransformsAndReplaces, 3), Ok(()));
        assert!(!is_approved(store, uuid(3)));
    });
}

#[test]
fn a_snapshot_is_of_an_on_demand_document() {
    for_each_engine(|store| {
        settle(store);
        one(store, 1);
        let on_demand = DocumentEntry {
            kind: DocumentKind::OnDemand,
            hash: String::new(),
            size: 0,
            ..document(2)
        };
        send(store, message(2, vec![on_demand], vec![], vec![])).unwrap();
        let of = |target| {
            let relation = relation(3, AssociationType::IsSnapshotOf, target);
            send(store, message(3, vec![document(3)], vec![], vec![relation]))
        };
        assert_eq!(of(1), Err(vec!["XDSRegistryMetadataError"]));
        assert_eq!(of(2), Ok(()));
        assert!(is_approved(store, uuid(2)));
    });
}

#[test]
fn relationships_stay_with_one_patient() {
    for_each_engine(|store| {
        settle(store);
        one(store, 1);
        let relation = relation(2, AssociationType::Appends, 1);
        let mut other = message(2, vec![document(2)], vec![], vec![relation]);
        other.set.patient_id = patient(2);
        other.documents[0].patient_id = patient(2);
        assert_eq!(send(store, other), Err(vec!["XDSPatientIdDoesNotMatch"]));
    });
}

#[test]
fn associations_keep_their_ids_and_details() {
    for_each_engine(|store| {
        settle(store);
        one(store, 1);
        let details = AssociationDetails {
            documentation: Some(code("translation")),
            ..AssociationDetails::default()
        };
        let kind = AssociationType::Transforms;
        let sent = Association { details: details.boxed(), ..relation(2, kind, 1) };
        send(store, message(2, vec![document(2)], vec![], vec![sent.clone()])).unwrap();
        let rows = store
            .read_blocking(|tx| -> Result<_, StoreError> {
                let id = row::id_by_uuid(tx, uuid(2))?.unwrap();
                association::of_object(tx, store::document::EndKind::Document, id)
            })
            .unwrap();
        let kept = rows.iter().find(|row| row.entry_uuid == sent.entry_uuid).unwrap();
        assert_eq!(kept.details, sent.details);
        let own = member(2, uuid(2), SubmissionSetStatus::Original).entry_uuid;
        assert!(rows.iter().any(|row| row.entry_uuid == own && row.original));
    });
}

fn laboratory() -> LabVersion {
    LabVersion {
        number: 1,
        order_key: "100".into(),
        sent: "20200101120000".into(),
        state: model::item::VersionState::Current,
        is_delete_message: false,
    }
}

fn send_held(store: &Store, sent: Submission, bytes: &[u8]) {
    use sha2::Digest as _;
    let sha256 = sha2::Sha256::digest(bytes).into();
    let held = registry::Held { sha256, in_objects: false, bytes: Some(bytes) };
    let prepared = registry::prepare_message(sent, &[Some(held)], AFFINITY).unwrap();
    submit(store, prepared).unwrap();
}

#[test]
fn a_gateways_message_comes_to_the_same_rows_as_its_call() {
    for_each_engine(|store| {
        settle(store);
        let version = laboratory();
        let mut sent = message(1, vec![version.entry()], vec![], vec![]);
        sent.set.patient_id = None;
        sent.documents[0].patient_id = None;
        send_held(store, sent, &version.bytes());
        let by_message = found(store, &[oid(1)]);
        assert!(!by_message[&oid(1)].facts.is_empty());
        let again = submit(store, version.prepared()).unwrap();
        assert_eq!(again.outcome, ports::Outcome::AlreadyThere, "the call finds it there");
        let other = testkit::TestStore::sqlite();
        settle(&other);
        submit(&other, version.prepared()).unwrap();
        assert_eq!(found(&other, &[oid(1)]), by_message);
    });
}

#[test]
fn a_gateways_message_stays_with_the_patient_that_it_names() {
    for_each_engine(|store| {
        settle(store);
        let mut sent = message(1, vec![laboratory().entry()], vec![], vec![]);
        sent.set.patient_id = patient(2);
        sent.documents[0].patient_id = patient(2);
        assert_eq!(send(store, sent), Err(vec!["XDSPatientIdDoesNotMatch"]));
    });
}

#[test]
fn a_peers_message_has_facts_only_where_its_format_is_of_ssmix2() {
    for_each_engine(|store| {
        settle(store);
        let bytes = laboratory().bytes();
        let of = |number: u64, format: &str| DocumentEntry {
            intake: None,
            format_code: code(format),
            unique_id: oid(number),
            entry_uuid: uuid(number),
            ..laboratory().entry()
        };
        let sent = message(1, vec![of(1, "urn:ssmix2:1.2:OUL^R22")], vec![], vec![]);
        send_held(store, sent, &bytes);
        let sent = message(2, vec![of(2, "urn:other")], vec![], vec![]);
        send_held(store, sent, &bytes);
        let all = found(store, &[oid(1), oid(2)]);
        assert!(!all[&oid(1)].facts.is_empty() && all[&oid(1)].on_timeline);
        assert!(all[&oid(2)].facts.is_empty() && all[&oid(2)].on_timeline);
    });
}
