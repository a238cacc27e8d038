//! OML-11 of bacteriology: an organism with its amount, and drugs it was tested with.

use super::{Order, Writer};
use crate::day::Moment;
use crate::item::Document;
use hl7v2::build::SegmentBuilder;

const ORGANISM: [&str; 3] = ["4001", "Klebsiella pneumoniae", "JANIS"];

/// Drugs with their result.
const DRUGS: &[([&str; 3], &str)] =
    &[(["1456", "CTRX", "JANIS"], "S"), (["1266", "ABPC", "JANIS"], "R")];

impl Writer<'_> {
    /// A culture of sputum with its susceptibilities.
    pub(crate) fn culture(
        &self,
        sent: Moment,
        number: &str,
        department: [&'static str; 2],
        collected: Moment,
    ) -> Document {
        let order = Order {
            control: "SC",
            number,
            group: "",
            status: "CM",
            parent: "",
            at: sent,
            department,
            is_inpatient: true,
        };
        let specimen = SegmentBuilder::new("SPM").text(1, "1");
        let local = ["K1", "喀痰", &self.source.local("Z01")];
        let specimen =
            self.coded(specimen, 4, ["061", "喀痰", "JC10"], local).text(17, &collected.minutes());
        let request = |code: &str, name: &str| {
            SegmentBuilder::new("OBR")
                .text(1, "1")
                .text(2, number)
                .components(4, &[code, name, &self.source.local("O03")])
                .text(7, &collected.minutes())
                .text(22, &sent.minutes())
                .text(24, "MB")
        };
        let mut message = self
            .begin(&["OUL", "R22", "OUL_R22"], sent)
            .segment(self.inpatient(department, ["32", "302", "1"]))
            .segment(specimen)
            .segment(request("E101", "細菌培養同定検査"))
            .segment(self.order(&order))
            .segment(self.named("菌名", "1").components(5, &ORGANISM))
            .segment(row("菌量", "ST", "2", "1").text(5, "(2+)").text(11, "F"))
            .segment(request("E102", "薬剤感受性検査").components(26, &["", "1", ORGANISM[1]]))
            .segment(self.order(&order));
        for (at, (drug, result)) in DRUGS.iter().enumerate() {
            let sub_id = (at + 1).to_string();
            message.push(self.named("薬剤名", &sub_id).components(5, drug));
            message.push(row("判定", "ST", "2", &sub_id).text(5, result).text(11, "F"));
        }
        Document::message(message, &[("bacteriology", 1 + DRUGS.len() as u32)])
    }

    /// A row whose value names something by a code.
    fn named(&self, item: &str, sub_id: &str) -> SegmentBuilder {
        row(item, "CWE", "1", sub_id).text(11, "F")
    }
}

fn row(item: &str, value_type: &str, number: &str, sub_id: &str) -> SegmentBuilder {
    let code = match item {
        "菌名" => "6B010000006104151",
        "菌量" => "6B010000006104152",
        "薬剤名" => "6C105000006104151",
        _ => "6C105000006104152",
    };
    SegmentBuilder::new("OBX")
        .text(1, number)
        .text(2, value_type)
        .components(3, &[code, item, "JC10"])
        .text(4, sub_id)
}
