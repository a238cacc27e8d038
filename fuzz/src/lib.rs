//! Readers of what strangers send, each under a function that takes any bytes and panics where
//! a promise is broken. The fuzzer calls them, and the tests with the inputs it found.
#![forbid(unsafe_code)]

mod dicom_association;
mod dicom_scan;
mod ebrim_query;
mod ebrim_submission;
mod hl7;
mod hl7v3;
mod ids;
mod mllp;
mod mtom;
pub mod seed;
mod seed_dicom;
mod seed_dicom_file;
mod seed_hl7;
mod seed_hl7v3;
mod xml_budget;

/// A reader that is fuzzed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// `xml::Document` and `xml::outline`: the budgets hold.
    XmlBudget,
    /// Multipart messages and media types: pieces of any size come to the same.
    Mtom,
    /// Submissions: what is accepted reads back as it is written.
    EbrimSubmission,
    /// Stored queries, retrievals, removals and answers.
    EbrimQuery,
    /// Frames of MLLP: pieces of any size give the same messages.
    Mllp,
    /// Messages of HL7 v2: what is written again is what was read.
    Hl7,
    /// Messages of HL7 v3: what is read writes, and reads as it was written.
    Hl7v3,
    /// Associations of DICOM: pieces of any size give the same events.
    DicomAssociation,
    /// DICOM objects: any bytes are scanned, and what is read writes and reads again.
    DicomScan,
}

impl Target {
    /// Every target.
    pub const ALL: [Target; 9] = [
        Target::XmlBudget,
        Target::Mtom,
        Target::EbrimSubmission,
        Target::EbrimQuery,
        Target::Mllp,
        Target::Hl7,
        Target::Hl7v3,
        Target::DicomAssociation,
        Target::DicomScan,
    ];

    /// Its name: on the command line, and of its folder in `fuzz/corpus`.
    pub fn name(self) -> &'static str {
        match self {
            Target::XmlBudget => "xml_budget",
            Target::Mtom => "mtom",
            Target::EbrimSubmission => "ebrim_submission",
            Target::EbrimQuery => "ebrim_query",
            Target::Mllp => "mllp",
            Target::Hl7 => "hl7",
            Target::Hl7v3 => "hl7v3",
            Target::DicomAssociation => "dicom_association",
            Target::DicomScan => "dicom_scan",
        }
    }

    /// The target of a name.
    pub fn by_name(name: &str) -> Option<Target> {
        Target::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Feeds it.
    ///
    /// # Panics
    /// A promise of the reader does not hold for these bytes.
    pub fn run(self, bytes: &[u8]) {
        match self {
            Target::XmlBudget => xml_budget::run(bytes),
            Target::Mtom => mtom::run(bytes),
            Target::EbrimSubmission => ebrim_submission::run(bytes),
            Target::EbrimQuery => ebrim_query::run(bytes),
            Target::Mllp => mllp::run(bytes),
            Target::Hl7 => hl7::run(bytes),
            Target::Hl7v3 => hl7v3::run(bytes),
            Target::DicomAssociation => dicom_association::run(bytes),
            Target::DicomScan => dicom_scan::run(bytes),
        }
    }

    /// Inputs to begin with, made by our own writers.
    pub fn seeds(self) -> Vec<Vec<u8>> {
        match self {
            Target::XmlBudget => seed::documents(),
            Target::Mtom => seed::messages(),
            Target::EbrimSubmission => seed::submissions(),
            Target::EbrimQuery => seed::queries(),
            Target::Mllp => seed_hl7::frames(),
            Target::Hl7 => seed_hl7::messages(),
            Target::Hl7v3 => seed_hl7v3::messages(),
            Target::DicomAssociation => seed_dicom::associations(),
            Target::DicomScan => seed_dicom_file::files(),
        }
    }

    /// Words of its language, for the fuzzer to put together.
    pub fn words(self) -> Vec<String> {
        seed::words(self)
    }
}
