//! OMD: meals of an in-patient.

use super::visit::Stay;
use super::{Order, Writer};
use crate::day::Moment;
use crate::item::Document;
use hl7v2::build::SegmentBuilder;

impl Writer<'_> {
    /// OMD 食事オーダ of one line.
    pub(crate) fn diet(&self, sent: Moment, number: &str, stay: &Stay) -> Document {
        let order = Order {
            control: "NW",
            number,
            group: "",
            status: "",
            parent: "",
            at: sent,
            department: stay.department,
            is_inpatient: true,
        };
        let timing = SegmentBuilder::new("TQ1")
            .text(1, "1")
            .text(7, &sent.plus_minutes(180).minutes())
            .components(9, &["R", "ルーチン", "HL70485"]);
        let diet = SegmentBuilder::new("ODS")
            .text(1, "D")
            .components(3, &["001", "減塩食", &self.source.local("XY3")])
            .text(4, "塩分６ｇ");
        let message = self
            .begin(&["OMD", "O03", "OMD_O03"], sent)
            .segment(self.inpatient(stay.department, stay.ward))
            .segment(self.order(&order))
            .segment(timing)
            .segment(diet);
        Document::message(message, &[("diet", 1)])
    }
}
