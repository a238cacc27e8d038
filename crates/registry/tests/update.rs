//! Updates and removals by peers (ITI-57, ITI-92, ITI-62): each rule by its code.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use ebrim::{Submission, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, DocumentEntry, Folder,
    SubmissionSetStatus,
};
use model::hl7::{AssigningAuthority, PatientId};
use registry::{Derivations, RegistryError};
use store::Store;
use store::document::{association, entry as rows, stored_query};
use support::*;
use testkit::for_each_engine;
use uuid::Uuid;

fn patient(serial: u64) -> Option<PatientId> {
    let id = community_id(serial).digits().to_owned();
    let authority = AssigningAuthority { namespace: String::new(), oid: AFFINITY.into() };
    Some(PatientId { id, authority })
}

fn of_taro<T>(object: T) -> Submitted<T> {
    Submitted {
        object,
        id: String::new(),
        patient_id: patient(1),
        availability: None,
        size: None,
        last_update: None,
    }
}

fn set_uuid(number: u64) -> Uuid {
    uuid(1_000_000 + number)
}

fn from_set(
    number: u64,
    kind: AssociationType,
    target: Uuid,
    details: AssociationDetails,
) -> Association {
    Association {
        entry_uuid: Uuid::new_v5(&set_uuid(number), target.as_bytes()),
        association_type: kind,
        source: set_uuid(number),
        target,
        details: details.boxed(),
    }
}

fn original() -> AssociationDetails {
    AssociationDetails {
        submission_set_status: Some(SubmissionSetStatus::Original),
        ..AssociationDetails::default()
    }
}

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

/// Set 1 with document 1 in folder 1.
fn begin(store: &Store) {
    settle(store);
    let members = [uuid(1), folder(1).entry_uuid]
        .map(|target| from_set(1, AssociationType::HasMember, target, original()));
    let in_folder = association(1, AssociationType::HasMember, folder(1).entry_uuid, uuid(1));
    let sent = Submission {
        set: of_taro(set(1)),
        documents: vec![of_taro(document(1))],
        folders: vec![of_taro(folder(1))],
        associations: members.into_iter().chain([in_folder]).collect(),
        ..Submission::default()
    };
    let prepared = registry::prepare_message(sent, &[None], AFFINITY).unwrap();
    let none = Derivations::new();
    store.write_blocking(move |tx| registry::submit(tx, &prepared, &none, now())).unwrap();
}

fn codes<T>(done: Result<T, RegistryError>) -> Result<(), Vec<&'static str>> {
    match done {
        Ok(_) => Ok(()),
        Err(RegistryError::Refused(found)) => {
            Err(found.iter().map(|problem| problem.code.name()).collect())
        }
        Err(other) => panic!("{other}"),
    }
}

fn send(store: &Store, sent: Submission, restricted: bool) -> Result<(), Vec<&'static str>> {
    let prepared = registry::prepare_message(sent.clone(), &[], AFFINITY).unwrap();
    let none = Derivations::new();
    codes(
        store.write_blocking(move |tx| {
            registry::update(tx, &sent, &prepared, restricted, &none, now())
        }),
    )
}

/// Set `number` with a new version of document 1.
fn version(number: u64, previous: u32, change: impl FnOnce(&mut DocumentEntry)) -> Submission {
    let mut new = document(1);
    new.entry_uuid = uuid(number);
    new.logical_id = Some(uuid(1));
    new.title = format!("version {number}");
    change(&mut new);
    let details = AssociationDetails { previous_version: Some(previous), ..original() };
    Submission {
        set: of_taro(set(number)),
        associations: vec![from_set(number, AssociationType::HasMember, new.entry_uuid, details)],
        documents: vec![of_taro(new)],
        ..Submission::default()
    }
}

fn status(number: u64, target: Uuid, from: Availability, to: Availability) -> Submission {
    let details = AssociationDetails {
        original_status: from.urn().into(),
        new_status: to.urn().into(),
        ..AssociationDetails::default()
    };
    let kind = AssociationType::UpdateAvailabilityStatus;
    Submission {
        set: of_taro(set(number)),
        associations: vec![from_set(number, kind, target, details)],
        ..Submission::default()
    }
}

fn availability(store: &Store, uuid: Uuid) -> Availability {
    store.read_blocking(move |tx| association::end(tx, uuid)).unwrap().unwrap().availability
}

const APPROVED: Availability = Availability::Approved;
const DEPRECATED: Availability = Availability::Deprecated;

#[test]
fn a_new_version_takes_the_place_of_the_last() {
    for_each_engine(|store| {
        begin(store);
        assert_eq!(send(store, version(2, 1, |_| ()), false), Ok(()));
        assert_eq!(
            (availability(store, uuid(1)), availability(store, uuid(2))),
            (DEPRECATED, APPROVED)
        );
        let versions = read(store, |tx| {
            let ids = stored_query::documents_by_logical(tx, uuid(1))?;
            Ok(rows::of_ids(tx, &ids)?)
        });
        let told: Vec<_> = versions
            .iter()
            .map(|row| (row.entry.version_number(), row.entry.title.clone(), row.entry.logical()))
            .collect();
        assert_eq!(told[0].0, 1);
        assert_eq!(told[1], (2, "version 2".to_owned(), uuid(1)));
        let folders = read(store, |tx| registry::query::folders_of(tx, uuid(2), AFFINITY));
        assert_eq!(folders.len(), 1, "associations go on");
        assert_eq!(send(store, version(3, 2, |_| ()), true), Ok(()));
        assert_eq!(availability(store, uuid(2)), DEPRECATED);
    });
}

#[test]
fn an_update_follows_the_last_version_of_its_own_patient() {
    for_each_engine(|store| {
        begin(store);
        let stale = send(store, version(2, 7, |_| ()), false);
        assert_eq!(stale, Err(vec!["XDSMetadataVersionError"]));
        let unknown = version(2, 1, |new| new.logical_id = Some(uuid(77)));
        assert_eq!(send(store, unknown, false), Err(vec!["XDSMetadataIdentifierError"]));
        let mut other = version(2, 1, |_| ());
        other.set.patient_id = patient(2);
        other.documents[0].patient_id = patient(2);
        assert_eq!(send(store, other, false), Err(vec!["XDSPatientIDReconciliationError"]));
        let same_uuid = version(2, 1, |new| new.entry_uuid = uuid(1));
        assert_eq!(send(store, same_uuid, false), Err(vec!["XDSRegistryMetadataError"]));
        assert_eq!(availability(store, uuid(1)), APPROVED);
    });
}

#[test]
fn what_belongs_to_the_bytes_cannot_change() {
    for_each_engine(|store| {
        begin(store);
        let both = ["XDSMetadataUpdateError", "UnmodifiableMetadataError"];
        for (restricted, code) in [false, true].into_iter().zip(both) {
            let hash = version(2, 1, |new| new.hash = sha1_hexadecimal(b"y"));
            assert_eq!(send(store, hash, restricted), Err(vec![code]));
            let unique_id = version(2, 1, |new| new.unique_id = oid(99));
            assert_eq!(send(store, unique_id, restricted), Err(vec![code]));
        }
        let kind = version(2, 1, |new| new.kind = model::document::DocumentKind::OnDemand);
        assert_eq!(send(store, kind, false), Err(vec!["XDSObjectTypeError"]));
        let mime = |new: &mut DocumentEntry| new.mime_type = "application/pdf".into();
        assert_eq!(send(store, version(2, 1, mime), true), Err(vec!["UnmodifiableMetadataError"]));
        let deprecate = status(2, uuid(1), APPROVED, DEPRECATED);
        assert_eq!(send(store, deprecate, true), Err(vec!["XDSMetadataUpdateOperationError"]));
    });
}

#[test]
fn a_status_changes_from_what_it_is() {
    for_each_engine(|store| {
        begin(store);
        let wrong = status(2, uuid(1), DEPRECATED, APPROVED);
        assert_eq!(send(store, wrong, false), Err(vec!["XDSMetadataUpdateError"]));
        assert_eq!(send(store, status(2, uuid(1), APPROVED, DEPRECATED), false), Ok(()));
        assert_eq!(availability(store, uuid(1)), DEPRECATED);
        assert_eq!(send(store, status(3, uuid(1), DEPRECATED, APPROVED), false), Ok(()));
        assert_eq!(availability(store, uuid(1)), APPROVED);
        let folder = folder(1).entry_uuid;
        assert_eq!(send(store, status(4, folder, APPROVED, DEPRECATED), false), Ok(()));
        assert_eq!(availability(store, folder), DEPRECATED);
        let nowhere = status(5, uuid(77), APPROVED, DEPRECATED);
        assert_eq!(send(store, nowhere, false), Err(vec!["UnresolvedReferenceException"]));
    });
}

#[test]
fn removal_takes_everything_that_refers() {
    for_each_engine(|store| {
        begin(store);
        let remove =
            |uuids: Vec<Uuid>| codes(store.write_blocking(move |tx| registry::remove(tx, &uuids)));
        let refused = remove(vec![uuid(1)]).unwrap_err();
        assert!(refused.iter().all(|code| *code == "ReferencesExistException"), "{refused:?}");
        assert_eq!(remove(vec![uuid(77)]), Err(vec!["UnresolvedReferenceException"]));
        let member = from_set(1, AssociationType::HasMember, uuid(1), original()).entry_uuid;
        assert_eq!(remove(vec![member]), Err(vec!["XDSUnreferencedObjectException"]));
        let all: Vec<Uuid> = [set_uuid(1), folder(1).entry_uuid, uuid(1)]
            .into_iter()
            .flat_map(|object| {
                let around = read(store, move |tx| registry::query::associations_of(tx, object));
                around.into_iter().map(|one| one.entry_uuid).chain([object])
            })
            .collect();
        assert_eq!(remove(all), Ok(()));
        let gone = store.read_blocking(|tx| association::end(tx, uuid(1))).unwrap();
        assert!(gone.is_none());
    });
}
