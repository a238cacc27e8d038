//! The messages that are sent, and the metadata that they and the loader have in common.

use crate::settings::Failure;
use ebrim::query::{FindDocuments, QueryRequest, StoredQuery, query_request};
use ebrim::request::provide_and_register_request;
use ebrim::retrieve::{DocumentRequest, retrieve_request};
use ebrim::{Part, PartContent, Submission, Submitted};
use model::document::{
    Association, AssociationDetails, AssociationType, Author, Availability, DocumentEntry,
    DocumentKind, SubmissionSet, SubmissionSetStatus, XdsCode,
};
use model::hl7::{AssigningAuthority, Organization, PatientId, Person};
use model::{PartialTime, Timestamp};
use uuid::Uuid;
use xml::Writer;

/// What differs between two submissions, as it stands in the template.
const PATIENT: &str = "PATIENT-HERE";
const DOCUMENT_ID: &str = "2.25.1000000001";
const SET_ID: &str = "2.25.1000000002";
const OBJECTS: [Uuid; 3] =
    [Uuid::from_u128(0xA000_0001), Uuid::from_u128(0xA000_0002), Uuid::from_u128(0xA000_0003)];
const CONTENT_ID: &str = "document@bench";
const BOUNDARY: &str = "MIMEBoundary_8f1c2b0d7e6a4f35";

/// Names of what differs: uniqueIds of document and set, UUIDs of three objects, the patient.
pub struct Names {
    /// uniqueId of the document.
    pub document_id: String,
    /// uniqueId of the set.
    pub set_id: String,
    /// entryUUIDs of document, set and association.
    pub objects: [Uuid; 3],
}

impl Names {
    /// Names that nobody has used.
    pub fn fresh() -> Names {
        let oid = || format!("2.25.{}", Uuid::new_v4().as_u128());
        let objects = [Uuid::new_v4(), Uuid::new_v4(), Uuid::new_v4()];
        Names { document_id: oid(), set_id: oid(), objects }
    }
}

/// A submission whose names are still to be written in.
pub struct Template {
    pieces: Vec<(String, Option<usize>)>,
    /// Content-Type of the HTTP request.
    pub content_type: String,
}

impl Template {
    /// The ITI-41 request of a patient of the affinity domain `domain_oid`.
    pub fn new(domain_oid: &str, source_oid: &str) -> Result<Template, Failure> {
        let authority = AssigningAuthority { namespace: String::new(), oid: domain_oid.to_owned() };
        let patient = PatientId { id: PATIENT.to_owned(), authority };
        let names = Names {
            document_id: DOCUMENT_ID.to_owned(),
            set_id: SET_ID.to_owned(),
            objects: OBJECTS,
        };
        let mut writer = Writer::new();
        provide_and_register_request(&mut writer, &submission(&names, patient, source_oid)?, false);
        let body = String::from_utf8(writer.finish())?;
        let action = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
        let envelope = envelope(action, &body);
        let root = root(&envelope);
        let before = format!(
            "{root}\r\n--{BOUNDARY}\r\nContent-Type: text/plain\r\n\
             Content-Transfer-Encoding: binary\r\nContent-ID: <{CONTENT_ID}>\r\n\r\n"
        );
        Ok(Template { pieces: cut(&before), content_type: content_type(action) })
    }

    /// What goes before the document's bytes.
    pub fn before(&self, names: &Names, patient: &str) -> String {
        let objects = names.objects.map(|one| one.to_string());
        let values =
            [patient, &names.document_id, &names.set_id, &objects[0], &objects[1], &objects[2]];
        let mut text = String::with_capacity(8 * 1024);
        for (piece, name) in &self.pieces {
            text.push_str(piece);
            text.push_str(name.map_or("", |place| values[place]));
        }
        text
    }

    /// What goes behind them.
    pub fn behind() -> String {
        format!("\r\n--{BOUNDARY}--\r\n")
    }
}

/// Content-Type of an MTOM message.
fn content_type(action: &str) -> String {
    format!(
        "multipart/related; type=\"application/xop+xml\"; boundary=\"{BOUNDARY}\"; \
         start=\"<root@bench>\"; start-info=\"application/soap+xml\"; action=\"{action}\""
    )
}

/// The first part of an MTOM message.
fn root(envelope: &str) -> String {
    format!(
        "--{BOUNDARY}\r\nContent-Type: application/xop+xml; charset=UTF-8; \
         type=\"application/soap+xml\"\r\nContent-Transfer-Encoding: binary\r\n\
         Content-ID: <root@bench>\r\n\r\n{envelope}"
    )
}

/// Cuts a text at each name; a piece says which name follows it.
fn cut(text: &str) -> Vec<(String, Option<usize>)> {
    let objects = OBJECTS.map(|one| one.to_string());
    let names = [PATIENT, DOCUMENT_ID, SET_ID, &objects[0], &objects[1], &objects[2]];
    let (mut pieces, mut rest) = (Vec::new(), text);
    loop {
        let places = names.iter().enumerate();
        let next = places.filter_map(|(name, what)| Some((rest.find(what)?, name))).min();
        let Some((place, name)) = next else { break };
        pieces.push((rest[..place].to_owned(), Some(name)));
        rest = &rest[place + names[name].len()..];
    }
    pieces.push((rest.to_owned(), None));
    pieces
}

fn submission(names: &Names, patient: PatientId, source: &str) -> Result<Submission, Failure> {
    let entry = entry(names, &patient.authority.oid, "")?;
    let set = set(names, source);
    let association = Association {
        entry_uuid: names.objects[2],
        association_type: AssociationType::HasMember,
        source: set.entry_uuid,
        target: entry.entry_uuid,
        details: Some(Box::new(AssociationDetails {
            submission_set_status: Some(SubmissionSetStatus::Original),
            ..AssociationDetails::default()
        })),
    };
    let patient_id = Some(patient);
    Ok(Submission {
        set: Submitted { object: set, patient_id: patient_id.clone(), ..Submitted::default() },
        documents: vec![Submitted { object: entry, patient_id, ..Submitted::default() }],
        associations: vec![association],
        parts: vec![Part {
            document: 0,
            content: PartContent::Include(format!("cid:{CONTENT_ID}")),
        }],
        ..Submission::default()
    })
}

/// The metadata of a document as a hospital's system sends them.
pub fn entry(
    names: &Names,
    domain_oid: &str,
    repository_oid: &str,
) -> Result<DocumentEntry, Failure> {
    let code = |code: &str, display: &str, scheme: &str| XdsCode {
        code: code.to_owned(),
        display: display.to_owned(),
        scheme: scheme.to_owned(),
    };
    let time = |digits: &str| PartialTime::japan(digits);
    let loinc = "2.16.840.1.113883.6.1";
    let authority = AssigningAuthority { namespace: String::new(), oid: format!("{domain_oid}.9") };
    Ok(DocumentEntry {
        entry_uuid: names.objects[0],
        unique_id: names.document_id.clone(),
        repository_oid: repository_oid.to_owned(),
        mime_type: "text/plain".to_owned(),
        class_code: code("34895-3", "指導書", loinc),
        type_code: code("34133-9", "現病歴", loinc),
        format_code: code(
            "urn:ihe:iti:xds:2017:mimeTypeSufficient",
            "mimeType Sufficient",
            "1.3.6.1.4.1.19376.1.2.3",
        ),
        confidentiality: vec![code("N", "通常", "2.16.840.1.113883.5.25")],
        facility_type: code("hospital", "病院", "2.25.268978948607027487369437620833950582316"),
        practice_setting: code("01", "内科", "1.2.392.200250.2.2.2"),
        language: "ja-JP".to_owned(),
        title: "退院時の指導と経過の要約".to_owned(),
        creation_time: time("20260401091530")?,
        service_start: Some(time("20260325083000")?),
        service_stop: Some(time("20260401110000")?),
        authors: vec![Author {
            person: Some(Person {
                id: "D100234".to_owned(),
                family: "山田".to_owned(),
                given: "花子".to_owned(),
                ..Person::default()
            }),
            institutions: vec![Organization {
                name: "計測中央病院".to_owned(),
                ..Organization::default()
            }],
            ..Author::default()
        }],
        source_patient_id: PatientId { id: "0012345678".to_owned(), authority },
        ..DocumentEntry::default()
    })
}

/// The submission set of one such document.
pub fn set(names: &Names, source_oid: &str) -> SubmissionSet {
    SubmissionSet {
        entry_uuid: names.objects[1],
        unique_id: names.set_id.clone(),
        source_oid: source_oid.to_owned(),
        submission_time: Timestamp(1_775_000_000 * Timestamp::SECOND_US),
        content_type: XdsCode {
            code: "storage-item".to_owned(),
            display: "SS-MIX2ストレージの一項目".to_owned(),
            scheme: "2.25.290900460168169861448326777693817415966".to_owned(),
        },
        ..SubmissionSet::default()
    }
}

/// The bytes of a document: text of which no two are alike.
pub fn content(number: u64, size: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(size + 64);
    let mut mixed = number;
    while bytes.len() < size {
        // SplitMix64
        mixed = mixed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = mixed;
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bytes.extend_from_slice(format!("{:016x} ", word ^ (word >> 31)).as_bytes());
    }
    bytes.truncate(size);
    bytes
}

/// FindDocuments with LeafClass.
pub fn query(patient: &str, domain_oid: &str) -> Result<String, Failure> {
    let authority = AssigningAuthority { namespace: String::new(), oid: domain_oid.to_owned() };
    let asked = FindDocuments {
        patients: vec![PatientId { id: patient.to_owned(), authority }],
        availability: vec![Availability::Approved],
        kinds: vec![DocumentKind::Stable],
        ..FindDocuments::default()
    };
    let mut writer = Writer::new();
    let request = QueryRequest::new(StoredQuery::FindDocuments(Box::new(asked)));
    query_request(&mut writer, &request);
    let body = String::from_utf8(writer.finish())?;
    Ok(envelope("urn:ihe:iti:2007:RegistryStoredQuery", &body))
}

/// Retrieval of one document: Content-Type and body. MTOM, so that the answer is too.
pub fn retrieval(repository_oid: &str, unique_id: &str) -> Result<(String, String), Failure> {
    let request = DocumentRequest {
        repository_oid: repository_oid.to_owned(),
        unique_id: unique_id.to_owned(),
        ..DocumentRequest::default()
    };
    let mut writer = Writer::new();
    retrieve_request(&mut writer, &[request]);
    let body = String::from_utf8(writer.finish())?;
    let action = "urn:ihe:iti:2007:RetrieveDocumentSet";
    Ok((content_type(action), root(&envelope(action, &body)) + &Template::behind()))
}

fn envelope(action: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope \
         xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header><a:Action \
         s:mustUnderstand=\"1\">{action}</a:Action><a:MessageID>urn:uuid:{}</a:MessageID>\
         </s:Header><s:Body>{body}</s:Body></s:Envelope>",
        Uuid::new_v4()
    )
}
