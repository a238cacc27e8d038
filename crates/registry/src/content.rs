//! What a document's bytes tell: its facts and its line on the timeline.

use crate::error::{ErrorCode, Problem};
use crate::manifest;
use model::PartialTime;
use model::code::{Code, DEPARTMENT_NAMES_SLOT};
use model::document::DocumentEntry;
use model::entry::{Abnormal, Category, TimelineEntry};
use model::fact::FactBody;
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

/// How the formatCode of a message of SS-MIX2 begins.
const SSMIX2_FORMAT: &str = "urn:ssmix2:";

/// Contents by uniqueId, for versions that became current again.
pub type Derivations = HashMap<String, Content>;

/// Derives the content of a document. Pure; the slow part of a submission.
pub fn derive_content(entry: &DocumentEntry, bytes: &[u8]) -> Result<Content, Problem> {
    if manifest::is_manifest(entry) {
        return manifest::derive(entry, bytes);
    }
    let of_type;
    let context = match &entry.intake {
        Some(intake) => ssmix2::Context {
            data_type: &intake.item.data_type,
            care_date: &intake.item.care_date,
            department: &intake.department,
            sent: &intake.sent,
            title: &entry.title,
            mime_type: &entry.mime_type,
        },
        None if entry.format_code.code.starts_with(SSMIX2_FORMAT) => {
            of_type = day(entry);
            ssmix2::Context {
                data_type: &entry.type_code.code,
                care_date: &of_type,
                department: &entry.practice_setting.code,
                sent: &entry.creation_time.digits,
                title: &entry.title,
                mime_type: &entry.mime_type,
            }
        }
        None => return Ok(of_metadata(entry)),
    };
    let derived = ssmix2::derive(bytes, &context);
    let names = department_names(entry);
    let mut facts = derived.facts;
    for fact in &mut facts {
        name_department(&mut fact.body, &names);
    }
    let facts: Result<Vec<FactRow>, _> = facts.iter().map(FactRow::new).collect();
    let verdict = serde_json::to_value(derived.report.verdict);
    let (Ok(facts), Ok(verdict)) = (facts, verdict) else {
        return Err(Problem::new(
            ErrorCode::XdsRegistryMetadataError,
            "facts",
            format!("facts of {} cannot be written as JSON", entry.unique_id),
        ));
    };
    Ok(Content {
        facts,
        line: shown(named(derived.entry, &names)),
        at: entry.service_start.clone(),
        text_verdict: verdict.as_str().unwrap_or_default().to_owned(),
        flags: derived.flags,
    })
}

/// What is left of a document whose stored bytes are lost or damaged: the line that its metadata
/// make, with the remark [`Flag::BytesDamaged`] and without facts.
pub fn unreadable_content(entry: &DocumentEntry) -> Content {
    Content { flags: vec![Flag::BytesDamaged], ..of_metadata(entry) }
}

/// The names of departments that a document's metadata know, as codes with their texts: the
/// region's code list has named its practice setting, and the codes that its message sends
/// without a name. A code that no list knows stays as sent.
fn department_names(entry: &DocumentEntry) -> Vec<Code> {
    let setting = &entry.practice_setting;
    let own = [setting.code.as_str(), &setting.display, &setting.scheme].map(str::to_owned);
    let slots = entry.extra.iter().filter(|slot| slot.name == DEPARTMENT_NAMES_SLOT);
    let listed = slots.flat_map(|slot| &slot.values).filter_map(|value| {
        let (code, rest) = value.split_once('^')?;
        let (name, scheme) = rest.rsplit_once('^')?;
        Some([code, name, scheme].map(str::to_owned))
    });
    std::iter::once(own)
        .chain(listed)
        .map(|[code, text, system]| Code { code, text, system })
        .filter(|known| !known.code.is_empty() && !known.text.is_empty())
        .filter(|known| known.text != known.code)
        .collect()
}

/// Departments are sent as codes (`01`); a doctor reads names.
fn named(mut line: TimelineEntry, names: &[Code]) -> TimelineEntry {
    if let Some(known) = names.iter().find(|known| known.code == line.department) {
        if line.label == line.department {
            line.label.clone_from(&known.text);
        }
        line.department.clone_from(&known.text);
    }
    line
}

/// Adds the name beside a fact's department code that was sent without one; what was sent stays.
fn name_department(body: &mut FactBody, names: &[Code]) {
    let department = match body {
        FactBody::Visit(visit) => &mut visit.department,
        FactBody::Diagnosis(diagnosis) => &mut diagnosis.department,
        FactBody::PrescriptionLine(line) | FactBody::InjectionLine(line) => &mut line.department,
        FactBody::ImagingOrder(one)
        | FactBody::ImagingPerformed(one)
        | FactBody::EndoscopyOrder(one)
        | FactBody::EndoscopyPerformed(one)
        | FactBody::PhysiologyOrder(one)
        | FactBody::PhysiologyPerformed(one) => &mut one.department,
        _ => return,
    };
    if department.codes.iter().any(|sent| !sent.text.is_empty()) {
        return;
    }
    let is_sent = |known: &&Code| department.codes.iter().any(|sent| sent.code == known.code);
    if let Some(known) = names.iter().find(is_sent) {
        department.codes.push(known.clone());
    }
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

/// Whether facts are read out of the bytes of a document: a storage's item, or a message that
/// its formatCode calls one of SS-MIX2.
pub fn has_facts(entry: &DocumentEntry) -> bool {
    entry.intake.is_some()
        || entry.format_code.code.starts_with(SSMIX2_FORMAT)
        || manifest::is_manifest(entry)
}

/// The day on which a peer's document says that its service began; `-` as in a path where it
/// does not.
fn day(entry: &DocumentEntry) -> String {
    let start = entry.service_start.as_ref();
    start.and_then(|time| time.digits.get(..8)).unwrap_or("-").to_owned()
}

/// The line of a document whose bytes are not read: what its metadata say.
pub fn of_metadata(entry: &DocumentEntry) -> Content {
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
