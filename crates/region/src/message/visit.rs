//! ADT-12 to ADT-52: what happened with the patient's stay.

use super::Writer;
use crate::day::Moment;
use crate::item::Document;
use hl7v2::build::SegmentBuilder;

/// Where a stay is, and under which department.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stay {
    pub(crate) department: [&'static str; 2],
    pub(crate) ward: [&'static str; 3],
    pub(crate) admitted: Moment,
}

/// What a stay's plan is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plan {
    Admission,
    Transfer,
    Discharge,
}

const VISIT: [(&str, u32); 1] = [("visit", 1)];

impl Writer<'_> {
    /// ADT-12 外来受付, or its cancellation (ADT^A11).
    pub(crate) fn reception(
        &self,
        sent: Moment,
        at: Moment,
        department: [&str; 2],
        is_cancel: bool,
    ) -> Document {
        let kind = if is_cancel { ["ADT", "A11", "ADT_A09"] } else { ["ADT", "A04", "ADT_A01"] };
        let visit = self.outpatient(department).text(44, &at.minutes());
        Document::message(self.begin_event(&kind, sent, None).segment(visit), &VISIT)
    }

    /// ADT-21 入院予定, ADT-41 転棟予定 (both PV2-8) or ADT-51 退院予定 (PV2-9).
    pub(crate) fn plan(&self, sent: Moment, stay: &Stay, plan: Plan, at: Moment) -> Document {
        let (event, structure, field) = match plan {
            Plan::Admission => ("A14", "ADT_A05", 8),
            Plan::Transfer => ("A15", "ADT_A15", 8),
            Plan::Discharge => ("A16", "ADT_A16", 9),
        };
        let message = self
            .begin_event(&["ADT", event, structure], sent, None)
            .segment(self.inpatient(stay.department, stay.ward))
            .segment(SegmentBuilder::new("PV2").text(field, &at.minutes()));
        Document::message(message, &VISIT)
    }

    /// ADT-01 担当医の変更.
    pub(crate) fn doctor_change(&self, sent: Moment, stay: &Stay) -> Document {
        let message = self
            .begin_event(&["ADT", "A54", "ADT_A54"], sent, Some(sent))
            .segment(self.inpatient(stay.department, stay.ward));
        Document::message(message, &VISIT)
    }

    /// ADT-22 入院.
    pub(crate) fn admission(&self, sent: Moment, stay: &Stay) -> Document {
        let visit = self
            .inpatient(stay.department, stay.ward)
            .components(17, &self.doctor(stay.department))
            .text(44, &stay.admitted.minutes());
        let message = self.begin_event(&["ADT", "A01", "ADT_A01"], sent, None).segment(visit);
        Document::message(message, &VISIT)
    }

    /// ADT-31 外泊 or ADT-32 帰院; `until` is the expected return of the former.
    pub(crate) fn leave(&self, sent: Moment, stay: &Stay, until: Option<Moment>) -> Document {
        let event = if until.is_some() { "A21" } else { "A22" };
        let mut message = self
            .begin_event(&["ADT", event, "ADT_A21"], sent, Some(sent))
            .segment(self.inpatient(stay.department, stay.ward));
        if let Some(until) = until {
            message.push(SegmentBuilder::new("PV2").text(47, &until.minutes()));
        }
        Document::message(message, &VISIT)
    }

    /// ADT-42 転棟.
    pub(crate) fn transfer(&self, sent: Moment, stay: &Stay, from: [&str; 3]) -> Document {
        let visit = self
            .inpatient(stay.department, stay.ward)
            .components(6, &[from[0], from[1], from[2], "", "", "N"]);
        let message = self.begin_event(&["ADT", "A02", "ADT_A02"], sent, Some(sent)).segment(visit);
        Document::message(message, &VISIT)
    }

    /// ADT-52 退院; with death the fact of it.
    pub(crate) fn discharge(&self, sent: Moment, stay: &Stay, has_died: bool) -> Document {
        let visit = self
            .inpatient(stay.department, stay.ward)
            .text(36, if has_died { "20" } else { "01" })
            .text(44, &stay.admitted.minutes())
            .text(45, &sent.minutes());
        let message = self.begin_event(&["ADT", "A03", "ADT_A03"], sent, None).segment(visit);
        Document::message(message, &[("visit", 1), ("death", u32::from(has_died))])
    }
}
