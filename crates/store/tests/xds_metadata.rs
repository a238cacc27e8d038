//! The compact text of a document's metadata loses nothing.

use model::PartialTime;
use model::demographics::Demographics;
use model::document::{
    Author, DocumentAvailability, DocumentEntry, DocumentKind, ExtraSlot, IntakeOrigin,
    Localization, ReferenceId, XdsCode,
};
use model::hl7::{AssigningAuthority, Organization, PatientId, Person};
use model::item::{ItemKey, Storage, VersionState};
use model::reason::Flag;
use proptest::prelude::*;
use store::document::metadata::{Columns, OriginColumns, read, write};
use uuid::Uuid;

fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: "表示".into(), scheme: "1.2.3".into() }
}

fn localization() -> Localization {
    Localization {
        language: "ja-JP".into(),
        charset: "UTF-8".into(),
        others: vec![("en".into(), String::new(), "x".into())],
    }
}

fn person() -> Person {
    Person {
        id: "1".into(),
        family: "医師".into(),
        given: "太郎".into(),
        second: "M".into(),
        suffix: "Jr".into(),
        prefix: "Dr".into(),
        degree: "MD".into(),
        authority: AssigningAuthority { namespace: "H".into(), oid: "1.2".into() },
        as_sent: "1^医師^太郎^^^^^^^L".into(),
    }
}

/// An entry that has everything.
fn whole() -> DocumentEntry {
    DocumentEntry {
        entry_uuid: Uuid::from_u128(7),
        kind: DocumentKind::OnDemand,
        logical_id: Some(Uuid::from_u128(8)),
        version: Some(3),
        home_community_id: "urn:oid:1.2".into(),
        unique_id: "1.2.3^x".into(),
        repository_oid: "1.2.4".into(),
        mime_type: "text/plain".into(),
        class_code: code("c"),
        type_code: code("t"),
        format_code: code("f"),
        confidentiality: vec![code("N"), code("R")],
        facility_type: code("h"),
        practice_setting: code("p"),
        event_codes: vec![code("CT")],
        language: "ja-JP".into(),
        title: "要約".into(),
        title_localization: localization(),
        comments: "備考".into(),
        comments_localization: localization(),
        creation_time: PartialTime::japan("20240102030405.5").unwrap(),
        service_start: PartialTime::japan("202401").ok(),
        service_stop: PartialTime::japan("2024").ok(),
        authors: vec![Author {
            person: Some(person()),
            institutions: vec![Organization {
                name: "病院".into(),
                id: "9".into(),
                authority_oid: "1.2".into(),
                as_sent: "病院^L".into(),
            }],
            roles: vec!["執刀医".into()],
            specialties: vec!["外科".into()],
            telecommunications: vec!["^^Internet^a@b".into()],
        }],
        source_patient_id: PatientId {
            id: "0001".into(),
            authority: AssigningAuthority { namespace: "HOSP".into(), oid: "1.2.9".into() },
        },
        legal_authenticator: Some(person()),
        source_patient_info: Some(Box::new(Demographics { sex: "M".into(), ..Default::default() })),
        source_patient_lines: vec!["PID-5|Doe^John^^^".into()],
        reference_ids: vec![ReferenceId {
            id: "A1".into(),
            authority_oid: "1.2".into(),
            id_type: "urn:ihe:iti:xds:2013:order".into(),
            as_sent: "A1^^^N&1.2&ISO^urn:ihe:iti:xds:2013:order".into(),
        }],
        hash: "da39a3ee5e6b4b0d3255bfef95601890afd80709".into(),
        size: 4,
        uri: vec!["http://a".into()],
        document_availability: Some(DocumentAvailability::Offline),
        limited_metadata: true,
        intake: Some(IntakeOrigin {
            source: "one".into(),
            item: ItemKey {
                patient_id: "0001".into(),
                care_date: "-".into(),
                data_type: "OML-11".into(),
                order_key: "5".into(),
                storage: Storage::Extended,
            },
            sent: "20240102030405000".into(),
            state: VersionState::Deleted,
            department: "01".into(),
            is_delete_message: true,
            flags: vec![Flag::TextDamaged],
        }),
        extra: vec![ExtraSlot { name: "urn:x".into(), values: vec![String::new(), "1".into()] }],
    }
}

/// What the rows beside the text say.
fn columns(entry: &DocumentEntry) -> Columns {
    Columns {
        entry_uuid: entry.entry_uuid,
        unique_id: entry.unique_id.clone(),
        mime_type: entry.mime_type.clone(),
        class_code: entry.class_code.code.clone(),
        type_code: entry.type_code.code.clone(),
        format_code: entry.format_code.code.clone(),
        creation: entry.creation_time.first,
        service_start: entry.service_start.as_ref().map(|time| time.first),
        service_stop: entry.service_stop.as_ref().map(|time| time.first),
        size: entry.size,
        local_id: entry.source_patient_id.id.clone(),
        domain_oid: entry.source_patient_id.authority.oid.clone(),
        origin: entry.intake.as_ref().map(|intake| OriginColumns {
            source: intake.source.clone(),
            item: intake.item.clone(),
            sent: intake.sent.clone(),
            told: intake.state,
            is_delete_message: intake.is_delete_message,
        }),
    }
}

/// The entry without what the bits name.
fn without(mut entry: DocumentEntry, bits: u32) -> DocumentEntry {
    let none = DocumentEntry { entry_uuid: entry.entry_uuid, ..DocumentEntry::default() };
    let mut bit = 0;
    macro_rules! drop_some {
        ($($field:ident),+) => {
            $(if bits & (1 << bit) != 0 { entry.$field = none.$field; } bit += 1;)+
        };
    }
    drop_some!(
        kind,
        logical_id,
        version,
        home_community_id,
        title,
        title_localization,
        comments,
        comments_localization,
        creation_time,
        service_start,
        service_stop,
        authors,
        legal_authenticator,
        source_patient_info,
        source_patient_lines,
        reference_ids,
        hash,
        size,
        uri,
        document_availability,
        limited_metadata,
        intake,
        extra,
        event_codes,
        confidentiality,
        practice_setting
    );
    assert_eq!(bit, 26);
    entry
}

proptest! {
    #[test]
    fn an_entry_reads_back_from_its_text_and_its_columns(bits in 0..1_u32 << 26) {
        let entry = without(whole(), bits);
        let text = write(&entry).unwrap();
        prop_assert_eq!(read(&text, columns(&entry)).unwrap(), entry);
    }
}

#[test]
fn what_was_never_sent_takes_no_room() {
    // An intake document that has nothing else: bit 21 is its origin.
    let bare = DocumentEntry {
        creation_time: PartialTime::japan("2024").unwrap(),
        ..without(whole(), !(1 << 21))
    };
    let text = write(&bare).unwrap();
    for key in ["o", "ev", "t", "s", "e", "a", "p", "ri", "x"] {
        assert!(!text.contains(&format!("\"{key}\":")), "{key}: {text}");
    }
}
