//! Segments that many messages share.

use crate::day::Moment;
use crate::habits::{NameStyle, SourceSpec};
use crate::names::DOCTORS;
use crate::people::Person;
use hl7v2::build::{MessageBuilder, SegmentBuilder};
use text::key::kana_key;

/// Writes messages of one patient in one source.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) source: &'static SourceSpec,
    pub(crate) person: &'a Person,
    pub(crate) patient_id: &'a str,
}

/// What ORC says of an order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    /// ORC-1.
    pub(crate) control: &'a str,
    /// ORC-2.
    pub(crate) number: &'a str,
    /// ORC-4.
    pub(crate) group: &'a str,
    /// ORC-5.
    pub(crate) status: &'a str,
    /// ORC-8.
    pub(crate) parent: &'a str,
    pub(crate) at: Moment,
    pub(crate) department: [&'static str; 2],
    pub(crate) is_inpatient: bool,
}

impl Writer<'_> {
    /// MSH and PID.
    pub(crate) fn begin(&self, kind: &[&str], sent: Moment) -> MessageBuilder {
        MessageBuilder::new().segment(self.header(kind, sent)).segment(self.patient())
    }

    /// MSH, EVN and PID, as ADT messages begin.
    pub(crate) fn begin_event(
        &self,
        kind: &[&str],
        sent: Moment,
        occurred: Option<Moment>,
    ) -> MessageBuilder {
        let event = SegmentBuilder::new("EVN").text(2, &sent.minutes());
        let event = match occurred {
            Some(moment) => event.text(6, &moment.minutes()),
            None => event,
        };
        MessageBuilder::new()
            .segment(self.header(kind, sent))
            .segment(event)
            .segment(self.patient())
    }

    fn header(&self, kind: &[&str], sent: Moment) -> SegmentBuilder {
        let [set, handling] = self.source.declared;
        let header = SegmentBuilder::new("MSH")
            .text(3, self.source.vendor)
            .text(4, self.source.facility().code)
            .text(5, "GW")
            .text(6, "SSMIX2")
            .text(7, &sent.seconds())
            .components(9, kind)
            .text(10, &sent.full())
            .text(11, "P")
            .text(12, "2.5")
            .raw(18, set)
            .raw(20, handling);
        let profile = ["SS-MIX2_1.20", "SS-MIX2", "1.2.392.200250.2.1.100.1.2.120", "ISO"];
        header.components(21, &profile)
    }

    fn patient(&self) -> SegmentBuilder {
        let person = self.person;
        let segment = SegmentBuilder::new("PID").text(1, "0001");
        let segment = match self.source.vendor {
            "BETA" => segment.text(3, self.patient_id),
            _ => segment.components(3, &[self.patient_id, "", "", "", "PI"]),
        };
        self.name(segment)
            .text(7, &person.birth.digits())
            .text(8, person.sex())
            .components(11, &["", "", "", "", person.postal_code, "JPN", "H", &person.address])
            .components(13, &["", "PRN", "PH", "", "", "", "", "", "", "", "", &person.phone])
    }

    fn name(&self, segment: SegmentBuilder) -> SegmentBuilder {
        let [family, family_kana] = self.person.family;
        let [given, given_kana] = self.person.given;
        let family = self.source.writable(family);
        match self.source.names {
            NameStyle::Parts => segment.repetitions(
                5,
                &[
                    &[&family, given, "", "", "", "", "L", "I"],
                    &[family_kana, given_kana, "", "", "", "", "L", "P"],
                ],
            ),
            NameStyle::Whole => {
                let whole = format!("{family}　{given}");
                let kana = format!("{} {}", half_width(family_kana), half_width(given_kana));
                segment.repetitions(
                    5,
                    &[
                        &[&whole, "", "", "", "", "", "L", "I"],
                        &[&kana, "", "", "", "", "", "L", "P"],
                    ],
                )
            }
        }
    }

    /// PV1 of an out-patient.
    pub(crate) fn outpatient(&self, department: [&str; 2]) -> SegmentBuilder {
        SegmentBuilder::new("PV1")
            .text(1, "0001")
            .text(2, "O")
            .components(3, &[department[0], "", "", "", "", "C"])
            .components(7, &self.doctor(department))
    }

    /// PV1 of an in-patient.
    pub(crate) fn inpatient(&self, department: [&str; 2], ward: [&str; 3]) -> SegmentBuilder {
        SegmentBuilder::new("PV1")
            .text(1, "0001")
            .text(2, "I")
            .components(3, &[ward[0], ward[1], ward[2], "", "", "N"])
            .components(7, &self.doctor(department))
            .text(10, department[0])
    }

    /// The doctor of a department, as XCN.
    pub(crate) fn doctor(&self, department: [&str; 2]) -> [&'static str; 15] {
        let at = department[0].bytes().map(usize::from).sum::<usize>() + self.source.facility;
        let [id, family, given] = DOCTORS.get(at % DOCTORS.len()).copied().unwrap_or(DOCTORS[0]);
        [id, family, given, "", "", "", "", "", "", "L", "", "", "", "", "I"]
    }

    /// ORC.
    pub(crate) fn order(&self, order: &Order<'_>) -> SegmentBuilder {
        let [department, department_name] = order.department;
        let system = self.source.local("XY1");
        let kind = if order.is_inpatient {
            ["I", "入院患者オーダ"]
        } else {
            ["O", "外来患者オーダ"]
        };
        SegmentBuilder::new("ORC")
            .text(1, order.control)
            .text(2, order.number)
            .text(4, order.group)
            .text(5, order.status)
            .text(8, order.parent)
            .text(9, &order.at.seconds())
            .components(12, &self.doctor(order.department))
            .components(17, &[department, department_name, &system])
            .text(21, self.source.facility().name)
            .components(29, &[kind[0], kind[1], "HL70482"])
    }

    /// Sets a field to an item with a standard and a local code, in this system's layout.
    pub(crate) fn coded(
        &self,
        segment: SegmentBuilder,
        number: u32,
        standard: [&str; 3],
        local: [&str; 3],
    ) -> SegmentBuilder {
        let parts = self.source.coded(standard, local);
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        segment.components(number, &parts)
    }
}

/// Kana in half width, as old systems write readings. Voice marks become characters of their
/// own.
pub(crate) fn half_width(kana: &str) -> String {
    const FULL: &str = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン";
    const HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ";
    let plain = |character: char| {
        FULL.chars().zip(HALF.chars()).find_map(|(full, half)| (full == character).then_some(half))
    };
    let mut out = String::new();
    for character in kana_key(kana).chars() {
        let before = |distance: u32| char::from_u32(u32::from(character) - distance);
        match plain(character) {
            Some(half) => out.push(half),
            None if character == 'ー' => out.push('ｰ'),
            None => match (before(1).and_then(plain), before(2).and_then(plain)) {
                (Some(half), _) => out.extend([half, 'ﾞ']),
                (None, Some(half)) => out.extend([half, 'ﾟ']),
                _ => out.push(character),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::half_width;

    #[test]
    fn kana_become_half_width() {
        assert_eq!(half_width("ワタナベ"), "ﾜﾀﾅﾍﾞ");
        assert_eq!(half_width("コンドウ"), "ｺﾝﾄﾞｳ");
        assert_eq!(half_width("パール"), "ﾊﾟｰﾙ");
        assert_eq!(half_width("ショウ"), "ｼﾖｳ");
    }
}
