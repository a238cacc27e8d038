//! The line of a document on the timeline, made of its facts.

use crate::document_kind::short_name;
use crate::layout::DataKind;
use crate::reading::Reading;
use model::entry::{Abnormal, Category, TimelineEntry};
use model::fact::{Examination, Fact, FactBody, MedicationLine, Status};
use model::{Coded, DataType, PartialTime};

/// Characters of a procedure's name in a cell without a modality.
const PROCEDURE_LETTERS: usize = 6;

/// The line of a document without facts: an extended document or an unknown data type.
pub(crate) fn of_document(data_type: &str, department: &str) -> TimelineEntry {
    TimelineEntry {
        category: Category::Document,
        label: short_name(&DataKind::parse(data_type)),
        item_count: 0,
        abnormal: Abnormal::None,
        department: sent_department(department),
        inpatient: None,
        until: None,
    }
}

/// What the line of a laboratory order says instead of a number of results, and that of an order
/// of drugs: what was ordered is not what was given, and its drugs are counted apart.
pub const ORDER_LABEL: &str = "オーダ";

/// What the line of a dispensed prescription says (OMP-11, 処方実施通知).
pub const PERFORMED_LABEL: &str = "実施";

/// The line of a message, of the facts that are not cancelled.
pub(crate) fn of_message(reading: &Reading<'_>) -> TimelineEntry {
    let facts: Vec<&Fact> =
        reading.facts().iter().filter(|fact| fact.status != Status::Cancelled).collect();
    let category = reading.data_type.category();
    let department = department(reading);
    TimelineEntry {
        category,
        label: label(category, reading.data_type, &facts, &department),
        item_count: item_count(category, &facts),
        abnormal: facts.iter().map(|fact| abnormal(fact)).max().unwrap_or_default(),
        department,
        inpatient: inpatient(reading),
        until: facts.iter().filter_map(|fact| until(fact)).max_by_key(|time| time.first).cloned(),
    }
}

fn label(category: Category, data_type: DataType, facts: &[&Fact], department: &str) -> String {
    let count = item_count(category, facts).to_string();
    match category {
        Category::Visit => department.to_owned(),
        Category::Prescription if data_type == DataType::Omp11 => PERFORMED_LABEL.to_owned(),
        Category::Prescription => ORDER_LABEL.to_owned(),
        Category::Imaging | Category::Endoscopy | Category::Physiology => {
            facts.iter().find_map(|fact| examination(fact)).map(short_procedure).unwrap_or_default()
        }
        Category::Diet => facts
            .iter()
            .find_map(|fact| match &fact.body {
                FactBody::Diet(diet) if !diet.diet.is_empty() => Some(shown(&diet.diet)),
                FactBody::Diet(diet) => Some(diet.instructions.clone()),
                _ => None,
            })
            .map(|text| text.chars().take(PROCEDURE_LETTERS).collect())
            .unwrap_or_default(),
        Category::Patient => data_type.name().to_owned(),
        Category::Laboratory if data_type == DataType::Oml01 => ORDER_LABEL.to_owned(),
        Category::Injection if data_type == DataType::Omp02 => ORDER_LABEL.to_owned(),
        _ => count,
    }
}

/// The facts that the category counts.
fn item_count(category: Category, facts: &[&Fact]) -> u32 {
    let counts = |fact: &&&Fact| match category {
        Category::Visit => matches!(fact.body, FactBody::Visit(_)),
        Category::Prescription | Category::Injection => medication(fact).is_some(),
        // An order is no result: beside its results it would double their number.
        Category::Laboratory => {
            matches!(fact.body, FactBody::LabResult(_) | FactBody::Bacteriology(_))
        }
        Category::Imaging | Category::Endoscopy => examination(fact).is_some(),
        Category::Physiology => {
            examination(fact).is_some() || matches!(fact.body, FactBody::PhysiologyResult(_))
        }
        Category::Diet => matches!(fact.body, FactBody::Diet(_)),
        Category::Diagnosis => matches!(fact.body, FactBody::Diagnosis(_)),
        Category::Allergy => matches!(fact.body, FactBody::Allergy(_)),
        Category::Patient | Category::Document => true,
    };
    facts.iter().filter(counts).count() as u32
}

fn medication(fact: &Fact) -> Option<&MedicationLine> {
    match &fact.body {
        FactBody::PrescriptionLine(line) | FactBody::InjectionLine(line) => Some(line),
        _ => None,
    }
}

fn examination(fact: &Fact) -> Option<&Examination> {
    match &fact.body {
        FactBody::ImagingOrder(one)
        | FactBody::ImagingPerformed(one)
        | FactBody::EndoscopyOrder(one)
        | FactBody::EndoscopyPerformed(one)
        | FactBody::PhysiologyOrder(one)
        | FactBody::PhysiologyPerformed(one) => Some(one),
        _ => None,
    }
}

/// The modality, else the beginning of the procedure's name; of a name made of parts
/// (`検査.上部.-.-`) the parts that say something.
fn short_procedure(examination: &Examination) -> String {
    if let Some(modality) = examination.modality.codes.iter().find(|code| !code.code.is_empty()) {
        return modality.code.clone();
    }
    let name = shown(&examination.procedure);
    let parts = name.split('.').filter(|part| !matches!(*part, "" | "-" | "検査"));
    parts.flat_map(str::chars).take(PROCEDURE_LETTERS).collect()
}

fn abnormal(fact: &Fact) -> Abnormal {
    match &fact.body {
        FactBody::LabResult(result) | FactBody::PhysiologyResult(result) => result.abnormal,
        _ => Abnormal::None,
    }
}

fn until(fact: &Fact) -> Option<&PartialTime> {
    match &fact.body {
        FactBody::PrescriptionLine(line) | FactBody::InjectionLine(line) => line.end.as_ref(),
        FactBody::Visit(visit) => visit.until.as_ref(),
        _ => None,
    }
}

/// The message's department (ORC-17, PV1-10, the clinic of PV1-3) by its text, else its code;
/// else the file name's.
fn department(reading: &Reading<'_>) -> String {
    let order = reading.first("ORC");
    let of_message = shown(&reading.department(order));
    if of_message.is_empty() { sent_department(reading.context.department) } else { of_message }
}

fn sent_department(department: &str) -> String {
    if department == "-" { String::new() } else { department.to_owned() }
}

/// PV1-2, else ORC-29: `I` in-patient, `O` out-patient.
pub(crate) fn inpatient(reading: &Reading<'_>) -> Option<bool> {
    let class = reading.first("PV1").map(|visit| visit.field(2).component(1));
    let order = reading.first("ORC").map(|order| order.field(29).component(1));
    [class, order].into_iter().flatten().find_map(|sent| match sent.raw().trim() {
        "I" => Some(true),
        "O" | "E" => Some(false),
        _ => None,
    })
}

fn shown(coded: &Coded) -> String {
    coded.display().trim().to_owned()
}
