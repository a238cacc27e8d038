//! Submissions to begin with, and strategies for every attribute.

use ebrim::{Read, ReadOptions, Submission, Submitted, Transaction, read_submission};
use model::document::{
    Association, AssociationDetails, AssociationType, Author, DocumentAvailability, DocumentEntry,
    DocumentKind, ExtraSlot, Folder, IntakeOrigin, Localization, ReferenceId, SubmissionSet,
    SubmissionSetStatus, XdsCode,
};
use model::hl7::{AssigningAuthority, Organization, PatientId, Person};
use model::item::{ItemKey, Storage, VersionState};
use model::{PartialTime, Timestamp};
use proptest::prelude::*;
use uuid::Uuid;

pub fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0xb000_0000_0000_4000_8000_0000_0000_0000 + number)
}

pub fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: format!("{code} 表示"), scheme: "1.2.3".into() }
}

pub fn patient_id(id: &str) -> PatientId {
    PatientId {
        id: id.into(),
        authority: AssigningAuthority { namespace: String::new(), oid: "1.2.392.9".into() },
    }
}

pub fn time(digits: &str) -> PartialTime {
    ebrim::notation::read_dtm(digits).unwrap()
}

pub fn entry(number: u128) -> DocumentEntry {
    DocumentEntry {
        entry_uuid: uuid(number),
        unique_id: format!("1.2.3.{number}"),
        repository_oid: "1.2.4".into(),
        mime_type: "text/plain".into(),
        class_code: code("class"),
        type_code: code("type"),
        format_code: code("format"),
        confidentiality: vec![code("N")],
        facility_type: code("facility"),
        practice_setting: code("practice"),
        language: "ja-JP".into(),
        title: "退院時要約".into(),
        creation_time: time("20240102030405"),
        source_patient_id: patient_id("0001"),
        hash: "da39a3ee5e6b4b0d3255bfef95601890afd80709".into(),
        size: 4,
        ..DocumentEntry::default()
    }
}

pub fn submitted<T>(object: T, uuid: Uuid, size: Option<u64>) -> Submitted<T> {
    Submitted {
        object,
        id: uuid.urn().to_string(),
        patient_id: Some(patient_id("41234567897")),
        availability: None,
        size,
        last_update: None,
    }
}

pub fn member(number: u128, source: Uuid, target: Uuid) -> Association {
    Association {
        entry_uuid: uuid(number),
        association_type: AssociationType::HasMember,
        source,
        target,
        details: AssociationDetails {
            submission_set_status: Some(SubmissionSetStatus::Original),
            ..AssociationDetails::default()
        }
        .boxed(),
    }
}

pub fn set() -> SubmissionSet {
    SubmissionSet {
        entry_uuid: uuid(1000),
        unique_id: "1.2.5.1000".into(),
        source_oid: "1.2.6".into(),
        submission_time: Timestamp(1_704_164_645_000_000),
        content_type: code("content"),
        ..SubmissionSet::default()
    }
}

pub fn submission(documents: Vec<DocumentEntry>, folders: Vec<Folder>) -> Submission {
    let set = set();
    let uuids = documents.iter().map(|d| d.entry_uuid).chain(folders.iter().map(|f| f.entry_uuid));
    let associations =
        uuids.zip(2000..).map(|(target, number)| member(number, set.entry_uuid, target)).collect();
    Submission {
        set: submitted(set, uuid(1000), None),
        documents: documents
            .into_iter()
            .map(|entry| {
                let (uuid, size) = (entry.entry_uuid, entry.has_size().then_some(entry.size));
                submitted(entry, uuid, size)
            })
            .collect(),
        folders: folders
            .into_iter()
            .map(|folder| {
                let uuid = folder.entry_uuid;
                submitted(folder, uuid, None)
            })
            .collect(),
        associations,
        ..Submission::default()
    }
}

pub fn written(submission: &Submission, with_intake: bool) -> String {
    let mut writer = xml::Writer::new();
    ebrim::request::submit_objects_request(&mut writer, submission, with_intake);
    String::from_utf8(writer.finish()).unwrap()
}

pub fn read(text: &str, transaction: Transaction) -> Read<Submission> {
    let document = xml::Document::parse(text).unwrap();
    let options = ReadOptions { transaction, trusts_intake: true };
    read_submission(document.root(), &options, &testkit::CountingIds::new())
}

/// The codes of everything that is wrong with a text.
pub fn codes_of(text: &str, transaction: Transaction) -> Vec<&'static str> {
    read(text, transaction).problems().iter().map(|problem| problem.code.name()).collect()
}

pub fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9あ-ん漢&<>\"'^~|\\\\]([ a-zA-Z0-9あ-ん漢&<>\"'^~|\\\\]{0,8}[a-z漢&^\\\\])?"
}

fn any_code() -> impl Strategy<Value = XdsCode> {
    ("[a-zA-Z0-9.&-]{1,8}", "[a-z あ-ん<&\"]{0,8}", "[0-9.]{1,8}|[A-Za-z][A-Za-z ]{0,6}[a-z]")
        .prop_map(|(code, display, scheme)| XdsCode { code, display, scheme })
}

fn person() -> impl Strategy<Value = Person> {
    (text(), text(), prop::option::of("[0-9.]{3,9}"), prop::bool::ANY).prop_map(
        |(id, family, oid, is_foreign)| match is_foreign {
            true => ebrim::notation::read_xcn(&format!("1^{}^A^B^^^^^&1.2&ISO^L", family.trim())),
            false => Person {
                id,
                family,
                authority: AssigningAuthority {
                    namespace: String::new(),
                    oid: oid.unwrap_or_default(),
                },
                ..Person::default()
            },
        },
    )
}

fn organization() -> impl Strategy<Value = Organization> {
    (text(), prop::option::of((text(), "[0-9.]{1,9}"))).prop_map(|(name, id)| {
        let (id, authority_oid) = id.unwrap_or_default();
        Organization { name, id, authority_oid, as_sent: String::new() }
    })
}

fn author() -> impl Strategy<Value = Author> {
    let texts = || prop::collection::vec(text(), 0..2);
    (person(), prop::collection::vec(organization(), 0..3), texts(), texts()).prop_map(
        |(person, institutions, roles, specialties)| Author {
            person: Some(person),
            institutions,
            roles,
            specialties,
            telecommunications: vec!["^^Internet^a@example.org".into()],
        },
    )
}

fn localization() -> impl Strategy<Value = Localization> {
    let language = || prop_oneof![Just(String::new()), Just("ja-JP".to_owned())];
    let others = prop::collection::vec((language(), language(), text()), 0..2);
    (language(), language(), others).prop_map(|(language, charset, others)| Localization {
        language,
        charset,
        others,
    })
}

fn dtm() -> impl Strategy<Value = PartialTime> {
    "19[0-9]{2}(0[1-9](1[0-9](0[0-9]([0-5][0-9]([0-5][0-9])?)?)?)?)?"
        .prop_map(|digits| time(&digits))
}

fn slots() -> impl Strategy<Value = Vec<ExtraSlot>> {
    prop::collection::vec(prop::collection::vec("[ -~あ-ん]{0,9}", 0..3), 0..3).prop_map(|all| {
        all.into_iter()
            .enumerate()
            .map(|(n, values)| ExtraSlot { name: format!("urn:x:{n}"), values })
            .collect()
    })
}

fn intake() -> impl Strategy<Value = Option<IntakeOrigin>> {
    let parts = (text(), text(), "[0-9]{17}", prop::bool::ANY, text());
    prop::option::of(parts.prop_map(|(source, order_key, sent, flag, department)| IntakeOrigin {
        source,
        item: ItemKey {
            patient_id: "0001".into(),
            care_date: "-".into(),
            data_type: "OML-11".into(),
            order_key,
            storage: if flag { Storage::Extended } else { Storage::Standardized },
        },
        sent,
        state: if flag { VersionState::Deleted } else { VersionState::Current },
        department: if flag { String::new() } else { department },
        is_delete_message: flag,
        flags: if flag { vec![model::reason::Flag::TextDamaged] } else { Vec::new() },
    }))
}

type TextParts = (String, Localization, String, Localization);

fn texts() -> impl Strategy<Value = TextParts> {
    let both =
        || prop_oneof![Just((String::new(), Localization::default())), (text(), localization()),];
    (both(), both()).prop_map(|((title, tl), (comments, cl))| (title, tl, comments, cl))
}

/// An entry with any attributes, as a foreign source or one of our gateways may send it.
pub fn any_entry() -> impl Strategy<Value = DocumentEntry> {
    let codes = (
        any_code(),
        prop::collection::vec(any_code(), 1..3),
        prop::collection::vec(any_code(), 0..3),
    );
    let people = (
        prop::collection::vec(author(), 0..3),
        prop::option::of(person()),
        prop::collection::vec((text(), "[0-9.]{1,9}"), 0..3),
    );
    let times = (dtm(), prop::option::of(dtm()), prop::bool::ANY);
    (codes, texts(), people, times, slots(), intake(), prop::bool::ANY, 0..u32::MAX as u64)
        .prop_map(|(codes, texts, people, times, extra, intake, flag, size)| {
            let japan = PartialTime::japan("20111219153000.250").unwrap();
            DocumentEntry {
                class_code: codes.0,
                confidentiality: codes.1,
                event_codes: codes.2,
                title: texts.0,
                title_localization: texts.1,
                comments: texts.2,
                comments_localization: texts.3,
                authors: people.0,
                legal_authenticator: people.1,
                reference_ids: people
                    .2
                    .into_iter()
                    .map(|(id, oid)| ReferenceId {
                        id,
                        authority_oid: oid,
                        id_type: "urn:ihe:iti:xds:2013:order".into(),
                        as_sent: String::new(),
                    })
                    .collect(),
                creation_time: if intake.is_some() { japan } else { times.0 },
                service_start: if intake.is_some() {
                    Some(PartialTime::japan("201112").unwrap())
                } else {
                    times.1
                },
                source_patient_info: (intake.is_some() && times.2).then(|| {
                    Box::new(model::demographics::Demographics {
                        name: model::demographics::PersonName {
                            family: "山田^".into(),
                            given: "太郎".into(),
                        },
                        kana: model::demographics::PersonName {
                            family: "ヤマダ".into(),
                            given: String::new(),
                        },
                        birth: PartialTime::japan("19500101").ok(),
                        sex: "M".into(),
                        address: "千代田区&1".into(),
                        phones: vec!["03".into(), "04".into()],
                        ..Default::default()
                    })
                }),
                source_patient_lines: match intake.is_some() && times.2 {
                    true => Vec::new(),
                    false => vec!["PID-3|1^^^&1.2&ISO".into(), "PID-5|Doe^John^^^".into()],
                },
                uri: if flag { vec!["1|http://a".into(), "2|b".into()] } else { Vec::new() },
                document_availability: flag.then_some(DocumentAvailability::Offline),
                limited_metadata: flag,
                home_community_id: if flag { "urn:oid:1.2.9".into() } else { String::new() },
                kind: DocumentKind::Stable,
                size,
                extra,
                intake,
                ..entry(1)
            }
        })
}

/// A folder with any attributes.
pub fn any_folder() -> impl Strategy<Value = Folder> {
    (prop::collection::vec(any_code(), 1..3), texts(), slots(), prop::bool::ANY).prop_map(
        |(codes, texts, extra, flag)| Folder {
            entry_uuid: uuid(500),
            unique_id: "1.2.7.500".into(),
            codes,
            title: texts.0,
            title_localization: texts.1,
            comments: texts.2,
            comments_localization: texts.3,
            limited_metadata: flag,
            home_community_id: if flag { "urn:oid:1.2.9".into() } else { String::new() },
            extra,
            ..Folder::default()
        },
    )
}

/// A set with any attributes.
pub fn any_set() -> impl Strategy<Value = SubmissionSet> {
    (any_code(), texts(), slots(), prop::collection::vec(author(), 0..3), dtm(), prop::bool::ANY)
        .prop_map(|(content_type, texts, extra, authors, time, flag)| SubmissionSet {
            content_type,
            title: texts.0,
            title_localization: texts.1,
            comments: texts.2,
            comments_localization: texts.3,
            authors,
            submission_time: time.first,
            submission_digits: match time.digits.len() {
                14 => String::new(),
                _ => time.digits,
            },
            intended_recipients: vec!["病院^^^^^^^^^1.2|11375^Welby^Marcus|^^Internet^a@b".into()],
            limited_metadata: flag,
            extra,
            ..set()
        })
}

/// An association with any details, between these objects.
pub fn any_association(source: Uuid, target: Uuid) -> impl Strategy<Value = Association> {
    (
        prop::option::of(any_code()),
        slots(),
        prop::option::of(1..9_u32),
        prop::option::of(any::<bool>()),
    )
        .prop_map(move |(documentation, extra, previous_version, propagation)| Association {
            entry_uuid: uuid(3000),
            association_type: AssociationType::Appends,
            source,
            target,
            details: AssociationDetails {
                documentation,
                extra,
                previous_version,
                propagation,
                ..AssociationDetails::default()
            }
            .boxed(),
        })
}
