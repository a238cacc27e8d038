//! Key object selection documents (PS3.3 A.35.4, PS3.16 TID 2010): a study's manifest as XDS-I.b
//! registers it (IHE RAD TF-2 4.68.4.1.2.1), rejection notes (IOCM), key images.

use crate::DataSet;
use crate::charset::Evidence;
use crate::index::StudyFields;
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use thiserror::Error;

/// A key object selection document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyObjects {
    /// Study Instance UID of the document itself.
    pub study_uid: String,
    /// Series Instance UID of the document itself.
    pub series_uid: String,
    /// SOP Instance UID of the document itself.
    pub instance_uid: String,
    /// Why the objects were selected (PS3.16 CID 7010).
    pub title: Title,
    /// Content Date and Content Time, digits as in `DT`: `YYYYMMDDHHMMSS`.
    pub content_time: String,
    /// The selected objects.
    pub studies: Vec<StudyReference>,
}

/// Objects of one study.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StudyReference {
    /// Study Instance UID.
    pub study_uid: String,
    /// Its series.
    pub series: Vec<SeriesReference>,
}

/// Objects of one series, and where they can be had.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeriesReference {
    /// Series Instance UID.
    pub series_uid: String,
    /// Retrieve AE Title (0008,0054).
    pub retrieve_ae_title: Option<String>,
    /// Retrieve Location UID (0040,E011): the repository's unique ID for RAD-69.
    pub retrieve_location_uid: Option<String>,
    /// Retrieve URL (0008,1190), for WADO-RS.
    pub retrieve_url: Option<String>,
    /// Its objects.
    pub instances: Vec<InstanceReference>,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceReference {
    /// SOP Class UID.
    pub class_uid: String,
    /// SOP Instance UID.
    pub instance_uid: String,
}

/// A document title (PS3.16 CID 7010 and 7011).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title {
    /// Code Value.
    pub code: String,
    /// Coding Scheme Designator.
    pub scheme: String,
    /// Code Meaning.
    pub meaning: String,
}

impl Title {
    /// (113030, DCM, "Manifest").
    pub fn manifest() -> Title {
        Title { code: "113030".into(), scheme: "DCM".into(), meaning: "Manifest".into() }
    }

    /// Whether the selected objects are taken back: rejected for quality or patient safety, from
    /// a wrong worklist entry, or expired (IHE RAD TF-1, Imaging Object Change Management).
    pub fn is_rejection(&self) -> bool {
        const REJECTIONS: [&str; 4] = ["113001", "113037", "113038", "113039"];
        self.scheme == "DCM" && REJECTIONS.contains(&self.code.as_str())
    }
}

/// A data set that is no key object selection document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum KeyObjectError {
    /// Another SOP class.
    #[error("no key object selection document: its SOP class is another one")]
    OtherClass,
    /// Nothing says what it selects.
    #[error("{tag} is missing in a key object selection document")]
    Missing {
        /// What is missing.
        tag: Tag,
    },
}

impl KeyObjects {
    /// Whether a data set claims to be one.
    pub fn is_one(set: &DataSet) -> bool {
        set.uid(tags::SOP_CLASS_UID) == Some(uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE)
    }

    /// Every selected object, with its study and series.
    pub fn instances(
        &self,
    ) -> impl Iterator<Item = (&StudyReference, &SeriesReference, &InstanceReference)> {
        self.studies.iter().flat_map(|study| {
            study.series.iter().flat_map(move |series| {
                series.instances.iter().map(move |instance| (study, series, instance))
            })
        })
    }

    /// Reads any key object selection document. What it selects is its evidence (0040,A375,
    /// 0040,A385); references without a UID are left out.
    ///
    /// # Errors
    /// [`KeyObjectError`] if it is none, or lacks its own UIDs or any evidence.
    pub fn read(set: &DataSet) -> Result<KeyObjects, KeyObjectError> {
        if !KeyObjects::is_one(set) {
            return Err(KeyObjectError::OtherClass);
        }
        let own = |tag: Tag| set.uid(tag).map(str::to_owned).ok_or(KeyObjectError::Missing { tag });
        let evidence = [
            tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
            tags::PERTINENT_OTHER_EVIDENCE_SEQUENCE,
        ];
        let studies: Vec<StudyReference> =
            evidence.iter().flat_map(|tag| set.items(*tag)).filter_map(study_reference).collect();
        if studies.is_empty() {
            return Err(KeyObjectError::Missing { tag: evidence[0] });
        }
        let date = set.ascii(tags::CONTENT_DATE).unwrap_or_default();
        let time = set.ascii(tags::CONTENT_TIME).unwrap_or_default();
        Ok(KeyObjects {
            study_uid: own(tags::STUDY_INSTANCE_UID)?,
            series_uid: own(tags::SERIES_INSTANCE_UID)?,
            instance_uid: own(tags::SOP_INSTANCE_UID)?,
            title: title(set),
            content_time: format!("{date}{time}"),
            studies,
        })
    }

    /// Writes it in UTF-8, with the patient and study of `about`: their text as it was decoded.
    pub fn write(&self, about: &StudyFields) -> DataSet {
        let mut set = DataSet::new();
        let (date, time) = self.content_time.split_at_checked(8).unwrap_or_default();
        set.put_str(tags::SPECIFIC_CHARACTER_SET, "ISO_IR 192")
            .put_str(tags::SOP_CLASS_UID, uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE)
            .put_str(tags::SOP_INSTANCE_UID, &self.instance_uid)
            .put_str(tags::STUDY_INSTANCE_UID, &self.study_uid)
            .put_str(tags::SERIES_INSTANCE_UID, &self.series_uid)
            .put_str(tags::MODALITY, "KO")
            .put_str(tags::MANUFACTURER, "Musubi")
            .put_number(tags::SERIES_NUMBER, 1)
            .put_number(tags::INSTANCE_NUMBER, 1)
            .put_str(tags::CONTENT_DATE, date)
            .put_str(tags::CONTENT_TIME, time)
            .put_sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, Vec::new())
            .put_str(tags::VALUE_TYPE, "CONTAINER")
            .put_str(tags::CONTINUITY_OF_CONTENT, "SEPARATE")
            .put_sequence(tags::CONCEPT_NAME_CODE_SEQUENCE, vec![self.title.item()])
            .put_sequence(tags::CONTENT_TEMPLATE_SEQUENCE, vec![template()])
            .put_sequence(
                tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE,
                self.studies.iter().map(study_item).collect(),
            )
            .put_sequence(
                tags::CONTENT_SEQUENCE,
                self.instances().map(|(_, _, instance)| content_item(instance)).collect(),
            );
        put_study(&mut set, about);
        set
    }
}

impl Title {
    fn item(&self) -> DataSet {
        let mut item = DataSet::new();
        item.put_str(tags::CODE_VALUE, &self.code)
            .put_str(tags::CODING_SCHEME_DESIGNATOR, &self.scheme)
            .put_str(tags::CODE_MEANING, &self.meaning);
        item
    }
}

fn title(set: &DataSet) -> Title {
    let Some(item) = set.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first() else {
        return Title::default();
    };
    let declared = item.character_set(Some(&set.character_set(None)));
    let text = |tag: Tag| {
        let text = item.text_by(tag, &declared, &Evidence::default());
        text.map(|text| text.value).unwrap_or_default()
    };
    Title {
        code: text(tags::CODE_VALUE),
        scheme: text(tags::CODING_SCHEME_DESIGNATOR),
        meaning: text(tags::CODE_MEANING),
    }
}

fn study_reference(item: &DataSet) -> Option<StudyReference> {
    let series = item.items(tags::REFERENCED_SERIES_SEQUENCE).iter();
    Some(StudyReference {
        study_uid: item.uid(tags::STUDY_INSTANCE_UID)?.to_owned(),
        series: series.filter_map(series_reference).collect(),
    })
}

fn series_reference(item: &DataSet) -> Option<SeriesReference> {
    let text = |tag: Tag| item.ascii(tag).map(str::to_owned);
    let instances = item.items(tags::REFERENCED_SOP_SEQUENCE).iter().filter_map(|one| {
        Some(InstanceReference {
            class_uid: one.uid(tags::REFERENCED_SOP_CLASS_UID)?.to_owned(),
            instance_uid: one.uid(tags::REFERENCED_SOP_INSTANCE_UID)?.to_owned(),
        })
    });
    Some(SeriesReference {
        series_uid: item.uid(tags::SERIES_INSTANCE_UID)?.to_owned(),
        retrieve_ae_title: text(tags::RETRIEVE_AE_TITLE),
        retrieve_location_uid: text(tags::RETRIEVE_LOCATION_UID),
        retrieve_url: text(tags::RETRIEVE_URL),
        instances: instances.collect(),
    })
}

fn study_item(study: &StudyReference) -> DataSet {
    let mut item = DataSet::new();
    item.put_str(tags::STUDY_INSTANCE_UID, &study.study_uid).put_sequence(
        tags::REFERENCED_SERIES_SEQUENCE,
        study.series.iter().map(series_item).collect(),
    );
    item
}

fn series_item(series: &SeriesReference) -> DataSet {
    let mut item = DataSet::new();
    let instances = series.instances.iter().map(instance_item).collect();
    item.put_str(tags::SERIES_INSTANCE_UID, &series.series_uid)
        .put_sequence(tags::REFERENCED_SOP_SEQUENCE, instances);
    for (tag, value) in [
        (tags::RETRIEVE_AE_TITLE, &series.retrieve_ae_title),
        (tags::RETRIEVE_LOCATION_UID, &series.retrieve_location_uid),
        (tags::RETRIEVE_URL, &series.retrieve_url),
    ] {
        if let Some(value) = value {
            item.put_str(tag, value);
        }
    }
    item
}

fn instance_item(instance: &InstanceReference) -> DataSet {
    let mut item = DataSet::new();
    item.put_str(tags::REFERENCED_SOP_CLASS_UID, &instance.class_uid)
        .put_str(tags::REFERENCED_SOP_INSTANCE_UID, &instance.instance_uid);
    item
}

fn content_item(instance: &InstanceReference) -> DataSet {
    let mut item = DataSet::new();
    item.put_str(tags::RELATIONSHIP_TYPE, "CONTAINS")
        .put_str(tags::VALUE_TYPE, value_type(&instance.class_uid))
        .put_sequence(tags::REFERENCED_SOP_SEQUENCE, vec![instance_item(instance)]);
    item
}

/// The value type of a reference (PS3.3 C.17.3.2.1): what is no image or waveform is composite.
fn value_type(class_uid: &str) -> &'static str {
    const STORAGE: &str = "1.2.840.10008.5.1.4.1.1.";
    const OTHERS: [&str; 7] = ["11", "66", "67", "68", "88", "104", "481"];
    let rest = class_uid.strip_prefix(STORAGE).unwrap_or_default();
    match rest.split('.').next().unwrap_or_default() {
        "9" => "WAVEFORM",
        "" => "COMPOSITE",
        "481" if rest == "481.1" => "IMAGE",
        kind if OTHERS.contains(&kind) => "COMPOSITE",
        _ => "IMAGE",
    }
}

fn template() -> DataSet {
    let mut item = DataSet::new();
    item.put_str(tags::MAPPING_RESOURCE, "DCMR").put_str(tags::TEMPLATE_IDENTIFIER, "2010");
    item
}

/// Patient and study of the document; what is not known is empty (type 2).
fn put_study(set: &mut DataSet, about: &StudyFields) {
    for (tag, text) in [
        (tags::PATIENT_NAME, &about.patient_name),
        (tags::PATIENT_ID, &about.patient_id),
        (tags::ISSUER_OF_PATIENT_ID, &about.patient_id_issuer),
        (tags::STUDY_ID, &about.study_id),
        (tags::ACCESSION_NUMBER, &about.accession_number),
        (tags::STUDY_DESCRIPTION, &about.description),
        (tags::REFERRING_PHYSICIAN_NAME, &about.referring_physician),
    ] {
        set.put_str(tag, text.as_ref().map_or("", |text| text.value.as_str()));
    }
    let started = about.started.as_ref().map_or("", |started| started.digits.as_str());
    let (date, time) = started.split_at_checked(8).unwrap_or((started, ""));
    let birth = about.birth_date.as_ref().map_or("", |birth| birth.digits.as_str());
    let birth_day = if birth.len() >= 8 { birth.get(..8).unwrap_or_default() } else { "" };
    set.put_str(tags::STUDY_DATE, if date.len() == 8 { date } else { "" })
        .put_str(tags::STUDY_TIME, time)
        .put_str(tags::PATIENT_BIRTH_DATE, birth_day)
        .put_str(tags::PATIENT_SEX, about.sex.as_deref().unwrap_or_default());
}
