//! What a study, a series and an instance are indexed by (PS3.4 C.6, PS3.18 10.6).

use crate::charset::{Evidence, SpecificCharacterSet, Text};
use crate::scan::Scan;
use crate::{DataSet, keyword_of};
use dicom_core::Tag;
use dicom_dictionary_std::tags;
use model::date::PartialTime;
use thiserror::Error;

/// The index fields of one object.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// Of its study, the patient included.
    pub study: StudyFields,
    /// Of its series, the equipment included.
    pub series: SeriesFields,
    /// Of itself.
    pub instance: InstanceFields,
}

/// What one object says of its study and patient.
#[derive(Debug, Clone, PartialEq)]
pub struct StudyFields {
    /// Study Instance UID (0020,000D).
    pub study_uid: String,
    /// Patient ID (0010,0020).
    pub patient_id: Option<Text>,
    /// Issuer of Patient ID (0010,0021).
    pub patient_id_issuer: Option<Text>,
    /// Patient's Name (0010,0010).
    pub patient_name: Option<Text>,
    /// Patient's Birth Date (0010,0030).
    pub birth_date: Option<PartialTime>,
    /// Patient's Sex (0010,0040): `M`, `F`, `O`.
    pub sex: Option<String>,
    /// Study Date and Study Time (0008,0020, 0008,0030).
    pub started: Option<PartialTime>,
    /// Study ID (0020,0010).
    pub study_id: Option<Text>,
    /// Accession Number (0008,0050).
    pub accession_number: Option<Text>,
    /// Study Description (0008,1030).
    pub description: Option<Text>,
    /// Referring Physician's Name (0008,0090).
    pub referring_physician: Option<Text>,
}

/// What one object says of its series and equipment.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesFields {
    /// Series Instance UID (0020,000E).
    pub series_uid: String,
    /// Modality (0008,0060).
    pub modality: Option<String>,
    /// Series Number (0020,0011).
    pub number: Option<i64>,
    /// Series Description (0008,103E).
    pub description: Option<Text>,
    /// Protocol Name (0018,1030).
    pub protocol: Option<Text>,
    /// Body Part Examined (0018,0015).
    pub body_part: Option<String>,
    /// Laterality (0020,0060).
    pub laterality: Option<String>,
    /// Series Date and Series Time (0008,0021, 0008,0031).
    pub started: Option<PartialTime>,
    /// Institution Name (0008,0080).
    pub institution: Option<Text>,
    /// Station Name (0008,1010).
    pub station: Option<Text>,
    /// Manufacturer (0008,0070).
    pub manufacturer: Option<Text>,
    /// Manufacturer's Model Name (0008,1090).
    pub model: Option<Text>,
    /// Software Versions (0018,1020).
    pub software: Option<Text>,
}

/// What one object says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct InstanceFields {
    /// SOP Instance UID (0008,0018).
    pub instance_uid: String,
    /// SOP Class UID (0008,0016).
    pub class_uid: String,
    /// Instance Number (0020,0013).
    pub number: Option<i64>,
    /// Acquisition, or content, date and time.
    pub acquired: Option<PartialTime>,
    /// Rows (0028,0010).
    pub rows: Option<i64>,
    /// Columns (0028,0011).
    pub columns: Option<i64>,
    /// Number of Frames (0028,0008), 1 where it is not said; 0 without pixel data.
    pub frames: u32,
    /// Bits Allocated (0028,0100).
    pub bits_allocated: Option<i64>,
    /// Photometric Interpretation (0028,0004).
    pub photometric: Option<String>,
    /// Image Type (0008,0008).
    pub image_type: Vec<String>,
    /// Document Title (0042,0010), Content Label (0070,0080) or Concept Name (0040,A043) of what
    /// is no image.
    pub title: Option<Text>,
    /// Specific Character Set (0008,0005) as declared.
    pub character_set: String,
}

/// An object that cannot be indexed: a UID is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{tag} ({}) is missing", keyword_of(*.tag).unwrap_or("unknown"))]
pub struct MissingUid {
    /// The tag of the UID.
    pub tag: Tag,
}

impl Fields {
    /// The fields of a scanned object; SOP class and instance also from its file meta
    /// information.
    ///
    /// # Errors
    /// [`MissingUid`] if study, series, instance or class cannot be told.
    pub fn of(scan: &Scan, evidence: &Evidence) -> Result<Fields, MissingUid> {
        let header = &scan.header;
        let reader = Reader { set: header, declared: header.character_set(None), evidence };
        let meta = |tag: Tag| scan.meta.uid(tag).map(str::to_owned);
        let class_uid = reader
            .code(tags::SOP_CLASS_UID)
            .or_else(|| meta(tags::MEDIA_STORAGE_SOP_CLASS_UID))
            .ok_or(MissingUid { tag: tags::SOP_CLASS_UID })?;
        let instance_uid = reader
            .code(tags::SOP_INSTANCE_UID)
            .or_else(|| meta(tags::MEDIA_STORAGE_SOP_INSTANCE_UID))
            .ok_or(MissingUid { tag: tags::SOP_INSTANCE_UID })?;
        let frames = scan.pixel_data.map_or(0, |pixel_data| pixel_data.frames);
        Ok(Fields {
            study: reader.study()?,
            series: reader.series()?,
            instance: reader.instance(instance_uid, class_uid, frames),
        })
    }

    /// Every text, to count verdicts and votes.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let StudyFields {
            patient_id,
            patient_id_issuer,
            patient_name,
            study_id,
            accession_number,
            description,
            referring_physician,
            ..
        } = &self.study;
        let series = &self.series;
        [
            patient_id,
            patient_id_issuer,
            patient_name,
            study_id,
            accession_number,
            description,
            referring_physician,
            &series.description,
            &series.protocol,
            &series.institution,
            &series.station,
            &series.manufacturer,
            &series.model,
            &series.software,
            &self.instance.title,
        ]
        .into_iter()
        .flatten()
    }
}

struct Reader<'a> {
    set: &'a DataSet,
    declared: SpecificCharacterSet,
    evidence: &'a Evidence,
}

impl Reader<'_> {
    fn study(&self) -> Result<StudyFields, MissingUid> {
        Ok(StudyFields {
            study_uid: self.required(tags::STUDY_INSTANCE_UID)?,
            patient_id: self.text(tags::PATIENT_ID),
            patient_id_issuer: self.text(tags::ISSUER_OF_PATIENT_ID),
            patient_name: self.text(tags::PATIENT_NAME),
            birth_date: self.set.date(tags::PATIENT_BIRTH_DATE),
            sex: self.code(tags::PATIENT_SEX),
            started: self.set.date_time(tags::STUDY_DATE, tags::STUDY_TIME),
            study_id: self.text(tags::STUDY_ID),
            accession_number: self.text(tags::ACCESSION_NUMBER),
            description: self.text(tags::STUDY_DESCRIPTION),
            referring_physician: self.text(tags::REFERRING_PHYSICIAN_NAME),
        })
    }

    fn series(&self) -> Result<SeriesFields, MissingUid> {
        Ok(SeriesFields {
            series_uid: self.required(tags::SERIES_INSTANCE_UID)?,
            modality: self.code(tags::MODALITY),
            number: self.set.number(tags::SERIES_NUMBER),
            description: self.text(tags::SERIES_DESCRIPTION),
            protocol: self.text(tags::PROTOCOL_NAME),
            body_part: self.code(tags::BODY_PART_EXAMINED),
            laterality: self.code(tags::LATERALITY),
            started: self.set.date_time(tags::SERIES_DATE, tags::SERIES_TIME),
            institution: self.text(tags::INSTITUTION_NAME),
            station: self.text(tags::STATION_NAME),
            manufacturer: self.text(tags::MANUFACTURER),
            model: self.text(tags::MANUFACTURER_MODEL_NAME),
            software: self.text(tags::SOFTWARE_VERSIONS),
        })
    }

    fn instance(&self, instance_uid: String, class_uid: String, frames: u32) -> InstanceFields {
        let set = self.set;
        let acquired = set
            .date(tags::ACQUISITION_DATE_TIME)
            .or_else(|| set.date_time(tags::ACQUISITION_DATE, tags::ACQUISITION_TIME))
            .or_else(|| set.date_time(tags::CONTENT_DATE, tags::CONTENT_TIME));
        let image_type = set.ascii_values(tags::IMAGE_TYPE);
        InstanceFields {
            instance_uid,
            class_uid,
            number: set.number(tags::INSTANCE_NUMBER),
            acquired,
            rows: set.number(tags::ROWS),
            columns: set.number(tags::COLUMNS),
            frames,
            bits_allocated: set.number(tags::BITS_ALLOCATED),
            photometric: self.code(tags::PHOTOMETRIC_INTERPRETATION),
            image_type: image_type.into_iter().map(str::to_owned).collect(),
            title: self.title(),
            character_set: self.declared.received().to_owned(),
        }
    }

    fn title(&self) -> Option<Text> {
        let concept = || {
            let code = self.set.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first()?;
            let declared = code.character_set(Some(&self.declared));
            code.text_by(tags::CODE_MEANING, &declared, self.evidence)
        };
        self.text(tags::DOCUMENT_TITLE).or_else(|| self.text(tags::CONTENT_LABEL)).or_else(concept)
    }

    fn required(&self, tag: Tag) -> Result<String, MissingUid> {
        self.code(tag).ok_or(MissingUid { tag })
    }

    fn code(&self, tag: Tag) -> Option<String> {
        self.set.ascii(tag).map(str::to_owned)
    }

    fn text(&self, tag: Tag) -> Option<Text> {
        let text = self.set.text_by(tag, &self.declared, self.evidence)?;
        Some(text).filter(|text| !text.value.is_empty())
    }
}
