//! What the manifest of a study tells: one fact, and the line of its images. Pure.

use crate::content::{Content, of_metadata};
use crate::error::{ErrorCode, Problem};
use dicomfile::{DataSet, scan, tags};
use model::document::DocumentEntry;
use model::entry::{Category, TimelineEntry};
use model::fact::{Fact, FactBody, Place, Status, Study};
use model::reason::Flag;
use store::fact::FactRow;

/// formatCode of a manifest: the UID of its SOP class, Key Object Selection Document (IHE RAD
/// TF-3 4.68).
const FORMAT: &str = dicomfile::uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE;

/// Whether a document is the manifest of a study.
pub(crate) fn is_manifest(entry: &DocumentEntry) -> bool {
    entry.format_code.code == FORMAT
}

/// The content of a manifest. One that cannot be read is shown by its metadata, with a remark.
pub(crate) fn derive(entry: &DocumentEntry, bytes: &[u8]) -> Result<Content, Problem> {
    let unreadable = || Content { flags: vec![Flag::TextDamaged], ..of_metadata(entry) };
    let Some(set) = read(bytes) else { return Ok(unreadable()) };
    let study = study(&set);
    let at = entry.service_start.clone();
    let fact = Fact {
        ordinal: 0,
        place: Place { segment: "KOS".to_owned(), index: 0 },
        at: set.date_time(tags::STUDY_DATE, tags::STUDY_TIME).or(at.clone()),
        status: Status::Final,
        body: FactBody::Study(study.clone()),
    };
    let row = FactRow::new(&fact).map_err(|error| {
        let context = format!("the fact of {} cannot be written: {error}", entry.unique_id);
        Problem::new(ErrorCode::XdsRegistryMetadataError, "facts", context)
    })?;
    let line = of_metadata(entry).line;
    Ok(Content {
        facts: vec![row],
        line: TimelineEntry {
            category: Category::Imaging,
            label: match study.modalities.is_empty() {
                true => line.label,
                false => study.modalities.join("/"),
            },
            item_count: study.images,
            // Images name no department; the practice setting of their metadata only fills a rule.
            department: String::new(),
            ..line
        },
        at,
        text_verdict: String::new(),
        flags: Vec::new(),
    })
}

fn read(bytes: &[u8]) -> Option<DataSet> {
    let head = scan(bytes, Some(bytes.len() as u64)).ok()?;
    let from = usize::try_from(head.data_set_offset).ok()?;
    match head.transfer_syntax.is_deflated() {
        true => None,
        false => DataSet::read(bytes.get(from..)?, head.encoding).ok(),
    }
}

fn study(set: &DataSet) -> Study {
    let text = |tag| set.text(tag).map(|text| text.value.trim().to_owned()).unwrap_or_default();
    let studies = set.items(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE);
    let series: Vec<&DataSet> =
        studies.iter().flat_map(|study| study.items(tags::REFERENCED_SERIES_SEQUENCE)).collect();
    let each = |tag| {
        let mut all: Vec<String> = series
            .iter()
            .filter_map(|series| series.ascii(tag))
            .filter(|code| !code.contains('\0'))
            .map(str::to_owned)
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let instances = series.iter().map(|one| one.items(tags::REFERENCED_SOP_SEQUENCE).len()).sum();
    let images = set
        .items(tags::CONTENT_SEQUENCE)
        .iter()
        .filter(|item| item.ascii(tags::VALUE_TYPE) == Some("IMAGE"))
        .count();
    Study {
        study_instance_uid: text(tags::STUDY_INSTANCE_UID),
        description: text(tags::STUDY_DESCRIPTION),
        accession_number: text(tags::ACCESSION_NUMBER),
        modalities: each(tags::MODALITY),
        body_parts: each(tags::BODY_PART_EXAMINED),
        series: count(series.len()),
        instances: count(instances),
        images: count(images),
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
