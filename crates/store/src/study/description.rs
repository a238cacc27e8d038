//! What DICOM says of a study, a series and an instance, as the index keeps it: decoded texts,
//! dates as received.

/// Attributes of a study (PS3.3 C.7.1.1, C.7.2.1). Texts that were not sent are empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StudyDescription {
    /// Study Date (0008,0020), as received.
    pub study_date: String,
    /// Study Time (0008,0030), as received.
    pub study_time: String,
    /// The first instant that date and time cover, in UTC microseconds; `None` where there is no
    /// date.
    pub started_us: Option<i64>,
    /// The day in Japan, `YYYYMMDD`; 0 where unknown.
    pub day: i64,
    /// Study Description (0008,1030).
    pub description: String,
    /// Accession Number (0008,0050).
    pub accession_number: String,
    /// Study ID (0020,0010).
    pub local_study_id: String,
    /// Referring Physician's Name (0008,0090).
    pub referring_physician: String,
    /// Institution Name (0008,0080).
    pub institution: String,
    /// Patient ID (0010,0020), as received.
    pub patient_id: String,
    /// Patient's Name (0010,0010).
    pub patient_name: String,
    /// Patient's Birth Date (0010,0030), as received.
    pub patient_birth_date: String,
    /// Patient's Sex (0010,0040).
    pub patient_sex: String,
    /// Modalities in Study (0008,0061), each once, in order.
    pub modalities: Vec<String>,
    /// Body Parts Examined (0018,0015), each once, in order.
    pub body_parts: Vec<String>,
    /// SOP Classes in Study (0008,0062), each once, in order.
    pub sop_classes: Vec<String>,
    /// Specific Character Set (0008,0005) as declared.
    pub character_set: String,
    /// The worst verdict on its texts; empty where nothing needed one.
    pub text_verdict: String,
}

/// Attributes of a series (PS3.3 C.7.3.1, C.7.5.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SeriesDescription {
    /// Series Number (0020,0011).
    pub series_number: Option<i64>,
    /// Modality (0008,0060).
    pub modality: String,
    /// Series Description (0008,103E).
    pub description: String,
    /// Body Part Examined (0018,0015).
    pub body_part: String,
    /// Laterality (0020,0060).
    pub laterality: String,
    /// Protocol Name (0018,1030).
    pub protocol: String,
    /// Series Date (0008,0021), as received.
    pub series_date: String,
    /// Series Time (0008,0031), as received.
    pub series_time: String,
    /// Institution Name (0008,0080).
    pub institution: String,
    /// Station Name (0008,1010).
    pub station: String,
    /// Manufacturer (0008,0070).
    pub manufacturer: String,
    /// Manufacturer's Model Name (0008,1090).
    pub device_model: String,
    /// Frame of Reference UID (0020,0052).
    pub frame_of_reference_uid: String,
    /// Specific Character Set (0008,0005) as declared.
    pub character_set: String,
    /// The worst verdict on its texts.
    pub text_verdict: String,
}

/// Attributes of an instance, and its bytes' place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceDescription {
    /// SOP Instance UID (0008,0018).
    pub sop_instance_uid: String,
    /// SOP Class UID (0008,0016).
    pub sop_class_uid: String,
    /// Transfer syntax of the data set as received.
    pub transfer_syntax_uid: String,
    /// Instance Number (0020,0013).
    pub instance_number: Option<i64>,
    /// What it is for people: `image`, `report`, …
    pub kind: String,
    /// What it calls itself: a document's title, a presentation's label; empty for images.
    pub title: String,
    /// Rows (0028,0010); 0 without pixels.
    pub pixel_rows: i64,
    /// Columns (0028,0011); 0 without pixels.
    pub pixel_columns: i64,
    /// Number of Frames (0028,0008): 1 where it is not said, 0 without pixels.
    pub frames: i64,
    /// SHA-256 of its object, a Part 10 file.
    pub sha256: Vec<u8>,
    /// That object's bytes.
    pub size: i64,
    /// Where in the object the data set as received begins.
    pub data_set_offset: i64,
    /// SHA-256 of the data set as received.
    pub data_set_sha256: Vec<u8>,
    /// Where in the object the value of Pixel Data begins.
    pub pixel_offset: Option<i64>,
    /// Bytes of that value; `None` where its length is undefined.
    pub pixel_size: Option<i64>,
    /// The worst verdict on its texts.
    pub text_verdict: String,
}
