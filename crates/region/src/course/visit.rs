//! One visit of an out-patient.

use super::{Course, NO_ORDER};
use crate::catalog::drug::{ACETAMINOPHEN, Drug, REBAMIPIDE};
use crate::catalog::examination::{ELECTROCARDIOGRAM_VALUES, IMAGING};
use crate::day::{Day, Moment};
use crate::document::{self, IMAGING_REPORT, NOTE, REFERRAL};
use crate::message::drug::Prescription;
use crate::message::examination::Examination;
use crate::plan::RegionError;

impl Course<'_> {
    pub(super) fn visit(&mut self, day: Day, count: usize) -> Result<(), RegionError> {
        let department = self.conditions.first().map_or(["01", "内科"], |first| first.department);
        let at = day.at(9, self.random.between(0, 55));
        self.reception(day, at, department, count);
        if self.happens(75, count < 2) {
            self.laboratory(day, at.plus_minutes(20), department, count);
        }
        if self.happens(85, count < 3) {
            self.prescription(day, at.plus_minutes(90), department, count);
        }
        if self.happens(14, count < 3) {
            self.imaging(day, at.plus_minutes(120), department, count)?;
        }
        if self.happens(11, count == 1) {
            self.electrocardiogram(day, at.plus_minutes(60), department);
        }
        if self.happens(4, count == 2) {
            self.endoscopy(day, at.plus_minutes(200));
        }
        if self.happens(15, count < 2) {
            self.note(day, at.plus_minutes(100), department, count)?;
        }
        if self.happens(4, count < 2) {
            self.referral(day, at.plus_minutes(110), department, count == 1);
        }
        Ok(())
    }

    fn reception(&mut self, day: Day, at: Moment, department: [&'static str; 2], count: usize) {
        let sent = self.sent(at);
        let document = self.writer.reception(sent, at, department, false);
        let place = self.add("ADT-12", Some(day), NO_ORDER, department[0], sent, document);
        if self.happens(1, count == 3) {
            let sent = self.sent(at.plus_minutes(30));
            let cancel = self.writer.reception(sent, at, department, true);
            if let Some(item) = self.item(place) {
                item.delete(sent, Some(cancel));
            }
        }
    }

    fn prescription(&mut self, day: Day, at: Moment, department: [&'static str; 2], count: usize) {
        let mut drugs: Vec<Drug> =
            self.conditions.iter().flat_map(|condition| condition.drugs).copied().collect();
        if self.random.chance(20) {
            drugs.push(if self.random.chance(50) { ACETAMINOPHEN } else { REBAMIPIDE });
        }
        let days = *self.random.pick(&[28, 28, 30, 42, 56]).unwrap_or(&28);
        let number = self.order_number();
        let prescription = Prescription { number, drugs, days, start: day, department };
        let sent = self.sent(at);
        let document = self.writer.prescription(sent, &prescription, "NW");
        let key = prescription.number.as_str();
        let place = self.add("OMP-01", Some(day), key, department[0], sent, document);
        if self.happens(2, count == 2) {
            let sent = self.sent(at.plus_minutes(45));
            let cancel = self.writer.prescription(sent, &prescription, "CA");
            if let Some(item) = self.item(place) {
                item.delete(sent, Some(cancel));
            }
        } else if self.happens(3, count == 1) {
            let sent = self.sent(at.plus_minutes(40));
            let changed = Prescription { days: days + 7, ..prescription.clone() };
            let document = self.writer.prescription(sent, &changed, "NW");
            if let Some(item) = self.item(place) {
                item.supersede(sent, document);
            }
        } else if self.happens(25, count == 0) {
            let sent = self.sent(at.plus_minutes(30));
            let document = self.writer.dispensed(sent, &prescription);
            self.add("OMP-11", Some(day), key, department[0], sent, document);
        }
    }

    fn imaging(
        &mut self,
        day: Day,
        at: Moment,
        department: [&'static str; 2],
        count: usize,
    ) -> Result<(), RegionError> {
        let place = if count < 3 { count } else { self.random.below(IMAGING.len()) };
        let examination = Examination::imaging(place, self.order_number(), at, department);
        let ordered = self.sent(at.plus_minutes(-100));
        let performed = self.sent(at.plus_minutes(15));
        let order = self.writer.examination_order(ordered, &examination);
        let done = self.writer.examination_performed(performed, &examination);
        let key = examination.number.as_str();
        self.add("OMG-01", Some(day), key, department[0], ordered, order);
        let performed = self.add("OMG-11", Some(day), key, department[0], performed, done);
        if let Some(item) = self.item(performed) {
            item.examination = Some(examination);
        }
        let name = IMAGING.get(place).map_or("画像検査", |imaging| imaging.part_name);
        let findings = *self
            .random
            .pick(&["明らかな異常を認めない。", "陳旧性変化を認める。前回と著変なし。"])
            .unwrap_or(&"");
        let sent = self.sent(at.plus_minutes(180));
        let report = document::imaging_report(self.source(), &format!("{name} 報告書"), findings)?;
        self.add_document(IMAGING_REPORT, day, department[0], sent, report);
        Ok(())
    }

    fn endoscopy(&mut self, day: Day, at: Moment) {
        let department = ["06", "消化器科"];
        let examination = Examination::endoscopy(self.order_number(), at, department);
        let ordered = self.sent(at.plus_minutes(-120));
        let performed = self.sent(at.plus_minutes(25));
        let order = self.writer.examination_order(ordered, &examination);
        let done = self.writer.examination_performed(performed, &examination);
        let key = examination.number.as_str();
        self.add("OMG-02", Some(day), key, department[0], ordered, order);
        let performed = self.add("OMG-12", Some(day), key, department[0], performed, done);
        if let Some(item) = self.item(performed) {
            item.examination = Some(examination);
        }
    }

    fn electrocardiogram(&mut self, day: Day, at: Moment, department: [&'static str; 2]) {
        let number = self.order_number();
        let ordered = self.sent(at.plus_minutes(-30));
        let performed = self.sent(at.plus_minutes(10));
        let values: Vec<i64> = ELECTROCARDIOGRAM_VALUES
            .iter()
            .map(|(_, [low, high])| self.random.between(*low, *high))
            .collect();
        let order = self.writer.electrocardiogram_order(ordered, &number, department);
        let result = self.writer.electrocardiogram_result(performed, &number, department, &values);
        self.add("OMG-03", Some(day), &number, department[0], ordered, order);
        self.add("OMG-13", Some(day), &number, department[0], performed, result);
    }

    fn note(
        &mut self,
        day: Day,
        at: Moment,
        department: [&'static str; 2],
        count: usize,
    ) -> Result<(), RegionError> {
        let name = format!("{} {}", self.person.family[0], self.person.given[0]);
        let mut lines = vec![
            format!("{} {name}", self.writer.patient_id),
            format!("Ｓ）変わりありません。（{}）", department[1]),
            format!("Ｏ）血圧 {}/{}", self.random.between(112, 158), self.random.between(62, 94)),
            "Ａ／Ｐ）処方継続、①減塩 ②運動".to_owned(),
        ];
        let sent = self.sent(at);
        let document = document::note(self.source(), &lines)?;
        let place = self.add_document(NOTE, day, department[0], sent, document);
        if self.happens(10, count == 0) {
            lines.push("追記：次回採血予定。".to_owned());
            let sent = self.sent(at.plus_minutes(60));
            let corrected = document::note(self.source(), &lines)?;
            if let Some(item) = self.item(Some(place)) {
                item.supersede(sent, corrected);
            }
        }
        Ok(())
    }

    fn referral(&mut self, day: Day, at: Moment, department: [&'static str; 2], is_deleted: bool) {
        let sent = self.sent(at);
        let letter = document::referral(self.writer.patient_id, &day.digits());
        let place = self.add_document(REFERRAL, day, department[0], sent, letter);
        if is_deleted && let Some(item) = self.item(Some(place)) {
            item.delete(sent, None);
        }
    }
}
