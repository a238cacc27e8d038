//! ADT^A31 of version 2.5 with the whole list of a person's IDs (ITI TF-2 3.10.4.1.2).

use crate::iti9;
use crate::v2::answer::{Sending, time_stamp};
use hl7v2::build::{MessageBuilder, SegmentBuilder, Terminator};
use hl7v2::person::ids;
use hl7v2::{ReplySet, encode_reply};
use model::hl7::PatientId;
use text::CharacterSet;

/// A notification for a receiving application and facility (MSH-5, MSH-6).
pub(super) fn notification(
    sending: &Sending<'_>,
    (application, facility): (&str, &str),
    list: &[PatientId],
) -> Vec<u8> {
    let mut message = MessageBuilder::new();
    let header = sending.header(&["ADT", "A31", "ADT_A05"], "2.5");
    message.push(header.text(5, application).text(6, facility));
    message.push(SegmentBuilder::new("EVN").text(2, &time_stamp(sending.now)));
    message.push(iti9::patient(&ids(list)));
    message.push(SegmentBuilder::new("PV1").text(2, "N"));
    // IDs are ASCII nearly always; then the message declares nothing.
    message
        .to_bytes(CharacterSet::Ascii, Terminator::Cr)
        .unwrap_or_else(|_| encode_reply(message, &ReplySet::utf_8()))
}
