//! ADT-00 IN1 and PPR-01 ZI1: health insurances. ZI1 has the fields of IN1.

use crate::codes::coded;
use crate::reading::{Reading, text};
use hl7v2::Segment;
use model::PartialTime;
use model::fact::{FactBody, Insurance, Status};

/// One insurance; one that the message has already named (PPR-01 repeats it with every problem)
/// is not named again.
pub(super) fn read<'a>(
    reading: &mut Reading<'a>,
    segment: Segment<'a>,
    recorded: Option<PartialTime>,
) {
    let insurance = Insurance {
        plan: coded(segment.field(2)),
        insurer_number: text(segment.field(3)),
        symbol: text(segment.field(10)),
        number: text(segment.field(11)),
        valid_from: reading.times.read(segment.field(12)),
        valid_until: reading.times.read(segment.field(13)),
        relationship: coded(segment.field(17)),
    };
    if insurance == Insurance::default() || !reading.is_first_insurance(segment) {
        return;
    }
    let at = insurance.valid_from.clone().or(recorded);
    reading.push(&segment, at, Status::Final, FactBody::Insurance(insurance));
}
