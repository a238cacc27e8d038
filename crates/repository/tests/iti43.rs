//! ITI-43: what a peer may query it may retrieve, and nothing else.

use model::document::{DocumentEntry, SubmissionSet};
use model::item::VersionState;
use model::{CommunityId, PartialTime, Timestamp};
use ports::{Caller, PeerCaller};
use repository::{Retrieval, iti43};
use sha2::Digest as _;
use soap::{Fault, Peer, Request, Response, Service};
use std::sync::Arc;
use store::consent::{self, NewConsent};
use store::document::{NewDocument, Settlement, bytes, metadata, row, set};
use store::source::{self, FacilityRow, SourceRow};
use store::{Store, StoreError, Tx, person};
use testkit::{ManualClock, for_each_engine};
use uuid::Uuid;

const REPOSITORY: &str = "1.2.392.99.8";
const OPEN: &str = "2.25.1";
const RESTRICTED: &str = "2.25.2";

struct Desk {
    retrieval: Retrieval,
    caller: Caller,
}

impl Service for Desk {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &[iti43::ACTION]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, _: (), request: Request<'_>) -> Result<Response, Fault> {
        self.retrieval.retrieve_document_set(&self.caller, request).await
    }
}

fn facility(tx: &mut Tx, number: u32) -> Result<FacilityRow, StoreError> {
    let code = format!("131000000{number}");
    let row = FacilityRow {
        id: 0,
        code: code.clone(),
        name: format!("施設{number}"),
        short_name: format!("{number}"),
        facility_type: "hospital".into(),
        mark: 0,
    };
    source::insert_facility(tx, &row, 0)?;
    Ok(source::facility_by_code(tx, &code)?.unwrap())
}

/// A hospital with an open and a restricted document of one person, who opened everything to the
/// hospital and to a clinic; the two facilities.
fn fill(store: &Store) -> [i64; 2] {
    let filled = store.write_blocking(|tx| -> Result<_, StoreError> {
        let now = Timestamp(0);
        let (hospital, clinic) = (facility(tx, 1)?, facility(tx, 2)?);
        let domain = source::ensure_domain(tx, "1.2.392.99.1", "")?;
        let new = SourceRow {
            id: 0,
            name: "one".into(),
            kind: "ssmix2".into(),
            oid: "1.2.392.99.2".into(),
            settings: "{}".into(),
            paused: false,
            facility: hospital.clone(),
            domain: domain.clone(),
        };
        let source_id = source::insert_source(tx, &new, &[], 0)?.unwrap();
        let person_id = person::insert_person(tx, &CommunityId::from_serial(1), now)?.unwrap();
        let identity_id = person::insert_identity(tx, domain.id, "1", person_id, now)?.unwrap();
        person::put_enrolment(tx, identity_id, now, "test")?;
        for viewer in [hospital.id, clinic.id] {
            let new = NewConsent {
                person_id,
                discloser_facility_id: None,
                viewer_facility_id: viewer,
                categories: None,
                permit: true,
                from: now,
                until: None,
                basis: "test",
                actor: "test",
                now,
            };
            consent::insert(tx, &new)?;
        }
        for (unique_id, is_restricted) in [(OPEN, false), (RESTRICTED, true)] {
            document(tx, unique_id, is_restricted, (identity_id, source_id))?;
        }
        Ok([hospital.id, clinic.id])
    });
    filled.unwrap()
}

fn document(
    tx: &mut Tx,
    unique_id: &str,
    is_restricted: bool,
    (identity_id, source_id): (i64, i64),
) -> Result<(), StoreError> {
    let uuid =
        |kind: &str| Uuid::new_v5(&Uuid::NAMESPACE_OID, (kind.to_owned() + unique_id).as_bytes());
    let new = SubmissionSet {
        entry_uuid: uuid("set"),
        unique_id: format!("{unique_id}.9"),
        ..SubmissionSet::default()
    };
    let submission_set_id = set::insert(tx, &new, "{}", identity_id)?.unwrap();
    let content = unique_id.as_bytes();
    let entry = DocumentEntry {
        entry_uuid: uuid("document"),
        unique_id: unique_id.into(),
        mime_type: "text/plain".into(),
        creation_time: PartialTime::japan("20260101").unwrap(),
        size: content.len() as u64,
        ..DocumentEntry::default()
    };
    let new = NewDocument {
        entry: &entry,
        metadata: &metadata::write(&entry).unwrap(),
        identity_id,
        source_id: Some(source_id),
        item_id: None,
        submission_set_id,
        told: VersionState::Current,
        settlement: &Settlement {
            state: VersionState::Current,
            deletion: None,
            flags: "[]".into(),
        },
        category: "document",
        sha256: &sha2::Sha256::digest(content),
        in_objects: false,
        text_verdict: "",
        created: Timestamp(0),
        held: true,
        member_implied: false,
        rules_version: 0,
        is_restricted,
    };
    let id = row::insert(tx, &new)?.unwrap();
    bytes::insert(tx, id, content)
}

/// What a peer of a facility is answered.
fn retrieve(store: &Store, facility_id: i64, unique_id: &str) -> String {
    let caller = Caller::Peer(PeerCaller {
        name: "peer".into(),
        facility_id,
        may_submit: false,
        may_remove: false,
        is_gateway: false,
        ..PeerCaller::default()
    });
    let clock = Arc::new(ManualClock::default());
    let retrieval = Retrieval::new(store.clone(), clock, REPOSITORY.into());
    let body = format!(
        "<x:RetrieveDocumentSetRequest xmlns:x='urn:ihe:iti:xds-b:2007'><x:DocumentRequest>\
         <x:RepositoryUniqueId>{REPOSITORY}</x:RepositoryUniqueId>\
         <x:DocumentUniqueId>{unique_id}</x:DocumentUniqueId></x:DocumentRequest>\
         </x:RetrieveDocumentSetRequest>"
    );
    testkit::message::ask(Desk { retrieval, caller }, iti43::ACTION, body.as_bytes())
}

#[test]
fn what_a_hospital_restricts_is_given_to_its_own_people_only() {
    for_each_engine(|store| {
        let [hospital, clinic] = fill(store);
        for (facility, unique_id, is_given) in [
            (clinic, OPEN, true),
            (clinic, RESTRICTED, false),
            (hospital, OPEN, true),
            (hospital, RESTRICTED, true),
        ] {
            let answer = retrieve(store, facility, unique_id);
            assert_eq!(answer.contains("ResponseStatusType:Success"), is_given, "{answer}");
            assert_eq!(answer.contains("XDSDocumentUniqueIdError"), !is_given, "{answer}");
        }
    });
}
