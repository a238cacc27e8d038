//! Reads of facts for pages. Like the timeline's, each takes the decision on who may see what
//! and never returns what it refuses.

use crate::dialect::{int_list, text_list};
use crate::param::Param;
use crate::timeline_query::known;
use crate::{Disclosure, Row, Statement, StoreError, Tx};
use model::Timestamp;
use std::ops::ControlFlow;

crate::statements! {
    OF_KINDS = "fact_query/of_kinds",
    BETWEEN = "fact_query/between",
    OF_KEYS = "fact_query/of_keys",
    OF_DOCUMENT = "fact_query/of_document",
    COLUMNS = "fact_query/columns",
    ADMISSIONS = "fact_query/admissions",
}

/// A fact as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactRow {
    /// Whose.
    pub identity_id: i64,
    /// The kind's name.
    pub kind: String,
    /// When; `None` where nothing says.
    pub at: Option<Timestamp>,
    /// The document it was read from.
    pub document_id: i64,
    /// Its number within the document.
    pub ordinal: i64,
    /// The source.
    pub source_id: Option<i64>,
    /// The row of the flow-sheet.
    pub chart_key: String,
    /// The status's name.
    pub status: String,
    /// The body as JSON.
    pub body: String,
}

/// One collection time of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactColumn {
    /// When; `None` where nothing says.
    pub at: Option<Timestamp>,
    /// The source.
    pub source_id: Option<i64>,
    /// The document.
    pub document_id: i64,
    /// How many facts.
    pub results: usize,
}

/// Who may see facts: by where they come from and kind of fact.
pub type Permits<'a> = &'a dyn Fn(Disclosure, &str) -> bool;

/// Every fact of some kinds.
pub fn of_kinds(
    tx: &mut Tx,
    identities: &[i64],
    kinds: &[&str],
    permits: Permits<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    collect(tx, &OF_KINDS, params![&int_list(identities), &text_list(kinds)], permits)
}

/// Facts of some kinds whose instant lies from `first` to `last`, both included.
pub fn between(
    tx: &mut Tx,
    identities: &[i64],
    kinds: &[&str],
    (first, last): (Timestamp, Timestamp),
    permits: Permits<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    let (identities, kinds) = (int_list(identities), text_list(kinds));
    collect(tx, &BETWEEN, params![&identities, &kinds, first, last], permits)
}

/// Facts of some kinds with one of these chart keys.
pub fn of_keys<S: AsRef<str>>(
    tx: &mut Tx,
    identities: &[i64],
    kinds: &[&str],
    chart_keys: &[S],
    permits: Permits<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    let (identities, kinds) = (int_list(identities), text_list(kinds));
    let chart_keys = text_list(chart_keys);
    collect(tx, &OF_KEYS, params![&identities, &kinds, &chart_keys], permits)
}

/// Visits that begin or end an admission. The event is looked for in the stored text, so that
/// the many other visits need not be parsed.
pub fn admissions(
    tx: &mut Tx,
    identities: &[i64],
    permits: Permits<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    let events = ["\"event\":\"admission\"", "\"event\":\"discharge\""];
    collect(tx, &ADMISSIONS, params![&int_list(identities), events[0], events[1]], permits)
}

/// The facts of a document in its order.
pub fn of_document(
    tx: &mut Tx,
    document_id: i64,
    permits: Permits<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    collect(tx, &OF_DOCUMENT, params![document_id], permits)
}

/// The collection times of some kinds with their documents, newest first.
pub fn columns(
    tx: &mut Tx,
    identities: &[i64],
    kinds: &[&str],
    permits: Permits<'_>,
) -> Result<Vec<FactColumn>, StoreError> {
    let mut found = Vec::new();
    tx.for_each(&COLUMNS, params![&int_list(identities), &text_list(kinds)], |row| {
        let disclosure = Disclosure { source_id: row.opt_int(1)?, is_restricted: row.flag(4)? };
        if kinds.iter().all(|kind| permits(disclosure, kind)) {
            found.push(FactColumn {
                at: known(row.int(0)?),
                source_id: disclosure.source_id,
                document_id: row.int(2)?,
                results: usize::try_from(row.int(3)?).unwrap_or(0),
            });
        }
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    found.sort_unstable_by_key(|column| {
        (std::cmp::Reverse(column.at), column.source_id, column.document_id)
    });
    Ok(found)
}

fn collect(
    tx: &mut Tx,
    statement: &'static Statement,
    parameters: &[Param<'_>],
    permits: Permits<'_>,
) -> Result<Vec<FactRow>, StoreError> {
    let mut found = Vec::new();
    tx.for_each(statement, parameters, |row| {
        let disclosure = Disclosure { source_id: row.opt_int(5)?, is_restricted: row.flag(9)? };
        if permits(disclosure, row.text_ref(1)?) {
            found.push(fact(row, disclosure.source_id)?);
        }
        Ok::<_, StoreError>(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

fn fact(row: &Row<'_>, source_id: Option<i64>) -> Result<FactRow, StoreError> {
    Ok(FactRow {
        identity_id: row.int(0)?,
        kind: row.text(1)?,
        at: known(row.int(2)?),
        document_id: row.int(3)?,
        ordinal: row.int(4)?,
        source_id,
        chart_key: row.text(6)?,
        status: row.text(7)?,
        body: row.text(8)?,
    })
}
