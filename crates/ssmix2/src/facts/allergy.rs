//! ADT-61 IAM and AL1: allergies and intolerances, as sent.
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

/// One IAM or AL1. The first five fields are the same in both.
pub(super) fn read_segment<'a>(
    reading: &mut Reading<'a>,
    segment: Segment<'a>,
    recorded: Option<PartialTime>,
) {
    let allergen = coded(segment.field(3));
    let category = coded(segment.field(2));
    if allergen.is_empty() && category.is_empty() {
        return;
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
    reading.push(&segment, at, status, FactBody::Allergy(allergy));
}
