//! ADT-00, ADT-61, PPR-01: what is known of the patient, without a date.

use super::{Order, Writer};
use crate::catalog::disease::{ALLERGENS, Disease};
use crate::day::{Day, Moment};
use crate::item::Document;
use hl7v2::build::SegmentBuilder;

/// A line of the problem list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem {
    pub(crate) disease: Disease,
    pub(crate) department: [&'static str; 2],
    pub(crate) since: Day,
    pub(crate) course: Course,
}

/// How a problem stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Course {
    Active { is_main: bool },
    Suspected,
    Ended(Day),
}

impl Writer<'_> {
    /// ADT-00: the patient's data, with height, weight and insurance.
    pub(crate) fn patient_data(&self, sent: Moment, height: i64, weight: i64) -> Document {
        let measured = |number: &str, code: &str, name: &str, value: i64, unit: &str| {
            SegmentBuilder::new("OBX")
                .text(1, number)
                .text(2, "NM")
                .components(3, &[code, name, "JC10"])
                .text(5, &format!("{}.{}", value / 10, value % 10))
                .components(6, &[unit, unit, "ISO+"])
                .text(11, "F")
        };
        let insurance = SegmentBuilder::new("IN1")
            .text(1, "1")
            .components(2, &["06", "組合管掌健康保険", "JHSD0001"])
            .text(3, &self.person.insurer)
            .text(10, "港１２")
            .text(11, &format!("{}", 1_000 + self.person.household))
            .text(12, "20240401")
            .components(17, &["SEL", "本人", "HL70063"]);
        let message = self
            .begin_event(&["ADT", "A08", "ADT_A01"], sent, None)
            .segment(SegmentBuilder::new("PV1").text(1, "0001").text(2, "O"))
            .segment(measured("1", "9N001000000000001", "身長", height, "cm"))
            .segment(measured("2", "9N006000000000001", "体重", weight, "kg"))
            .segment(insurance);
        Document::message(message, &[("demographics", 1), ("observation", 2), ("insurance", 1)])
    }

    /// ADT-61: allergies, chosen by their places in the catalogue.
    pub(crate) fn allergies(&self, sent: Moment, chosen: &[usize]) -> Document {
        let mut message = self.begin_event(&["ADT", "A60", "ADT_A60"], sent, None);
        let mut count = 0;
        for [category, category_name, code, name, system, reaction] in
            chosen.iter().filter_map(|at| ALLERGENS.get(*at))
        {
            count += 1;
            let segment = SegmentBuilder::new("IAM")
                .text(1, &count.to_string())
                .components(2, &[category, category_name, "HL70127"])
                .components(3, &[code, name, system])
                .components(4, &["MO", "中等度", "HL70128"])
                .text(5, reaction)
                .components(6, &["A", "追加", "HL70323"])
                .text(12, "小学校低学年の頃");
            message.push(segment);
        }
        Document::message(message, &[("allergy", count)])
    }

    /// PPR-01: the whole problem list.
    pub(crate) fn problems(&self, sent: Moment, problems: &[Problem]) -> Document {
        let mut message = self.begin(&["PPR", "ZD1", "PPR_ZD1"], sent);
        for (at, problem) in problems.iter().enumerate() {
            let instance = format!("{}{:05}", self.patient_id, at + 1);
            message.push(self.problem(problem, &instance));
            let order = Order {
                control: "NW",
                number: &instance,
                group: "",
                status: "",
                parent: "",
                at: sent,
                department: problem.department,
                is_inpatient: false,
            };
            message.push(self.order(&order));
        }
        Document::message(message, &[("diagnosis", problems.len() as u32)])
    }

    fn problem(&self, problem: &Problem, instance: &str) -> SegmentBuilder {
        let Disease { number, name, icd10, local } = problem.disease;
        let local_system = self.source.local("D01");
        let since = problem.since.digits();
        let segment = SegmentBuilder::new("PRB").text(1, "AD").text(2, &since);
        let segment = self
            .coded(segment, 3, [number, name, "MDCDX2"], [local, name, &local_system])
            .text(4, instance)
            .text(7, &since)
            .components(10, &[icd10, "", "I10", "O", "外来時", "JHSD0004", "2013"])
            .text(16, &since);
        match problem.course {
            Course::Active { is_main: true } => {
                segment.components(18, &["1", "主診断", "JHSD0007"])
            }
            Course::Active { is_main: false } => segment,
            Course::Suspected => segment.components(13, &["1", "疑いあり", "JHSD0005"]),
            Course::Ended(day) => {
                segment.text(9, &day.digits()).components(14, &["F", "完全に回復", "HL70241"])
            }
        }
    }
}
