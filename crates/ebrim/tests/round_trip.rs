//! What is written reads back as it was.

use crate::support;

use ebrim::query::{
    CodeAsked, ContentFilter, Contents, FindDocuments, FindFolders, FindSubmissionSets, GetAll,
    ObjectIds, Pattern, RelatedDocuments, ReturnType, Span, query_request,
};
use ebrim::response::{self, Found};
use ebrim::retrieve::{self, DocumentRequest, DocumentResponse};
use ebrim::write::{self, Shown};
use ebrim::{
    ErrorCode, PartContent, Problem, QueryRequest, Status, StoredQuery, Transaction, read_query,
};
use model::Timestamp;
use model::document::{AssociationType, Availability, DocumentEntry, DocumentKind};
use proptest::prelude::*;
use support::*;
use uuid::Uuid;

proptest! {
    #[test]
    fn a_written_submission_reads_back_as_it_was(
        entry in any_entry(),
        folder in any_folder(),
        set in any_set(),
        association in any_association(uuid(1), uuid(9)),
    ) {
        let mut whole = submission(vec![entry], vec![folder]);
        whole.set.object = set;
        whole.associations.push(association);
        let text = written(&whole, true);
        let again = read(&text, Transaction::Register).into_result();
        prop_assert_eq!(again, Ok(whole));
    }

    #[test]
    fn an_answered_object_reads_back_as_it_was(
        entry in any_entry(),
        folder in any_folder(),
        set in any_set(),
        association in any_association(uuid(1), uuid(9)),
        version in prop::option::of(1..9_u32),
    ) {
        let entry = DocumentEntry { version, logical_id: version.map(|_| uuid(77)), ..entry };
        let patient = ebrim::notation::cx(&patient_id("41234567897"));
        let shown = Shown {
            patient_id: &patient,
            availability: Some(Availability::Deprecated),
            with_intake: true,
            last_update: Some(Timestamp(1_704_164_645_000_000)),
            home: "",
        };
        let mut writer = xml::Writer::new();
        response::open_query_response(&mut writer, Status::Success, &[]);
        write::document_entry(&mut writer, &entry, &shown);
        write::submission_set(&mut writer, &set, &shown);
        write::folder(&mut writer, &folder, &shown);
        write::association(&mut writer, &association, &shown);
        write::object_ref(&mut writer, uuid(5), "urn:oid:1.2");
        response::close_query_response(&mut writer);
        let bytes = writer.finish();
        let document = xml::Document::parse_bytes(&bytes).unwrap();
        let (found, problems) = response::read_found(document.root());
        prop_assert_eq!(problems, Vec::new());
        let Found::Document(document) = &found[0] else { panic!("{found:?}") };
        prop_assert_eq!(&document.object, &entry);
        prop_assert_eq!(document.availability, Some(Availability::Deprecated));
        prop_assert_eq!(document.patient_id.clone(), Some(patient_id("41234567897")));
        let Found::Set(read) = &found[1] else { panic!("{found:?}") };
        prop_assert_eq!(&read.object, &set);
        let Found::Folder(read) = &found[2] else { panic!("{found:?}") };
        prop_assert_eq!(&read.object, &folder);
        prop_assert_eq!(read.last_update.as_ref().unwrap().first, Timestamp(1_704_164_645_000_000));
        let status = Some(Availability::Deprecated);
        prop_assert_eq!(&found[3], &Found::Association(association, status));
        prop_assert_eq!(&found[4], &Found::Ref(uuid(5), "urn:oid:1.2".into()));
    }

    #[test]
    fn a_written_query_reads_back_as_it_was(query in any_query(), level in 1..3_u32, refs: bool) {
        let mut request = QueryRequest::new(query);
        request.metadata_level = level;
        request.returns = if refs { ReturnType::ObjectRef } else { ReturnType::LeafClass };
        request.home_community_id = if refs { "urn:oid:1.2.3".into() } else { String::new() };
        let mut writer = xml::Writer::new();
        query_request(&mut writer, &request);
        let bytes = writer.finish();
        let document = xml::Document::parse_bytes(&bytes).unwrap();
        prop_assert_eq!(read_query(document.root()), Ok(request));
    }

    #[test]
    fn a_name_reads_back_from_any_xcn(text in "[^\\s]{1,20}") {
        let read = ebrim::notation::read_xcn(&text);
        prop_assert_eq!(&*ebrim::notation::xcn(&read), &text);
        let read = ebrim::notation::read_xon(&text);
        prop_assert_eq!(&*ebrim::notation::xon(&read), &text);
        let read = ebrim::notation::read_cxi(&text);
        prop_assert_eq!(&*ebrim::notation::cxi(&read), &text);
    }
}

fn asked() -> impl Strategy<Value = Vec<CodeAsked>> {
    prop::collection::vec(
        ("[a-z'&,() ]{0,5}[a-z]", "[0-9.]{1,8}")
            .prop_map(|(code, scheme)| CodeAsked { code: code.trim().to_owned(), scheme }),
        0..3,
    )
}

fn groups() -> impl Strategy<Value = Vec<Vec<CodeAsked>>> {
    prop::collection::vec(asked(), 0..3)
        .prop_map(|groups| groups.into_iter().filter(|group| !group.is_empty()).collect())
}

fn span() -> impl Strategy<Value = Span> {
    let end = || prop::option::of((0..2_000_000_000_i64).prop_map(|s| Timestamp(s * 1_000_000)));
    (end(), end()).prop_map(|(from, to)| Span { from, to })
}

fn ids() -> impl Strategy<Value = ObjectIds> {
    prop_oneof![
        Just(ObjectIds::Uuids(vec![uuid(1)])),
        "[0-9.]{1,9}".prop_map(|id| ObjectIds::UniqueIds(vec![id])),
    ]
}

fn any_query() -> impl Strategy<Value = StoredQuery> {
    let status = vec![Availability::Approved, Availability::Deprecated];
    let kinds = || {
        prop_oneof![
            Just(vec![DocumentKind::Stable]),
            Just(vec![DocumentKind::Stable, DocumentKind::OnDemand]),
        ]
    };
    let filter = (asked(), groups(), kinds())
        .prop_map(|(format_codes, confidentiality, kinds)| ContentFilter {
            format_codes,
            confidentiality,
            kinds,
        })
        .boxed();
    let statuses = status.clone();
    let documents = (asked(), groups(), span(), span(), kinds(), "[%_a-z']{0,6}[a-z]").prop_map(
        move |(codes, event_codes, creation, service_stop, kinds, author)| FindDocuments {
            patients: vec![patient_id("o'1")],
            availability: statuses.clone(),
            class_codes: codes.clone(),
            facility_types: codes,
            event_codes,
            authors: vec![Pattern(author)],
            creation,
            service_stop,
            kinds,
            ..FindDocuments::default()
        },
    );
    let (statuses, more) = (status.clone(), status.clone());
    prop_oneof![
        documents.prop_map(|find| StoredQuery::FindDocuments(Box::new(find))),
        (asked(), span(), prop::option::of("[a-z%]{1,5}")).prop_map(
            move |(content_types, submitted, author)| {
                StoredQuery::FindSubmissionSets(Box::new(FindSubmissionSets {
                    patient: patient_id("1"),
                    availability: status.clone(),
                    source_oids: vec!["1.2".into(), "1.3".into()],
                    submitted,
                    author: author.map(Pattern),
                    content_types,
                }))
            }
        ),
        (groups(), span()).prop_map(move |(codes, last_update)| {
            StoredQuery::FindFoldersForMultiplePatients(Box::new(FindFolders {
                patients: vec![patient_id("1"), patient_id("2")],
                availability: statuses.clone(),
                last_update,
                codes,
            }))
        }),
        filter.clone().prop_map(move |filter| StoredQuery::GetAll(Box::new(GetAll {
            patient: patient_id("1"),
            document_availability: more.clone(),
            set_availability: more.clone(),
            folder_availability: more.clone(),
            filter,
        }))),
        ids().prop_map(StoredQuery::GetDocuments),
        Just(StoredQuery::GetFolders(ObjectIds::LogicalIds(vec![uuid(3), uuid(4)]))),
        Just(StoredQuery::GetAssociations(vec![uuid(1), uuid(2)])),
        ids().prop_map(StoredQuery::GetFoldersForDocument),
        (ids(), filter).prop_map(|(of, filter)| {
            StoredQuery::GetFolderAndContents(Box::new(Contents { of, filter }))
        }),
        (ids(), kinds()).prop_map(|(of, kinds)| {
            let association_types = vec![AssociationType::Appends, AssociationType::Signs];
            let related = RelatedDocuments { of, association_types, kinds };
            StoredQuery::GetRelatedDocuments(Box::new(related))
        }),
    ]
}

#[test]
fn documents_of_a_request_are_found_by_their_entries() {
    let mut whole = submission(vec![entry(1), entry(2)], Vec::new());
    whole.parts = vec![
        ebrim::Part { document: 1, content: PartContent::Include("cid:urn:uuid:1@x".into()) },
        ebrim::Part { document: 0, content: PartContent::Inline("QUJD".into()) },
    ];
    let mut writer = xml::Writer::new();
    ebrim::request::provide_and_register_request(&mut writer, &whole, false);
    let text = String::from_utf8(writer.finish()).unwrap();
    assert_eq!(read(&text, Transaction::ProvideAndRegister).into_result(), Ok(whole));
}

#[test]
fn retrievals_read_back_as_they_were() {
    let request = DocumentRequest {
        home_community_id: "urn:oid:1.2".into(),
        repository_oid: "1.3".into(),
        unique_id: "1.4^x".into(),
    };
    let mut writer = xml::Writer::new();
    retrieve::retrieve_request(&mut writer, std::slice::from_ref(&request));
    let bytes = writer.finish();
    let document = xml::Document::parse_bytes(&bytes).unwrap();
    let requests = retrieve::read_retrieve(document.root()).into_result();
    assert_eq!(requests, Ok(vec![request.clone()]));

    let answer = DocumentResponse {
        request,
        new_repository_oid: String::new(),
        new_unique_id: "1.5".into(),
        mime_type: "text/xml".into(),
        content: PartContent::Include("cid:1".into()),
    };
    let problem =
        Problem::new(ErrorCode::XdsDocumentUniqueIdError, "ITI TF-2 3.43", "1.6 is not here");
    let mut writer = xml::Writer::new();
    retrieve::open_retrieve_response(&mut writer, Status::PartialSuccess, &[problem]);
    retrieve::document_response(&mut writer, &answer);
    writer.close();
    let bytes = writer.finish();
    let document = xml::Document::parse_bytes(&bytes).unwrap();
    let (outcome, answers) = retrieve::read_retrieved(document.root()).unwrap();
    assert_eq!(answers, [answer]);
    assert_eq!(outcome.status, Status::PartialSuccess);
    assert_eq!(outcome.errors[0].known_code(), Some(ErrorCode::XdsDocumentUniqueIdError));
    assert_eq!(outcome.errors[0].context, "1.6 is not here (ITI TF-2 3.43)");
    assert!(!outcome.errors[0].is_warning);
}

#[test]
fn every_id_within_an_answer_is_another() {
    let mut writer = xml::Writer::new();
    let shown = Shown { patient_id: "1^^^&1.2&ISO", ..Shown::default() };
    response::open_query_response(&mut writer, Status::Success, &[]);
    for number in 1..50 {
        write::document_entry(&mut writer, &entry(number), &shown);
    }
    response::close_query_response(&mut writer);
    let text = String::from_utf8(writer.finish()).unwrap();
    let ids: Vec<&str> =
        text.split(" id=\"urn:uuid:").skip(1).filter_map(|rest| rest.get(..36)).collect();
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert!(ids.len() == 49 * 9 && distinct.len() == ids.len(), "{}", ids.len());
    assert!(ids.iter().all(|id| Uuid::try_parse(id).is_ok()));
}

#[test]
fn times_of_hospitals_in_japan_go_out_in_utc_and_come_back_to_us_as_they_were() {
    let mut from_us = entry(1);
    from_us.creation_time = model::PartialTime::japan("20111219").unwrap();
    let whole = submission(vec![from_us], Vec::new());
    assert!(written(&whole, false).contains("<Value>2011121815</Value>"));
    let again = read(&written(&whole, true), Transaction::Register).into_result();
    assert_eq!(again, Ok(whole));
}
