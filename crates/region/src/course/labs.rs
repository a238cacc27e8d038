//! Blood and urine: what a person's values are like, and how conditions move them.

use super::Course;
use crate::catalog::laboratory::{ITEMS, Item, URINE_PROTEIN_VALUES};
use crate::day::{Day, Moment};
use crate::message::lab::Report;
use crate::random::Random;

/// Items that every panel has, by local code.
const USUAL: &[&str] = &[
    "10207", "10208", "10210", "10301", "10302", "10401", "10402", "10403", "10501", "10503",
    "10701", "20101", "20102", "20103", "20104",
];

impl Course<'_> {
    pub(super) fn laboratory(
        &mut self,
        day: Day,
        at: Moment,
        department: [&'static str; 2],
        count: usize,
    ) {
        let moved: Vec<(&str, i64)> =
            self.conditions.iter().flat_map(|condition| condition.moved).copied().collect();
        let has_urine = self.random.chance(50);
        let urine_protein = has_urine.then(|| self.random.below(URINE_PROTEIN_VALUES.len()));
        let report = Report {
            number: self.order_number(),
            department,
            is_inpatient: false,
            collected: at,
            reported: at.plus_minutes(70),
            status: "F",
            values: self.values(&moved),
            urine_protein,
        };
        let is_preliminary = self.happens(5, count == 0);
        let ordered = self.sent(at.plus_minutes(-15));
        let order = self.writer.lab_order(ordered, &report, "NW");
        self.add("OML-01", Some(day), &report.number, department[0], ordered, order);
        self.results(day, &report, is_preliminary);
    }

    /// Adds results; preliminary ones are followed by final ones, of which one is corrected.
    pub(super) fn results(&mut self, day: Day, report: &Report, is_preliminary: bool) {
        let sent = self.sent(report.reported);
        let department = report.department[0];
        let key = report.number.as_str();
        let mut last = report.clone();
        let first = match is_preliminary {
            true => Report { status: "P", ..report.clone() },
            false => report.clone(),
        };
        let document = self.writer.lab_result(sent, &first, "SC");
        let place = self.add("OML-11", Some(day), key, department, sent, document);
        if is_preliminary {
            let sent = self.sent(report.reported.plus_minutes(120));
            last.reported = report.reported.plus_minutes(120);
            last.status = "C";
            if let Some((at, value)) = last.values.first_mut()
                && let Some(item) = ITEMS.get(*at)
            {
                *value += (item.high - item.low) / 8 + 1;
            }
            let document = self.writer.lab_result(sent, &last, "SC");
            if let Some(item) = self.item(place) {
                item.supersede(sent, document);
            }
        }
        if let Some(item) = self.item(place) {
            item.report = Some(last);
        }
    }

    /// The usual items and those that a condition moves.
    pub(super) fn values(&mut self, moved: &[(&str, i64)]) -> Vec<(usize, i64)> {
        let mut values = Vec::new();
        for (at, item) in ITEMS.iter().enumerate() {
            let moved_to = moved.iter().find(|(local, _)| *local == item.local);
            if moved_to.is_none() && !USUAL.contains(&item.local) {
                continue;
            }
            let base = match moved_to {
                Some((_, value)) => *value,
                None => self.usual(item),
            };
            let span = (item.high - item.low) * 8 / 100;
            values.push((at, (base + self.random.between(-span, span)).max(0)));
        }
        values
    }

    /// A person's own usual value: somewhere in the middle of the range, always the same.
    fn usual(&self, item: &Item) -> i64 {
        let label = format!("usual-{}-{}", self.person.number, item.local);
        let percent = Random::new(self.plan.seed, &label).between(25, 75);
        item.low + (item.high - item.low) * percent / 100
    }
}
