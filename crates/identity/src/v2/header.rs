//! MSH of a message that came (HL7 v2.5 §2.15.9).

use crate::v2::fault::{Location, Refusal};
use hl7v2::{Message, Separators};

/// Characters of a control ID that are repeated; longer ones are cut.
const CONTROL_ID_CHARACTERS: usize = 199;
/// Versions that are read: ITI-8 is of 2.3.1, ITI-9, ITI-21 and ITI-30 are of 2.5.
const VERSIONS: [&str; 4] = ["2.3.1", "2.4", "2.5", "2.5.1"];

/// What an answer needs to know of the question.
#[derive(Debug, Clone, Default)]
pub(crate) struct Header {
    /// MSH-3, first component.
    pub application: String,
    /// MSH-4, first component.
    pub facility: String,
    /// MSH-3 as it came: MSH-5 of the answer.
    pub application_raw: String,
    /// MSH-4 as it came: MSH-6 of the answer.
    pub facility_raw: String,
    /// MSH-7.
    pub time: String,
    /// MSH-9.1.
    pub message_type: String,
    /// MSH-9.2.
    pub event: String,
    /// MSH-10.
    pub control_id: String,
    /// MSH-11.
    pub processing_id: String,
    /// MSH-12.
    pub version: String,
    /// Its delimiters: the answer's.
    pub separators: Separators,
}

impl Header {
    /// Reads MSH.
    pub(crate) fn of(message: &Message) -> Header {
        let Some(header) = message.segment("MSH") else { return Header::default() };
        let first = |number: u32| header.field(number).component(1).text().trim().to_owned();
        let control_id = header.field(10).text();
        let raw = |number: u32| header.field(number).first().raw().to_owned();
        Header {
            application: header.field(3).component(1).subcomponent(1).text().trim().to_owned(),
            facility: header.field(4).component(1).subcomponent(1).text().trim().to_owned(),
            application_raw: raw(3),
            facility_raw: raw(4),
            time: first(7),
            message_type: first(9),
            event: header.field(9).component(2).text().trim().to_owned(),
            // As it came: the sender compares it with what it sent.
            control_id: control_id
                .chars()
                .filter(|character| !character.is_control())
                .take(CONTROL_ID_CHARACTERS)
                .collect(),
            processing_id: first(11),
            version: first(12),
            separators: *message.separators(),
        }
    }

    /// Whether errors are told as version 2.5 does (ERR-2 to ERR-8) or as before (ERR-1).
    pub(crate) fn is_before_2_5(&self) -> bool {
        matches!(self.version.as_str(), "2.3.1" | "2.4")
    }

    /// MSH-10 and MSH-12 are what an answer cannot do without (HL7 v2.5 §2.9.2).
    ///
    /// # Errors
    /// AR, since the message cannot be answered as it should.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let at = |field| Location::new("MSH", 1).field(field);
        if self.control_id.trim().is_empty() {
            return Err(Refusal::rejected("101", at(10), "MSH-10 (control ID) is missing"));
        }
        if !VERSIONS.contains(&self.version.as_str()) {
            let text = format!("HL7 version {:?} is not read here: 2.3.1 or 2.5", self.version);
            return Err(Refusal::rejected("203", at(12), text));
        }
        Ok(())
    }
}
