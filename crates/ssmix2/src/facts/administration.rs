//! OMP-11 and OMP-12: drugs dispensed and administered (RXA).

use super::medication::{base, body, is_injection, parts, read_ordered, route, words};
use super::observation;
use crate::codes::{bounded, coded};
use crate::groups::{OrderGroup, orders};
use crate::people::staff_name;
use crate::reading::{Reading, is_cancelled, text};
use hl7v2::Segment;
use model::fact::{MedicationLine, Status};
use model::{Coded, DataType};
use std::collections::HashMap;

pub(super) fn read(reading: &mut Reading<'_>) {
    let done = match reading.data_type {
        DataType::Omp11 => Status::Dispensed,
        _ => Status::Administered,
    };
    for group in orders(&reading.segments, "RXA") {
        let status = if is_cancelled(group.orc) { Status::Cancelled } else { done };
        if group.first("RXA").is_some() {
            read_group(reading, &group, status);
        } else {
            for part in parts(&group) {
                read_ordered(reading, &part, status);
            }
        }
        for row in group.named("OBX") {
            observation::read(reading, row, None, None);
        }
    }
}

fn read_group<'a>(reading: &mut Reading<'a>, group: &OrderGroup<'a>, status: Status) {
    let ordered: Vec<MedicationLine> =
        parts(group).iter().map(|part| base(reading, part)).collect();
    let mut by_drug: HashMap<Coded, &MedicationLine> = HashMap::new();
    for line in ordered.iter().filter(|line| !line.drug.is_empty()) {
        by_drug.entry(line.drug.clone()).or_insert(line);
    }
    let routes = following_routes(&group.members);
    for (segment, rxr) in group.members.iter().zip(routes) {
        if segment.name() != "RXA" {
            continue;
        }
        let mut line = given(reading, *segment, &by_drug, ordered.first());
        if let Some(rxr) = rxr {
            route(&mut line, rxr);
        }
        let is_refused = matches!(line.completion.as_str(), "RE" | "NA");
        let is_deleted = segment.field(21).raw().trim() == "D";
        let status = if is_refused || is_deleted { Status::Cancelled } else { status };
        let start = line.start.clone();
        if !line.drug.is_empty() {
            reading.push(segment, start, status, body(is_injection(reading.data_type), line));
        }
    }
}

/// For each segment the RXR after it: one RXR may close several RXA.
fn following_routes<'a>(members: &[Segment<'a>]) -> Vec<Option<Segment<'a>>> {
    let mut next = None;
    let mut routes: Vec<_> = members
        .iter()
        .rev()
        .map(|segment| {
            if segment.name() == "RXR" {
                next = Some(*segment);
            }
            next
        })
        .collect();
    routes.reverse();
    routes
}

/// What RXA says, over what the order says of the same drug. The end of a drug that was handed
/// out is the order's last day where the message has it, not the end of the handing out.
fn given<'a>(
    reading: &mut Reading<'a>,
    rxa: Segment<'a>,
    by_drug: &HashMap<Coded, &MedicationLine>,
    first: Option<&MedicationLine>,
) -> MedicationLine {
    let drug = coded(rxa.field(5));
    let mut line = match (by_drug.get(&drug), first) {
        (Some(same), _) => (*same).clone(),
        (None, Some(order)) => MedicationLine {
            group: order.group.clone(),
            order_number: order.order_number.clone(),
            doctor: order.doctor.clone(),
            department: order.department.clone(),
            kinds: order.kinds.clone(),
            route: order.route.clone(),
            site: order.site.clone(),
            ..MedicationLine::default()
        },
        (None, None) => MedicationLine::default(),
    };
    line.drug = drug;
    line.dose = text(rxa.field(6));
    line.dose_unit = coded(rxa.field(7));
    let form = coded(rxa.field(8));
    if !form.is_empty() {
        line.form = form;
    }
    line.instructions.extend(words(rxa.field(9)));
    line.rate = bounded(rxa.field(12).text().trim().to_owned());
    line.completion = text(rxa.field(20));
    line.start = reading.times.read(rxa.field(3));
    let end = reading.times.read(rxa.field(4));
    let is_handed_out = reading.data_type == DataType::Omp11 && line.end.is_some();
    if !is_handed_out {
        line.end = end;
        line.end_derived = false;
    }
    if line.doctor.is_empty() {
        line.doctor = staff_name(rxa.field(10));
    }
    line
}
