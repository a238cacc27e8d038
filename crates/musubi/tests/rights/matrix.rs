//! Who × what × which object: what a caller may not know of is answered as what does not exist,
//! and nobody changes what others brought.

use super::world::*;
use crate::registry_support as support;

use access::Grip;
use ebrim::query::{ObjectIds, StoredQuery};
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, DocumentEntry, DocumentKind,
};
use model::entry::Category;
use ports::{Caller, PeerCaller};
use registry::{iti42, iti57, iti61};
use store::document::patient;
use store::source::{self, KIND_PEER, SourceRow};
use store::{Store, StoreError};
use support::*;
use testkit::for_each_engine;
use uuid::Uuid;

/// What is asked of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Query,
    Retrieve,
    Replace,
    RegisterReplacement,
    Append,
    AppendOnDemand,
    Update,
    UpdateOfAnotherVersion,
    Deprecate,
    Restrict,
    RemoveMetadata,
    RemoveDocument,
}

const DEEDS: [Deed; 12] = [
    Deed::Query,
    Deed::Retrieve,
    Deed::Replace,
    Deed::RegisterReplacement,
    Deed::Append,
    Deed::AppendOnDemand,
    Deed::Update,
    Deed::UpdateOfAnotherVersion,
    Deed::Deprecate,
    Deed::Restrict,
    Deed::RemoveMetadata,
    Deed::RemoveDocument,
];

/// An object that nobody registered.
const MISSING: u64 = 7;

/// The number of what a request brings that is to be refused.
const REFUSED: u64 = 8;

/// Whose an object is, and of which kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    /// Laboratory, of the hospital: consent opens it to the hospital's peer.
    OfHospital,
    /// Laboratory, of the other one: consent opens it to the hospital's peer too.
    OfOther,
    /// A prescription of the other one.
    Closed,
}

const OBJECTS: [Which; 3] = [Which::OfHospital, Which::OfOther, Which::Closed];

/// A caller with what each object is to it when it reads and when it changes.
struct Row {
    caller: Caller,
    sees: fn(Which) -> bool,
    reaches: fn(Which) -> Grip,
}

fn peer(store: &Store, name: &str, facility_code: &str, is_gateway: bool) -> Caller {
    let facility_id = facility(store, facility_code);
    let (source, code) = (format!("{KIND_PEER}:{name}"), facility_code.to_owned());
    let source_id = store.write_blocking(move |tx| -> Result<i64, StoreError> {
        let domain = source::ensure_domain(tx, AFFINITY, "affinity domain")?;
        patient::mark_affinity(tx, AFFINITY)?;
        let row = SourceRow {
            id: 0,
            name: source.clone(),
            kind: KIND_PEER.into(),
            oid: format!("1.2.392.99.77.{facility_id}.{}", source.len()),
            settings: "{}".into(),
            paused: false,
            facility: source::facility_by_code(tx, &code)?.unwrap(),
            domain,
        };
        Ok(source::insert_source(tx, &row, &[], 0)?.unwrap())
    });
    Caller::Peer(PeerCaller {
        name: name.into(),
        facility_id,
        may_submit: true,
        may_remove: true,
        is_gateway,
        may_change_all: false,
        source_id: Some(source_id.unwrap()),
    })
}

/// The callers; of the hospital and the other one, the first two give the objects.
fn rows(store: &Store) -> Vec<Row> {
    consent(store, None, facility(store, HOSPITAL), &[Category::Laboratory]);
    vec![
        Row {
            caller: peer(store, "hospital", HOSPITAL, false),
            sees: |which| which != Which::Closed,
            reaches: |which| match which {
                Which::OfHospital => Grip::Own,
                Which::OfOther => Grip::Seen,
                Which::Closed => Grip::Absent,
            },
        },
        Row {
            caller: peer(store, "nobody", "1310000008", false),
            sees: |_| false,
            reaches: |_| Grip::Absent,
        },
        Row {
            caller: peer(store, "gateway", HOSPITAL, true),
            sees: |which| which != Which::Closed,
            reaches: |which| match which {
                Which::OfHospital => Grip::Own,
                Which::OfOther | Which::Closed => Grip::Absent,
            },
        },
        Row {
            caller: peer(store, "other-gateway", "1310000002", true),
            sees: |_| false,
            reaches: |which| match which {
                Which::OfHospital => Grip::Absent,
                Which::OfOther | Which::Closed => Grip::Own,
            },
        },
        Row { caller: Caller::Trusted, sees: |_| true, reaches: |_| Grip::Own },
    ]
}

/// The number of the object that one caller meets with one deed.
fn number(row: usize, deed: usize, which: usize) -> u64 {
    10_000 + (row as u64) * 1_000 + (deed as u64) * 10 + which as u64
}

fn class(which: Which) -> &'static str {
    match which {
        Which::OfHospital | Which::OfOther => "laboratory",
        Which::Closed => "prescription",
    }
}

fn content(number: u64) -> Vec<u8> {
    format!("document {number}").into_bytes()
}

fn give(store: &Store, caller: &Caller, number: u64, which: Which) {
    let bytes = content(number);
    let sent = message(number, Some(document(number, class(which), &bytes)), Vec::new());
    let answer = provide(store, caller, sent, &bytes);
    assert!(is_success(&answer), "{answer}");
}

fn new_document(number: u64) -> DocumentEntry {
    document(number, "laboratory", b"new")
}

/// Set `by` with a document that is joined to an object.
fn joined(by: u64, kind: AssociationType, object: u64) -> ebrim::Submission {
    let relation = association(by, kind, uuid(by), uuid(object));
    message(by, Some(new_document(by)), vec![relation])
}

fn deprecation(by: u64, object: u64) -> ebrim::Submission {
    let details = AssociationDetails {
        original_status: Availability::Approved.urn().into(),
        new_status: Availability::Deprecated.urn().into(),
        ..AssociationDetails::default()
    };
    let change = Association {
        association_type: AssociationType::UpdateAvailabilityStatus,
        ..from_set(by, uuid(object), details)
    };
    message(by, None, vec![change])
}

/// Does something to an object; what it brings has the number `by`.
fn act(store: &Store, caller: &Caller, deed: Deed, object: u64, class: &str, by: u64) -> String {
    let first = || document(object, class, &content(object));
    match deed {
        Deed::Query => {
            let ids = ObjectIds::UniqueIds(vec![oid(object)]);
            query(store, caller, StoredQuery::GetDocuments(ids))
        }
        Deed::Retrieve => retrieve(store, caller, &oid(object)),
        Deed::Replace => {
            provide(store, caller, joined(by, AssociationType::Replaces, object), b"new")
        }
        Deed::RegisterReplacement => {
            let sent = joined(by, AssociationType::TransformsAndReplaces, object);
            send(store, caller, iti42::ACTION, &sent)
        }
        Deed::Append => {
            provide(store, caller, joined(by, AssociationType::Appends, object), b"new")
        }
        Deed::AppendOnDemand => {
            let mut sent = joined(by, AssociationType::Appends, object);
            let entry = &mut sent.documents[0].object;
            (entry.kind, entry.hash, entry.size) = (DocumentKind::OnDemand, String::new(), 0);
            send(store, caller, iti61::ACTION, &sent)
        }
        Deed::Update => send(store, caller, iti57::ACTION, &version(by, &first(), 1, class)),
        Deed::UpdateOfAnotherVersion => {
            send(store, caller, iti57::ACTION, &version(by, &first(), 5, class))
        }
        Deed::Deprecate => send(store, caller, iti57::ACTION, &deprecation(by, object)),
        Deed::Restrict => {
            send(store, caller, iti57::RESTRICTED_ACTION, &version(by, &first(), 1, class))
        }
        Deed::RemoveMetadata => {
            let member = from_set(object, uuid(object), original()).entry_uuid;
            // Where it is to be refused, alone: problems are told in the order of the ids.
            match by {
                REFUSED => remove_metadata(store, caller, &[uuid(object)]),
                _ => {
                    let all = [uuid(object), set(object).entry_uuid, member];
                    remove_metadata(store, caller, &all)
                }
            }
        }
        Deed::RemoveDocument => remove_document(store, caller, &oid(object)),
    }
}

/// An answer as it were for the object that is not there.
fn as_missing(answer: &str, object: u64) -> String {
    let member = |number: u64| from_set(number, uuid(number), original()).entry_uuid.to_string();
    let set_id = |number: u64| set(number).entry_uuid.to_string();
    answer
        .replace(&uuid(object).to_string(), &uuid(MISSING).to_string())
        .replace(&set_id(object), &set_id(MISSING))
        .replace(&member(object), &member(MISSING))
        .replace(&oid(object), &oid(MISSING))
}

fn reads(deed: Deed) -> bool {
    matches!(deed, Deed::Query | Deed::Retrieve)
}

fn only_joins(deed: Deed) -> bool {
    matches!(deed, Deed::Append | Deed::AppendOnDemand)
}

/// Every object as the centre sees it.
fn everything(store: &Store, numbers: &[u64]) -> Vec<String> {
    let all = numbers.iter().map(|one| act(store, &Caller::Trusted, Deed::Query, *one, "", 0));
    all.collect()
}

#[test]
fn what_a_caller_may_not_know_of_is_answered_as_what_is_not_there() {
    for_each_engine(|store| {
        settle(store);
        let rows = rows(store);
        let other = peer(store, "other", "1310000002", false);
        let mut cells = Vec::new();
        for (at, _) in rows.iter().enumerate() {
            for (place, deed) in DEEDS.into_iter().enumerate() {
                for (kind, which) in OBJECTS.into_iter().enumerate() {
                    let giver = if which == Which::OfHospital { &rows[0].caller } else { &other };
                    give(store, giver, number(at, place, kind), which);
                    cells.push((at, deed, which, number(at, place, kind)));
                }
            }
        }
        let numbers: Vec<u64> = cells.iter().map(|(.., number)| *number).collect();
        let before = everything(store, &numbers);
        let (mut told, mut allowed) = (0, Vec::new());
        for (at, deed, which, object) in cells {
            let row = &rows[at];
            let label = format!("{} {deed:?} {which:?}", row.caller.actor());
            let missing = act(store, &row.caller, deed, MISSING, class(which), REFUSED);
            let grip = match (reads(deed), (row.sees)(which)) {
                (true, true) => Grip::Own,
                (true, false) => Grip::Absent,
                (false, _) => (row.reaches)(which),
            };
            match grip {
                Grip::Absent => {
                    let hidden = act(store, &row.caller, deed, object, class(which), REFUSED);
                    assert_eq!(as_missing(&hidden, object), missing, "{label}");
                    told += 1;
                }
                Grip::Seen if !only_joins(deed) => {
                    let refused = act(store, &row.caller, deed, object, class(which), REFUSED);
                    assert!(refused.contains("was not brought by this peer"), "{label}: {refused}");
                    told += 1;
                }
                Grip::Seen | Grip::Own => allowed.push((label, at, deed, which, object)),
            }
        }
        assert_eq!(everything(store, &numbers), before, "whoever was refused changed nothing");
        assert!(told > 90 && allowed.len() > 70, "{told} refused, {} allowed", allowed.len());
        for (label, at, deed, which, object) in allowed {
            let answer = act(store, &rows[at].caller, deed, object, class(which), object + 50_000);
            let is_stale = deed == Deed::UpdateOfAnotherVersion;
            assert_eq!(is_success(&answer), !is_stale, "{label}: {answer}");
            let is_found = !reads(deed) || answer.contains(&oid(object));
            assert!(is_found, "{label}: {answer}");
        }
    });
}

#[test]
fn a_peer_with_the_right_to_all_changes_what_it_sees() {
    for_each_engine(|store| {
        settle(store);
        consent(store, None, facility(store, HOSPITAL), &[Category::Laboratory]);
        let other = peer(store, "other", "1310000002", false);
        let Caller::Peer(hospital) = peer(store, "hospital", HOSPITAL, false) else {
            panic!("a peer")
        };
        let curator = Caller::Peer(PeerCaller { may_change_all: true, ..hospital });
        give(store, &other, 11, Which::OfOther);
        give(store, &other, 12, Which::Closed);
        let seen = act(store, &curator, Deed::Deprecate, 11, "laboratory", 21);
        assert!(is_success(&seen), "{seen}");
        let missing = act(store, &curator, Deed::Deprecate, MISSING, "prescription", 22);
        let closed = act(store, &curator, Deed::Deprecate, 12, "prescription", 22);
        assert_eq!(as_missing(&closed, 12), missing);
    });
}

#[test]
fn a_storage_says_itself_what_is_valid_of_it() {
    for_each_engine(|store| {
        settle(store);
        consent(store, None, facility(store, HOSPITAL), &[Category::Laboratory]);
        let hospital = peer(store, "hospital", HOSPITAL, false);
        let (entry, bytes) = stored(31, "OML-11", "laboratory");
        keep(store, 31, entry, &bytes);
        for (deed, by) in [(Deed::Deprecate, 41), (Deed::Replace, 42)] {
            let answer = act(store, &hospital, deed, 31, "laboratory", by);
            assert!(answer.contains("was brought by a storage"), "{deed:?}: {answer}");
        }
        give(store, &hospital, 43, Which::OfHospital);
        let relation = association(44, AssociationType::Replaces, uuid(43), uuid(31));
        let asked = Association {
            association_type: AssociationType::SubmitAssociation,
            ..from_set(44, relation.entry_uuid, AssociationDetails::default())
        };
        let update = message(44, None, vec![relation, asked]);
        let answer = send(store, &hospital, iti57::ACTION, &update);
        assert!(answer.contains("was brought by a storage"), "{answer}");
        let of_none: Uuid = uuid(42);
        let found = read(store, move |tx| Ok(store::document::row::id_by_uuid(tx, of_none)?));
        assert_eq!(found, None);
    });
}

#[test]
fn what_a_peer_submits_is_disclosed_as_its_facilitys() {
    for_each_engine(|store| {
        settle(store);
        let giver = peer(store, "hospital", HOSPITAL, false);
        let reader = peer(store, "clinic", "1310000009", false);
        let (from, to) = (facility(store, HOSPITAL), facility(store, "1310000009"));
        give(store, &giver, 51, Which::OfHospital);
        give(store, &Caller::Trusted, 52, Which::OfHospital);
        let missing = retrieve(store, &reader, &oid(MISSING));
        assert_eq!(as_missing(&retrieve(store, &reader, &oid(51)), 51), missing);
        consent(store, Some(from), to, &[Category::Laboratory]);
        assert!(is_success(&retrieve(store, &reader, &oid(51))));
        let unsourced = retrieve(store, &reader, &oid(52));
        assert_eq!(as_missing(&unsourced, 52), missing, "no facility brought it");
        assert!(sees(store, &reader, &oid(51)) && !sees(store, &reader, &oid(52)));
    });
}
