//! Messages of HL7 v3 to begin with, made by our own writers.

use hl7v3::{
    CandidatesQuery, IdentifiersQuery, InstanceId, Interaction, NameQuery, Outgoing, PatientRecord,
    QueryContinuation,
};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};

fn id(root: &str, extension: &str) -> InstanceId {
    InstanceId { root: root.into(), extension: extension.into(), authority_name: "HOSP_A".into() }
}

fn name(family: &str, given: &str) -> PersonName {
    PersonName { family: family.into(), given: given.into() }
}

/// One message of each interaction.
pub fn messages() -> Vec<Vec<u8>> {
    let outgoing = Outgoing {
        id: id("1.2.9", "m"),
        created: "20260101120000+0900".into(),
        processing_code: "P".into(),
        sender: "1.2.9".into(),
        receiver: InstanceId::of_root("1.2.3"),
    };
    let patient = PatientRecord {
        ids: vec![id("1.2.101", "0001"), id("1.2.102", "2")],
        other_ids: vec![id("1.2.103", "9")],
        demographics: Demographics {
            name: name("山田", "花子"),
            kana: name("ヤマダ", "ハナコ"),
            birth: PartialTime::japan("19570612").ok(),
            sex: "F".into(),
            postal_code: "1000001".into(),
            address: "東京都 千代田区".into(),
            phones: vec!["03-1234-5678".into()],
            death: PartialTime::japan("2020").ok(),
        },
        prior_ids: vec![id("1.2.101", "3")],
        provider: "1.2.101".into(),
    };
    let identifiers = IdentifiersQuery {
        id: id("1.2.9", "q"),
        patients: vec![id("1.2.101", "1")],
        data_sources: vec![id("1.2.102", "")],
    };
    let candidates = CandidatesQuery {
        id: id("1.2.9", "q"),
        initial_quantity: Some(2),
        names: vec![NameQuery { name: name("山", ""), is_search: true }],
        birth: Some(("1957".into(), "1958".into())),
        sex: "F".into(),
        subject_ids: vec![id("1.2.101", "1")],
        scopes: vec![id("1.2.101", "")],
        minimum_degree_match: Some(50),
        ..CandidatesQuery::default()
    };
    let more = QueryContinuation {
        query_id: id("1.2.9", "q"),
        start: Some(2),
        quantity: Some(3),
        is_cancelled: false,
    };
    let mut all: Vec<Vec<u8>> =
        [Interaction::RecordAdded, Interaction::RecordRevised, Interaction::DuplicatesResolved]
            .map(|one| hl7v3::record(&outgoing, one, &patient, "1.2.9"))
            .into();
    all.push(hl7v3::ask_identifiers(&outgoing, &identifiers));
    all.push(hl7v3::ask_candidates(&outgoing, &candidates));
    all.push(hl7v3::ask_more(&outgoing, &more, &id("1.2.3", "a")));
    all
}
