//! The state of reading one message into facts.

use crate::codes::{bounded, coded, plain};
use crate::derive::Context;
use crate::flags::Flags;
use crate::times::Times;
use hl7v2::{Field, Segment};
use model::fact::{Fact, FactBody, Place, Status};
use model::limits::FACTS_BYTES;
use model::reason::Flag;
use model::{Coded, DataType, PartialTime};
use std::collections::HashSet;

pub(crate) struct Reading<'a> {
    pub(crate) segments: Vec<Segment<'a>>,
    pub(crate) context: &'a Context<'a>,
    pub(crate) data_type: DataType,
    /// The whole message cancels its item.
    pub(crate) is_cancel: bool,
    pub(crate) times: Times,
    folder: Option<PartialTime>,
    visit_department: Coded,
    facts: Vec<Fact>,
    counted_bytes: u64,
    insurances: HashSet<[&'a str; 7]>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(
        segments: Vec<Segment<'a>>,
        context: &'a Context<'a>,
        data_type: DataType,
        is_cancel: bool,
    ) -> Reading<'a> {
        let folder = PartialTime::japan(context.care_date).ok();
        let times = Times::new(context.sent);
        let visit_department = visit_department(&segments);
        Reading {
            segments,
            context,
            data_type,
            is_cancel,
            times,
            folder,
            visit_department,
            facts: Vec::new(),
            counted_bytes: 0,
            insurances: HashSet::new(),
        }
    }

    /// The first segment of a name.
    pub(crate) fn first(&self, name: &str) -> Option<Segment<'a>> {
        self.segments.iter().copied().find(|segment| is_named(segment, name))
    }

    /// Every segment of a name.
    pub(crate) fn all(&self, name: &str) -> Vec<Segment<'a>> {
        self.segments.iter().copied().filter(|segment| is_named(segment, name)).collect()
    }

    /// A time of an optional segment.
    pub(crate) fn time(&mut self, segment: Option<Segment<'a>>, field: u32) -> Option<PartialTime> {
        self.times.read(segment?.field(field))
    }

    /// When the event was: EVN-6, else EVN-2.
    pub(crate) fn event_time(&mut self) -> Option<PartialTime> {
        let event = self.first("EVN");
        self.time(event, 6).or_else(|| self.time(event, 2))
    }

    /// Adds a fact. A time that cannot be is not used: the folder's care date stands in, as it
    /// does where there is none.
    pub(crate) fn push(
        &mut self,
        segment: &Segment<'a>,
        at: Option<PartialTime>,
        status: Status,
        body: FactBody,
    ) {
        let status = if self.is_cancel { Status::Cancelled } else { status };
        self.push_whatever_becomes_of_the_item(segment, at, status, body);
    }

    /// Adds a fact that holds even where the message cancels its item.
    pub(crate) fn push_whatever_becomes_of_the_item(
        &mut self,
        segment: &Segment<'a>,
        at: Option<PartialTime>,
        status: Status,
        body: FactBody,
    ) {
        let at = at.filter(|time| self.times.is_plausible(time)).or_else(|| self.folder.clone());
        let place = Place { segment: segment.name().to_owned(), index: segment.index() };
        let ordinal = self.facts.len() as u32;
        let fact = Fact { ordinal, place, at, status, body };
        if self.has_room_for(&fact) {
            self.facts.push(fact);
        } else {
            self.times.flags.add(Flag::FactsIncomplete);
        }
    }

    /// Real messages hold some hundred facts; what holds thousands is counted.
    fn has_room_for(&mut self, fact: &Fact) -> bool {
        const UNCOUNTED: usize = 2_000;
        if self.facts.len() >= UNCOUNTED && self.counted_bytes <= FACTS_BYTES {
            let size_bytes = serde_json::to_vec(fact).map_or(u64::MAX, |json| json.len() as u64);
            self.counted_bytes = self.counted_bytes.saturating_add(size_bytes);
        }
        self.counted_bytes <= FACTS_BYTES
    }

    /// Whether no insurance of the same words came before.
    pub(crate) fn is_first_insurance(&mut self, segment: Segment<'a>) -> bool {
        self.insurances.insert([2, 3, 10, 11, 12, 13, 17].map(|field| segment.field(field).raw()))
    }

    /// The facts so far.
    pub(crate) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// ORC-17, else where the patient was: PV1-10, else the clinic of PV1-3.
    pub(crate) fn department(&self, orc: Option<Segment<'a>>) -> Coded {
        let ordered = orc.map(|orc| coded(orc.field(17))).unwrap_or_default();
        if ordered.is_empty() { self.visit_department.clone() } else { ordered }
    }

    pub(crate) fn finish(self) -> (Vec<Fact>, Flags) {
        (self.facts, self.times.flags)
    }
}

/// PV1-10, else the clinic of an out-patient's PV1-3.
fn visit_department(segments: &[Segment<'_>]) -> Coded {
    let Some(visit) = segments.iter().find(|segment| is_named(segment, "PV1")) else {
        return Coded::default();
    };
    let service = coded(visit.field(10));
    if !service.is_empty() {
        return service;
    }
    let place = visit.field(3).first();
    let is_clinic = place.component(6).raw() == "C" || visit.field(2).raw() == "O";
    let clinic = bounded(place.component(1).text().trim().to_owned());
    if is_clinic { plain(&clinic) } else { Coded::default() }
}

/// Whether a segment has a name of three characters. The parser takes for a segment only what
/// has such a name before its first separator.
pub(crate) fn is_named(segment: &Segment<'_>, name: &str) -> bool {
    segment.text().starts_with(name)
}

/// The text of a field's first component; empty where nothing, or the explicit null, was sent.
pub(crate) fn text(field: Field<'_>) -> String {
    bounded(field.first().component(1).text().trim().to_owned())
}

/// The number of an order (EI, or the first subcomponent of an EIP).
pub(crate) fn order_number(field: Field<'_>) -> String {
    bounded(field.first().component(1).subcomponent(1).text().trim().to_owned())
}

/// Whether an order is cancelled: ORC-1 `CA`, `OC`, `DC`, or ORC-5 `CA`.
pub(crate) fn is_cancelled(orc: Option<Segment<'_>>) -> bool {
    orc.is_some_and(|orc| {
        matches!(orc.field(1).raw().trim(), "CA" | "OC" | "DC") || orc.field(5).raw().trim() == "CA"
    })
}
