//! Facts for pages: read through the decision, parsed, and without what two sources of one
//! facility both sent.

use crate::patient::Patient;
use crate::refusal::Kind;
use model::entry::Category;
use model::fact::Fact;
use std::collections::{HashMap, HashSet};
use store::fact_query::{self, FactRow};
use store::{StoreError, Tx, timeline_query};

/// A fact with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The document.
    pub document_id: i64,
    /// The source.
    pub source_id: Option<i64>,
    /// The row of the flow-sheet, which for local codes names their source.
    pub chart_key: String,
    /// The fact.
    pub fact: Fact,
}

/// The kind of data a kind of fact is, for consent.
pub fn category_of(kind: &str) -> Option<Category> {
    Some(match kind {
        "visit" | "death" => Category::Visit,
        "diagnosis" => Category::Diagnosis,
        "allergy" => Category::Allergy,
        "prescription_line" => Category::Prescription,
        "injection_line" => Category::Injection,
        "lab_order" | "lab_result" | "bacteriology" => Category::Laboratory,
        "imaging_order" | "imaging_performed" => Category::Imaging,
        "endoscopy_order" | "endoscopy_performed" => Category::Endoscopy,
        "physiology_order" | "physiology_performed" | "physiology_result" => Category::Physiology,
        "diet" => Category::Diet,
        "observation" | "insurance" | "demographics" => Category::Patient,
        _ => return None,
    })
}

/// Parses rows, also those that two sources of one facility both sent: for readers to whom the
/// same thing twice is no more than once (names in the banner, ends of an admission).
pub fn with_twins(rows: Vec<FactRow>) -> Result<Vec<Found>, Kind> {
    rows.into_iter().map(|row| parse(row).map_err(Kind::from)).collect()
}

/// Every fact of some kinds that may be seen.
pub fn of_kinds(tx: &mut Tx, patient: &Patient, kinds: &[&str]) -> Result<Vec<Found>, Kind> {
    let permits = |source, kind: &str| patient.permits_fact(source, kind);
    let rows = fact_query::of_kinds(tx, &patient.identities, kinds, &permits)?;
    without_twins(tx, patient, rows)
}

/// The facts of a document that may be seen, in its order.
pub fn of_document(tx: &mut Tx, patient: &Patient, document_id: i64) -> Result<Vec<Found>, Kind> {
    let permits = |source, kind: &str| patient.permits_fact(source, kind);
    let rows = fact_query::of_document(tx, document_id, &permits)?;
    rows.into_iter().map(|row| parse(row).map_err(Kind::from)).collect()
}

/// Parses rows, leaving out the facts of documents whose bytes another source of the same
/// facility sent as well.
pub fn without_twins(
    tx: &mut Tx,
    patient: &Patient,
    rows: Vec<FactRow>,
) -> Result<Vec<Found>, Kind> {
    let twins = twins(tx, patient)?;
    rows.into_iter()
        .filter(|row| !twins.contains(&row.document_id))
        .map(|row| parse(row).map_err(Kind::from))
        .collect()
}

/// Documents that are shown under another one: of equal bytes from several sources of one
/// facility the first of the timeline is shown.
pub fn twins(tx: &mut Tx, patient: &Patient) -> Result<HashSet<i64>, Kind> {
    if patient.facilities.iter().all(|facility| facility.sources.len() < 2) {
        return Ok(HashSet::new());
    }
    let permits = |source, category| patient.permits(source, category);
    let entries = timeline_query::entries(tx, &patient.identities, &permits)?;
    let mut first: HashMap<(i64, i64, Category), Option<i64>> = HashMap::new();
    let mut twins = HashSet::new();
    for entry in entries {
        let facility = crate::facility::of_source(&patient.facilities, entry.source_id);
        let key = (facility.map_or(0, |found| found.id), entry.content_key, entry.category);
        let shown = *first.entry(key).or_insert(entry.source_id);
        if shown != entry.source_id {
            twins.insert(entry.document_id);
        }
    }
    Ok(twins)
}

fn parse(row: FactRow) -> Result<Found, StoreError> {
    let fact = serde_json::from_str(&row.body).map_err(|error| {
        StoreError::Damaged(format!(
            "fact {} of document {}: {error}",
            row.ordinal, row.document_id
        ))
    })?;
    Ok(Found {
        document_id: row.document_id,
        source_id: row.source_id,
        chart_key: row.chart_key,
        fact,
    })
}
