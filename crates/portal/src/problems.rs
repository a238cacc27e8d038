//! `/p/{person}/problems`: diagnoses and allergies as received.
//!
//! "No allergy record received" is said as such; it is never "no allergies".

use crate::allergies::statements;
use crate::call::Call;
use crate::facility::of_source;
use crate::facts::{self, Found};
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::timeline::panel_rows::status_word;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::PartialTime;
use model::fact::{Allergy, Diagnosis, FactBody, Status};
use page::{Frame, Texts, dates};

struct DiagnosisLine {
    name: String,
    is_main: bool,
    /// A suspicion that ended: where only what is suspected stands, the title says so.
    was_suspected: bool,
    is_cancelled: bool,
    code: String,
    class: String,
    facility: String,
    department: String,
    from: String,
    to: String,
    outcome: String,
    address: String,
}

struct Part {
    title: String,
    class: &'static str,
    lines: Vec<DiagnosisLine>,
}

struct AllergyLine {
    name: String,
    kind: String,
    severity: String,
    reactions: String,
    onset: String,
    status: String,
    class: String,
    facility: String,
    address: String,
}

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    frame: Frame,
    head: PatientHead,
    parts: Vec<Part>,
    diagnoses: usize,
    allergies: Vec<AllergyLine>,
    silent: Vec<(String, String)>,
}

/// Answers `GET /p/{person}/problems`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let (patient, found) = state
        .patient(&call, &reader, person_id, Subject::view("problems"), |tx, _, patient| {
            facts::of_kinds(tx, patient, &["diagnosis", "allergy"]).map(Some)
        })
        .await?;
    render(&call, &page_of(&call, &reader, &patient, &found))
}

fn page_of(call: &Call, reader: &Reader, patient: &Patient, found: &[Found]) -> ProblemsPage {
    let frame = reader.frame(call, "");
    let texts = frame.texts();
    let part = |wanted: &dyn Fn(Status) -> bool, key: &str, class| {
        let mut lines: Vec<(i64, DiagnosisLine)> = found
            .iter()
            .filter(|it| wanted(it.fact.status))
            .filter_map(|it| match &it.fact.body {
                FactBody::Diagnosis(diagnosis) => {
                    Some((start(it, diagnosis), line(it, diagnosis, patient)))
                }
                _ => None,
            })
            .collect();
        lines.sort_by_key(|(day, line)| (std::cmp::Reverse(*day), line.name.clone()));
        let lines: Vec<DiagnosisLine> = lines.into_iter().map(|(_, line)| line).collect();
        Part { title: texts.count(key, lines.len()), class, lines }
    };
    let elsewhere = |it| matches!(it, Status::Ended | Status::Cancelled | Status::Suspected);
    let parts = vec![
        part(&|it| !elsewhere(it), "diagnoses-active", ""),
        part(&|it| it == Status::Suspected, "diagnoses-suspected", ""),
        part(&|it| it == Status::Ended, "diagnoses-ended", "ended"),
        // Taken back by the hospital: it neither holds nor was it ever over.
        part(&|it| it == Status::Cancelled, "diagnoses-cancelled", "ended"),
    ];
    let allergies: Vec<AllergyLine> = statements(found)
        .iter()
        .map(|it| allergy_line(it.found, &it.allergy, patient, texts))
        .collect();
    let heard = |facility: &crate::facility::Facility| {
        found.iter().any(|it| {
            matches!(it.fact.body, FactBody::Allergy(_))
                && facility.sources.iter().any(|source| Some(source.id) == it.source_id)
        })
    };
    let silent = patient.facilities.iter().filter(|it| !heard(it));
    ProblemsPage {
        head: PatientHead::new(patient, reader, "problems", None),
        diagnoses: parts.iter().map(|part| part.lines.len()).sum(),
        parts: parts.into_iter().filter(|part| !part.lines.is_empty()).collect(),
        silent: silent.map(|it| (it.class(), it.short.clone())).collect(),
        allergies,
        frame,
    }
}

fn start(found: &Found, diagnosis: &Diagnosis) -> i64 {
    let at = diagnosis.onset.as_ref().or(diagnosis.diagnosed.as_ref()).or(found.fact.at.as_ref());
    at.map_or(0, PartialTime::jst_day)
}

fn line(found: &Found, diagnosis: &Diagnosis, patient: &Patient) -> DiagnosisLine {
    let (class, facility) = facility(found, patient);
    let from = diagnosis.onset.as_ref().or(diagnosis.diagnosed.as_ref());
    // What follows the ICD-10 code is its phase.
    let code = diagnosis.classification.codes.iter().find(|code| !code.code.is_empty());
    DiagnosisLine {
        name: if diagnosis.name.is_empty() {
            diagnosis.problem.display().to_owned()
        } else {
            diagnosis.name.clone()
        },
        is_main: !diagnosis.ranking.is_empty(),
        was_suspected: diagnosis.suspected && found.fact.status != Status::Suspected,
        is_cancelled: found.fact.status == Status::Cancelled,
        code: code.map(|code| code.code.clone()).unwrap_or_default(),
        class,
        facility,
        department: diagnosis.department.display().to_owned(),
        from: from.map(dates::received).unwrap_or_default(),
        to: diagnosis.resolved.as_ref().map(dates::received).unwrap_or_default(),
        outcome: diagnosis.outcome.display().to_owned(),
        address: format!("/p/{}/e/{}", patient.person_id, found.document_id),
    }
}

fn allergy_line(found: &Found, allergy: &Allergy, patient: &Patient, texts: Texts) -> AllergyLine {
    let (class, facility) = facility(found, patient);
    let onset = allergy.onset.as_ref().map(dates::received).unwrap_or_default();
    AllergyLine {
        name: allergy.allergen.display().to_owned(),
        kind: allergy.category.display().to_owned(),
        severity: allergy.severity.display().to_owned(),
        reactions: allergy.reactions.join("、"),
        onset: format!("{onset} {}", allergy.onset_text).trim().to_owned(),
        status: status_word(found.fact.status, texts),
        class,
        facility,
        address: format!("/p/{}/e/{}", patient.person_id, found.document_id),
    }
}

fn facility(found: &Found, patient: &Patient) -> (String, String) {
    of_source(&patient.facilities, found.source_id)
        .map(|it| (it.class(), it.short.clone()))
        .unwrap_or_default()
}
