//! OML-01: ordered tests.

use super::observation;
use crate::codes::coded;
use crate::groups::{ResultGroup, results};
use crate::reading::{Reading, is_cancelled, order_number};
use hl7v2::Segment;
use model::Coded;
use model::fact::{FactBody, LabOrder, Status};

pub(super) fn read(reading: &mut Reading<'_>) {
    for group in results(&reading.segments) {
        read_group(reading, &group);
    }
}

/// One order per OBX without a value, else one for the request. An OBX with a value is what the
/// orderer tells the laboratory (height, medication, infection).
fn read_group<'a>(reading: &mut Reading<'a>, group: &ResultGroup<'a>) {
    let orc = group.any_orc();
    let status = if is_cancelled(group.orc) { Status::Cancelled } else { Status::Ordered };
    let at = reading.time(orc, 9);
    let battery = group.obr.map(|obr| coded(obr.field(4))).unwrap_or_default();
    let specimen = group.spm.map(|spm| coded(spm.field(4))).unwrap_or_default();
    let ordered = |item: Coded, department: Coded| {
        FactBody::LabOrder(LabOrder {
            item,
            battery: battery.clone(),
            specimen: specimen.clone(),
            order_number: number(group),
            department,
        })
    };
    let mut items = 0;
    for row in group.rows.iter().filter(|row| row.name() == "OBX") {
        if row.field(5).is_empty() {
            let item = coded(row.field(3));
            if !item.is_empty() {
                items += 1;
                let body = ordered(item, reading.department(orc));
                reading.push(row, at.clone(), status, body);
            }
        } else {
            observation::read(reading, *row, None, at.clone());
        }
    }
    if let Some(obr) = group.obr.filter(|_| items == 0 && !battery.is_empty()) {
        let body = ordered(battery.clone(), reading.department(orc));
        reading.push(&obr, at, status, body);
    }
}

/// OBR-2, else ORC-2.
pub(super) fn number(group: &ResultGroup<'_>) -> String {
    let of = |segment: Option<Segment<'_>>| {
        segment.map(|segment| order_number(segment.field(2))).unwrap_or_default()
    };
    let requested = of(group.obr);
    if requested.is_empty() { of(group.any_orc()) } else { requested }
}
