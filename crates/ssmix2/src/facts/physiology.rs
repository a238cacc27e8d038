//! OMG-13: physiology examinations with their values.

use super::examination::describe;
use super::lab_result::{of_row, request, rows};
use super::medication::words;
use crate::codes::coded;
use crate::groups::results;
use crate::reading::{Reading, is_cancelled};
use model::fact::{Examination, FactBody, Status};

pub(super) fn read(reading: &mut Reading<'_>) {
    for group in results(&reading.segments) {
        let request = request(reading, &group);
        let at = reading.time(group.obr, 7);
        if let Some(obr) = group.obr {
            let mut examination = Examination {
                procedure: coded(obr.field(4)),
                notes: words(obr.field(13)),
                order_number: request.order_number.clone(),
                department: request.department.clone(),
                ..Examination::default()
            };
            describe(reading, &mut examination, group.any_orc(), Some(obr));
            let has_result_status_cancelled = obr.field(25).raw().trim() == "X";
            let status = if is_cancelled(group.orc) || has_result_status_cancelled {
                Status::Cancelled
            } else {
                Status::Performed
            };
            reading.push(&obr, at.clone(), status, FactBody::PhysiologyPerformed(examination));
        }
        for row in rows(&group) {
            let result = of_row(reading, &request, &row);
            if result.item.is_empty() && result.value.is_empty() {
                continue;
            }
            let status = request.status(&result.result_status);
            let at = result.observed.clone().or_else(|| at.clone());
            reading.push(&row.obx, at, status, FactBody::PhysiologyResult(result));
        }
    }
}
