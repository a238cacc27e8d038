//! What a header says, as rows keep it. Pure: a function of the header and the rules version.

use dicomfile::{DataSet, Tag, Verdict, tags};
use store::study::{SeriesDescription, StudyDescription};

/// Reads texts of a header and remembers the worst verdict on them.
pub(crate) struct Reader<'a> {
    header: &'a DataSet,
    worst: Option<Verdict>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(header: &'a DataSet) -> Reader<'a> {
        Reader { header, worst: None }
    }

    /// A text without the spaces around it, as a column can hold it.
    pub(crate) fn text(&mut self, tag: Tag) -> String {
        let Some(text) = self.header.text(tag) else { return String::new() };
        if rank(Some(text.verdict)) > rank(self.worst) {
            self.worst = Some(text.verdict);
        }
        storable(text.value.trim())
    }

    /// A code, a UID, a date: text of the default repertoire.
    pub(crate) fn ascii(&self, tag: Tag) -> String {
        storable(self.header.ascii(tag).unwrap_or_default())
    }

    /// The worst verdict so far, by name; empty where every text was ASCII or as declared.
    pub(crate) fn verdict(&self) -> String {
        self.worst.filter(|worst| *worst != Verdict::Declared).map(name).unwrap_or("").to_owned()
    }
}

/// Specific Character Set (0008,0005) as declared.
pub(crate) fn declared(header: &DataSet) -> String {
    let bytes = header.bytes(tags::SPECIFIC_CHARACTER_SET).unwrap_or_default();
    storable(String::from_utf8_lossy(bytes).trim_matches([' ', '\0']))
}

/// What a header says of its study.
pub(crate) fn study(header: &DataSet) -> StudyDescription {
    let mut reader = Reader::new(header);
    let started = header.date_time(tags::STUDY_DATE, tags::STUDY_TIME);
    let one = |value: String| if value.is_empty() { Vec::new() } else { vec![value] };
    let mut said = StudyDescription {
        study_date: reader.ascii(tags::STUDY_DATE),
        study_time: reader.ascii(tags::STUDY_TIME),
        started_us: started.as_ref().map(|started| started.first.0),
        day: started.as_ref().map_or(0, model::PartialTime::jst_day),
        description: reader.text(tags::STUDY_DESCRIPTION),
        accession_number: reader.text(tags::ACCESSION_NUMBER),
        local_study_id: reader.text(tags::STUDY_ID),
        referring_physician: reader.text(tags::REFERRING_PHYSICIAN_NAME),
        institution: reader.text(tags::INSTITUTION_NAME),
        patient_id: reader.text(tags::PATIENT_ID),
        patient_name: reader.text(tags::PATIENT_NAME),
        patient_birth_date: reader.ascii(tags::PATIENT_BIRTH_DATE),
        patient_sex: reader.ascii(tags::PATIENT_SEX),
        modalities: one(reader.ascii(tags::MODALITY)),
        body_parts: one(reader.ascii(tags::BODY_PART_EXAMINED)),
        sop_classes: one(reader.ascii(tags::SOP_CLASS_UID)),
        character_set: declared(header),
        text_verdict: String::new(),
    };
    said.text_verdict = reader.verdict();
    said
}

/// What a header says of its series.
pub(crate) fn series(header: &DataSet) -> SeriesDescription {
    let mut reader = Reader::new(header);
    let mut said = SeriesDescription {
        series_number: header.number(tags::SERIES_NUMBER),
        modality: reader.ascii(tags::MODALITY),
        description: reader.text(tags::SERIES_DESCRIPTION),
        body_part: reader.ascii(tags::BODY_PART_EXAMINED),
        laterality: reader.ascii(tags::LATERALITY),
        protocol: reader.text(tags::PROTOCOL_NAME),
        series_date: reader.ascii(tags::SERIES_DATE),
        series_time: reader.ascii(tags::SERIES_TIME),
        institution: reader.text(tags::INSTITUTION_NAME),
        station: reader.text(tags::STATION_NAME),
        manufacturer: reader.text(tags::MANUFACTURER),
        device_model: reader.text(tags::MANUFACTURER_MODEL_NAME),
        frame_of_reference_uid: reader.ascii(tags::FRAME_OF_REFERENCE_UID),
        character_set: declared(header),
        text_verdict: String::new(),
    };
    said.text_verdict = reader.verdict();
    said
}

/// The stable name of a verdict.
pub(crate) fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Declared => "declared",
        Verdict::Repaired => "repaired",
        Verdict::Ambiguous => "ambiguous",
        Verdict::Undecodable => "undecodable",
    }
}

/// How bad a verdict is, of a name too; the worse one stays.
pub(crate) fn rank_of_name(name: &str) -> u8 {
    match name {
        "undecodable" => 4,
        "ambiguous" => 3,
        "repaired" => 2,
        "declared" => 1,
        _ => 0,
    }
}

fn rank(verdict: Option<Verdict>) -> u8 {
    verdict.map_or(0, |verdict| rank_of_name(name(verdict)))
}

/// A column cannot hold U+0000: it is marked as what cannot be shown.
fn storable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
