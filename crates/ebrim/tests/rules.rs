//! Each rule refuses what breaks it, by its code, and nothing else.

use crate::support;

use ebrim::update::{Operation, operations};
use ebrim::{Affinity, Submission, Transaction, read_query};
use model::document::{
    Association, AssociationDetails, AssociationType, Availability, DocumentEntry, Folder,
};
use model::limits::{QUERY_PATTERNS, QUERY_VALUE_CHARACTERS, SUBMISSION_OBJECTS};
use support::*;

const METADATA: &str = "XDSRegistryMetadataError";

fn refused(text: &str) -> Vec<&'static str> {
    codes_of(text, Transaction::Register)
}

fn valid() -> String {
    written(&submission(vec![entry(1)], Vec::new()), false)
}

/// A valid text in which one thing was changed.
fn with(from: &str, to: &str) -> String {
    let text = valid();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replacen(from, to, 1)
}

#[test]
fn a_valid_submission_has_no_problems_whatever_its_prefixes() {
    assert_eq!(refused(&valid()), Vec::<&str>::new());
    let prefixed = valid()
        .replace("<lcm:", "<a:")
        .replace("</lcm:", "</a:")
        .replace("xmlns:lcm", "xmlns:a")
        .replace("<RegistryObjectList xmlns=", "<r:RegistryObjectList xmlns:r=")
        .replace("</RegistryObjectList", "</r:RegistryObjectList");
    let mut inner = String::new();
    for (index, part) in prefixed.split('<').enumerate() {
        let is_plain = !part.contains(':')
            || !part[..part.find([' ', '>', '/']).unwrap_or(0).max(1)].contains(':');
        match (index, part.strip_prefix('/')) {
            (0, _) => inner.push_str(part),
            (_, Some(rest)) if !rest.starts_with("a:") && !rest.starts_with("r:") => {
                inner.push_str(&format!("</r:{rest}"));
            }
            (_, None) if is_plain => inner.push_str(&format!("<r:{part}")),
            _ => inner.push_str(&format!("<{part}")),
        }
    }
    assert!(inner.contains("<r:Slot"), "{inner}");
    assert_eq!(refused(&inner), Vec::<&str>::new());
    let other = valid().replace("xsd:rim:3.0", "xsd:rim:2.1");
    assert_eq!(refused(&other), [METADATA]);
}

#[test]
fn every_wrong_form_is_a_metadata_error_with_its_section() {
    let slot = |name: &str, value: &str| {
        format!("<Slot name=\"{name}\"><ValueList><Value>{value}</Value></ValueList></Slot>")
    };
    let changes = [
        ("value=\"1.2.3.1\"".to_owned(), "value=\"1.2.03\"".to_owned()),
        ("value=\"1.2.5.1000\"".to_owned(), "value=\"nothing\"".to_owned()),
        ("value=\"1.2.6\"".to_owned(), format!("value=\"{}\"", "1.2".repeat(30))),
        ("<Value>20240102030405</Value>".to_owned(), "<Value>2024-01-02</Value>".to_owned()),
        ("<Value>20240102030405</Value>".to_owned(), "<Value>20240231</Value>".to_owned()),
        ("<Value>da39a3ee".to_owned(), "<Value>za39a3ee".to_owned()),
        ("<Value>4</Value>".to_owned(), "<Value>-4</Value>".to_owned()),
        ("<Value>ja-JP</Value>".to_owned(), "<Value>日本語</Value>".to_owned()),
        ("mimeType=\"text/plain\"".to_owned(), "mimeType=\"text\"".to_owned()),
        ("mimeType=\"text/plain\"".to_owned(), String::new()),
        ("0001^^^&amp;1.2.392.9&amp;ISO".to_owned(), "0001^^^1.2.392.9".to_owned()),
        ("0001^^^&amp;1.2.392.9&amp;ISO".to_owned(), "0001^^^&amp;1.2&amp;ISO^PI".to_owned()),
        (slot("languageCode", "ja-JP"), String::new()),
        (slot("languageCode", "ja-JP"), slot("languageCode", "ja").repeat(2)),
        (slot("languageCode", "ja-JP"), slot("languageCode", "ja</Value><Value>en")),
        (slot("size", "4"), slot("size", "4") + &slot("colour", "red")),
        (slot("size", "4"), slot("size", "4") + &slot("urn:x", &"あ".repeat(257))),
        (slot("size", "4"), slot("size", "4") + &slot("legalAuthenticator", "^^^^")),
        (slot("size", "4"), slot("size", "4") + &slot("documentAvailability", "soon")),
        (
            slot("size", "4"),
            slot("size", "4") + &slot("urn:ihe:iti:xds:2013:referenceIdList", "1^^^"),
        ),
        (
            slot("size", "4"),
            slot("size", "4")
                + &slot("serviceStartTime", "2024")
                + &slot("serviceStopTime", "2023"),
        ),
        ("nodeRepresentation=\"class\"".to_owned(), "nodeRepresentation=\"\"".to_owned()),
        (slot("codingScheme", "1.2.3"), String::new()),
        ("objectType=\"urn:uuid:7edca82f".to_owned(), "objectType=\"urn:uuid:00000000".to_owned()),
        ("<Value>Original</Value>".to_owned(), "<Value>Reference</Value>".to_owned()),
        ("<Value>Original</Value>".to_owned(), "<Value>original</Value>".to_owned()),
        ("AssociationType:HasMember".to_owned(), "AssociationType:HasFriend".to_owned()),
        ("id=\"urn:uuid:".to_owned(), "id=\"urn:uuid:x".to_owned()),
    ];
    for (from, to) in changes {
        let text = with(&from, &to);
        let read = read(&text, Transaction::Register);
        assert!(!read.problems().is_empty(), "{from} -> {to} is accepted");
        for problem in read.problems() {
            let is_metadata = problem.code.name() == METADATA
                || problem.code.name() == "UnresolvedReferenceException";
            assert!(is_metadata && problem.section.starts_with("ITI TF-"), "{problem}");
        }
        assert!(read.into_result().is_err());
    }
}

#[test]
fn what_every_attribute_needs_is_said_at_once() {
    let bare = DocumentEntry {
        entry_uuid: uuid(1),
        mime_type: "text/plain".into(),
        ..DocumentEntry::default()
    };
    let read = read(&written(&submission(vec![bare], Vec::new()), false), Transaction::Register);
    let contexts: Vec<&str> =
        read.problems().iter().map(|problem| problem.context.as_str()).collect();
    for name in [
        "uniqueId",
        "classCode",
        "typeCode",
        "formatCode",
        "practiceSettingCode",
        "languageCode",
        "healthcareFacilityTypeCode",
        "confidentialityCode",
        "creationTime",
        "sourcePatientId",
        "hash",
        "size",
        "repositoryUniqueId",
    ] {
        let missing = format!("{name} is missing");
        assert!(contexts.iter().any(|c| c.ends_with(&missing)), "{name}: {contexts:?}");
    }
    assert_eq!(contexts.len(), 13);
}

#[test]
fn the_repository_fills_in_what_a_source_leaves_out() {
    let mut bare = entry(1);
    (bare.hash, bare.size, bare.repository_oid) = (String::new(), 0, String::new());
    let text = written(&submission(vec![bare], Vec::new()), false);
    assert_eq!(codes_of(&text, Transaction::ProvideAndRegister), ["XDSMissingDocument"]);
    assert_eq!(codes_of(&text, Transaction::Register).len(), 3);
    let request = format!(
        "<p:ProvideAndRegisterDocumentSetRequest xmlns:p=\"urn:ihe:iti:xds-b:2007\">{text}\
         <p:Document id=\"other\">QQ==</p:Document>\
         <p:Document id=\"{}\">QQ==</p:Document></p:ProvideAndRegisterDocumentSetRequest>",
        uuid(1).urn()
    );
    let codes = codes_of(&request, Transaction::ProvideAndRegister);
    assert_eq!(codes, ["XDSMissingDocumentMetadata"]);
}

#[test]
fn symbols_become_uuids_and_classifications_may_stand_beside() {
    let id = uuid(1).urn().to_string();
    let text = valid().replace(&id, "Document01");
    let one = read(&text, Transaction::Register).into_result().unwrap();
    let document = &one.documents[0];
    assert_ne!(document.object.entry_uuid, uuid(1));
    assert_eq!(one.associations[0].target, document.object.entry_uuid);
    assert_eq!(document.id, "Document01");

    let node = "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
    let at = valid().find(&format!("classificationNode=\"{node}\"")).unwrap();
    let text = valid();
    let start = text[..at].rfind("<Classification").unwrap();
    let end = at + text[at..].find("/>").unwrap() + 2;
    let nested = text[start..end].to_owned();
    let moved = text.replacen(&nested, "", 1).replacen(
        "</RegistryObjectList>",
        &format!("{nested}<ObjectRef id=\"{node}\"/></RegistryObjectList>"),
        1,
    );
    let one = read(&moved, Transaction::Register).into_result().unwrap();
    assert_eq!(one.set.object, set());
    assert_eq!(one.object_refs, [node]);
    assert!(refused(&text.replacen(&nested, "", 1)).contains(&METADATA));
}

fn related(kind: AssociationType, source: u128, target: u128) -> Vec<&'static str> {
    let mut whole = submission(vec![entry(1), entry(2)], Vec::new());
    whole.associations.push(Association {
        entry_uuid: uuid(3000),
        association_type: kind,
        source: uuid(source),
        target: uuid(target),
        details: None,
    });
    refused(&written(&whole, false))
}

#[test]
fn relationships_begin_in_the_submission_and_end_where_they_may() {
    let unresolved = ["UnresolvedReferenceException"];
    assert!(related(AssociationType::Replaces, 1, 99).is_empty());
    assert!(related(AssociationType::Appends, 1, 2).is_empty());
    assert_eq!(related(AssociationType::Replaces, 1, 2), unresolved);
    assert_eq!(related(AssociationType::Replaces, 98, 99), unresolved);
    assert_eq!(related(AssociationType::IsSnapshotOf, 1, 2), unresolved);
    assert_eq!(related(AssociationType::Signs, 1000, 99), [METADATA]);
    assert_eq!(related(AssociationType::Appends, 1, 1), [METADATA]);
    assert_eq!(related(AssociationType::HasMember, 1, 99), [METADATA]);
    assert_eq!(related(AssociationType::UpdateAvailabilityStatus, 1000, 99), [METADATA]);
    // A registered folder takes in a new document, or one that was registered before.
    assert!(related(AssociationType::HasMember, 97, 1).is_empty());
    assert!(related(AssociationType::HasMember, 97, 98).is_empty());
    let short = written(&submission(vec![entry(1)], Vec::new()), false)
        .replace("urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember", "HasMember");
    assert!(refused(&short).is_empty());
}

#[test]
fn one_set_that_holds_everything_once() {
    let mut whole = submission(vec![entry(1)], Vec::new());
    whole.associations.clear();
    assert_eq!(refused(&written(&whole, false)), [METADATA]);
    whole.documents.clear();
    assert_eq!(refused(&written(&whole, false)), [METADATA]);
    let twice = DocumentEntry { entry_uuid: uuid(2), ..entry(1) };
    let text = written(&submission(vec![entry(1), twice], Vec::new()), false);
    assert_eq!(refused(&text), ["XDSRegistryDuplicateUniqueIdInMessage"]);
    let text = valid().replace(&uuid(1000).urn().to_string(), &uuid(1).urn().to_string());
    assert!(refused(&text).contains(&METADATA));
    let empty = "<l:SubmitObjectsRequest xmlns:l=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\"/>";
    assert_eq!(refused(empty), [METADATA]);
}

#[test]
fn patients_that_differ_are_told_when_asked() {
    let mut whole = submission(vec![entry(1)], Vec::new());
    assert_eq!(ebrim::rule::one_patient(&whole), None);
    whole.documents[0].patient_id = Some(patient_id("2"));
    let problem = ebrim::rule::one_patient(&whole).unwrap();
    assert_eq!(problem.code.name(), "XDSPatientIdDoesNotMatch");
    assert!(problem.context.contains("2^^^&1.2.392.9&ISO"));
}

#[test]
fn an_update_is_the_operations_that_its_associations_spell() {
    let mut changed = entry(1);
    changed.logical_id = Some(uuid(7));
    let folder = Folder {
        entry_uuid: uuid(500),
        logical_id: Some(uuid(8)),
        unique_id: "1.2.7".into(),
        codes: vec![code("f")],
        ..Folder::default()
    };
    let mut whole = submission(vec![changed], vec![folder]);
    for association in &mut whole.associations {
        let details = association.details.as_mut().unwrap();
        (details.previous_version, details.propagation) = (Some(3), Some(false));
    }
    let status = AssociationDetails {
        original_status: Availability::Approved.urn().into(),
        new_status: Availability::Deprecated.urn().into(),
        ..AssociationDetails::default()
    };
    whole.associations.push(Association {
        entry_uuid: uuid(3000),
        association_type: AssociationType::UpdateAvailabilityStatus,
        source: uuid(1000),
        target: uuid(9),
        details: status.boxed(),
    });
    let text = written(&whole, false);
    let read_back = read(&text, Transaction::Update).into_result().unwrap();
    let found = operations(&read_back, Transaction::Update).unwrap();
    let [
        Operation::Document { document, previous_version: 3, propagates: false },
        Operation::Folder { folder, previous_version: 3, .. },
        Operation::Status { target, original: Availability::Approved, new },
    ] = found.as_slice()
    else {
        panic!("{found:?}")
    };
    assert_eq!((document.object.logical(), folder.object.logical()), (uuid(7), uuid(8)));
    assert_eq!((*target, *new), (uuid(9), Availability::Deprecated));
    assert!(refused(&text).contains(&METADATA));
    let bad = text.replace("<Value>3</Value>", "<Value>x</Value>");
    assert!(codes_of(&bad, Transaction::Update).contains(&"XDSMetadataUpdateOperationError"));
    let refused_by = |whole: &Submission| {
        operations(whole, Transaction::Update).unwrap_err().remove(0).code.name()
    };
    let first_version = submission(vec![entry(1)], Vec::new());
    assert_eq!(refused_by(&first_version), "XDSMetadataUpdateError");
    let nothing = submission(Vec::new(), Vec::new());
    assert_eq!(refused_by(&nothing), "XDSMetadataUpdateOperationError");
}

#[test]
fn codes_are_the_affinity_domains_unless_their_check_is_off() {
    let mut domain = Affinity::parse(
        "<Codes><CodeType name=\"classCode\"><Code code=\"class\" display=\"x\" codingScheme=\"1.2.3\"/>\
         </CodeType><CodeType name=\"typeCode\"><Code code=\"type\" codingScheme=\"1.2.4\"/></CodeType>\
         <CodeType name=\"mimeType\"><Code code=\"text/xml\"/></CodeType></Codes>",
    )
    .unwrap();
    let found = |domain: &Affinity| {
        let read = read(&valid(), Transaction::Register).check(|one| domain.check(one));
        read.problems().iter().map(|problem| problem.context.clone()).collect::<Vec<_>>()
    };
    let problems = found(&domain);
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].contains("typeCode \"type^^1.2.3\""));
    assert!(problems[1].contains("mimeType \"text/plain\""));
    domain.set_checked(ebrim::affinity::CodedAttribute::Type, false);
    domain.set_checked(ebrim::affinity::CodedAttribute::MimeType, false);
    assert!(found(&domain).is_empty());
    domain.set_checked(ebrim::affinity::CodedAttribute::Type, true);
    assert_eq!(found(&domain).len(), 1);
    assert_eq!(Affinity::parse("<Codes>\n<CodeType/></Codes>").unwrap_err().line, 2);
}

fn query(id: &str, slots: &[(&str, &[&str])]) -> Result<ebrim::QueryRequest, Vec<&'static str>> {
    let slots: String = slots
        .iter()
        .map(|(name, values)| {
            let values: String =
                values.iter().map(|value| format!("<r:Value>{value}</r:Value>")).collect();
            format!("<r:Slot name=\"{name}\"><r:ValueList>{values}</r:ValueList></r:Slot>")
        })
        .collect();
    let text = format!(
        "<q:AdhocQueryRequest xmlns:q=\"urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0\">\
         <q:ResponseOption returnComposedObjects=\"true\" returnType=\"LeafClass\"/>\
         <r:AdhocQuery xmlns:r=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\" id=\"{id}\">{slots}\
         </r:AdhocQuery></q:AdhocQueryRequest>"
    );
    let document = xml::Document::parse(&text).unwrap();
    read_query(document.root())
        .map_err(|problems| problems.iter().map(|problem| problem.code.name()).collect())
}

const FIND: &str = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
const PATIENT: (&str, &[&str]) = ("$XDSDocumentEntryPatientId", &["'1^^^&amp;1.2&amp;ISO'"]);
const STATUS: (&str, &[&str]) =
    ("$XDSDocumentEntryStatus", &["('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"]);

#[test]
fn parameters_are_counted_and_required_and_unknown_ones_ignored() {
    let unknown: (&str, &[&str]) = ("$XDSDocumentEntryColour", &["'red'"]);
    assert!(query(FIND, &[PATIENT, STATUS, unknown]).is_ok());
    assert_eq!(query(FIND, &[STATUS]), Err(vec!["XDSStoredQueryMissingParam"]));
    let draft: (&str, &[&str]) = ("$XDSDocumentEntryStatus", &["('urn:x:Draft')"]);
    assert_eq!(query(FIND, &[PATIENT, draft]), Err(vec!["XDSStoredQueryMissingParam"]));
    let number = Err(vec!["XDSStoredQueryParamNumber"]);
    assert_eq!(query(FIND, &[PATIENT, PATIENT, STATUS]), number);
    let two: (&str, &[&str]) =
        ("$XDSDocumentEntryPatientId", &["('1^^^&amp;1.2&amp;ISO','2^^^&amp;1.2&amp;ISO')"]);
    assert_eq!(query(FIND, &[two, STATUS]), number);
    let class: (&str, &[&str]) = ("$XDSDocumentEntryClassCode", &["('a^^b')"]);
    assert_eq!(query(FIND, &[PATIENT, STATUS, class, class]), number);
    let scheme: (&str, &[&str]) = ("$XDSDocumentEntryClassCode", &["('a')"]);
    assert_eq!(query(FIND, &[PATIENT, STATUS, scheme]), Err(vec!["XDSRegistryError"]));
    assert_eq!(query("urn:uuid:0", &[]), Err(vec!["XDSUnknownStoredQuery"]));
    let get = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4";
    let by_uuid: (&str, &[&str]) = ("$XDSDocumentEntryEntryUUID", &["('urn:uuid:x')"]);
    let by_id: (&str, &[&str]) = ("$XDSDocumentEntryUniqueId", &["('1.2')"]);
    assert_eq!(query(get, &[by_uuid, by_id]), number);
    assert_eq!(query(get, &[]), Err(vec!["XDSStoredQueryMissingParam"]));
    let many = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f";
    assert_eq!(query(many, &[STATUS]), Err(vec!["XDSStoredQueryMissingParam"]));
    assert!(query(many, &[STATUS, class]).is_ok());
    assert!(query(many, &[STATUS, two]).is_ok());
}

#[test]
fn a_slot_is_or_and_slots_are_and_over_any_number_of_values() {
    let one: (&str, &[&str]) =
        ("$XDSDocumentEntryEventCodeList", &["('a^^1',\n 'b^^1')", "('c^^1')"]);
    let two: (&str, &[&str]) = ("$XDSDocumentEntryEventCodeList", &["('d^^1')"]);
    let from: (&str, &[&str]) = ("$XDSDocumentEntryCreationTimeFrom", &["20041224"]);
    let to: (&str, &[&str]) = ("$XDSDocumentEntryCreationTimeTo", &["'2005'"]);
    let found = query(FIND, &[PATIENT, STATUS, one, two, from, to]).unwrap();
    let ebrim::StoredQuery::FindDocuments(find) = found.query else { panic!() };
    let codes: Vec<Vec<&str>> = find
        .event_codes
        .iter()
        .map(|group| group.iter().map(|code| code.code.as_str()).collect())
        .collect();
    assert_eq!(codes, [vec!["a", "b", "c"], vec!["d"]]);
    assert_eq!(find.creation.from, Some(time("20041224").first));
    assert_eq!(find.creation.to, Some(time("20050101").first));
    let all = "urn:uuid:10b545ea-725c-446d-9b95-8aeb444eddf3";
    let status = STATUS.1;
    for name in ["$patientId", "$PatientId"] {
        let slots = [
            (name, PATIENT.1),
            STATUS,
            ("$XDSSubmissionSetStatus", status),
            ("$XDSFolderStatus", status),
        ];
        assert!(query(all, &slots).is_ok(), "{name}");
    }
}

#[test]
fn a_query_holds_no_more_than_rows_can_be_compared_with() {
    let patterns = |count: u64| {
        let values: Vec<String> = (0..count).map(|number| format!("'%{number}%'")).collect();
        let values = format!("({})", values.join(","));
        let values = [values.as_str()];
        query(FIND, &[PATIENT, STATUS, ("$XDSDocumentEntryAuthorPerson", &values)]).map(drop)
    };
    assert_eq!(patterns(QUERY_PATTERNS), Ok(()));
    assert_eq!(patterns(QUERY_PATTERNS + 1), Err(vec!["XDSRegistryError"]));
    let long = format!("'{}'", "%".repeat(usize::try_from(QUERY_VALUE_CHARACTERS).unwrap() + 1));
    let long = [long.as_str()];
    let asked = query(FIND, &[PATIENT, STATUS, ("$XDSDocumentEntryAuthorPerson", &long)]);
    assert_eq!(asked.map(drop), Err(vec!["XDSRegistryError"]));
}

#[test]
fn a_submission_is_bounded_and_says_nothing_twice() {
    let mut whole = submission(vec![entry(1), entry(2)], Vec::new());
    for number in [3000, 3001] {
        whole.associations.push(Association {
            entry_uuid: uuid(number),
            association_type: AssociationType::Appends,
            source: uuid(1),
            target: uuid(2),
            details: None,
        });
    }
    assert_eq!(refused(&written(&whole, false)), [METADATA]);
    whole.associations.pop();
    assert_eq!(refused(&written(&whole, false)), Vec::<&str>::new());
    let one = "<Association id=\"x\"/>";
    let many = one.repeat(usize::try_from(SUBMISSION_OBJECTS).unwrap());
    let text = valid().replacen("</RegistryObjectList", &format!("{many}</RegistryObjectList"), 1);
    assert_eq!(refused(&text), ["XDSRegistryOutOfResources"]);
    let provided = codes_of(&text, Transaction::ProvideAndRegister);
    assert_eq!(provided, ["XDSRepositoryOutOfResources"]);
}
