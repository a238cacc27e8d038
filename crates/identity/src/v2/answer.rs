//! Answers: MSH and MSA, and what was wrong.

use crate::v2::fault::{Mistake, Refusal, error_name};
use crate::v2::header::Header;
use crate::v2::settings::Settings;
use hl7v2::build::{MessageBuilder, SegmentBuilder};
use model::{IdSource, Timestamp};

/// Version of answers to what says none that is known.
const DEFAULT_VERSION: &str = "2.5";

/// What every message of ours begins with.
pub(crate) struct Sending<'a> {
    pub settings: &'a Settings,
    pub ids: &'a dyn IdSource,
    pub now: Timestamp,
}

impl Sending<'_> {
    /// MSH of an answer: to whoever asked, in its version and with its delimiters.
    pub(crate) fn answer(&self, asked: &Header, message_type: &[&str]) -> MessageBuilder {
        let version = match asked.version.as_str() {
            known @ ("2.3.1" | "2.4" | "2.5" | "2.5.1") => known,
            _ => DEFAULT_VERSION,
        };
        let processing_id = match asked.processing_id.as_str() {
            known @ ("D" | "T") => known,
            _ => "P",
        };
        let header = self
            .header(message_type, version)
            .raw(5, &asked.application_raw)
            .raw(6, &asked.facility_raw)
            .text(11, processing_id);
        let mut message = MessageBuilder::with_separators(asked.separators);
        message.push(header);
        message
    }

    /// MSH of ours, the receiver left open.
    pub(crate) fn header(&self, message_type: &[&str], version: &str) -> SegmentBuilder {
        SegmentBuilder::new("MSH")
            .text(3, &self.settings.application)
            .text(4, &self.settings.facility)
            .text(7, &time_stamp(self.now))
            .components(9, message_type)
            .text(10, &self.control_id())
            .text(11, "P")
            .text(12, version)
    }

    /// A general acknowledgement (ACK, ITI TF-2 C.2.3).
    pub(crate) fn acknowledgement(
        &self,
        asked: &Header,
        refusal: Option<&Refusal>,
    ) -> MessageBuilder {
        let event = match asked.event.is_empty() {
            true => vec!["ACK"],
            false => vec!["ACK", asked.event.as_str(), "ACK"],
        };
        let mut message = self.answer(asked, &event);
        outcome(&mut message, asked, refusal);
        message
    }

    /// MSH-10: twenty characters at most (HL7 v2.5 §2.15.9.10).
    pub(crate) fn control_id(&self) -> String {
        let id = self.ids.uuid().simple().to_string();
        id.chars().skip(12).collect()
    }
}

/// MSA, and ERR where something was wrong.
pub(crate) fn outcome(message: &mut MessageBuilder, asked: &Header, refusal: Option<&Refusal>) {
    let code = refusal.map_or("AA", |refusal| refusal.acknowledgement);
    let control_id = match asked.control_id.as_str() {
        "" => "UNKNOWN",
        known => known,
    };
    let mut acknowledgement = SegmentBuilder::new("MSA").text(1, code).text(2, control_id);
    let Some(refusal) = refusal else {
        message.push(acknowledgement);
        return;
    };
    // MSA-3 is deprecated from 2.4 on; before, it is the only place for words. Eighty characters.
    if asked.is_before_2_5() {
        let text: String = refusal.text().chars().take(80).collect();
        acknowledgement = acknowledgement.text(3, &text);
    }
    message.push(acknowledgement);
    for mistake in &refusal.mistakes {
        message.push(match asked.is_before_2_5() {
            true => error_before_2_5(mistake),
            false => error(mistake),
        });
    }
}

/// ERR of version 2.5: location, code, severity, text.
fn error(mistake: &Mistake) -> SegmentBuilder {
    let location = mistake.location.parts();
    let location: Vec<&str> = location.iter().map(String::as_str).collect();
    let text: String = mistake.text.chars().take(250).collect();
    SegmentBuilder::new("ERR")
        .components(2, &location)
        .components(3, &[mistake.code, error_name(mistake.code), "HL70357"])
        .text(4, "E")
        .text(8, &text)
}

/// ERR before version 2.5: segment, sequence, field, and the code as subcomponents.
fn error_before_2_5(mistake: &Mistake) -> SegmentBuilder {
    let part = |text: String| vec![text];
    let location = &mistake.location;
    let code = [mistake.code, error_name(mistake.code), "HL70357"].map(str::to_owned).to_vec();
    SegmentBuilder::new("ERR").tree(
        1,
        vec![vec![
            part(location.segment.to_owned()),
            part(location.sequence.to_string()),
            part(location.field.map_or_else(String::new, |field| field.to_string())),
            code,
        ]],
    )
}

/// A time as messages carry it, in Japan's zone.
pub(crate) fn time_stamp(now: Timestamp) -> String {
    format!("{}+0900", digits(now))
}

/// Fourteen digits of Japan's time, which compare as instants do.
pub(crate) fn digits(at: Timestamp) -> String {
    let (year, month, day) = at.jst_date();
    let (hour, minute) = at.jst_hour_minute();
    let second = at.0.div_euclid(Timestamp::SECOND_US).rem_euclid(60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}
