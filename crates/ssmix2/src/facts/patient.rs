//! ADT-00: demographics, observations, allergies and insurances of the patient record.

use super::{allergy, insurance, observation};
use crate::people;
use crate::reading::Reading;
use hl7v2::Segment;
use model::fact::{Death, FactBody, Status};

pub(super) fn read(reading: &mut Reading<'_>) {
    let recorded = reading.event_time();
    if let Some(pid) = reading.first("PID") {
        let demographics = people::demographics(&pid, &mut reading.times);
        let at = reading.time(Some(pid), 33).or_else(|| recorded.clone());
        reading.push(&pid, at, Status::Final, FactBody::Demographics(demographics));
        death(reading, pid);
    }
    for segment in reading.segments.clone() {
        match segment.name() {
            "OBX" => observation::read(reading, segment, None, recorded.clone()),
            "AL1" | "IAM" => allergy::read_segment(reading, segment, recorded.clone()),
            "IN1" => insurance::read(reading, segment, recorded.clone()),
            _ => {}
        }
    }
}

/// PID-29 and PID-30: the patient died. `""` in PID-29 and `N` in PID-30 say that the patient
/// did not.
pub(super) fn death<'a>(reading: &mut Reading<'a>, pid: Segment<'a>) {
    let at = reading.time(Some(pid), 29);
    let is_dated = !pid.field(29).text().trim().is_empty();
    let indicator = pid.field(30).text();
    let evidence = match indicator.trim() {
        "Y" => "PID-30 = Y",
        "N" => return,
        _ if is_dated => "PID-29",
        _ => return,
    };
    let death = Death { evidence: evidence.to_owned() };
    reading.push(&pid, at, Status::Final, FactBody::Death(death));
}
