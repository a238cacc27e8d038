//! Inputs to begin with, made by our own writers, and the words in them.

use crate::Target;
use ebrim::query::{
    CodeAsked, ContentFilter, Contents, FindDocuments, FindFolders, FindSubmissionSets, GetAll,
    ObjectIds, Pattern, QueryRequest, RelatedDocuments, Span, StoredQuery, query_request,
};
use ebrim::retrieve::{self, DocumentRequest};
use ebrim::{Part, PartContent, Problem, Status, Submission, Submitted};
use model::Timestamp;
use model::document::{
    Association, AssociationDetails, AssociationType, Author, Availability, DocumentEntry,
    DocumentKind, ExtraSlot, Folder, SubmissionSet, SubmissionSetStatus, XdsCode,
};
use model::hl7::{AssigningAuthority, PatientId};
use std::collections::BTreeSet;
use uuid::Uuid;
use xml::Writer;

/// Documents of every shape that XML has.
pub fn documents() -> Vec<Vec<u8>> {
    let nested = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
    let mut all: Vec<Vec<u8>> = [
        "<?xml version='1.0' encoding='UTF-8'?><r xmlns='urn:a' xmlns:b='urn:b' b:c='d'>\
         <b:e f='&amp;&#x41;&lt;'>糖尿病</b:e><!-- n --><?p i?><![CDATA[<&]]></r>",
        "\u{FEFF}<a xml:lang='ja'>a\r\n<b/>c</a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<a xmlns:x='urn:x'><x:b xmlns:x='urn:y'><x:c x:d=''/></x:b></a>",
        "<a>&undeclared;</a>",
        &nested,
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    all.extend(submissions());
    all
}

/// Multipart messages below their media type.
pub fn messages() -> Vec<Vec<u8>> {
    let root = "Content-Type: application/xop+xml\r\nContent-ID: <r>\r\n\r\n<e/>";
    let head = "multipart/related; type=\"application/xop+xml\"; boundary=B; start=\"<r>\"\n";
    let parts = [
        "Content-ID: <a>\r\n\r\n\0bytes\r\n--Bx\r\n",
        "Content-ID: <b%40>\r\nContent-Transfer-Encoding: base64\r\n\r\nYWJj\r\nZA==",
        "Content-ID: <c>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db \t\r\n=\r\nc",
        "content-id:\t<d>\r\n\r\n",
    ];
    let all = parts.map(|part| format!("\r\n--B\r\n{part}")).concat();
    let message = format!("{head}--B\r\n{root}{all}\r\n--B--\r\n");
    let late = format!("{head}preamble\r\n--B\r\n{}\r\n--B  \r\n{root}\r\n--B--", parts[0]);
    let bare = message.replace("\r\n", "\n");
    let cut = message.split("--B--").next().unwrap_or_default().to_owned();
    let quoted = "multipart/related;boundary=\"a b\\\"c\";;=;action=\"\"\n--a b\"c--";
    [message, late, bare, cut, quoted.to_owned()].map(String::into_bytes).into()
}

/// A submission of everything, one of an update, and one with its documents.
pub fn submissions() -> Vec<Vec<u8>> {
    let whole = submission();
    let mut plain = Writer::new();
    ebrim::request::submit_objects_request(&mut plain, &whole, false);
    let mut provide = Writer::new();
    let parts = vec![
        Part { document: 0, content: PartContent::Include("cid:1".into()) },
        Part { document: 1, content: PartContent::Inline("YWJj".into()) },
    ];
    let with_parts = Submission { parts, ..whole.clone() };
    ebrim::request::provide_and_register_request(&mut provide, &with_parts, true);
    let mut update = Writer::new();
    ebrim::request::submit_objects_request(&mut update, &status_change(whole), false);
    [plain, provide, update].map(Writer::finish).into()
}

/// One query of each kind, the other requests, and answers.
pub fn queries() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = stored_queries()
        .into_iter()
        .map(|query| {
            let mut writer = Writer::new();
            query_request(&mut writer, &QueryRequest::new(query));
            writer.finish()
        })
        .collect();
    let mut writer = Writer::new();
    let asked = DocumentRequest {
        repository_oid: "1.2.3".into(),
        unique_id: "1.2.4".into(),
        ..DocumentRequest::default()
    };
    retrieve::retrieve_request(&mut writer, &[asked]);
    all.push(writer.finish());
    let mut writer = Writer::new();
    let code = ebrim::ErrorCode::XdsRegistryMetadataError;
    let problem = Problem::new(code, "ITI TF-3 4.2", "x");
    ebrim::response::open_query_response(&mut writer, Status::PartialSuccess, &[problem]);
    ebrim::write::object_ref(&mut writer, uuid(1), "urn:oid:1.2");
    ebrim::response::close_query_response(&mut writer);
    all.push(writer.finish());
    all
}

/// Names, values and short texts of a target's seeds.
pub fn words(target: Target) -> Vec<String> {
    let mut words = BTreeSet::new();
    for seed in target.seeds() {
        let text = String::from_utf8_lossy(&seed);
        let pieces = text.split(['<', '>', '"', '\'', ' ', '/', '=', '\r', '\n', ';', '|', '^']);
        let fits = |word: &&str| (2..=64).contains(&word.len());
        words.extend(pieces.filter(fits).map(str::to_owned));
    }
    words.into_iter().collect()
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0xb000_0000_0000_4000_8000_0000_0000_0000 + number)
}

fn code(code: &str) -> XdsCode {
    XdsCode { code: code.into(), display: "表示".into(), scheme: "1.2.3".into() }
}

fn patient() -> PatientId {
    let authority = AssigningAuthority { namespace: String::new(), oid: "1.2.392.9".into() };
    PatientId { id: "41234567897".into(), authority }
}

fn entry(number: u128, kind: DocumentKind) -> DocumentEntry {
    DocumentEntry {
        entry_uuid: uuid(number),
        unique_id: format!("1.2.3.{number}"),
        repository_oid: "1.2.4".into(),
        kind,
        mime_type: "text/plain".into(),
        class_code: code("class"),
        type_code: code("type"),
        format_code: code("format"),
        confidentiality: vec![code("N")],
        facility_type: code("facility"),
        practice_setting: code("practice"),
        event_codes: vec![code("event")],
        language: "ja-JP".into(),
        title: "退院時要約".into(),
        comments: "c".into(),
        creation_time: ebrim::notation::read_dtm("20240102030405").unwrap_or_default(),
        service_start: ebrim::notation::read_dtm("202401"),
        authors: vec![Author {
            person: Some(ebrim::notation::read_xcn("1^山田^太郎^^^^^^&1.2.3&ISO")),
            ..Author::default()
        }],
        source_patient_id: patient(),
        hash: "da39a3ee5e6b4b0d3255bfef95601890afd80709".into(),
        size: 4,
        extra: vec![ExtraSlot { name: "urn:x:y".into(), values: vec!["a".into(), "b".into()] }],
        ..DocumentEntry::default()
    }
}

fn submitted<T>(object: T, uuid: Uuid, size: Option<u64>) -> Submitted<T> {
    Submitted {
        object,
        id: uuid.urn().to_string(),
        patient_id: Some(patient()),
        availability: None,
        size,
        last_update: None,
    }
}

fn association(number: u128, kind: AssociationType, source: Uuid, target: Uuid) -> Association {
    let status = (kind == AssociationType::HasMember).then_some(SubmissionSetStatus::Original);
    let details =
        AssociationDetails { submission_set_status: status, ..AssociationDetails::default() };
    Association {
        entry_uuid: uuid(number),
        association_type: kind,
        source,
        target,
        details: details.boxed(),
    }
}

fn submission() -> Submission {
    let set = SubmissionSet {
        entry_uuid: uuid(1000),
        unique_id: "1.2.5.1000".into(),
        source_oid: "1.2.6".into(),
        submission_time: Timestamp(1_704_164_645_000_000),
        content_type: code("content"),
        ..SubmissionSet::default()
    };
    let folder = Folder {
        entry_uuid: uuid(50),
        unique_id: "1.2.7.1".into(),
        codes: vec![code("folder")],
        title: "t".into(),
        ..Folder::default()
    };
    let member = AssociationType::HasMember;
    Submission {
        associations: vec![
            association(2001, member, uuid(1000), uuid(1)),
            association(2002, member, uuid(1000), uuid(2)),
            association(2003, member, uuid(1000), uuid(50)),
            association(2004, member, uuid(50), uuid(1)),
            association(2005, member, uuid(1000), uuid(2004)),
            association(2006, AssociationType::Replaces, uuid(1), uuid(99)),
        ],
        set: submitted(set, uuid(1000), None),
        documents: vec![
            submitted(entry(1, DocumentKind::Stable), uuid(1), Some(4)),
            submitted(entry(2, DocumentKind::Stable), uuid(2), Some(4)),
        ],
        folders: vec![submitted(folder, uuid(50), None)],
        ..Submission::default()
    }
}

fn status_change(whole: Submission) -> Submission {
    let kind = AssociationType::UpdateAvailabilityStatus;
    let details = AssociationDetails {
        original_status: Availability::Approved.urn().into(),
        new_status: Availability::Deprecated.urn().into(),
        ..AssociationDetails::default()
    };
    let change = association(2001, kind, uuid(1000), uuid(9));
    let associations = vec![Association { details: details.boxed(), ..change }];
    Submission { set: whole.set, associations, ..Submission::default() }
}

fn stored_queries() -> Vec<StoredQuery> {
    let asked = || CodeAsked { code: "c".into(), scheme: "1.2.3".into() };
    let span = Span { from: Some(Timestamp(0)), to: Some(Timestamp(1_704_164_645_000_000)) };
    let approved = || vec![Availability::Approved];
    let kinds = || vec![DocumentKind::Stable];
    let documents = FindDocuments {
        patients: vec![patient()],
        availability: vec![Availability::Approved, Availability::Deprecated],
        class_codes: vec![asked()],
        event_codes: vec![vec![asked()], vec![asked(), asked()]],
        authors: vec![Pattern("%a_b%".into())],
        creation: span,
        kinds: vec![DocumentKind::Stable, DocumentKind::OnDemand],
        ..FindDocuments::default()
    };
    let by_reference =
        FindDocuments { reference_ids: vec![vec!["a^^^&1.2&ISO".into()]], ..documents.clone() };
    let sets = FindSubmissionSets {
        patient: patient(),
        availability: approved(),
        source_oids: vec!["1.2.3".into()],
        submitted: span,
        ..FindSubmissionSets::default()
    };
    let folders = FindFolders {
        patients: vec![patient()],
        availability: approved(),
        codes: vec![vec![asked()]],
        ..FindFolders::default()
    };
    let all = GetAll {
        patient: patient(),
        document_availability: approved(),
        set_availability: approved(),
        folder_availability: approved(),
        filter: ContentFilter { kinds: kinds(), ..ContentFilter::default() },
    };
    let uuids = || ObjectIds::Uuids(vec![uuid(1), uuid(2)]);
    let one = || ObjectIds::UniqueIds(vec!["1.2.3.1".into()]);
    let contents = || {
        let filter = ContentFilter { kinds: kinds(), ..ContentFilter::default() };
        Box::new(Contents { of: one(), filter })
    };
    let related = RelatedDocuments {
        of: one(),
        association_types: vec![AssociationType::Replaces, AssociationType::Appends],
        kinds: kinds(),
    };
    vec![
        StoredQuery::FindDocuments(Box::new(documents.clone())),
        StoredQuery::FindDocumentsByReferenceId(Box::new(by_reference)),
        StoredQuery::FindSubmissionSets(Box::new(sets)),
        StoredQuery::FindFolders(Box::new(folders.clone())),
        StoredQuery::GetAll(Box::new(all)),
        StoredQuery::GetDocuments(uuids()),
        StoredQuery::GetFolders(ObjectIds::LogicalIds(vec![uuid(1)])),
        StoredQuery::GetAssociations(vec![uuid(1)]),
        StoredQuery::GetDocumentsAndAssociations(one()),
        StoredQuery::GetSubmissionSets(vec![uuid(1)]),
        StoredQuery::GetSubmissionSetAndContents(contents()),
        StoredQuery::GetFolderAndContents(contents()),
        StoredQuery::GetFoldersForDocument(one()),
        StoredQuery::GetRelatedDocuments(Box::new(related)),
        StoredQuery::FindDocumentsForMultiplePatients(Box::new(documents)),
        StoredQuery::FindFoldersForMultiplePatients(Box::new(folders)),
    ]
}
