//! IAM and AL1: allergies and intolerances, as sent. ADT-61 and ADT-00 are about them; orders,
//! results and visits carry AL1 beside what they are about (SS-MIX2 標準化ストレージ仕様書,
//! message structures), and some hospitals say it nowhere else.
//!
//! A code that says "no allergy known" stays the allergen that was sent: it is a statement of
//! the hospital, and showing it is not the same as showing nothing.

use crate::codes::coded;
use crate::reading::{Reading, text};
use hl7v2::Segment;
use model::PartialTime;
use model::fact::{Allergy, FactBody, Status};

pub(super) fn read(reading: &mut Reading<'_>) {
    let recorded = reading.event_time();
    for segment in reading.segments.clone() {
        if matches!(segment.name(), "IAM" | "AL1") {
            read_segment(reading, segment, recorded.clone());
        }
    }
    if let Some(pid) = reading.first("PID") {
        super::patient::death(reading, pid);
    }
}

/// The allergies that stand beside what a message is about, said when the message was made: the
/// care date of an order may lie in the future. An order that is cancelled cancels no allergy.
pub(super) fn read_beside(reading: &mut Reading<'_>) {
    let is_allergy = |segment: &Segment<'_>| matches!(segment.name(), "IAM" | "AL1");
    let found: Vec<Segment<'_>> = reading.segments.iter().copied().filter(is_allergy).collect();
    if found.is_empty() {
        return;
    }
    let header = reading.first("MSH");
    let recorded = reading.time(header, 7).or_else(|| reading.event_time());
    for segment in found {
        if let Some((at, status, allergy)) = said(reading, segment, recorded.clone()) {
            reading.push_whatever_becomes_of_the_item(&segment, at, status, allergy);
        }
    }
}

/// One IAM or AL1. The first five fields are the same in both.
pub(super) fn read_segment<'a>(
    reading: &mut Reading<'a>,
    segment: Segment<'a>,
    recorded: Option<PartialTime>,
) {
    if let Some((at, status, allergy)) = said(reading, segment, recorded) {
        reading.push(&segment, at, status, allergy);
    }
}

type Said = (Option<PartialTime>, Status, FactBody);

fn said<'a>(
    reading: &mut Reading<'a>,
    segment: Segment<'a>,
    recorded: Option<PartialTime>,
) -> Option<Said> {
    let allergen = coded(segment.field(3));
    let category = coded(segment.field(2));
    if allergen.is_empty() && category.is_empty() {
        return None;
    }
    let reactions = segment
        .field(5)
        .repetitions()
        .map(|repetition| repetition.text().trim().to_owned())
        .filter(|reaction| !reaction.is_empty())
        .collect();
    let severity = coded(segment.field(4));
    let mut allergy = Allergy { category, allergen, severity, reactions, ..Allergy::default() };
    let mut at = recorded;
    if segment.name() == "IAM" {
        allergy.action = text(segment.field(6));
        allergy.onset = reading.times.read(segment.field(11));
        allergy.onset_text = segment.field(12).text().trim().to_owned();
        at = reading.times.read(segment.field(13)).or(at);
    } else {
        allergy.onset = reading.times.read(segment.field(6));
    }
    let status = if allergy.action == "D" { Status::Cancelled } else { Status::Final };
    Some((at, status, FactBody::Allergy(allergy)))
}
