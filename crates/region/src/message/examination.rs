//! OMG-01/11, OMG-02/12, OMG-03/13: imaging, endoscopy, physiology.

use super::{Order, Writer};
use crate::catalog::examination::{
    ELECTROCARDIOGRAM, ELECTROCARDIOGRAM_VALUES, ENDOSCOPY, IMAGING, Imaging,
};
use crate::day::Moment;
use crate::item::Document;
use hl7v2::build::{MessageBuilder, SegmentBuilder};

/// An examination with images: parent and part codes, and what names its images.
#[derive(Debug, Clone)]
pub(crate) struct Examination {
    pub(crate) number: String,
    pub(crate) at: Moment,
    pub(crate) department: [&'static str; 2],
    /// Code, text, system of parent and part, and the hospital's code.
    parent: [&'static str; 3],
    part: [&'static str; 3],
    local: &'static str,
    pub(crate) modality: &'static str,
    kinds: [&'static str; 2],
}

impl Examination {
    /// A radiological examination by its place in the catalogue.
    pub(crate) fn imaging(
        place: usize,
        number: String,
        at: Moment,
        department: [&'static str; 2],
    ) -> Examination {
        let Imaging { code, part_code, local, name, part_name, modality } =
            *IMAGING.get(place).unwrap_or(&IMAGING[0]);
        Examination {
            number,
            at,
            department,
            parent: [code, name, "JJ1017"],
            part: [part_code, part_name, "JJ1017"],
            local,
            modality,
            kinds: ["imaging_order", "imaging_performed"],
        }
    }

    /// An upper endoscopy.
    pub(crate) fn endoscopy(
        number: String,
        at: Moment,
        department: [&'static str; 2],
    ) -> Examination {
        let [[code, name], [part_code, part_name]] = ENDOSCOPY;
        Examination {
            number,
            at,
            department,
            parent: [code, name, "LENDO"],
            part: [part_code, part_name, "LENDO"],
            local: "E0101",
            modality: "ES",
            kinds: ["endoscopy_order", "endoscopy_performed"],
        }
    }
}

impl Writer<'_> {
    /// OMG-01 or OMG-02: the order and its part.
    pub(crate) fn examination_order(&self, sent: Moment, examination: &Examination) -> Document {
        let message = self
            .begin(&["OMG", "O19", "OMG_O19"], sent)
            .segment(self.outpatient(examination.department));
        let message = self.examination_groups(message, sent, examination, false);
        Document::message(message, &[(examination.kinds[0], 1)])
    }

    /// OMG-11 or OMG-12: performed, with accession number and StudyInstanceUID.
    pub(crate) fn examination_performed(
        &self,
        sent: Moment,
        examination: &Examination,
    ) -> Document {
        let message = self
            .begin(&["OMI", "Z23", "OMI_Z23"], sent)
            .segment(self.outpatient(examination.department));
        let message = self.examination_groups(message, sent, examination, true);
        Document::message(message, &[(examination.kinds[1], 1)])
    }

    /// The parent order twice (`NW`, `PA`), then its part (`CH`), as JAHIS's radiology data
    /// exchange writes them.
    fn examination_groups(
        &self,
        mut message: MessageBuilder,
        sent: Moment,
        examination: &Examination,
        is_performed: bool,
    ) -> MessageBuilder {
        let number = examination.number.as_str();
        let part_number = child_number(number);
        for (control, number, parent) in
            [("NW", number, ""), ("PA", number, ""), ("CH", part_number.as_str(), number)]
        {
            message.push(self.order(&Order {
                control,
                number,
                group: "",
                status: "",
                parent,
                at: sent,
                department: examination.department,
                is_inpatient: false,
            }));
            let timing = SegmentBuilder::new("TQ1").text(1, "1");
            message.push(timing.components(9, &["R", "ルーチン", "HL70485"]));
            let code = if parent.is_empty() { examination.parent } else { examination.part };
            let local = [examination.local, code[1], &self.source.local("R01")];
            let segment = SegmentBuilder::new("OBR").text(2, number);
            let segment = self
                .coded(segment, 4, code, local)
                .components(16, &self.doctor(examination.department))
                .text(29, parent);
            message.push(match is_performed {
                true => segment.text(7, &examination.at.minutes()).text(25, "F"),
                false => segment,
            });
            if is_performed && !parent.is_empty() {
                let segment = SegmentBuilder::new("ZE1").text(1, "1").text(2, "RS");
                message.push(self.coded(segment, 3, code, local));
            }
            if is_performed {
                message.push(self.images(examination));
            }
        }
        message
    }

    fn images(&self, examination: &Examination) -> SegmentBuilder {
        SegmentBuilder::new("IPC")
            .text(1, &accession_number(&examination.number))
            .text(2, &format!("P{}", significant(&examination.number)))
            .text(3, &study_uid(self.source.domain_oid, &examination.number))
            .components(5, &[examination.modality, "", "DCM"])
    }

    /// OMG-03 生理検査オーダ.
    pub(crate) fn electrocardiogram_order(
        &self,
        sent: Moment,
        number: &str,
        department: [&'static str; 2],
    ) -> Document {
        let message = self
            .begin(&["OMG", "O19", "OMG_O19"], sent)
            .segment(self.outpatient(department))
            .segment(self.order(&plain_order(number, sent, department)))
            .segment(SegmentBuilder::new("TQ1").text(1, "1"))
            .segment(self.electrocardiogram(number, department));
        Document::message(message, &[("physiology_order", 1)])
    }

    /// OMG-13 生理検査結果, with values drawn by the caller.
    pub(crate) fn electrocardiogram_result(
        &self,
        sent: Moment,
        number: &str,
        department: [&'static str; 2],
        values: &[i64],
    ) -> Document {
        let request = self
            .electrocardiogram(number, department)
            .text(7, &sent.day().digits())
            .text(22, &sent.minutes())
            .text(25, "F");
        let mut message = self
            .begin(&["ORU", "R01", "ORU_R01"], sent)
            .segment(self.outpatient(department))
            .segment(self.order(&plain_order(number, sent, department)))
            .segment(request);
        let mut count = 0;
        for (([code, name, unit], _), value) in ELECTROCARDIOGRAM_VALUES.iter().zip(values) {
            count += 1;
            let segment = SegmentBuilder::new("OBX")
                .text(1, &count.to_string())
                .text(2, "NM")
                .components(3, &[code, name, "99MFR"])
                .text(5, &value.to_string())
                .text(6, unit)
                .text(11, "F");
            message.push(segment);
        }
        Document::message(message, &[("physiology_performed", 1), ("physiology_result", count)])
    }

    fn electrocardiogram(&self, number: &str, department: [&'static str; 2]) -> SegmentBuilder {
        let [code, name] = ELECTROCARDIOGRAM;
        let segment = SegmentBuilder::new("OBR").text(1, "1").text(2, number);
        let local = ["P0101", name, &self.source.local("P01")];
        self.coded(segment, 4, [code, name, "JC10"], local).components(16, &self.doctor(department))
    }
}

/// The StudyInstanceUID of an order of a domain.
pub(crate) fn study_uid(domain_oid: &str, number: &str) -> String {
    format!("{domain_oid}.9.{}", significant(number))
}

/// The accession number of an order.
pub(crate) fn accession_number(number: &str) -> String {
    format!("A{}", significant(number))
}

fn significant(number: &str) -> &str {
    number.trim_start_matches('0')
}

fn child_number(number: &str) -> String {
    format!("{}1", number.get(..number.len().saturating_sub(1)).unwrap_or_default())
}

fn plain_order<'a>(number: &'a str, at: Moment, department: [&'static str; 2]) -> Order<'a> {
    Order {
        control: "NW",
        number,
        group: "",
        status: "",
        parent: "",
        at,
        department,
        is_inpatient: false,
    }
}
