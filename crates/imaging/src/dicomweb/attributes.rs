//! The attributes by which is searched and that a search gives (PS3.18 10.6.1.2 and 10.6.3.3), out
//! of the index rows, as DICOM JSON (PS3.18 F).

use crate::found::Seen;
use dicomfile::{Tag, VR, keyword_of, tags, vr_of};
use serde_json::{Map, Value, json};
use store::study::{InstanceRow, SeriesRow};

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Studies.
    Study,
    /// Series.
    Series,
    /// Instances.
    Instance,
}

/// Attributes by which is matched, with their level.
pub(crate) const KEYS: &[(Tag, Level)] = &[
    (tags::STUDY_DATE, Level::Study),
    (tags::STUDY_TIME, Level::Study),
    (tags::ACCESSION_NUMBER, Level::Study),
    (tags::MODALITIES_IN_STUDY, Level::Study),
    (tags::REFERRING_PHYSICIAN_NAME, Level::Study),
    (tags::STUDY_DESCRIPTION, Level::Study),
    (tags::PATIENT_NAME, Level::Study),
    (tags::PATIENT_ID, Level::Study),
    (tags::PATIENT_BIRTH_DATE, Level::Study),
    (tags::PATIENT_SEX, Level::Study),
    (tags::STUDY_INSTANCE_UID, Level::Study),
    (tags::STUDY_ID, Level::Study),
    (tags::MODALITY, Level::Series),
    (tags::SERIES_INSTANCE_UID, Level::Series),
    (tags::SERIES_NUMBER, Level::Series),
    (tags::SERIES_DESCRIPTION, Level::Series),
    (tags::BODY_PART_EXAMINED, Level::Series),
    (tags::SOP_CLASS_UID, Level::Instance),
    (tags::SOP_INSTANCE_UID, Level::Instance),
    (tags::INSTANCE_NUMBER, Level::Instance),
];

/// The key of a name in a query: a keyword, or eight hexadecimal digits.
pub(crate) fn key(name: &str) -> Option<(Tag, Level)> {
    let is_named = |tag: Tag| {
        keyword_of(tag) == Some(name)
            || name.eq_ignore_ascii_case(&format!("{:04X}{:04X}", tag.0, tag.1))
    };
    KEYS.iter().copied().find(|(tag, _)| is_named(*tag))
}

/// Values of a study; `None` for what is none of its attributes.
pub(crate) fn of_study(seen: &Seen, tag: Tag) -> Option<Vec<String>> {
    let (study, said) = (&seen.study, &seen.study.said);
    let one = |value: &str| Some(vec![value.to_owned()]);
    match tag {
        tags::STUDY_DATE => one(&said.study_date),
        tags::STUDY_TIME => one(&said.study_time),
        tags::ACCESSION_NUMBER => one(&said.accession_number),
        tags::INSTANCE_AVAILABILITY => {
            one(if study.instance_count > 0 { "ONLINE" } else { "NEARLINE" })
        }
        tags::MODALITIES_IN_STUDY => Some(said.modalities.clone()),
        tags::SOP_CLASSES_IN_STUDY => Some(said.sop_classes.clone()),
        tags::INSTITUTION_NAME => one(&said.institution),
        tags::REFERRING_PHYSICIAN_NAME => one(&said.referring_physician),
        tags::STUDY_DESCRIPTION => one(&said.description),
        tags::PATIENT_NAME => one(&said.patient_name),
        tags::PATIENT_ID => one(&said.patient_id),
        tags::PATIENT_BIRTH_DATE => one(&said.patient_birth_date),
        tags::PATIENT_SEX => one(&said.patient_sex),
        tags::STUDY_INSTANCE_UID => one(&study.study_instance_uid),
        tags::STUDY_ID => one(&said.local_study_id),
        tags::NUMBER_OF_STUDY_RELATED_SERIES => one(&study.series_count.to_string()),
        tags::NUMBER_OF_STUDY_RELATED_INSTANCES => one(&study.instance_count.to_string()),
        _ => None,
    }
}

/// Values of a series.
pub(crate) fn of_series(series: &SeriesRow, tag: Tag) -> Option<Vec<String>> {
    let said = &series.said;
    let one = |value: &str| Some(vec![value.to_owned()]);
    match tag {
        tags::MODALITY => one(&said.modality),
        tags::SERIES_DESCRIPTION => one(&said.description),
        tags::BODY_PART_EXAMINED => one(&said.body_part),
        tags::LATERALITY => one(&said.laterality),
        tags::PROTOCOL_NAME => one(&said.protocol),
        tags::SERIES_DATE => one(&said.series_date),
        tags::SERIES_TIME => one(&said.series_time),
        tags::STATION_NAME => one(&said.station),
        tags::MANUFACTURER => one(&said.manufacturer),
        tags::SERIES_INSTANCE_UID => one(&series.series_instance_uid),
        tags::SERIES_NUMBER => Some(said.series_number.iter().map(i64::to_string).collect()),
        tags::NUMBER_OF_SERIES_RELATED_INSTANCES => one(&series.instance_count.to_string()),
        _ => None,
    }
}

/// Values of an instance.
pub(crate) fn of_instance(instance: &InstanceRow, tag: Tag) -> Option<Vec<String>> {
    let said = &instance.said;
    let one = |value: &str| Some(vec![value.to_owned()]);
    let pixels = |number: i64| Some((number > 0).then(|| number.to_string()).into_iter().collect());
    match tag {
        tags::SOP_CLASS_UID => one(&said.sop_class_uid),
        tags::SOP_INSTANCE_UID => one(&said.sop_instance_uid),
        tags::INSTANCE_NUMBER => Some(said.instance_number.iter().map(i64::to_string).collect()),
        tags::AVAILABLE_TRANSFER_SYNTAX_UID => one(&said.transfer_syntax_uid),
        tags::ROWS => pixels(said.pixel_rows),
        tags::COLUMNS => pixels(said.pixel_columns),
        tags::NUMBER_OF_FRAMES => pixels(said.frames),
        _ => None,
    }
}

const STUDY: &[Tag] = &[
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::ACCESSION_NUMBER,
    tags::INSTANCE_AVAILABILITY,
    tags::MODALITIES_IN_STUDY,
    tags::SOP_CLASSES_IN_STUDY,
    tags::INSTITUTION_NAME,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::STUDY_DESCRIPTION,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::STUDY_INSTANCE_UID,
    tags::STUDY_ID,
    tags::NUMBER_OF_STUDY_RELATED_SERIES,
    tags::NUMBER_OF_STUDY_RELATED_INSTANCES,
];

const SERIES: &[Tag] = &[
    tags::MODALITY,
    tags::SERIES_DESCRIPTION,
    tags::BODY_PART_EXAMINED,
    tags::LATERALITY,
    tags::PROTOCOL_NAME,
    tags::SERIES_DATE,
    tags::SERIES_TIME,
    tags::STATION_NAME,
    tags::MANUFACTURER,
    tags::SERIES_INSTANCE_UID,
    tags::SERIES_NUMBER,
    tags::NUMBER_OF_SERIES_RELATED_INSTANCES,
];

const INSTANCE: &[Tag] = &[
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::INSTANCE_NUMBER,
    tags::AVAILABLE_TRANSFER_SYNTAX_UID,
    tags::ROWS,
    tags::COLUMNS,
    tags::NUMBER_OF_FRAMES,
];

/// One match as DICOM JSON; `base` is where DICOMweb stands.
pub(crate) fn json_of(
    base: &str,
    seen: &Seen,
    series: Option<&SeriesRow>,
    instance: Option<&InstanceRow>,
) -> Value {
    let mut object = Map::new();
    put(&mut object, tags::SPECIFIC_CHARACTER_SET, &["ISO_IR 192".to_owned()]);
    for tag in STUDY {
        put(&mut object, *tag, &of_study(seen, *tag).unwrap_or_default());
    }
    // Two hospitals may give one number to two patients.
    let issuer = json!({
        "00400032": { "vr": "UT", "Value": [seen.domain_oid] },
        "00400033": { "vr": "CS", "Value": ["ISO"] },
    });
    object.insert("00100024".to_owned(), json!({ "vr": "SQ", "Value": [issuer] }));
    let mut place = format!("{base}/studies/{}", seen.study.study_instance_uid);
    if let Some(series) = series {
        for tag in SERIES {
            put(&mut object, *tag, &of_series(series, *tag).unwrap_or_default());
        }
        place = format!("{place}/series/{}", series.series_instance_uid);
    }
    if let Some(instance) = instance {
        for tag in INSTANCE {
            put(&mut object, *tag, &of_instance(instance, *tag).unwrap_or_default());
        }
        place = format!("{place}/instances/{}", instance.said.sop_instance_uid);
    }
    put(&mut object, tags::RETRIEVE_URL, &[place]);
    Value::Object(object)
}

/// Puts an attribute; an empty value is an attribute without one.
pub(crate) fn put(object: &mut Map<String, Value>, tag: Tag, values: &[String]) {
    let vr = vr_of(tag);
    let written: Vec<Value> =
        values.iter().filter(|one| !one.is_empty()).filter_map(|one| value(vr, one)).collect();
    let mut element = Map::new();
    element.insert("vr".to_owned(), vr.to_string().into());
    if !written.is_empty() {
        element.insert("Value".to_owned(), written.into());
    }
    object.insert(format!("{:04X}{:04X}", tag.0, tag.1), Value::Object(element));
}

/// A value by its representation (PS3.18 F.2.3); a number that is none is left out.
fn value(vr: VR, text: &str) -> Option<Value> {
    match vr {
        VR::PN => {
            let names = ["Alphabetic", "Ideographic", "Phonetic"];
            let groups = names.iter().zip(text.split('=')).filter(|(_, group)| !group.is_empty());
            Some(groups.map(|(name, group)| ((*name).to_owned(), Value::from(group))).collect())
        }
        VR::IS | VR::US | VR::UL => text.trim().parse::<i64>().ok().map(Value::from),
        _ => Some(text.into()),
    }
}
