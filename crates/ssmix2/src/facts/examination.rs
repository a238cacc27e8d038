//! OMG-01/02/03 and OMG-11/12: examinations, ordered and performed.
//!
//! A request comes as several orders: `NW`, the same again as parent (`PA`), and a child (`CH`)
//! for each part. They are one examination: orders belong together when they share a number, or
//! name one of the numbers as their parent. In some senders' parents ORC-2 and OBR-2 differ, so
//! both count.

use super::medication::words;
use super::observation;
use crate::codes::{coded, coded_each};
use crate::groups::{OrderGroup, orders};
use crate::people::staff_name;
use crate::reading::{Reading, is_cancelled, order_number, text};
use hl7v2::Segment;
use model::fact::{Examination, FactBody, Status};
use model::{Coded, DataType, PartialTime};
use std::collections::{HashMap, HashSet};

/// An examination while its orders are gathered.
struct Draft<'a> {
    place: Segment<'a>,
    examination: Examination,
    at: Option<PartialTime>,
    is_cancelled: bool,
    rows: Vec<Segment<'a>>,
}

/// The examinations of a message, and what is already known of each.
#[derive(Default)]
struct Drafts<'a> {
    list: Vec<Draft<'a>>,
    by_number: HashMap<String, usize>,
    parts: HashSet<(usize, Coded)>,
    notes: HashSet<(usize, String)>,
    studies: HashSet<(usize, String)>,
    /// Item, sub-ID and value: a parent order repeats the rows of the order.
    rows: HashSet<(usize, [&'a str; 3])>,
}

pub(super) fn read(reading: &mut Reading<'_>) {
    let mut drafts = Drafts::default();
    for group in orders(&reading.segments, "OBR") {
        drafts.add(reading, &group);
    }
    let done = match reading.data_type {
        DataType::Omg11 | DataType::Omg12 => Status::Performed,
        _ => Status::Ordered,
    };
    for draft in drafts.list {
        let Draft { place, mut examination, at, is_cancelled, rows } = draft;
        let mut values = Vec::new();
        for row in rows {
            match text(row.field(2)).as_str() {
                "NM" | "SN" | "CWE" | "CE" | "CNE" if !is_note(&coded(row.field(3))) => {
                    values.push(row);
                }
                value_type => examination.notes.extend(note(row, value_type)),
            }
        }
        let status = if is_cancelled { Status::Cancelled } else { done };
        let body = body(reading.data_type, examination);
        reading.push(&place, at.clone(), status, body);
        for row in values {
            observation::read(reading, row, None, at.clone());
        }
    }
}

fn body(data_type: DataType, examination: Examination) -> FactBody {
    match data_type {
        DataType::Omg02 => FactBody::EndoscopyOrder(examination),
        DataType::Omg12 => FactBody::EndoscopyPerformed(examination),
        DataType::Omg03 => FactBody::PhysiologyOrder(examination),
        DataType::Omg11 => FactBody::ImagingPerformed(examination),
        _ => FactBody::ImagingOrder(examination),
    }
}

impl<'a> Drafts<'a> {
    /// Adds one order to the examination it belongs to, or begins a new one.
    fn add(&mut self, reading: &mut Reading<'a>, group: &OrderGroup<'a>) {
        let obr = group.first("OBR");
        let Some(place) = obr.or(group.orc) else { return };
        let number = |segment: Option<Segment<'a>>, field: u32| {
            segment.map(|segment| order_number(segment.field(field))).unwrap_or_default()
        };
        let own = [number(group.orc, 2), number(obr, 2)];
        let parents = [number(group.orc, 8), number(obr, 29)];
        let control = group.orc.map(|orc| text(orc.field(1))).unwrap_or_default();
        let is_child = control == "CH" || parents.iter().any(|parent| !parent.is_empty());
        let wanted = if is_child { &parents } else { &own };
        let found = wanted.iter().find_map(|number| self.by_number.get(number).copied());
        let found = found.or_else(|| self.list.len().checked_sub(1).filter(|_| is_child));
        if is_child && found.is_some() && is_cancelled(group.orc) {
            return;
        }
        let procedure = obr.map(|obr| coded(obr.field(4))).unwrap_or_default();
        let at = when(reading, group, obr);
        let target = match found {
            Some(target) => target,
            None => {
                let order_number = own.iter().find(|one| !one.is_empty()).cloned();
                self.list.push(Draft {
                    place,
                    examination: Examination {
                        procedure: procedure.clone(),
                        order_number: order_number.unwrap_or_default(),
                        department: reading.department(group.orc),
                        ..Examination::default()
                    },
                    at: at.clone(),
                    is_cancelled: is_cancelled(group.orc),
                    rows: Vec::new(),
                });
                self.list.len() - 1
            }
        };
        for number in own.into_iter().filter(|number| !number.is_empty()) {
            self.by_number.entry(number).or_insert(target);
        }
        if is_child && found.is_some() {
            self.add_part(target, procedure);
        } else if let Some(draft) = self.list.get_mut(target) {
            draft.is_cancelled |= is_cancelled(group.orc);
        }
        self.fill(reading, group, target, at);
    }

    /// Adds what an order says beside its procedure.
    fn fill(
        &mut self,
        reading: &mut Reading<'a>,
        group: &OrderGroup<'a>,
        target: usize,
        at: Option<PartialTime>,
    ) {
        for ze1 in group.named("ZE1") {
            self.add_part(target, coded(ze1.field(3)));
        }
        let obr = group.first("OBR");
        let Some(draft) = self.list.get_mut(target) else { return };
        draft.at = draft.at.take().or(at);
        describe(reading, &mut draft.examination, group.orc, obr);
        for note in obr.iter().flat_map(|obr| words(obr.field(13))) {
            if self.notes.insert((target, note.clone())) {
                draft.examination.notes.push(note);
            }
        }
        for ipc in group.named("IPC") {
            let uid = link(&mut draft.examination, ipc);
            let is_other = !uid.is_empty() && uid != draft.examination.study_instance_uid;
            if is_other && self.studies.insert((target, uid.clone())) {
                draft.examination.other_study_uids.push(uid);
            }
        }
        for row in group.named("OBX") {
            let words = [3, 4, 5].map(|field| row.field(field).raw());
            if self.rows.insert((target, words)) {
                draft.rows.push(row);
            }
        }
    }

    fn add_part(&mut self, target: usize, part: Coded) {
        let Some(draft) = self.list.get_mut(target) else { return };
        if !part.is_empty() && self.parts.insert((target, part.clone())) {
            draft.examination.parts.push(part);
        }
    }
}

/// The care date's field: ORC-9 of an order, OBR-7 of what was performed.
fn when<'a>(
    reading: &mut Reading<'a>,
    group: &OrderGroup<'a>,
    obr: Option<Segment<'a>>,
) -> Option<PartialTime> {
    match reading.data_type {
        DataType::Omg11 | DataType::Omg12 => reading.time(obr, 7),
        _ => reading.time(group.orc, 9),
    }
}

/// Fills what is still unknown from an order: doctor, scheduled time.
pub(super) fn describe<'a>(
    reading: &mut Reading<'a>,
    examination: &mut Examination,
    orc: Option<Segment<'a>>,
    obr: Option<Segment<'a>>,
) {
    for (segment, field) in [(orc, 12), (obr, 16)] {
        if let (true, Some(segment)) = (examination.doctor.is_empty(), segment) {
            examination.doctor = staff_name(segment.field(field));
        }
    }
    examination.scheduled = examination.scheduled.take().or_else(|| reading.time(obr, 36));
}

/// IPC: the link to DICOM. The first value of each stands, since one order number leads to one
/// examination; gives the UID of this IPC.
fn link(examination: &mut Examination, ipc: Segment<'_>) -> String {
    let fill = |slot: &mut String, field: u32| {
        if slot.is_empty() {
            *slot = order_number(ipc.field(field));
        }
    };
    fill(&mut examination.accession_number, 1);
    fill(&mut examination.procedure_id, 2);
    fill(&mut examination.study_instance_uid, 3);
    if examination.modality.is_empty() {
        examination.modality = coded(ipc.field(5));
    }
    order_number(ipc.field(3))
}

/// Rows of the JAHIS tables that tell of staff, devices and fees rather than of the patient.
fn is_note(item: &Coded) -> bool {
    const PREFIXES: &[&str] = &["DE-", "PF-", "DR-", "TC-", "NS-", "TM-"];
    item.codes.iter().any(|code| PREFIXES.iter().any(|prefix| code.code.starts_with(prefix)))
}

/// A row in words: item and value.
fn note(row: Segment<'_>, value_type: &str) -> Option<String> {
    let value = observation::shown(row.field(5), value_type);
    let value = value.trim();
    if value.is_empty() {
        return None;
    }
    let items = coded_each(row.field(3));
    match items.first().map(Coded::display).unwrap_or_default() {
        "" => Some(value.to_owned()),
        item => Some(format!("{item}: {value}")),
    }
}
