//! Updates by peers (ITI-57, ITI-92): each rule by its code.

use crate::support;

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
fn what_an_update_restricts_is_restricted_in_every_version() {
    for_each_engine(|store| {
        begin(store);
        let restricted = |store: &Store| {
            read(store, |tx| {
                let ids = store::document::row::ids_by_unique_id(tx, &oid(1))?;
                let heads = store::document::stored_query::heads(tx, &ids)?;
                Ok(heads.iter().map(|head| head.is_restricted).collect::<Vec<_>>())
            })
        };
        assert_eq!(restricted(store), [false]);
        let close = version(2, 1, |entry| entry.confidentiality = vec![code("R")]);
        assert_eq!(send(store, close, false), Ok(()));
        assert_eq!(restricted(store), [true, true], "the bytes are the same");
        let open = version(3, 2, |entry| entry.confidentiality = vec![code("N")]);
        assert_eq!(send(store, open, false), Ok(()));
        assert_eq!(restricted(store), [true, true, true], "an update closes and never opens");
    });
}

#[test]
fn an_update_follows_the_last_version_of_its_own_patient() {
    for_each_engine(|store| {
        begin(store);
        let stale = send(store, version(2, 7, |_| ()), false);
        assert_eq!(stale, Err(vec!["XDSMetadataVersionError"]));
        let unknown = version(2, 1, |new| new.logical_id = Some(uuid(77)));
        assert_eq!(send(store, unknown, false), Err(vec!["XDSMetadataVersionError"]));
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
fn what_names_an_entry_cannot_change() {
    for_each_engine(|store| {
        begin(store);
        let unique_id = |new: &mut DocumentEntry| new.unique_id = oid(99);
        let kind = |new: &mut DocumentEntry| new.kind = model::document::DocumentKind::OnDemand;
        let there = |new: &mut DocumentEntry| new.repository_oid = "1.2.9".into();
        let whose = |new: &mut DocumentEntry| new.source_patient_id.id = "other".into();
        let offline = |new: &mut DocumentEntry| {
            new.document_availability = Some(model::document::DocumentAvailability::Offline);
        };
        let update = ["XDSMetadataUpdateError"].to_vec();
        let fixed = ["UnmodifiableMetadataError"].to_vec();
        assert_eq!(send(store, version(2, 1, unique_id), false), Err(update.clone()));
        assert_eq!(send(store, version(2, 1, kind), false), Err(update));
        let identifier = vec!["XDSMetadataIdentifierError"];
        assert_eq!(send(store, version(2, 1, unique_id), true), Err(identifier));
        assert_eq!(send(store, version(2, 1, kind), true), Err(fixed.clone()));
        assert_eq!(send(store, version(2, 1, there), true), Err(fixed.clone()));
        assert_eq!(send(store, version(2, 1, whose), true), Err(fixed.clone()));
        assert_eq!(send(store, version(2, 1, offline), true), Err(fixed.clone()));
        let mut sent = version(2, 1, |_| ());
        sent.documents[0].availability = Some(DEPRECATED);
        assert_eq!(send(store, sent, true), Err(fixed.clone()));
        let deprecate = status(2, uuid(1), APPROVED, DEPRECATED);
        assert_eq!(send(store, deprecate, true), Err(fixed));
        let mut folders = version(2, 1, |_| ());
        let with_folder = next_folder(2, 1, true);
        folders.folders = with_folder.folders;
        folders.associations.extend(with_folder.associations);
        assert_eq!(send(store, folders, true), Err(vec!["XDSMetadataUpdateError"]));
        assert_eq!(send(store, version(2, 1, offline), false), Ok(()));
    });
}

#[test]
fn hash_and_size_change_only_where_the_bytes_are_not_here() {
    for_each_engine(|store| {
        begin(store);
        let other = |new: &mut DocumentEntry| {
            (new.hash, new.size) = (sha1_hexadecimal(b"yy"), 2);
            new.mime_type = "application/pdf".into();
        };
        assert_eq!(send(store, version(2, 1, other), false), Ok(()));
        assert_eq!(send(store, version(3, 2, |_| ()), true), Ok(()));
        hold(store, 4, document(4));
        let of_held = |number: u64, restricted: bool| {
            let mut sent = version(number, 1, other);
            let new = &mut sent.documents[0].object;
            (new.logical_id, new.unique_id) = (Some(uuid(4)), oid(4));
            send(store, sent, restricted)
        };
        assert_eq!(of_held(5, false), Err(vec!["XDSMetadataUpdateError"; 2]));
        assert_eq!(of_held(5, true), Err(vec!["UnmodifiableMetadataError"; 2]));
    });
}

#[test]
fn a_restricted_update_of_a_deprecated_entry_leaves_it_deprecated() {
    for_each_engine(|store| {
        begin(store);
        assert_eq!(send(store, status(2, uuid(1), APPROVED, DEPRECATED), false), Ok(()));
        let refused = send(store, version(3, 1, |_| ()), false);
        assert_eq!(refused, Err(vec!["XDSMetadataUpdateError"]));
        assert_eq!(send(store, version(3, 1, |_| ()), true), Ok(()));
        assert_eq!(availability(store, uuid(3)), DEPRECATED);
    });
}

#[test]
fn only_the_last_version_has_a_status_that_changes() {
    for_each_engine(|store| {
        begin(store);
        assert_eq!(send(store, version(2, 1, |_| ()), false), Ok(()));
        let older = status(3, uuid(1), DEPRECATED, APPROVED);
        assert_eq!(send(store, older, false), Err(vec!["XDSMetadataUpdateError"]));
        let member = from_set(1, AssociationType::HasMember, uuid(1), original()).entry_uuid;
        let of_set = status(3, member, APPROVED, DEPRECATED);
        assert_eq!(send(store, of_set, false), Err(vec!["XDSMetadataUpdateError"]));
        let in_folder =
            association(1, AssociationType::HasMember, folder(1).entry_uuid, uuid(1)).entry_uuid;
        assert_eq!(send(store, status(3, in_folder, APPROVED, DEPRECATED), false), Ok(()));
    });
}

#[test]
fn a_version_and_its_status_come_together() {
    for_each_engine(|store| {
        begin(store);
        let with = |from: Availability, to: Availability| {
            let mut sent = version(2, 1, |_| ());
            let status = status(2, uuid(2), from, to).associations;
            sent.associations.splice(0..0, status);
            send(store, sent, false)
        };
        assert_eq!(with(DEPRECATED, APPROVED), Err(vec!["XDSMetadataUpdateError"]));
        assert_eq!(availability(store, uuid(1)), APPROVED);
        assert_eq!(with(APPROVED, DEPRECATED), Ok(()));
        assert_eq!(availability(store, uuid(2)), DEPRECATED);
    });
}

#[test]
fn associations_of_a_version_go_on_or_are_submitted_not_both() {
    for_each_engine(|store| {
        begin(store);
        hold(store, 4, document(4));
        let with = |propagates: bool| {
            let mut sent = version(2, 1, |_| ());
            let details = AssociationDetails {
                previous_version: Some(1),
                propagation: Some(propagates),
                ..original()
            };
            let appends = association(50, AssociationType::Appends, uuid(2), uuid(4));
            let kind = AssociationType::SubmitAssociation;
            let submits = from_set(2, kind, appends.entry_uuid, AssociationDetails::default());
            sent.associations =
                vec![submits, appends, from_set(2, AssociationType::HasMember, uuid(2), details)];
            sent
        };
        let both = send(store, with(true), false);
        assert_eq!(both, Err(vec!["XDSMetadataUpdateOperationError"]));
        assert_eq!(send(store, with(false), false), Ok(()));
        let folders = read(store, |tx| registry::query::folders_of(tx, uuid(2), AFFINITY));
        assert!(folders.is_empty(), "without propagation the folder keeps the earlier version");
        let mut twice = status(5, uuid(2), APPROVED, DEPRECATED);
        let appends = association(51, AssociationType::Appends, uuid(2), uuid(4));
        let kind = AssociationType::SubmitAssociation;
        let none = AssociationDetails::default();
        twice.associations = vec![from_set(5, kind, appends.entry_uuid, none), appends];
        assert_eq!(send(store, twice, false), Err(vec!["XDSMetadataUpdateError"]));
    });
}

/// Set `number` with a new version of folder 1.
fn next_folder(number: u64, previous: u32, propagates: bool) -> Submission {
    let mut new = folder(1);
    (new.entry_uuid, new.logical_id) = (uuid(3_000_000 + number), Some(folder(1).entry_uuid));
    let details = AssociationDetails {
        previous_version: Some(previous),
        propagation: Some(propagates),
        ..original()
    };
    Submission {
        set: of_taro(set(number)),
        associations: vec![from_set(number, AssociationType::HasMember, new.entry_uuid, details)],
        folders: vec![of_taro(new)],
        ..Submission::default()
    }
}

#[test]
fn a_folder_hands_its_members_on_only_where_it_is_asked_to() {
    for_each_engine(|store| {
        begin(store);
        let members = |uuid: Uuid| {
            let around = read(store, move |tx| registry::query::associations_of(tx, uuid));
            around.into_iter().filter(|one| one.source == uuid).count()
        };
        let stale = send(store, next_folder(2, 9, true), false);
        assert_eq!(stale, Err(vec!["XDSMetadataVersionError"]));
        let mut unknown = next_folder(2, 1, true);
        unknown.folders[0].object.logical_id = Some(uuid(77));
        assert_eq!(send(store, unknown, false), Err(vec!["XDSMetadataUpdateError"]));
        assert_eq!(send(store, next_folder(2, 1, true), false), Ok(()));
        assert_eq!(members(uuid(3_000_002)), 1);
        assert_eq!(send(store, next_folder(3, 2, false), false), Ok(()));
        assert_eq!(members(uuid(3_000_003)), 0, "NIST plan 20000e");
        assert_eq!(members(uuid(3_000_002)), 1, "the earlier version keeps them");
        let folder = |uuid| availability(store, uuid);
        assert_eq!((folder(uuid(3_000_002)), folder(uuid(3_000_003))), (DEPRECATED, APPROVED));
    });
}

/// A document whose bytes are here.
fn hold(store: &Store, number: u64, entry: DocumentEntry) {
    let member = from_set(number, AssociationType::HasMember, entry.entry_uuid, original());
    let sent = Submission {
        set: of_taro(set(number)),
        documents: vec![of_taro(entry)],
        associations: vec![member],
        ..Submission::default()
    };
    let here = registry::Held { sha256: [7; 32], in_objects: false, bytes: None };
    let prepared = registry::prepare_message(sent, &[Some(here)], AFFINITY).unwrap();
    let none = Derivations::new();
    store.write_blocking(move |tx| registry::submit(tx, &prepared, &none, now())).unwrap();
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

/// Adds a document that appends to document 1.
fn append(store: &Store, number: u64) -> Uuid {
    let appends = association(number, AssociationType::Appends, uuid(number), uuid(1));
    let sent = Submission {
        set: of_taro(set(number)),
        documents: vec![of_taro(document(number))],
        associations: vec![
            from_set(number, AssociationType::HasMember, uuid(number), original()),
            appends.clone(),
        ],
        ..Submission::default()
    };
    let prepared = registry::prepare_message(sent, &[None], AFFINITY).unwrap();
    let none = Derivations::new();
    store.write_blocking(move |tx| registry::submit(tx, &prepared, &none, now())).unwrap();
    appends.entry_uuid
}

#[test]
fn associations_that_were_taken_back_do_not_go_on() {
    for_each_engine(|store| {
        begin(store);
        let in_folder =
            association(1, AssociationType::HasMember, folder(1).entry_uuid, uuid(1)).entry_uuid;
        let appends = append(store, 5);
        assert_eq!(send(store, status(6, in_folder, APPROVED, DEPRECATED), false), Ok(()));
        assert_eq!(send(store, status(7, appends, APPROVED, DEPRECATED), false), Ok(()));
        assert_eq!(send(store, version(8, 1, |_| ()), false), Ok(()));
        let around = |uuid| read(store, move |tx| registry::query::associations_of(tx, uuid));
        let of_set = |one: &registry::query::AnsweredAssociation| one.source == set_uuid(8);
        assert!(around(uuid(8)).iter().all(of_set), "{:?}", around(uuid(8)));
        assert_eq!(send(store, next_folder(9, 1, true), false), Ok(()));
        let of_set = |one: &registry::query::AnsweredAssociation| one.source == set_uuid(9);
        assert!(around(uuid(3_000_009)).iter().all(of_set));
    });
}

#[test]
fn a_replacement_follows_no_association_that_was_taken_back() {
    for_each_engine(|store| {
        begin(store);
        let in_folder =
            association(1, AssociationType::HasMember, folder(1).entry_uuid, uuid(1)).entry_uuid;
        let appends = append(store, 5);
        assert_eq!(send(store, status(6, in_folder, APPROVED, DEPRECATED), false), Ok(()));
        assert_eq!(send(store, status(7, appends, APPROVED, DEPRECATED), false), Ok(()));
        let sent = Submission {
            set: of_taro(set(8)),
            documents: vec![of_taro(document(8))],
            associations: vec![
                from_set(8, AssociationType::HasMember, uuid(8), original()),
                association(8, AssociationType::Replaces, uuid(8), uuid(1)),
            ],
            ..Submission::default()
        };
        let prepared = registry::prepare_message(sent, &[None], AFFINITY).unwrap();
        let none = Derivations::new();
        store.write_blocking(move |tx| registry::submit(tx, &prepared, &none, now())).unwrap();
        assert_eq!(availability(store, uuid(5)), APPROVED, "it appends to nothing any more");
        let folders = read(store, |tx| registry::query::folders_of(tx, uuid(8), AFFINITY));
        assert!(folders.is_empty());
    });
}
