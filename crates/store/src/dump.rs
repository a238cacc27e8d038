//! The state as text, for comparing final states: after runs that were killed and begun again,
//! and between the engines.
//!
//! Numbers of rows are replaced by natural keys (uniqueId; domain and local ID; the source's
//! name) and clock times are left out, so two runs that did the same work give the same text.

use crate::row::{Row, Value};
use crate::statement::Statement;
use crate::{StoreError, Tx};
use std::fmt::Write as _;
use std::ops::ControlFlow;

statements! {
    DOCUMENT = "dump/document",
    SUBMISSION_SET = "dump/submission_set",
    FOLDER = "dump/folder",
    ASSOCIATION = "dump/association",
    FACT = "dump/fact",
    TIMELINE_ENTRY = "dump/timeline_entry",
    IDENTITY = "dump/identity",
    IDENTITY_TOKEN = "dump/identity_token",
    PERSON = "dump/person",
    QUARANTINE = "dump/quarantine",
}

/// Documents with their versions and states, sets, folders, associations, facts, timeline,
/// identities with their grouping, and quarantine: one line each, sorted. It holds patients'
/// data and is as large as the metadata.
pub fn dump(tx: &mut Tx) -> Result<String, StoreError> {
    let mut text = String::new();
    for statement in STATEMENTS {
        section(tx, statement, &mut text)?;
    }
    Ok(text)
}

fn section(
    tx: &mut Tx,
    statement: &'static Statement,
    text: &mut String,
) -> Result<(), StoreError> {
    let mut lines = Vec::new();
    tx.for_each(statement, &[], |row| {
        lines.push(line(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    lines.sort_unstable();
    let name = statement.name.trim_start_matches("dump/");
    for line in lines {
        text.push_str(name);
        text.push_str(&line);
        text.push('\n');
    }
    Ok(())
}

fn line(row: &Row<'_>) -> Result<String, StoreError> {
    let mut line = String::new();
    for column in 0..row.len() {
        line.push('\t');
        match row.value(column)? {
            Value::Null => line.push_str("\\N"),
            Value::Int(value) => {
                // Writing to a String cannot fail.
                let _ = write!(line, "{value}");
            }
            Value::Text(value) => line.extend(value.chars().flat_map(char::escape_debug)),
            Value::Bytes(value) => line.push_str(&hex::encode(value)),
        }
    }
    Ok(line)
}
