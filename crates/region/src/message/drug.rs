//! OMP-01, OMP-11, OMP-02, OMP-12: drugs ordered, dispensed, given.

use super::{Order, Writer};
use crate::catalog::drug::{Component, Drug};
use crate::day::{Day, Moment};
use crate::item::Document;
use hl7v2::build::SegmentBuilder;

/// A prescription.
#[derive(Debug, Clone)]
pub(crate) struct Prescription {
    pub(crate) number: String,
    pub(crate) drugs: Vec<Drug>,
    pub(crate) days: i64,
    pub(crate) start: Day,
    pub(crate) department: [&'static str; 2],
}

/// An injection, one or more a day.
#[derive(Debug, Clone)]
pub(crate) struct Injection {
    pub(crate) number: String,
    pub(crate) components: Vec<Component>,
    pub(crate) start: Moment,
    pub(crate) department: [&'static str; 2],
    pub(crate) ward: [&'static str; 3],
}

impl Writer<'_> {
    /// OMP-01 処方オーダ; `control` is `NW`, or `CA` to cancel it.
    pub(crate) fn prescription(
        &self,
        sent: Moment,
        prescription: &Prescription,
        control: &str,
    ) -> Document {
        let mut message = self
            .begin(&["RDE", "O11", "RDE_O11"], sent)
            .segment(self.outpatient(prescription.department));
        for (at, drug) in prescription.drugs.iter().enumerate() {
            let group = format!("{:02}", at + 1);
            message.push(self.order(&Order {
                control,
                number: &prescription.number,
                group: &group,
                status: "",
                parent: "",
                at: sent,
                department: prescription.department,
                is_inpatient: false,
            }));
            message.push(self.drug_line(drug, prescription.days));
            message.push(timing(drug, prescription));
            message.push(SegmentBuilder::new("RXR").components(1, &["PO", "口", "HL70162"]));
        }
        let count = prescription.drugs.len() as u32;
        Document::message(message, &[("prescription_line", count)])
    }

    fn drug_line(&self, drug: &Drug, days: i64) -> SegmentBuilder {
        let [unit, unit_text] = drug.unit;
        let per_day = drug.dose * drug.usage.times;
        let segment = self.drug_code(SegmentBuilder::new("RXE"), 2, drug);
        segment
            .text(3, &drug.dose.to_string())
            .components(5, &[unit, unit_text, "MR9P"])
            .text(10, &(per_day * days).to_string())
            .components(11, &[unit, unit_text, "MR9P"])
            .tree(
                19,
                vec![vec![
                    vec![per_day.to_string()],
                    vec![unit.to_owned(), unit_text.to_owned(), "MR9P".to_owned()],
                ]],
            )
            .repetitions(21, &[&["OHP", "外来処方", "MR9P"], &["OHO", "院外処方", "MR9P"]])
            .components(27, &["21", "内服", "JHSP0003"])
    }

    /// OMP-11 処方実施通知.
    pub(crate) fn dispensed(&self, sent: Moment, prescription: &Prescription) -> Document {
        let mut message = self
            .begin(&["RAS", "O17", "RAS_O17"], sent)
            .segment(self.outpatient(prescription.department))
            .segment(self.order(&Order {
                control: "NW",
                number: &prescription.number,
                group: "01",
                status: "",
                parent: "",
                at: sent,
                department: prescription.department,
                is_inpatient: false,
            }));
        for drug in &prescription.drugs {
            let [unit, unit_text] = drug.unit;
            let segment = given(sent, sent);
            let amount = drug.dose * drug.usage.times * prescription.days;
            let segment = self
                .drug_code(segment, 5, drug)
                .text(6, &amount.to_string())
                .components(7, &[unit, unit_text, "MR9P"])
                .text(20, "CP");
            message.push(segment);
        }
        message.push(SegmentBuilder::new("RXR").components(1, &["PO", "口", "HL70162"]));
        Document::message(message, &[("prescription_line", prescription.drugs.len() as u32)])
    }

    /// OMP-02 注射オーダ.
    pub(crate) fn injection(&self, sent: Moment, injection: &Injection) -> Document {
        let group = format!("{}_01_001", injection.number);
        let head = SegmentBuilder::new("RXE")
            .components(2, &["00", "一般", "JHSI0002"])
            .text(3, "500")
            .components(5, &["ML", "ミリリットル", "MR9P"])
            .components(6, &["INJ", "注射剤", "MR9P"])
            .repetitions(21, &[&["IHP", "入院処方", "MR9P"]])
            .text(23, "100")
            .components(24, &["ml/hr", "ミリリットル／時間", "ISO+"]);
        let timing = SegmentBuilder::new("TQ1")
            .text(1, "1")
            .text(7, &injection.start.minutes())
            .text(8, &injection.start.plus_minutes(300).minutes());
        let mut message = self
            .begin(&["RDE", "O11", "RDE_O11"], sent)
            .segment(self.inpatient(injection.department, injection.ward))
            .segment(self.injection_order(sent, injection, &group))
            .segment(head)
            .segment(timing)
            .segment(SegmentBuilder::new("RXR").components(1, &["IV", "静脈内", "HL70162"]));
        for (at, component) in injection.components.iter().enumerate() {
            let [.., unit, unit_text] = *component;
            let segment = SegmentBuilder::new("RXC").text(1, if at == 0 { "B" } else { "A" });
            let segment = self
                .component_code(segment, 2, component)
                .text(3, "1")
                .components(4, &[unit, unit_text, "MR9P"]);
            message.push(segment);
        }
        Document::message(message, &[("injection_line", injection.components.len() as u32)])
    }

    /// OMP-12 注射実施通知.
    pub(crate) fn injected(&self, sent: Moment, injection: &Injection) -> Document {
        let group = format!("{}_01_001", injection.number);
        let mut message = self
            .begin(&["RAS", "O17", "RAS_O17"], sent)
            .segment(self.inpatient(injection.department, injection.ward))
            .segment(self.injection_order(sent, injection, &group));
        for component in &injection.components {
            let [.., unit, unit_text] = *component;
            let segment = given(injection.start, injection.start.plus_minutes(290));
            let segment = self
                .component_code(segment, 5, component)
                .text(6, "1")
                .components(7, &[unit, unit_text, "MR9P"])
                .text(12, "100ml/hr")
                .text(20, "CP");
            message.push(segment);
        }
        message.push(SegmentBuilder::new("RXR").components(1, &["IV", "静脈内", "HL70162"]));
        Document::message(message, &[("injection_line", injection.components.len() as u32)])
    }

    fn injection_order(&self, sent: Moment, injection: &Injection, group: &str) -> SegmentBuilder {
        self.order(&Order {
            control: "NW",
            number: &injection.number,
            group,
            status: "",
            parent: "",
            at: sent,
            department: injection.department,
            is_inpatient: true,
        })
    }

    fn drug_code(&self, segment: SegmentBuilder, number: u32, drug: &Drug) -> SegmentBuilder {
        let component = [drug.hot9, drug.yj, drug.local, drug.name, "", ""];
        self.component_code(segment, number, &component)
    }

    /// One hospital sends HOT9, another YJ beside its own codes, the old system its own alone.
    fn component_code(
        &self,
        segment: SegmentBuilder,
        number: u32,
        component: &Component,
    ) -> SegmentBuilder {
        let [hot9, yj, local, name, ..] = *component;
        let standard =
            if self.source.vendor == "BETA" { [yj, name, "YJ"] } else { [hot9, name, "HOT9"] };
        self.coded(segment, number, standard, [local, name, &self.source.local("M01")])
    }
}

fn timing(drug: &Drug, prescription: &Prescription) -> SegmentBuilder {
    let usage = [drug.usage.code, drug.usage.text, "JAMISDP01"].map(str::to_owned).to_vec();
    SegmentBuilder::new("TQ1")
        .text(1, "1")
        .tree(3, vec![vec![usage]])
        .components(6, &[&prescription.days.to_string(), "d"])
        .text(7, &prescription.start.digits())
}

fn given(start: Moment, end: Moment) -> SegmentBuilder {
    SegmentBuilder::new("RXA")
        .text(1, "0")
        .text(2, "1")
        .text(3, &start.minutes())
        .text(4, &end.minutes())
}
