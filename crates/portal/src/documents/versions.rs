//! Earlier versions of a document's item: what each said, derived from its bytes when asked for.

use super::read;
use crate::patient::Patient;
use crate::refusal::Kind;
use model::fact::{FactBody, LabResult};
use model::item::VersionState;
use page::{Texts, dates};
use ssmix2::{Context, derive};
use std::collections::BTreeMap;
use store::Tx;
use store::document::Place;
use store::document_query::{self, DocumentRow};

/// Versions compared with each other; more are listed without their values.
const COMPARED: usize = 6;

/// A version.
pub struct Version {
    /// The document.
    pub document_id: i64,
    /// When it was sent.
    pub sent: String,
    /// When the centre took it.
    pub taken: String,
    /// Word of its state.
    pub state: String,
    /// Whether it is the one shown.
    pub is_shown: bool,
}

/// Results that differ between versions: item, unit, and the value in each version.
pub struct Difference {
    /// Item.
    pub item: String,
    /// Unit.
    pub unit: String,
    /// Values in the order of the versions; empty where the version lacks the item.
    pub values: Vec<String>,
}

/// A version with its bytes where the database holds them.
pub type Kept = (DocumentRow, Option<Vec<u8>>);

/// The versions of an item and their bytes where the database holds them.
pub fn read_all(tx: &mut Tx, patient: &Patient, document: &DocumentRow) -> Result<Vec<Kept>, Kind> {
    let Some(item_id) = document.item_id else { return Ok(Vec::new()) };
    let mut versions = Vec::new();
    for version in document_query::versions(tx, item_id)? {
        if !read::may_see(patient, version.identity_id, version.source_id, version.category) {
            continue;
        }
        let bytes = match versions.len() < COMPARED {
            true => match read::place(tx, &version)? {
                Place::Database(bytes) => Some(bytes),
                Place::Objects | Place::Missing => None,
            },
            false => None,
        };
        versions.push((version, bytes));
    }
    Ok(versions)
}

/// The versions as listed.
pub fn listed(all: &[(DocumentRow, Option<Vec<u8>>)], shown: i64, texts: Texts) -> Vec<Version> {
    all.iter()
        .map(|(version, _)| Version {
            document_id: version.id,
            sent: model::PartialTime::japan(&version.sent)
                .map_or(version.sent.clone(), |at| dates::received(&at)),
            taken: dates::minute(version.taken),
            state: state_word(version.state, texts),
            is_shown: version.id == shown,
        })
        .collect()
}

/// The word of a version's state.
pub fn state_word(state: VersionState, texts: Texts) -> String {
    texts.get(match state {
        VersionState::Current => "version-current",
        VersionState::Deprecated => "version-deprecated",
        VersionState::Deleted => "version-deleted",
    })
}

/// Results whose value, unit, flag or status is not the same in every compared version.
pub fn differences(all: &[(DocumentRow, Option<Vec<u8>>)]) -> Vec<Difference> {
    let compared: Vec<_> =
        all.iter().filter_map(|(row, bytes)| Some((row, bytes.as_ref()?))).collect();
    if compared.len() < 2 {
        return Vec::new();
    }
    let mut values: BTreeMap<(String, String, usize), Vec<String>> = BTreeMap::new();
    for (place, (row, bytes)) in compared.iter().enumerate() {
        let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
        for fact in derive(bytes, &context(row)).facts {
            let FactBody::LabResult(result) = &fact.body else { continue };
            let key = (result.item.display().to_owned(), result.unit.display().to_owned());
            let again = seen.entry(key.clone()).or_insert(0);
            let row = values
                .entry((key.0, key.1, *again))
                .or_insert_with(|| vec![String::new(); compared.len()]);
            row[place] = words(result, fact.status.name());
            *again += 1;
        }
    }
    values
        .into_iter()
        .filter(|(_, values)| values.windows(2).any(|pair| pair[0] != pair[1]))
        .map(|((item, unit, _), values)| Difference { item, unit, values })
        .collect()
}

fn words(result: &LabResult, status: &str) -> String {
    let status = if status == "final" { "" } else { status };
    format!("{} {} {status}", result.value, result.flags.join(" ")).trim().to_owned()
}

fn context(row: &DocumentRow) -> Context<'_> {
    Context {
        data_type: &row.data_type,
        care_date: &row.care_date,
        department: "",
        sent: &row.sent,
        title: &row.title,
        mime_type: &row.mime_type,
    }
}
