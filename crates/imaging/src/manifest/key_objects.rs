//! The key object selection document of a study (PS3.3 A.35.4; title 113030, Manifest). Beside
//! what its modules demand it says modality and body part of each series and which instances are
//! images, so that what the timeline shows can be read out of its bytes alone.

use super::Subject;
use crate::kind::Kind;
use dicomfile::{DataSet, tags, uids};
use model::Timestamp;
use std::collections::BTreeMap;
use store::study::{InstanceRow, SeriesRow};
use uuid::Uuid;

/// The instances of a study, by the rows of their series.
pub(crate) struct Referenced<'a> {
    /// Series with their instances, in the order in which they were received.
    pub series: Vec<(&'a SeriesRow, Vec<&'a InstanceRow>)>,
}

impl<'a> Referenced<'a> {
    pub fn of(subject: &'a Subject<'_>, instances: &'a [InstanceRow]) -> Referenced<'a> {
        let mut by_series: BTreeMap<i64, Vec<&InstanceRow>> = BTreeMap::new();
        for instance in instances {
            by_series.entry(instance.series_id).or_default().push(instance);
        }
        let series = subject.series.iter();
        let series = series.filter_map(|row| Some((row, by_series.remove(&row.id)?)));
        Referenced { series: series.collect() }
    }

    /// How many instances are images.
    pub fn images(&self) -> usize {
        let all = self.series.iter().flat_map(|(_, instances)| instances);
        all.filter(|instance| instance.said.kind == Kind::Image.name()).count()
    }
}

/// SOP Instance UID of the manifest, which is the document's uniqueId (IHE RAD TF-2 4.68.4.1.2.3).
/// A function of what it tells of: making it again gives the same.
pub(crate) fn unique_id(subject: &Subject<'_>) -> String {
    uid(subject, "manifest")
}

pub(crate) fn document(
    subject: &Subject<'_>,
    referenced: &Referenced<'_>,
    now: Timestamp,
) -> DataSet {
    let said = &subject.study.said;
    let time = super::entry::digits(now);
    let (date, clock) = time.split_at(8);
    let mut set = DataSet::new();
    set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
        .put_str(tags::SOP_CLASS_UID, uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE)
        .put_str(tags::SOP_INSTANCE_UID, &unique_id(subject))
        .put_str(tags::STUDY_DATE, &said.study_date)
        .put_str(tags::STUDY_TIME, &said.study_time)
        .put_str(tags::SERIES_DATE, date)
        .put_str(tags::CONTENT_DATE, date)
        .put_str(tags::SERIES_TIME, clock)
        .put_str(tags::CONTENT_TIME, clock)
        .put_str(tags::ACCESSION_NUMBER, &said.accession_number)
        .put_str(tags::MODALITY, "KO")
        .put_str(tags::MANUFACTURER, "Musubi")
        .put_str(tags::INSTITUTION_NAME, &subject.source.facility.name)
        .put_str(tags::REFERRING_PHYSICIAN_NAME, &said.referring_physician)
        .put_str(tags::STUDY_DESCRIPTION, &said.description)
        .put_str(tags::SERIES_DESCRIPTION, "Manifest")
        .put_sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new())
        .put_str(tags::PATIENT_NAME, &said.patient_name)
        .put_str(tags::PATIENT_ID, &subject.local_id)
        .put_str(tags::PATIENT_BIRTH_DATE, &said.patient_birth_date)
        .put_str(tags::PATIENT_SEX, &said.patient_sex)
        .put_str(tags::STUDY_INSTANCE_UID, &subject.study.study_instance_uid)
        .put_str(tags::SERIES_INSTANCE_UID, &uid(subject, "series"))
        .put_str(tags::STUDY_ID, &said.local_study_id)
        .put_str(tags::SERIES_NUMBER, "1")
        .put_str(tags::INSTANCE_NUMBER, "1")
        .put_str(tags::VALUE_TYPE, "CONTAINER")
        .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![manifest_title()])
        .put_str(tags::CONTINUITY_OF_CONTENT, "SEPARATE")
        .put_sequence(
            tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
            vec![evidence(subject, referenced)],
        )
        .put_sequence(tags::CONTENT_TEMPLATE_SEQUENCE, vec![template()])
        .put_sequence(tags::CONTENT_SEQUENCE, content(referenced));
    set
}

fn manifest_title() -> DataSet {
    let mut title = DataSet::new();
    title
        .put_str(tags::CODE_VALUE, "113030")
        .put_str(tags::CODING_SCHEME_DESIGNATOR, "DCM")
        .put_str(tags::CODE_MEANING, "Manifest");
    title
}

/// Template 2010, Key Object Selection (PS3.16).
fn template() -> DataSet {
    let mut template = DataSet::new();
    template.put_str(tags::MAPPING_RESOURCE, "DCMR").put_str(tags::TEMPLATE_IDENTIFIER, "2010");
    template
}

/// Hierarchical SOP Instance Reference Macro (PS3.3 table C.17-3).
fn evidence(subject: &Subject<'_>, referenced: &Referenced<'_>) -> DataSet {
    let series = referenced.series.iter().map(|(row, instances)| {
        let mut item = DataSet::new();
        item.put_str(tags::MODALITY, &row.said.modality)
            .put_str(tags::BODY_PART_EXAMINED, &row.said.body_part)
            .put_str(tags::SERIES_INSTANCE_UID, &row.series_instance_uid)
            .put_str(tags::RETRIEVE_LOCATION_UID, &subject.source.oid)
            .put_sequence(
                tags::REFERENCED_SOP_SEQUENCE,
                instances.iter().map(|instance| reference(instance)).collect(),
            );
        item
    });
    let mut study = DataSet::new();
    study
        .put_sequence(tags::REFERENCED_SERIES_SEQUENCE, series.collect())
        .put_str(tags::STUDY_INSTANCE_UID, &subject.study.study_instance_uid);
    study
}

fn content(referenced: &Referenced<'_>) -> Vec<DataSet> {
    let instances = referenced.series.iter().flat_map(|(_, instances)| instances);
    let item = |instance: &&InstanceRow| {
        let kind = instance.said.kind.as_str();
        let value_type = match kind {
            kind if kind == Kind::Image.name() => "IMAGE",
            kind if kind == Kind::Waveform.name() => "WAVEFORM",
            _ => "COMPOSITE",
        };
        let mut item = DataSet::new();
        item.put_sequence(tags::REFERENCED_SOP_SEQUENCE, vec![reference(instance)])
            .put_str(tags::RELATIONSHIP_TYPE, "CONTAINS")
            .put_str(tags::VALUE_TYPE, value_type);
        item
    };
    instances.map(item).collect()
}

fn reference(instance: &InstanceRow) -> DataSet {
    let mut item = DataSet::new();
    item.put_str(tags::REFERENCED_SOP_CLASS_UID, &instance.said.sop_class_uid)
        .put_str(tags::REFERENCED_SOP_INSTANCE_UID, &instance.said.sop_instance_uid);
    item
}

fn uid(subject: &Subject<'_>, what: &str) -> String {
    let name_space = Uuid::new_v5(&Uuid::NAMESPACE_OID, subject.source.oid.as_bytes());
    let study = subject.study;
    let name =
        format!("{what}|{}|{}|{}", subject.local_id, study.study_instance_uid, study.revision);
    format!("2.25.{}", Uuid::new_v5(&name_space, name.as_bytes()).as_u128())
}
