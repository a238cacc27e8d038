//! ADT-12 to ADT-52 and ADT-01: what happened with the patient's stay.

use crate::care_date::care_date_field;
use crate::codes::plain;
use crate::people::staff_name;
use crate::reading::{Reading, text};
use hl7v2::Field;
use model::DataType;
use model::fact::{Death, FactBody, Status, Visit, VisitEvent};

/// PV1-36 退院区分: the patient died (HL7 table 0112).
const DIED: &str = "20";

pub(super) fn read(reading: &mut Reading<'_>) {
    let Some(event) = event_of(reading.data_type) else { return };
    let Some(segment) = reading.first("PV1").or_else(|| reading.first("PID")) else { return };
    let mut visit = Visit { event, ..Visit::default() };
    if segment.name() == "PV1" {
        visit.patient_class = text(segment.field(2));
        visit.location = location(segment.field(3));
        visit.previous_location = location(segment.field(6));
        visit.doctor = staff_name(segment.field(7));
        if visit.doctor.is_empty() {
            visit.doctor = staff_name(segment.field(17));
        }
        visit.discharge_disposition = text(segment.field(36));
    }
    visit.department = reading.department(None);
    if visit.department.is_empty() && reading.context.department != "-" {
        visit.department = plain(reading.context.department);
    }
    let field = match reading.data_type {
        DataType::Adt01 => Some(("EVN", 6)),
        dated => care_date_field(dated, reading.is_cancel),
    };
    let at = field.and_then(|(name, number)| {
        let segment = reading.first(name);
        reading.time(segment, number)
    });
    let at = at.or_else(|| reading.event_time());
    let plan = reading.first("PV2");
    visit.until = match event {
        VisitEvent::AdmissionPlanned => reading.time(plan, 9),
        VisitEvent::Admission => reading.time(Some(segment), 45).or_else(|| reading.time(plan, 9)),
        VisitEvent::LeaveOfAbsence => reading.time(plan, 47),
        _ => None,
    };
    let has_died = event == VisitEvent::Discharge && visit.discharge_disposition == DIED;
    reading.push(&segment, at.clone(), status_of(event), FactBody::Visit(visit));
    if has_died {
        let death = Death { evidence: format!("PV1-36 = {DIED}") };
        reading.push(&segment, at, Status::Final, FactBody::Death(death));
    } else if let Some(pid) = reading.first("PID") {
        super::patient::death(reading, pid);
    }
}

fn event_of(data_type: DataType) -> Option<VisitEvent> {
    Some(match data_type {
        DataType::Adt01 => VisitEvent::DoctorChange,
        DataType::Adt12 => VisitEvent::Outpatient,
        DataType::Adt21 => VisitEvent::AdmissionPlanned,
        DataType::Adt22 => VisitEvent::Admission,
        DataType::Adt31 => VisitEvent::LeaveOfAbsence,
        DataType::Adt32 => VisitEvent::ReturnFromLeave,
        DataType::Adt41 => VisitEvent::TransferPlanned,
        DataType::Adt42 => VisitEvent::Transfer,
        DataType::Adt51 => VisitEvent::DischargePlanned,
        DataType::Adt52 => VisitEvent::Discharge,
        _ => return None,
    })
}

fn status_of(event: VisitEvent) -> Status {
    match event {
        VisitEvent::AdmissionPlanned
        | VisitEvent::TransferPlanned
        | VisitEvent::DischargePlanned => Status::Ordered,
        _ => Status::Performed,
    }
}

/// Ward, room and bed, or the clinic (PL components 1–3).
fn location(field: Field<'_>) -> Vec<String> {
    let place = field.first();
    (1..=3)
        .map(|number| place.component(number).text().trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect()
}
