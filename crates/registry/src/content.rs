//! What a document's bytes tell: its facts and its line on the timeline.

use crate::error::{ErrorCode, Violation};
use model::PartialTime;
use model::document::{DocumentEntry, XdsCode};
use model::entry::{Abnormal, Category, TimelineEntry};
use model::reason::Flag;
use std::collections::HashMap;
use store::fact::FactRow;

/// What is read out of the bytes of one document: rows ready to be written while it is current.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Its facts.
    pub facts: Vec<FactRow>,
    /// Its line.
    pub line: TimelineEntry,
    /// When the line stands: serviceStartTime.
    pub at: Option<PartialTime>,
    /// Name of the verdict about its text; empty where it has none.
    pub text_verdict: String,
    /// Remarks beside those of intake.
    pub flags: Vec<Flag>,
}

/// Contents by uniqueId, for versions that became current again.
pub type Derivations = HashMap<String, Content>;

/// Derives the content of a document. Pure; the slow part of a submission.
pub fn derive_content(entry: &DocumentEntry, bytes: &[u8]) -> Result<Content, Violation> {
    let Some(intake) = &entry.intake else { return Ok(foreign(entry)) };
    let derived = ssmix2::derive(
        bytes,
        &ssmix2::Context {
            data_type: &intake.item.data_type,
            care_date: &intake.item.care_date,
            department: &intake.department,
            sent: &intake.sent,
            title: &entry.title,
            mime_type: &entry.mime_type,
        },
    );
    let facts: Result<Vec<FactRow>, _> = derived.facts.iter().map(FactRow::new).collect();
    let verdict = serde_json::to_value(derived.report.verdict);
    let (Ok(facts), Ok(verdict)) = (facts, verdict) else {
        return Err(Violation {
            code: ErrorCode::XdsRegistryMetadataError,
            section: "facts",
            context: format!("facts of {} cannot be written as JSON", entry.unique_id),
        });
    };
    Ok(Content {
        facts,
        line: shown(named(derived.entry, &entry.practice_setting)),
        at: entry.service_start.clone(),
        text_verdict: verdict.as_str().unwrap_or_default().to_owned(),
        flags: derived.flags,
    })
}

/// Departments are sent as codes (`01`); a doctor reads names. The region's code list has named
/// the document's practice setting already; a code it does not know stays as sent.
fn named(mut line: TimelineEntry, setting: &XdsCode) -> TimelineEntry {
    if line.department == setting.code && !setting.display.is_empty() {
        if line.label == line.department {
            line.label.clone_from(&setting.display);
        }
        line.department.clone_from(&setting.display);
    }
    line
}

/// A line as a column can hold it: U+0000 is marked as what cannot be shown.
fn shown(mut line: TimelineEntry) -> TimelineEntry {
    for text in [&mut line.label, &mut line.department] {
        if text.contains('\0') {
            *text = text.replace('\0', "\u{FFFD}");
        }
    }
    line
}

/// The line of a document that is no item of a storage: what its metadata say.
fn foreign(entry: &DocumentEntry) -> Content {
    let category = Category::from_name(&entry.class_code.code).unwrap_or(Category::Document);
    Content {
        facts: Vec::new(),
        line: shown(TimelineEntry {
            category,
            label: entry.title.clone(),
            item_count: 1,
            abnormal: Abnormal::None,
            department: entry.practice_setting.display.clone(),
            inpatient: None,
            until: None,
        }),
        at: entry.service_start.clone(),
        text_verdict: String::new(),
        flags: Vec::new(),
    }
}
