//! A small region for tests: two sources with domains of their own, two persons, builders of
//! submissions, and what the store holds afterwards.

pub mod ask;

use model::document::{
    Association, AssociationType, DocumentEntry, IntakeOrigin, SubmissionSet, XdsCode,
};
use model::hl7::{AssigningAuthority, PatientId};
use model::item::{ItemKey, Storage, VersionState};
use model::{CommunityId, PartialTime, Timestamp};
use registry::{Content, Derivations, Incoming, Prepared, Registered, RegistryError};
use sha1::Digest as _;
use std::collections::BTreeMap;
use store::source::{FacilityRow, SourceRow};
use store::{Store, StoreError, Tx, person, source};
use uuid::Uuid;

pub const DOMAIN_ONE: &str = "1.2.392.99.1";
pub const DOMAIN_TWO: &str = "1.2.392.99.2";
pub const SOURCE_ONE: &str = "one";
pub const SOURCE_TWO: &str = "two";
pub const AFFINITY: &str = "1.2.392.99.3";
/// Taro, whose record in the second domain is `A-1`.
pub const TARO: &str = "0000000001";
pub const TARO_TOO: &str = "A-1";
pub const HANAKO: &str = "0000000002";
/// Known, but not enrolled.
pub const JIRO: &str = "0000000003";

pub fn now() -> Timestamp {
    Timestamp(1_767_225_600 * Timestamp::SECOND_US)
}

pub fn community_id(serial: u64) -> CommunityId {
    CommunityId::from_serial(serial)
}

/// Sets the region up.
pub fn settle(store: &Store) {
    store
        .write_blocking(|tx| -> Result<(), StoreError> {
            let facility = FacilityRow {
                id: 0,
                code: "1310000001".into(),
                name: "第一病院".into(),
                short_name: "第一".into(),
                facility_type: "hospital".into(),
                mark: 0,
            };
            let facility_id = source::insert_facility(tx, &facility, 0)?.unwrap();
            for (name, oid) in [(SOURCE_ONE, DOMAIN_ONE), (SOURCE_TWO, DOMAIN_TWO)] {
                let domain = source::ensure_domain(tx, oid, name)?;
                let row = SourceRow {
                    id: 0,
                    name: name.into(),
                    kind: "ssmix2".into(),
                    oid: format!("{oid}.9"),
                    settings: "{}".into(),
                    paused: false,
                    facility: FacilityRow { id: facility_id, ..facility.clone() },
                    domain,
                };
                source::insert_source(tx, &row, &[], 0)?.unwrap();
            }
            for (serial, records) in [
                (1, vec![(DOMAIN_ONE, TARO), (DOMAIN_TWO, TARO_TOO)]),
                (2, vec![(DOMAIN_ONE, HANAKO)]),
                (3, vec![(DOMAIN_ONE, JIRO)]),
            ] {
                let id = person::insert_person(tx, &community_id(serial), now())?.unwrap();
                for (domain, local_id) in records {
                    let domain_id = person::domain_by_oid(tx, domain)?.unwrap();
                    let identity =
                        person::insert_identity(tx, domain_id, local_id, id, now())?.unwrap();
                    if local_id != JIRO {
                        person::put_enrolment(tx, identity, now(), "test")?;
                    }
                }
            }
            Ok(())
        })
        .unwrap();
}

/// The person of a local ID of the first domain.
pub fn person_of(store: &Store, local_id: &str) -> i64 {
    let local_id = local_id.to_owned();
    store
        .read_blocking(move |tx| person::identity_by_local_id(tx, DOMAIN_ONE, &local_id))
        .unwrap()
        .unwrap()
        .person_id
}

pub fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: format!("{code} (shown)"), scheme: "1.2.392.99.7".into() }
}

/// An OID made of a number.
pub fn oid(number: u64) -> String {
    format!("2.25.{number}")
}

/// A UUID made of a number.
pub fn uuid(number: u64) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, oid(number).as_bytes())
}

pub fn sha1_hexadecimal(bytes: &[u8]) -> String {
    sha1::Sha1::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn set(number: u64) -> SubmissionSet {
    SubmissionSet {
        entry_uuid: uuid(1_000_000 + number),
        unique_id: oid(1_000_000 + number),
        source_oid: "1.2.392.99.5".into(),
        submission_time: now(),
        content_type: code("intake"),
        authors: Vec::new(),
        ..SubmissionSet::default()
    }
}

/// The entry of a document of the patient of the first domain, without an intake.
pub fn entry(number: u64, patient: &str, bytes: &[u8]) -> DocumentEntry {
    let domain = if patient == TARO_TOO { DOMAIN_TWO } else { DOMAIN_ONE };
    DocumentEntry {
        entry_uuid: uuid(number),
        unique_id: oid(number),
        repository_oid: "1.2.392.99.6".into(),
        mime_type: "x-application/hl7-v2+er7".into(),
        class_code: code("document"),
        type_code: code("34133-9"),
        format_code: code("urn:test"),
        confidentiality: vec![code("N")],
        facility_type: code("hospital"),
        practice_setting: code("01"),
        event_codes: Vec::new(),
        language: "ja-JP".into(),
        title: format!("文書{number}"),
        creation_time: PartialTime::japan("20200102030405").unwrap(),
        service_start: Some(PartialTime::japan("20200101").unwrap()),
        service_stop: None,
        authors: Vec::new(),
        source_patient_id: PatientId {
            id: patient.into(),
            authority: AssigningAuthority { namespace: String::new(), oid: domain.into() },
        },
        source_patient_info: None,
        reference_ids: Vec::new(),
        hash: sha1_hexadecimal(bytes),
        size: bytes.len() as u64,
        ..DocumentEntry::default()
    }
}

/// One version of a laboratory item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabVersion {
    /// Makes its uniqueId, entryUUID and bytes.
    pub number: u64,
    pub order_key: String,
    pub sent: String,
    pub state: VersionState,
    pub is_delete_message: bool,
}

impl LabVersion {
    pub fn bytes(&self) -> Vec<u8> {
        lab_message(TARO, &self.order_key, self.number)
    }

    pub fn entry(&self) -> DocumentEntry {
        let bytes = self.bytes();
        DocumentEntry {
            class_code: code("laboratory"),
            type_code: code("OML-11"),
            intake: Some(IntakeOrigin {
                source: SOURCE_ONE.into(),
                item: ItemKey {
                    patient_id: TARO.into(),
                    care_date: "20200101".into(),
                    data_type: "OML-11".into(),
                    order_key: self.order_key.clone(),
                    storage: Storage::Standardized,
                },
                sent: self.sent.clone(),
                state: self.state,
                department: "01".into(),
                is_delete_message: self.is_delete_message,
                flags: Vec::new(),
            }),
            ..entry(self.number, TARO, &bytes)
        }
    }

    pub fn prepared(&self) -> Prepared {
        prepare(set(self.number), vec![(self.entry(), self.bytes())], Vec::new())
    }

    pub fn content(&self) -> Content {
        registry::derive_content(&self.entry(), &self.bytes()).unwrap()
    }
}

/// A result message with two values, one of them `value`.
pub fn lab_message(patient: &str, order_key: &str, value: u64) -> Vec<u8> {
    [
        "MSH|^~\\&|HIS|H|GW|C|20200101120000||OUL^R22^OUL_R22|1|P|2.5||||||~ISO IR87||ISO 2022-1994",
        &format!("PID|0001||{patient}^^^^PI||TEST^TARO^^^^^L^I||19500101|M"),
        "SPM|1|||023^S^JC10|||||||||||||20200101",
        &format!("OBR|1|{order_key}||LAB^LAB^99Z01"),
        &format!("OBX|1|NM|3D010000002327201^GLU^JC10||{value}|mg/dL^mg/dL^99XYZ|70-109||||F"),
        "OBX|2|NM|X1^LOCAL^99Z01||2.5|g/dL^g/dL^99XYZ|||||F",
        "",
    ]
    .join("\r")
    .into_bytes()
}

pub fn association(
    number: u64,
    association_type: AssociationType,
    source: Uuid,
    target: Uuid,
) -> Association {
    Association {
        entry_uuid: uuid(2_000_000 + number),
        association_type,
        source,
        target,
        details: None,
    }
}

pub fn prepare(
    set: SubmissionSet,
    documents: Vec<(DocumentEntry, Vec<u8>)>,
    associations: Vec<Association>,
) -> Prepared {
    try_prepare(set, documents, Vec::new(), associations).unwrap()
}

pub fn try_prepare(
    set: SubmissionSet,
    documents: Vec<(DocumentEntry, Vec<u8>)>,
    folders: Vec<model::document::Folder>,
    associations: Vec<Association>,
) -> Result<Prepared, Vec<registry::Problem>> {
    let incoming = documents
        .iter()
        .map(|(entry, bytes)| Incoming {
            entry: entry.clone(),
            bytes,
            sha256: sha2::Sha256::digest(bytes).into(),
            in_objects: false,
        })
        .collect();
    registry::prepare(set, incoming, folders, associations)
}

/// Submits in one use case.
pub fn submit(store: &Store, prepared: Prepared) -> Result<Registered, RegistryError> {
    store.write_blocking(move |tx| registry::submit(tx, &prepared, &Derivations::new(), now()))
}

/// The code of a refusal.
pub fn code_of<T: std::fmt::Debug>(result: Result<T, RegistryError>) -> &'static str {
    match result.unwrap_err() {
        RegistryError::Refused(problems) => problems[0].code.name(),
        other => panic!("not a refusal: {other}"),
    }
}

/// A read use case.
pub fn read<T: Send + 'static>(
    store: &Store,
    f: impl FnMut(&mut Tx) -> Result<T, RegistryError> + Send + 'static,
) -> T {
    store.read_blocking(f).unwrap()
}

/// What a version came to, as the rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub state: VersionState,
    pub approved: bool,
    /// `message` with its time, or `observed`.
    pub deletion: Option<(Option<Timestamp>, String)>,
    pub flags: String,
    pub told: VersionState,
    /// Kinds and bodies of its facts.
    pub facts: Vec<String>,
    pub on_timeline: bool,
    /// uniqueIds of what it replaces.
    pub replaces: Vec<String>,
}

/// What the documents of uniqueIds came to.
pub fn found(store: &Store, unique_ids: &[String]) -> BTreeMap<String, Found> {
    let unique_ids = unique_ids.to_vec();
    read(store, move |tx| {
        let mut all = BTreeMap::new();
        for unique_id in &unique_ids {
            if let Some(found) = found_one(tx, unique_id)? {
                all.insert(unique_id.clone(), found);
            }
        }
        Ok(all)
    })
}

fn found_one(tx: &mut Tx, unique_id: &str) -> Result<Option<Found>, RegistryError> {
    use store::document::{EndKind, association, entry, row};
    let Some(id) = row::id_by_unique_id(tx, unique_id)? else { return Ok(None) };
    let row = entry::of_ids(tx, &[id])?.remove(0);
    let facts = store::fact_query::of_document(tx, id, &|_, _| true)?;
    let line = store::timeline_query::entry_of_document(tx, id, &|_, _| true)?;
    let mut replaces = Vec::new();
    for association in association::of_object(tx, EndKind::Document, id)? {
        if association.association_type == "RPLC" && association.source == row.entry.entry_uuid {
            let older = row::id_by_uuid(tx, association.target)?.unwrap();
            replaces.push(entry::of_ids(tx, &[older])?.remove(0).entry.unique_id);
        }
    }
    let deletion = row.deletion_known_from.map(|from| {
        let at = row.deleted.filter(|_| from == "message");
        (at, from)
    });
    Ok(Some(Found {
        state: row.state,
        approved: row.availability == model::document::Availability::Approved,
        deletion,
        flags: row.flags,
        told: row.entry.intake.map_or(VersionState::Current, |intake| intake.state),
        facts: facts.into_iter().map(|fact| format!("{} {}", fact.kind, fact.body)).collect(),
        on_timeline: line.is_some(),
        replaces,
    }))
}
