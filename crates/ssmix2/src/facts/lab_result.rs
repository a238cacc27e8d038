//! OML-11: laboratory results, bacteriology included.

use super::bacteriology::{self, Role};
use super::{lab_order, observation};
use crate::codes::{bounded, coded};
use crate::groups::{ResultGroup, results};
use crate::reading::{Reading, is_cancelled};
use hl7v2::Segment;
use model::fact::{FactBody, LabResult, Status};
use model::limits::FACT_LIST_ENTRIES;
use model::{Coded, PartialTime};

/// What all rows of a group have in common.
pub(super) struct Request {
    pub(super) battery: Coded,
    pub(super) specimen: Coded,
    pub(super) collected: Option<PartialTime>,
    pub(super) reported: Option<PartialTime>,
    pub(super) order_number: String,
    pub(super) department: Coded,
    pub(super) is_cancelled: bool,
}

/// A row with the comments that follow it.
pub(super) struct Row<'a> {
    pub(super) obx: Segment<'a>,
    pub(super) comments: Vec<String>,
}

pub(super) fn read(reading: &mut Reading<'_>) {
    for group in results(&reading.segments) {
        let request = request(reading, &group);
        let rows = rows(&group);
        let roles = bacteriology::roles(&group, &rows);
        for (row, role) in rows.iter().zip(roles) {
            match role {
                Role::Plain => push_result(reading, &request, row),
                Role::Lead(pair) => bacteriology::push(reading, &request, &rows, row, &pair),
                Role::Partner => {}
            }
        }
    }
}

/// What SPM, OBR and ORC say of a group.
pub(super) fn request<'a>(reading: &mut Reading<'a>, group: &ResultGroup<'a>) -> Request {
    let collected = reading.time(group.spm, 17).or_else(|| reading.time(group.obr, 7));
    Request {
        battery: group.obr.map(|obr| coded(obr.field(4))).unwrap_or_default(),
        specimen: group.spm.map(|spm| coded(spm.field(4))).unwrap_or_default(),
        collected,
        reported: reading.time(group.obr, 22),
        order_number: lab_order::number(group),
        department: reading.department(group.any_orc()),
        is_cancelled: is_cancelled(group.orc),
    }
}

impl Request {
    /// The status of a row: a cancelled order cancels its results.
    pub(super) fn status(&self, result_status: &str) -> Status {
        if self.is_cancelled { Status::Cancelled } else { observation::status(result_status) }
    }
}

/// The OBX of a group with their comments; comments before the first OBX are of them all.
pub(super) fn rows<'a>(group: &ResultGroup<'a>) -> Vec<Row<'a>> {
    let mut shared: Vec<String> = Vec::new();
    let mut rows: Vec<Row<'a>> = Vec::new();
    for segment in &group.rows {
        match (segment.name(), rows.last_mut()) {
            ("OBX", _) => rows.push(Row { obx: *segment, comments: shared.clone() }),
            ("NTE", Some(row)) => row.comments.extend(comment(*segment)),
            ("NTE", None) if shared.len() < FACT_LIST_ENTRIES as usize => {
                shared.extend(comment(*segment).map(bounded));
            }
            _ => {}
        }
    }
    rows
}

fn comment(note: Segment<'_>) -> Option<String> {
    let text = note.field(3).text().trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn push_result<'a>(reading: &mut Reading<'a>, request: &Request, row: &Row<'a>) {
    let result = of_row(reading, request, row);
    if result.item.is_empty() && result.value.is_empty() {
        return;
    }
    let status = request.status(&result.result_status);
    let at = result.collected.clone().or_else(|| result.observed.clone());
    reading.push(&row.obx, at, status, FactBody::LabResult(result));
}

/// One row as a result of its request.
pub(super) fn of_row<'a>(reading: &mut Reading<'a>, request: &Request, row: &Row<'a>) -> LabResult {
    LabResult {
        battery: request.battery.clone(),
        collected: request.collected.clone(),
        reported: request.reported.clone(),
        order_number: request.order_number.clone(),
        department: request.department.clone(),
        comments: row.comments.clone(),
        ..observation::result(reading, row.obx, Some(&request.specimen))
    }
}
