//! OML-01 and OML-11: tests ordered and their results.

use super::{Order, Writer};
use crate::catalog::laboratory::{ITEMS, Item, Specimen, URINE_PROTEIN, URINE_PROTEIN_VALUES};
use crate::day::Moment;
use crate::item::Document;
use crate::truth::LabValue;
use hl7v2::build::SegmentBuilder;

/// The results of one order.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) number: String,
    pub(crate) department: [&'static str; 2],
    pub(crate) is_inpatient: bool,
    pub(crate) collected: Moment,
    pub(crate) reported: Moment,
    /// OBX-11.
    pub(crate) status: &'static str,
    /// Places in the catalogue with scaled values.
    pub(crate) values: Vec<(usize, i64)>,
    /// Place of the value of urinary protein, where it was looked at.
    pub(crate) urine_protein: Option<usize>,
}

/// One row of a report, numeric or not.
struct Row {
    code: &'static str,
    local: &'static str,
    name: &'static str,
    specimen: Specimen,
    value_type: &'static str,
    value: String,
    unit: &'static str,
    range: String,
    flag: &'static str,
}

impl Report {
    fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = self
            .values
            .iter()
            .filter_map(|(at, scaled)| ITEMS.get(*at).map(|item| numeric(item, *scaled)))
            .collect();
        if let Some(value) = self.urine_protein.and_then(|at| URINE_PROTEIN_VALUES.get(at)) {
            let [code, local, name] = URINE_PROTEIN;
            rows.push(Row {
                code,
                local,
                name,
                specimen: Specimen::Urine,
                value_type: "ST",
                value: (*value).to_owned(),
                unit: "",
                range: "(-)".to_owned(),
                flag: if matches!(*value, "(-)" | "(±)") { "" } else { "A" },
            });
        }
        rows.sort_by_key(|row| row.specimen);
        rows
    }
}

impl Writer<'_> {
    /// OML-01 検体検査オーダ; `control` is `NW` or `CA`.
    pub(crate) fn lab_order(&self, sent: Moment, report: &Report, control: &str) -> Document {
        let mut message =
            self.begin(&["OML", "O33", "OML_O33"], sent).segment(self.lab_visit(report));
        let (mut specimen, mut number, mut count, mut specimens) = (None, 0, 0, 0);
        for row in report.rows() {
            if specimen != Some(row.specimen) {
                specimen = Some(row.specimen);
                number = 0;
                specimens += 1;
                message.push(self.specimen(row.specimen, specimens, report.collected));
                let order = Order { at: sent, ..lab_order(report, control, "") };
                message.push(self.order(&order));
                message.push(self.battery(row.specimen, report));
            }
            number += 1;
            count += 1;
            let segment = SegmentBuilder::new("OBX").text(1, &number.to_string());
            message.push(self.item_code(segment, &row).text(11, "O"));
        }
        Document::message(message, &[("lab_order", count)])
    }

    /// OML-11 検体検査結果; `control` is `SC` or `CA`.
    pub(crate) fn lab_result(&self, sent: Moment, report: &Report, control: &str) -> Document {
        let mut message =
            self.begin(&["OUL", "R22", "OUL_R22"], sent).segment(self.lab_visit(report));
        let (mut specimen, mut number, mut specimens) = (None, 0, 0);
        let mut labs = Vec::new();
        for row in report.rows() {
            if specimen != Some(row.specimen) {
                specimen = Some(row.specimen);
                number = 0;
                specimens += 1;
                message.push(self.specimen(row.specimen, specimens, report.collected));
                message
                    .push(self.battery(row.specimen, report).text(22, &report.reported.minutes()));
                message.push(self.order(&lab_order(report, control, "CM")));
            }
            number += 1;
            message.push(self.result(&row, number, report));
            labs.push(self.truth(&row, report));
        }
        let mut document = Document::message(message, &[("lab_result", labs.len() as u32)]);
        document.labs = labs;
        document
    }

    fn lab_visit(&self, report: &Report) -> SegmentBuilder {
        if report.is_inpatient {
            self.inpatient(report.department, ["32", "302", "1"])
        } else {
            self.outpatient(report.department)
        }
    }

    fn specimen(&self, specimen: Specimen, number: u32, collected: Moment) -> SegmentBuilder {
        let [code, name, local] = specimen.code();
        let segment = SegmentBuilder::new("SPM").text(1, &number.to_string());
        let system = self.source.local("Z01");
        self.coded(segment, 4, [code, name, "JC10"], [local, name, &system])
            .text(17, &collected.minutes())
    }

    fn battery(&self, specimen: Specimen, report: &Report) -> SegmentBuilder {
        let [code, name] = specimen.battery();
        SegmentBuilder::new("OBR")
            .text(1, "1")
            .text(2, &report.number)
            .components(4, &[code, name, &self.source.local("O03")])
            .text(7, &report.collected.minutes())
            .components(16, &self.doctor(report.department))
    }

    fn item_code(&self, segment: SegmentBuilder, row: &Row) -> SegmentBuilder {
        let system = self.source.local("X03");
        self.coded(segment, 3, self.standard_code(row), [row.local, row.name, &system])
    }

    /// The second hospital has not coded every item.
    fn standard_code<'a>(&self, row: &'a Row) -> [&'a str; 3] {
        let uncoded = self.source.vendor == "BETA" && matches!(row.local, "10210" | "10601");
        if uncoded { ["", "", ""] } else { [row.code, row.name, "JC10"] }
    }

    fn result(&self, row: &Row, number: u32, report: &Report) -> SegmentBuilder {
        let segment =
            SegmentBuilder::new("OBX").text(1, &number.to_string()).text(2, row.value_type);
        let segment = self.item_code(segment, row).text(5, &row.value);
        let segment = match row.unit {
            "" => segment,
            unit => segment.components(6, &[unit, unit, &self.source.local("XYZ")]),
        };
        segment
            .text(7, &row.range)
            .text(8, self.flag(row))
            .text(11, report.status)
            .text(14, &report.collected.minutes())
    }

    /// The first hospital's laboratory writes `N` for what is within the range.
    fn flag(&self, row: &Row) -> &'static str {
        if row.flag.is_empty() && self.source.vendor == "ALPHA" { "N" } else { row.flag }
    }

    fn truth(&self, row: &Row, report: &Report) -> LabValue {
        let sent = self.source.coded(self.standard_code(row), [row.local, row.name, "local"]);
        let has = |code: &str| sent.iter().any(|part| part == code);
        let sent_code = |code: &str| if has(code) { code.to_owned() } else { String::new() };
        LabValue {
            jlac10: sent_code(row.code),
            local_code: sent_code(row.local),
            name: row.name.to_owned(),
            value: row.value.clone(),
            unit: row.unit.to_owned(),
            reference_range: row.range.clone(),
            flag: self.flag(row).to_owned(),
            status: report.status.to_owned(),
            collected: report.collected.minutes(),
        }
    }
}

fn numeric(item: &Item, scaled: i64) -> Row {
    Row {
        code: item.code,
        local: item.local,
        name: item.name,
        specimen: item.specimen,
        value_type: "NM",
        value: item.written(scaled),
        unit: item.unit,
        range: format!("{}-{}", item.written(item.low), item.written(item.high)),
        flag: item.flag(scaled),
    }
}

fn lab_order<'a>(report: &'a Report, control: &'a str, status: &'a str) -> Order<'a> {
    Order {
        control,
        number: &report.number,
        group: "",
        status,
        parent: "",
        at: report.reported,
        department: report.department,
        is_inpatient: report.is_inpatient,
    }
}
