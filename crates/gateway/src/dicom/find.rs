//! Queries (PS3.4 C.6): what is asked of a server, and what its answers say.

use crate::dicom::person::PersonSaid;
use dicomfile::{DataSet, Tag, Verdict, tags};
use model::Timestamp;
use store::study::{StudyDescription, Told};

/// What is asked to be told of a study (PS3.4 C.6.2.1.2), beside its unique keys.
const STUDY_KEYS: [Tag; 17] = [
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::ACCESSION_NUMBER,
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
    tags::SPECIFIC_CHARACTER_SET,
];

/// A study as a server tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StudyAnswer {
    pub uid: String,
    pub patient_id: String,
    pub person: PersonSaid,
    pub said: StudyDescription,
    pub told: Told,
}

/// An instance as a server tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub series: String,
    pub instance: String,
    /// Empty where the server does not tell it.
    pub class: String,
}

/// What is retrieved at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// A whole study.
    Study,
    /// One series of it.
    Series(String),
    /// Instances of one series.
    Instances(String, Vec<String>),
}

/// Asks for the studies of a patient, of some days (`YYYYMMDD-YYYYMMDD`) only where that is said.
pub(crate) fn studies_of(patient_id: &str, days: Option<&str>) -> DataSet {
    let mut keys = study_keys();
    keys.put_str(tags::PATIENT_ID, patient_id);
    if let Some(days) = days {
        keys.put_str(tags::STUDY_DATE, days);
    }
    keys
}

/// Asks whose a study is. No number of a patient goes out with it.
pub(crate) fn study_of_uid(uid: &str) -> DataSet {
    let mut keys = study_keys();
    keys.put_str(tags::STUDY_INSTANCE_UID, uid);
    keys
}

/// Asks for the series of a study.
pub(crate) fn series_of(uid: &str) -> DataSet {
    let mut keys = level("SERIES");
    keys.put_str(tags::STUDY_INSTANCE_UID, uid);
    keys.put_str(tags::SERIES_INSTANCE_UID, "");
    keys.put_str(tags::MODALITY, "");
    keys
}

/// Asks for the instances of a series.
pub(crate) fn instances_of(uid: &str, series: &str) -> DataSet {
    let mut keys = level("IMAGE");
    keys.put_str(tags::STUDY_INSTANCE_UID, uid);
    keys.put_str(tags::SERIES_INSTANCE_UID, series);
    keys.put_str(tags::SOP_INSTANCE_UID, "");
    keys.put_str(tags::SOP_CLASS_UID, "");
    keys
}

/// Names what C-GET or C-MOVE is to bring (PS3.4 C.4.2.1.4): unique keys alone.
pub(crate) fn retrieved(uid: &str, scope: &Scope) -> DataSet {
    let mut keys = level(match scope {
        Scope::Study => "STUDY",
        Scope::Series(_) => "SERIES",
        Scope::Instances(..) => "IMAGE",
    });
    keys.put_str(tags::STUDY_INSTANCE_UID, uid);
    if let Scope::Series(series) | Scope::Instances(series, _) = scope {
        keys.put_str(tags::SERIES_INSTANCE_UID, series);
    }
    if let Scope::Instances(_, instances) = scope {
        keys.put_str(tags::SOP_INSTANCE_UID, &instances.join("\\"));
    }
    keys
}

/// Reads an answer at the level of studies; `None` where it names no study.
pub(crate) fn study_answer(set: &DataSet) -> Option<StudyAnswer> {
    let uid = set.uid(tags::STUDY_INSTANCE_UID)?.to_owned();
    let started = set.date_time(tags::STUDY_DATE, tags::STUDY_TIME).map(|time| time.first);
    let mut worst = None;
    let mut text = |tag: Tag| {
        let Some(text) = set.text(tag) else { return String::new() };
        worst = worst.max(Some(rank(text.verdict)));
        text.value.trim().to_owned()
    };
    let patient_id = text(tags::PATIENT_ID);
    let said = StudyDescription {
        study_date: set.ascii(tags::STUDY_DATE).unwrap_or_default().to_owned(),
        study_time: set.ascii(tags::STUDY_TIME).unwrap_or_default().to_owned(),
        started_us: started.map(|first| first.0),
        day: started.map_or(0, day),
        description: text(tags::STUDY_DESCRIPTION),
        accession_number: text(tags::ACCESSION_NUMBER),
        local_study_id: text(tags::STUDY_ID),
        referring_physician: text(tags::REFERRING_PHYSICIAN_NAME),
        institution: text(tags::INSTITUTION_NAME),
        patient_id: patient_id.clone(),
        patient_name: text(tags::PATIENT_NAME),
        patient_birth_date: set.ascii(tags::PATIENT_BIRTH_DATE).unwrap_or_default().to_owned(),
        patient_sex: set.ascii(tags::PATIENT_SEX).unwrap_or_default().to_owned(),
        modalities: distinct(set, tags::MODALITIES_IN_STUDY),
        body_parts: Vec::new(),
        sop_classes: distinct(set, tags::SOP_CLASSES_IN_STUDY),
        character_set: set.ascii_values(tags::SPECIFIC_CHARACTER_SET).join("\\"),
        text_verdict: worst.map_or(String::new(), |(_, name)| name.to_owned()),
    };
    Some(StudyAnswer {
        person: PersonSaid {
            name: said.patient_name.clone(),
            birth: set.date(tags::PATIENT_BIRTH_DATE),
            sex: said.patient_sex.clone(),
        },
        told: Told {
            series: set.number(tags::NUMBER_OF_STUDY_RELATED_SERIES),
            instances: set.number(tags::NUMBER_OF_STUDY_RELATED_INSTANCES),
        },
        uid,
        patient_id,
        said,
    })
}

/// Reads an answer at the level of instances; `None` where it names none.
pub(crate) fn listed(set: &DataSet, series: &str) -> Option<Listed> {
    Some(Listed {
        series: series.to_owned(),
        instance: set.uid(tags::SOP_INSTANCE_UID)?.to_owned(),
        class: set.uid(tags::SOP_CLASS_UID).unwrap_or_default().to_owned(),
    })
}

/// The digits of a day in Japan.
pub(crate) fn day_digits(at: Timestamp) -> String {
    let (year, month, day) = at.jst_date();
    format!("{year:04}{month:02}{day:02}")
}

fn study_keys() -> DataSet {
    let mut keys = level("STUDY");
    for tag in STUDY_KEYS {
        keys.put_str(tag, "");
    }
    keys
}

fn level(name: &str) -> DataSet {
    let mut keys = DataSet::new();
    keys.put_str(tags::QUERY_RETRIEVE_LEVEL, name);
    keys
}

fn day(first: Timestamp) -> i64 {
    day_digits(first).parse().unwrap_or(0)
}

fn distinct(set: &DataSet, tag: Tag) -> Vec<String> {
    let mut values: Vec<String> = set
        .ascii_values(tag)
        .into_iter()
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect();
    values.sort();
    values.dedup();
    values
}

fn rank(verdict: Verdict) -> (u8, &'static str) {
    match verdict {
        Verdict::Declared => (0, "declared"),
        Verdict::Repaired => (1, "repaired"),
        Verdict::Ambiguous => (2, "ambiguous"),
        Verdict::Undecodable => (3, "undecodable"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_carries_the_number_that_it_was_given_and_no_other() {
        let keys = studies_of("0000012345", None);
        assert_eq!(keys.ascii(tags::PATIENT_ID), Some("0000012345"));
        assert_eq!(keys.ascii(tags::QUERY_RETRIEVE_LEVEL), Some("STUDY"));
        for keys in [study_of_uid("1.2"), series_of("1.2"), instances_of("1.2", "1.3")] {
            assert_eq!(keys.ascii(tags::PATIENT_ID), None);
            assert_eq!(keys.ascii(tags::STUDY_INSTANCE_UID), Some("1.2"));
        }
        let scope = Scope::Instances("1.3".into(), vec!["1.4".into(), "1.5".into()]);
        let keys = retrieved("1.2", &scope);
        assert_eq!(keys.ascii_values(tags::SOP_INSTANCE_UID), ["1.4", "1.5"]);
        assert_eq!(keys.len(), 4, "unique keys alone");
    }

    #[test]
    fn an_answer_is_read_with_its_numbers_and_names() {
        let mut set = DataSet::new();
        set.put_str(tags::STUDY_INSTANCE_UID, "1.2.3");
        set.put_str(tags::PATIENT_ID, "777 ");
        set.put_str(tags::STUDY_DATE, "20260810");
        set.put_str(tags::STUDY_TIME, "0930");
        set.put_str(tags::MODALITIES_IN_STUDY, "SR\\CT\\CT");
        set.put_str(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, "12 ");
        set.put_str(tags::PATIENT_NAME, "YAMADA^TARO=山田^太郎");
        let answer = study_answer(&set).unwrap();
        assert_eq!((answer.patient_id.as_str(), answer.told.instances), ("777", Some(12)));
        assert_eq!(answer.said.modalities, ["CT", "SR"]);
        assert_eq!((answer.said.day, answer.told.series), (20_260_810, None));
        assert!(answer.person.name.contains("山田"));
        assert_eq!(study_answer(&DataSet::new()), None);
    }
}
