//! Facts of current documents.

use crate::{Param, StoreError, Tx};
use model::fact::{Fact, FactBody};
use std::borrow::Cow;

/// `at_us` of what has no time: neither message nor folder say when.
pub const UNKNOWN_TIME_US: i64 = i64::MIN;

/// A fact made ready for its row: everything that needs no database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Name of its kind.
    pub kind: &'static str,
    /// When, or [`UNKNOWN_TIME_US`].
    pub at_us: i64,
    /// Its number within its document.
    pub ordinal: u32,
    /// Its flow-sheet key as derived; empty where its kind has none.
    pub chart_key: String,
    /// Name of its status.
    pub status: &'static str,
    /// The [`Fact`] as JSON.
    pub body: String,
}

impl FactRow {
    /// The row of a fact.
    pub fn new(fact: &Fact) -> Result<FactRow, serde_json::Error> {
        let chart_key = match &fact.body {
            FactBody::LabResult(result)
            | FactBody::PhysiologyResult(result)
            | FactBody::Observation(result) => result.chart_key.replace('\0', "\u{FFFD}"),
            _ => String::new(),
        };
        Ok(FactRow {
            kind: fact.body.kind(),
            at_us: fact.at.as_ref().map_or(UNKNOWN_TIME_US, |at| at.first.0),
            ordinal: fact.ordinal,
            chart_key,
            status: fact.status.name(),
            body: serde_json::to_string(fact)?,
        })
    }

    /// The key as stored: a hospital's own codes never meet another's, so a local key begins
    /// with its source.
    fn stored_chart_key(&self, source_id: Option<i64>) -> Cow<'_, str> {
        match source_id {
            Some(source) if self.chart_key.starts_with("local:") => {
                Cow::Owned(format!("{source}:{}", self.chart_key))
            }
            _ => Cow::Borrowed(&self.chart_key),
        }
    }
}

/// Inserts the facts of a document, many in one statement.
pub fn insert(
    tx: &mut Tx,
    identity_id: i64,
    document_id: i64,
    source_id: Option<i64>,
    facts: &[FactRow],
) -> Result<(), StoreError> {
    let mut rest = facts;
    for (rows, statement) in [(8, &INSERT_8), (4, &INSERT_4), (1, &INSERT_1)] {
        while rest.len() >= rows {
            let (now, later) = rest.split_at(rows);
            let chart_keys: Vec<_> = now.iter().map(|f| f.stored_chart_key(source_id)).collect();
            let mut parameters: Vec<Param<'_>> = Vec::with_capacity(3 + 6 * rows);
            parameters.extend(params![identity_id, document_id, source_id]);
            for (fact, chart_key) in now.iter().zip(&chart_keys) {
                parameters.extend(params![
                    fact.kind,
                    fact.at_us,
                    fact.ordinal,
                    chart_key.as_ref(),
                    fact.status,
                    &fact.body,
                ]);
            }
            tx.execute(statement, &parameters)?;
            rest = later;
        }
    }
    Ok(())
}

/// Removes the facts of a document.
pub fn delete_of_document(tx: &mut Tx, document_id: i64) -> Result<(), StoreError> {
    tx.execute(&DELETE_OF_DOCUMENT, params![document_id]).map(drop)
}

/// The number of facts by kind.
pub fn count_by_kind(tx: &mut Tx) -> Result<Vec<(String, u64)>, StoreError> {
    tx.query(&COUNT_BY_KIND, params![], |row| Ok((row.text(0)?, row.int(1)?.unsigned_abs())))
}

crate::statements! {
    INSERT_1 = "fact/insert_1",
    INSERT_4 = "fact/insert_4",
    INSERT_8 = "fact/insert_8",
    DELETE_OF_DOCUMENT = "fact/delete_of_document",
    COUNT_BY_KIND = "fact/count_by_kind",
}
