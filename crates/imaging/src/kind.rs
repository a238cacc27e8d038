//! What an instance is for people, by its SOP class (PS3.4 B.5).

use dicomfile::{DataSet, tags};

/// What an instance is for people. Every storage SOP class is kept; those that are no images are
/// named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Pixels.
    Image,
    /// A key object selection (PS3.3 A.35.4).
    KeyImages,
    /// A key object selection by which a source takes instances back (IHE RAD TF-3, IOCM).
    RejectionNote,
    /// A structured report (PS3.3 A.35).
    Report,
    /// A presentation state (PS3.3 A.33).
    PresentationState,
    /// An encapsulated document, such as a PDF (PS3.3 A.45).
    Document,
    /// A waveform (PS3.3 A.34).
    Waveform,
    /// A plan, a structure set or a record of radiotherapy (PS3.3 A.19 to A.29).
    Radiotherapy,
    /// Anything else.
    Other,
}

const KEY_OBJECTS: &str = "1.2.840.10008.5.1.4.1.1.88.59";
const REPORTS: &str = "1.2.840.10008.5.1.4.1.1.88.";
const PRESENTATION_STATES: &str = "1.2.840.10008.5.1.4.1.1.11.";
const ENCAPSULATED: &str = "1.2.840.10008.5.1.4.1.1.104.";
const WAVEFORMS: &str = "1.2.840.10008.5.1.4.1.1.9.";
const RADIOTHERAPY: &str = "1.2.840.10008.5.1.4.1.1.481.";

impl Kind {
    /// The kind of an instance of a SOP class.
    pub fn of(sop_class_uid: &str, has_pixels: bool, is_rejection: bool) -> Kind {
        let begins = |with: &str| sop_class_uid.starts_with(with);
        match sop_class_uid {
            KEY_OBJECTS if is_rejection => Kind::RejectionNote,
            KEY_OBJECTS => Kind::KeyImages,
            _ if begins(REPORTS) => Kind::Report,
            _ if begins(PRESENTATION_STATES) => Kind::PresentationState,
            _ if begins(ENCAPSULATED) => Kind::Document,
            _ if begins(WAVEFORMS) => Kind::Waveform,
            _ if has_pixels => Kind::Image,
            _ if begins(RADIOTHERAPY) => Kind::Radiotherapy,
            _ => Kind::Other,
        }
    }

    /// The stable name, in rows and for pages.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Image => "image",
            Kind::KeyImages => "key-images",
            Kind::RejectionNote => "rejection-note",
            Kind::Report => "report",
            Kind::PresentationState => "presentation-state",
            Kind::Document => "document",
            Kind::Waveform => "waveform",
            Kind::Radiotherapy => "radiotherapy",
            Kind::Other => "other",
        }
    }

    /// What the instance calls itself; empty for images.
    pub fn title(self, header: &DataSet) -> String {
        let text = |set: &DataSet, tag| set.text(tag).map(|text| text.value).unwrap_or_default();
        match self {
            Kind::KeyImages | Kind::RejectionNote | Kind::Report => {
                let concept = header.items(tags::CONCEPT_NAME_CODE_SEQUENCE).first();
                concept.map(|concept| text(concept, tags::CODE_MEANING)).unwrap_or_default()
            }
            Kind::PresentationState => {
                let label = text(header, tags::CONTENT_DESCRIPTION);
                if label.is_empty() { text(header, tags::CONTENT_LABEL) } else { label }
            }
            Kind::Document => text(header, tags::DOCUMENT_TITLE),
            Kind::Radiotherapy => text(header, tags::RT_PLAN_LABEL),
            Kind::Image | Kind::Waveform | Kind::Other => String::new(),
        }
    }
}
