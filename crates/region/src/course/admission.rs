//! A stay in hospital: pneumonia, with everything that is recorded of it.

use super::{Course, NO_ORDER};
use crate::catalog::drug::{ADDITIVES, SOLUTIONS};
use crate::day::{Day, Moment};
use crate::document::{self, SUMMARY};
use crate::message::drug::Injection;
use crate::message::lab::Report;
use crate::message::visit::{Plan, Stay};
use crate::plan::RegionError;

const DEPARTMENT: [&str; 2] = ["05", "呼吸器科"];
const WARDS: [[&str; 3]; 2] = [["32", "302", "1"], ["41", "410", "2"]];

impl Course<'_> {
    pub(super) fn admission(
        &mut self,
        day: Day,
        length: i64,
        has_died: bool,
    ) -> Result<(), RegionError> {
        let day = day.weekday();
        let mut stay = Stay { department: DEPARTMENT, ward: WARDS[0], admitted: day.at(14, 30) };
        if !has_died {
            self.plan("ADT-21", Plan::Admission, &stay, stay.admitted);
        }
        let sent = self.sent(stay.admitted);
        let document = self.writer.admission(sent, &stay);
        self.add("ADT-22", Some(day), NO_ORDER, DEPARTMENT[0], sent, document);
        self.meals(day, &stay);
        for offset in 0..length.min(5) {
            self.infusion(day.plus(offset), &stay);
        }
        for (offset, fading) in [(0, 1), (2, 2), (5, 6)] {
            if offset < length {
                self.inflammation(day.plus(offset), fading);
            }
        }
        self.culture(day.plus(1));
        self.plan("ADT-41", Plan::Transfer, &stay, day.plus(3).at(10, 0));
        stay.ward = WARDS[1];
        let sent = self.sent(day.plus(3).at(10, 0));
        let document = self.writer.transfer(sent, &stay, WARDS[0]);
        self.add("ADT-42", Some(day.plus(3)), NO_ORDER, DEPARTMENT[0], sent, document);
        if length >= 10 {
            self.night_at_home(day.plus(6), &stay);
        }
        let sent = self.sent(day.plus(3).at(11, 0));
        let document = self.writer.doctor_change(sent, &stay);
        self.add("ADT-01", None, NO_ORDER, DEPARTMENT[0], sent, document);
        if !has_died {
            self.plan("ADT-51", Plan::Discharge, &stay, day.plus(length).at(10, 0));
        }
        self.discharge(day, day.plus(length), &stay, has_died)
    }

    /// A plan is sent on the day before.
    fn plan(&mut self, data_type: &str, plan: Plan, stay: &Stay, at: Moment) {
        let sent = self.sent(at.day().plus(-1).at(16, 0));
        let document = self.writer.plan(sent, stay, plan, at);
        self.add(data_type, Some(at.day()), NO_ORDER, DEPARTMENT[0], sent, document);
    }

    /// Sputum: what grew, and what it is susceptible to, two days later.
    fn culture(&mut self, day: Day) {
        let number = self.order_number();
        let collected = day.at(6, 50);
        let sent = self.sent(collected.plus_minutes(2 * 1_440 + 420));
        let document = self.writer.culture(sent, &number, DEPARTMENT, collected);
        self.add("OML-11", Some(day), &number, DEPARTMENT[0], sent, document);
    }

    fn meals(&mut self, day: Day, stay: &Stay) {
        let number = self.order_number();
        let sent = self.sent(day.at(15, 0));
        let document = self.writer.diet(sent, &number, stay);
        self.add("OMD", Some(day), &number, DEPARTMENT[0], sent, document);
    }

    fn infusion(&mut self, day: Day, stay: &Stay) {
        let number = self.order_number();
        let mut components = vec![SOLUTIONS[self.random.below(SOLUTIONS.len())]];
        components.push(ADDITIVES[1]);
        if self.random.chance(40) {
            components.push(ADDITIVES[0]);
        }
        let start = day.at(16, 0);
        let injection =
            Injection { number, components, start, department: DEPARTMENT, ward: stay.ward };
        let ordered = self.sent(day.at(15, 10));
        let order = self.writer.injection(ordered, &injection);
        let key = injection.number.as_str();
        self.add("OMP-02", Some(day), key, DEPARTMENT[0], ordered, order);
        let done = self.sent(start.plus_minutes(300));
        let given = self.writer.injected(done, &injection);
        self.add("OMP-12", Some(day), key, DEPARTMENT[0], done, given);
    }

    fn inflammation(&mut self, day: Day, fading: i64) {
        let mut moved: Vec<(&str, i64)> =
            self.conditions.iter().flat_map(|condition| condition.moved).copied().collect();
        moved.extend([("20101", 60 + 82 / fading), ("10601", 985 / (fading * fading))]);
        let collected = day.at(7, 10);
        let report = Report {
            number: self.order_number(),
            department: DEPARTMENT,
            is_inpatient: true,
            collected,
            reported: collected.plus_minutes(55),
            status: "F",
            values: self.values(&moved),
            urine_protein: None,
        };
        let ordered = self.sent(collected.plus_minutes(-600));
        let order = self.writer.lab_order(ordered, &report, "NW");
        self.add("OML-01", Some(ordered.day()), &report.number, DEPARTMENT[0], ordered, order);
        self.results(day, &report, false);
    }

    fn night_at_home(&mut self, day: Day, stay: &Stay) {
        let back = day.plus(1).at(17, 0);
        for (sent, until) in [(day.at(9, 30), Some(back)), (back, None)] {
            let sent = self.sent(sent);
            let data_type = if until.is_some() { "ADT-31" } else { "ADT-32" };
            let document = self.writer.leave(sent, stay, until);
            self.add(data_type, Some(sent.day()), NO_ORDER, DEPARTMENT[0], sent, document);
        }
    }

    fn discharge(
        &mut self,
        admitted: Day,
        day: Day,
        stay: &Stay,
        has_died: bool,
    ) -> Result<(), RegionError> {
        let at: Moment = day.at(10, 40);
        let sent = self.sent(at);
        let document = self.writer.discharge(sent, stay, has_died);
        self.add("ADT-52", Some(day), NO_ORDER, DEPARTMENT[0], sent, document);
        let outcome = if has_died {
            "肺炎の増悪により永眠された。"
        } else {
            "軽快し自宅退院。"
        };
        let sections = [
            ("入院期間", format!("{} ～ {}", admitted.digits(), day.digits())),
            ("主病名", "肺炎".to_owned()),
            ("経過", format!("発熱 38.9℃ で入院。抗菌薬を点滴。{outcome}")),
        ];
        let sent = self.sent(day.at(17, 0));
        let patient_id = self.writer.patient_id;
        let summary = document::summary(self.source(), self.person, patient_id, sent, &sections)?;
        self.add_document(SUMMARY, day, DEPARTMENT[0], sent, summary);
        Ok(())
    }
}
