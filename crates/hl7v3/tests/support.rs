//! Messages of ours.

use hl7v3::{
    CandidatesQuery, IdentifiersQuery, InstanceId, Interaction, Message, NameQuery, Outgoing,
    PatientRecord, Payload, QueryContinuation,
};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use xml::Document;

pub fn id(root: &str, extension: &str) -> InstanceId {
    InstanceId { root: root.into(), extension: extension.into(), authority_name: String::new() }
}

pub fn outgoing() -> Outgoing {
    Outgoing {
        id: id("1.2.9", "m1"),
        created: "20260101120000+0900".into(),
        processing_code: "P".into(),
        sender: "1.2.9".into(),
        receiver: id("1.2.3", ""),
    }
}

pub fn hanako() -> Demographics {
    let name =
        |family: &str, given: &str| PersonName { family: family.into(), given: given.into() };
    Demographics {
        name: name("山田", "花子"),
        kana: name("ヤマダ", "ハナコ"),
        birth: PartialTime::japan("19570612").ok(),
        sex: "F".into(),
        postal_code: "1000001".into(),
        address: "東京都千代田区 1-1".into(),
        phones: vec!["03-1234-5678".into()],
        death: None,
    }
}

pub fn patient() -> PatientRecord {
    PatientRecord {
        ids: vec![id("1.2.101", "0001"), id("1.2.102", "A&<1>")],
        other_ids: vec![id("1.2.103", "9")],
        demographics: hanako(),
        prior_ids: Vec::new(),
        provider: "1.2.101".into(),
    }
}

pub fn candidates() -> CandidatesQuery {
    CandidatesQuery {
        id: id("1.2.9", "q1"),
        initial_quantity: Some(2),
        names: vec![NameQuery { name: hanako().name, is_search: true }],
        birth: Some(("19570101".into(), "19571231".into())),
        sex: "O".into(),
        postal_code: "1000001".into(),
        address: "東京都".into(),
        phone: "03-1234-5678".into(),
        subject_ids: vec![id("1.2.101", "1"), id("1.2.102", "2")],
        scopes: vec![id("1.2.101", "")],
        minimum_degree_match: Some(80),
        ..CandidatesQuery::default()
    }
}

/// A message of each kind, as we write it.
pub fn messages() -> Vec<(Interaction, Vec<u8>)> {
    let merge = PatientRecord { prior_ids: vec![id("1.2.101", "0002")], ..patient() };
    let identifiers = IdentifiersQuery {
        id: id("1.2.9", "q1"),
        patients: vec![id("1.2.101", "0001")],
        data_sources: vec![id("1.2.102", "")],
    };
    let more = QueryContinuation {
        query_id: id("1.2.9", "q1"),
        start: Some(3),
        quantity: Some(5),
        is_cancelled: false,
    };
    let answered = id("1.2.3", "a1");
    let written = |interaction, record: &PatientRecord| {
        (interaction, hl7v3::record(&outgoing(), interaction, record, "1.2.9"))
    };
    vec![
        written(Interaction::RecordAdded, &patient()),
        written(Interaction::RecordRevised, &patient()),
        written(Interaction::DuplicatesResolved, &merge),
        (Interaction::GetIdentifiers, hl7v3::ask_identifiers(&outgoing(), &identifiers)),
        (Interaction::FindCandidates, hl7v3::ask_candidates(&outgoing(), &candidates())),
        (Interaction::Continue, hl7v3::ask_more(&outgoing(), &more, &answered)),
    ]
}

pub fn read(interaction: Interaction, bytes: &[u8]) -> Message {
    let document = Document::parse_bytes(bytes).unwrap();
    assert!(interaction.is_element(document.root()));
    hl7v3::read(interaction, document.root())
}

pub fn record_of(bytes: &[u8]) -> PatientRecord {
    match read(Interaction::RecordAdded, bytes).payload.unwrap() {
        Payload::Record(record) => *record,
        other => panic!("{other:?}"),
    }
}
