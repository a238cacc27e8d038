//! What the region knows of its images, for tests to compare with.

use super::codec::Syntax;
use super::encoding::TextEncoding;
use serde::{Deserialize, Serialize};

/// The truth about a region's images (`imaging.json`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagingTruth {
    /// The region's seed.
    pub seed: u64,
    /// The hospitals' servers.
    pub servers: Vec<ServerTruth>,
    /// Every study on every server, a copy being a study of its own.
    pub studies: Vec<StudyTruth>,
}

/// A DICOM server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerTruth {
    /// Name, and folder below the region's directory.
    pub name: String,
    /// Code of its facility.
    pub facility_code: String,
    /// AE title.
    pub ae_title: String,
    /// OID of its patient-ID domain, which is not that of its hospital's storage.
    pub domain_oid: String,
    /// Storages whose orders are performed here.
    pub storages: Vec<String>,
    /// Enrolment list, as those of the storages.
    pub enrolment: String,
    /// Its patients.
    pub patients: Vec<PacsPatient>,
}

/// A patient of a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PacsPatient {
    /// Their number on the server.
    pub patient_id: String,
    /// Number of the person; none for somebody whom no storage knows.
    pub person: Option<u32>,
    /// Whether the person takes part.
    pub is_enrolled: bool,
    /// Name of their storage.
    pub storage: Option<String>,
    /// Their number there.
    pub storage_patient_id: Option<String>,
    /// What that number becomes by the server's rule (cut or padded). Where it is not
    /// `patient_id`, it is another patient's number.
    pub by_the_rule: Option<String>,
}

/// A study on a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StudyTruth {
    /// Name of the server.
    pub server: String,
    /// Number of the patient on the server.
    pub patient_id: String,
    /// Number of the person.
    pub person: Option<u32>,
    /// Study Instance UID.
    pub study_uid: String,
    /// Accession Number; empty for imported studies.
    pub accession: String,
    /// `YYYYMMDD`.
    pub date: String,
    /// `HHMMSS`.
    pub time: String,
    /// Storage and 特定キー of its order.
    pub order: Option<OrderTruth>,
    /// How its text is written.
    pub encoding: TextEncoding,
    /// Specific Character Set as declared.
    pub declared: Option<String>,
    /// Patient's Name as it should be read.
    pub patient_name: String,
    /// Patient's Birth Date, `YYYYMMDD`.
    pub birth: String,
    /// Patient's Sex.
    pub sex: String,
    /// Study Description as it should be read.
    pub description: String,
    /// Institution Name as it should be read.
    pub institution: String,
    /// Referring Physician's Name as it should be read.
    pub referring_physician: String,
    /// Station Name of the importing device, where it came on a CD.
    pub imported_by: Option<String>,
    /// Server that has the original of a copy.
    pub copy_of: Option<String>,
    /// Its series.
    pub series: Vec<SeriesTruth>,
}

/// An order in a storage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTruth {
    /// Name of the storage.
    pub storage: String,
    /// 特定キー.
    pub order_key: String,
}

/// A series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesTruth {
    /// Series Instance UID.
    pub series_uid: String,
    /// Series Number.
    pub number: usize,
    /// Modality.
    pub modality: String,
    /// Series Description as it should be read.
    pub description: String,
    /// Transfer syntax.
    pub syntax: Syntax,
    /// Its UID.
    pub transfer_syntax_uid: String,
    /// Its instances.
    pub instances: Vec<InstanceTruth>,
}

/// An instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceTruth {
    /// SOP Instance UID.
    pub instance_uid: String,
    /// SOP Class UID.
    pub sop_class_uid: String,
    /// Instance Number.
    pub number: usize,
    /// Frames; 0 without pixels.
    pub frames: usize,
    /// Path of its file from the region's directory.
    pub path: String,
    /// Bytes of the file.
    pub size_bytes: usize,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
}

impl ImagingTruth {
    /// Every instance, with its study and series.
    pub fn instances(&self) -> impl Iterator<Item = (&StudyTruth, &SeriesTruth, &InstanceTruth)> {
        self.studies.iter().flat_map(|study| {
            study.series.iter().flat_map(move |series| {
                series.instances.iter().map(move |instance| (study, series, instance))
            })
        })
    }

    /// The server of a name.
    pub fn server(&self, name: &str) -> Option<&ServerTruth> {
        self.servers.iter().find(|server| server.name == name)
    }
}
