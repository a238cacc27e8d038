//! Answers to questions: PRPA_IN201310UV02 (ITI TF-2 3.45.4.2) and PRPA_IN201306UV02
//! (3.47.4.2).

use crate::acknowledgement::{AcknowledgementDetail, acknowledgement};
use crate::instance_id::InstanceId;
use crate::outgoing::{Outgoing, open_control_act, valued};
use crate::person;
use crate::record::{open_event, open_person, other_id, provider, write_custodian};
use model::demographics::Demographics;
use xml::Writer;

/// What every answer says beside what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueryAnswer {
    /// `acknowledgement/typeCode`: `AA`, `AE` or `AR`.
    pub code: &'static str,
    /// `queryResponseCode`: `OK`, `NF`, `AE` or `QE`.
    pub query_response: &'static str,
    /// The id of the message that is answered.
    pub target: InstanceId,
    /// `queryId` of the question.
    pub query_id: InstanceId,
    /// What was wrong.
    pub details: Vec<AcknowledgementDetail>,
    /// The copy of the question.
    pub query_copy: Option<Vec<u8>>,
    /// OID of the organization that answers for the records.
    pub custodian: String,
}

/// How many records there are, of an answer that may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quantities {
    /// All that fit.
    pub total: usize,
    /// Those of this answer.
    pub current: usize,
    /// Those that come after it.
    pub remaining: usize,
}

/// A patient who fits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidate {
    /// IDs of the patient.
    pub ids: Vec<InstanceId>,
    /// OIDs of domains that were asked for and have no ID of the patient.
    pub without_id: Vec<String>,
    /// Who it is.
    pub demographics: Demographics,
    /// How well it fits, in percent.
    pub match_quality: u64,
}

/// The other IDs of a patient; none where nothing was found. A name is required and no part of
/// the answer: it is null.
pub fn identifiers(outgoing: &Outgoing, answer: &QueryAnswer, ids: &[InstanceId]) -> Vec<u8> {
    let mut writer = open(outgoing, "PRPA_IN201310UV02", "PRPA_TE201310UV02", answer);
    if !ids.is_empty() {
        open_event(&mut writer);
        writer.open("patient");
        writer.attribute("classCode", "PAT");
        ids.iter().for_each(|id| id.write(&mut writer, "id"));
        valued(&mut writer, "statusCode", "code", "active");
        open_person(&mut writer);
        person::write(&mut writer, &Demographics::default());
        writer.close();
        close_event(&mut writer, &answer.custodian);
    }
    close(writer, answer, None)
}

/// The patients who fit.
pub fn candidates(
    outgoing: &Outgoing,
    answer: &QueryAnswer,
    found: &[Candidate],
    quantities: Quantities,
) -> Vec<u8> {
    let mut writer = open(outgoing, "PRPA_IN201306UV02", "PRPA_TE201306UV02", answer);
    for candidate in found {
        open_event(&mut writer);
        writer.open("patient");
        writer.attribute("classCode", "PAT");
        candidate.ids.iter().for_each(|id| id.write(&mut writer, "id"));
        valued(&mut writer, "statusCode", "code", "active");
        open_person(&mut writer);
        person::write(&mut writer, &candidate.demographics);
        for domain in &candidate.without_id {
            other_id(&mut writer, &InstanceId::default(), domain);
        }
        writer.close();
        provider(&mut writer, &answer.custodian, "");
        quality(&mut writer, candidate.match_quality);
        close_event(&mut writer, &answer.custodian);
    }
    close(writer, answer, Some(quantities))
}

fn open(outgoing: &Outgoing, interaction: &str, trigger: &str, answer: &QueryAnswer) -> Writer {
    let mut writer = Writer::new();
    outgoing.open(&mut writer, interaction, "NE");
    acknowledgement(&mut writer, answer.code, &answer.target, &answer.details);
    open_control_act(&mut writer, trigger);
    writer
}

/// Closes `patient` to `subject`.
fn close_event(writer: &mut Writer, custodian: &str) {
    writer.close();
    writer.close();
    write_custodian(writer, custodian);
    writer.close();
    writer.close();
}

/// How well a record fits (queryMatchObservation, ITI TF-2 3.47.4.2.2.1).
fn quality(writer: &mut Writer, percent: u64) {
    writer.open("subjectOf1");
    writer.attribute("typeCode", "SBJ");
    writer.open("queryMatchObservation");
    writer.attribute("classCode", "COND");
    writer.attribute("moodCode", "EVN");
    valued(writer, "code", "code", "IHE_PDQ");
    writer.open("value");
    writer.attribute("xsi:type", "INT");
    writer.attribute("value", &percent.to_string());
    writer.close();
    writer.close();
    writer.close();
}

fn close(mut writer: Writer, answer: &QueryAnswer, quantities: Option<Quantities>) -> Vec<u8> {
    writer.open("queryAck");
    if !answer.query_id.is_empty() {
        answer.query_id.write(&mut writer, "queryId");
    }
    let remaining = quantities.map_or(0, |one| one.remaining);
    let status = match (answer.code, remaining) {
        ("AA", 0) => "deliveredResponse",
        ("AA", _) => "waitContinuedQueryResponse",
        _ => "aborted",
    };
    valued(&mut writer, "statusCode", "code", status);
    valued(&mut writer, "queryResponseCode", "code", answer.query_response);
    if let Some(Quantities { total, current, remaining }) = quantities {
        for (name, count) in [
            ("resultTotalQuantity", total),
            ("resultCurrentQuantity", current),
            ("resultRemainingQuantity", remaining),
        ] {
            valued(&mut writer, name, "value", &count.to_string());
        }
    }
    writer.close();
    if let Some(copy) = &answer.query_copy {
        writer.raw(copy);
    }
    writer.finish()
}
