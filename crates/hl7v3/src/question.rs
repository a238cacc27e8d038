//! Questions that we ask (ITI-45, ITI-47).

use crate::instance_id::InstanceId;
use crate::interaction::Interaction;
use crate::outgoing::{Outgoing, open_control_act, valued};
use crate::query::{CandidatesQuery, IdentifiersQuery, NameQuery, QueryContinuation};
use xml::Writer;

/// PRPA_IN201309UV02: which other IDs has the patient of an ID?
pub fn ask_identifiers(outgoing: &Outgoing, query: &IdentifiersQuery) -> Vec<u8> {
    let mut writer = open(outgoing, Interaction::GetIdentifiers, &query.id, None);
    writer.open("parameterList");
    for id in &query.data_sources {
        parameter(&mut writer, "dataSource", "DataSource.id", |writer| id.write(writer, "value"));
    }
    for id in &query.patients {
        parameter(&mut writer, "patientIdentifier", "Patient.id", |writer| {
            id.write(writer, "value");
        });
    }
    writer.finish()
}

/// PRPA_IN201305UV02: which patients fit? Parameters in the order of their schema.
pub fn ask_candidates(outgoing: &Outgoing, query: &CandidatesQuery) -> Vec<u8> {
    let mut writer =
        open(outgoing, Interaction::FindCandidates, &query.id, Some(query.initial_quantity));
    if let Some(degree) = query.minimum_degree_match {
        writer.open("matchCriterionList");
        parameter(&mut writer, "minimumDegreeMatch", "MatchCriterionList", |writer| {
            writer.open("value");
            writer.attribute("xsi:type", "INT");
            writer.attribute("value", &degree.to_string());
            writer.close();
        });
        writer.close();
    }
    writer.open("parameterList");
    if !query.sex.is_empty() {
        let sex = if query.sex == "O" { "UN" } else { &query.sex };
        parameter(
            &mut writer,
            "livingSubjectAdministrativeGender",
            "LivingSubject.administrativeGender",
            |writer| valued(writer, "value", "code", sex),
        );
    }
    if let Some(span) = &query.birth {
        parameter(&mut writer, "livingSubjectBirthTime", "LivingSubject.birthTime", |writer| {
            birth(writer, span)
        });
    }
    for id in &query.subject_ids {
        parameter(&mut writer, "livingSubjectId", "LivingSubject.id", |writer| {
            id.write(writer, "value");
        });
    }
    for one in &query.names {
        parameter(&mut writer, "livingSubjectName", "LivingSubject.name", |writer| {
            name(writer, one);
        });
    }
    for id in &query.scopes {
        let (name, meaning) = ("otherIDsScopingOrganization", "OtherIDs.scopingOrganization.id");
        parameter(&mut writer, name, meaning, |writer| id.write(writer, "value"));
    }
    places(&mut writer, query);
    writer.finish()
}

/// QUQI_IN000003UV01: more of an answer, or no more of it. `answered` is the id of the answer
/// that came last.
pub fn ask_more(outgoing: &Outgoing, more: &QueryContinuation, answered: &InstanceId) -> Vec<u8> {
    let mut writer = Writer::new();
    outgoing.open(&mut writer, Interaction::Continue.name(), "AL");
    crate::acknowledgement::acknowledgement(&mut writer, "AA", answered, &[]);
    open_control_act(&mut writer, Interaction::Continue.trigger());
    writer.open("queryContinuation");
    more.query_id.write(&mut writer, "queryId");
    let quantity = if more.is_cancelled { Some(0) } else { more.quantity };
    for (name, number) in [("startResultNumber", more.start), ("continuationQuantity", quantity)] {
        if let Some(number) = number {
            valued(&mut writer, name, "value", &number.to_string());
        }
    }
    let status = if more.is_cancelled { "aborted" } else { "waitContinuedQueryResponse" };
    valued(&mut writer, "statusCode", "code", status);
    writer.finish()
}

/// Opens a question up to its parameters. `quantity` is there for those that can be continued.
fn open(
    outgoing: &Outgoing,
    interaction: Interaction,
    id: &InstanceId,
    quantity: Option<Option<u64>>,
) -> Writer {
    let mut writer = Writer::new();
    outgoing.open(&mut writer, interaction.name(), "AL");
    open_control_act(&mut writer, interaction.trigger());
    writer.open("queryByParameter");
    id.write(&mut writer, "queryId");
    valued(&mut writer, "statusCode", "code", "new");
    if quantity.is_some() {
        valued(&mut writer, "responseModalityCode", "code", "R");
    }
    valued(&mut writer, "responsePriorityCode", "code", "I");
    if let Some(count) = quantity.flatten() {
        valued(&mut writer, "initialQuantity", "value", &count.to_string());
    }
    writer
}

fn parameter(writer: &mut Writer, name: &str, meaning: &str, value: impl FnOnce(&mut Writer)) {
    writer.open(name);
    value(writer);
    writer.element("semanticsText", meaning);
    writer.close();
}

fn birth(writer: &mut Writer, (low, high): &(String, String)) {
    writer.open("value");
    match low == high {
        true => writer.attribute("value", low),
        false => {
            for (name, end) in [("low", low), ("high", high)] {
                if !end.is_empty() {
                    valued(writer, name, "value", end);
                }
            }
        }
    }
    writer.close();
}

fn name(writer: &mut Writer, asked: &NameQuery) {
    writer.open("value");
    if asked.is_search {
        writer.attribute("use", "SRCH");
    }
    for (part, text) in [("family", &asked.name.family), ("given", &asked.name.given)] {
        if !text.is_empty() {
            writer.element(part, text);
        }
    }
    writer.close();
}

fn places(writer: &mut Writer, query: &CandidatesQuery) {
    if !query.address.is_empty() || !query.postal_code.is_empty() {
        parameter(writer, "patientAddress", "Patient.addr", |writer| {
            writer.open("value");
            let parts = [("postalCode", &query.postal_code), ("streetAddressLine", &query.address)];
            for (part, text) in parts.into_iter().filter(|(_, text)| !text.is_empty()) {
                writer.element(part, text);
            }
            writer.close();
        });
    }
    if !query.phone.is_empty() {
        parameter(writer, "patientTelecom", "Patient.telecom", |writer| {
            valued(writer, "value", "value", &format!("tel:{}", query.phone));
        });
    }
}
