//! OBX rows: what laboratory results, physiology results and observations have in common.

use crate::chart::chart_key;
use crate::codes::{coded, of_repetition, unit};
use crate::people::staff_name;
use crate::reading::{Reading, text};
use crate::value;
use hl7v2::{Field, Segment};
use model::entry::Abnormal;
use model::fact::{FactBody, LabResult, Status};
use model::{Coded, PartialTime};

/// An OBX beside a patient record or an order. Rows without a value say nothing here.
pub(super) fn read<'a>(
    reading: &mut Reading<'a>,
    row: Segment<'a>,
    specimen: Option<&Coded>,
    recorded: Option<PartialTime>,
) {
    let result = result(reading, row, specimen);
    if result.value.is_empty() || result.item.is_empty() {
        return;
    }
    let status = match result.result_status.as_str() {
        "O" => Status::Final,
        other => status(other),
    };
    let at = result.observed.clone().or(recorded);
    reading.push(&row, at, status, FactBody::Observation(result));
}

/// The fields of one OBX; what belongs to its request is left to the caller.
pub(super) fn result<'a>(
    reading: &mut Reading<'a>,
    row: Segment<'a>,
    specimen: Option<&Coded>,
) -> LabResult {
    let item = coded(row.field(3));
    let value_type = text(row.field(2));
    let values = row.field(5);
    let coded_value = if is_coded(&value_type) { coded(values) } else { Coded::default() };
    let value = shown(values, &value_type);
    let read = match value_type.as_str() {
        "SN" => structured(values),
        _ if is_coded(&value_type) => None,
        _ => value::number(&value),
    };
    let flags = flags(row.field(8));
    let empty = Coded::default();
    let specimen = specimen.unwrap_or(&empty);
    LabResult {
        chart_key: chart_key(&item, specimen),
        specimen: specimen.clone(),
        item,
        sub_id: text(row.field(4)),
        value_type,
        value,
        coded_value,
        comparator: read.as_ref().map(|one| one.comparator.to_owned()).unwrap_or_default(),
        number: read.map(|one| one.decimal),
        unit: unit(row.field(6)),
        reference_range: row.field(7).text().trim().to_owned(),
        abnormal: worst(&flags),
        flags,
        result_status: text(row.field(11)),
        observed: reading.times.read(row.field(14)),
        ..LabResult::default()
    }
}

/// The status of a result (OBX-11, HL7 table 0085). An unknown one is not final.
pub(super) fn status(result_status: &str) -> Status {
    match result_status {
        "F" | "" | "B" => Status::Final,
        "C" | "U" | "A" => Status::Corrected,
        "X" | "D" | "W" | "N" => Status::Cancelled,
        "O" => Status::Ordered,
        _ => Status::Preliminary,
    }
}

/// The worst of the flags of OBX-8 (HL7 table 0078). One that the table does not know is the
/// laboratory's own word for something that is not normal.
pub(super) fn worst(flags: &[String]) -> Abnormal {
    let of = |flag: &String| match flag.as_str() {
        "HH" | ">" => Abnormal::VeryHigh,
        "LL" | "<" => Abnormal::VeryLow,
        "AA" => Abnormal::VeryAbnormal,
        "H" => Abnormal::High,
        "L" => Abnormal::Low,
        // Normal; susceptible, moderately and very.
        "N" | "S" | "MS" | "VS" => Abnormal::None,
        _ => Abnormal::Abnormal,
    };
    flags.iter().map(of).max().unwrap_or_default()
}

fn flags(field: Field<'_>) -> Vec<String> {
    let flag = |repetition: hl7v2::Repetition<'_>| repetition.component(1).text().trim().to_owned();
    field.repetitions().map(flag).filter(|flag| !flag.is_empty()).collect()
}

pub(super) fn is_coded(value_type: &str) -> bool {
    matches!(value_type, "CWE" | "CE" | "CNE" | "CF")
}

/// OBX-5 as text, repetitions joined with `~`: codes show their text, people their name,
/// embedded data their kind instead of their bytes.
pub(super) fn shown(values: Field<'_>, value_type: &str) -> String {
    match value_type {
        _ if is_coded(value_type) => {
            let texts = values.repetitions().map(|value| of_repetition(value).display().to_owned());
            texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("~")
        }
        "XCN" => staff_name(values),
        "ED" => {
            let value = values.first();
            let parts = (1..=4).map(|number| value.component(number).text().into_owned());
            parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
        "SN" => values.first().components().map(|part| part.text().into_owned()).collect(),
        "ZRD" => supply(values),
        _ => values.text().into_owned(),
    }
}

/// A structured number (SN): comparator and one number; ranges and ratios are no number.
fn structured(values: Field<'_>) -> Option<value::Number> {
    let value = values.first();
    let part = |number: u32| value.component(number).text();
    if !part(3).is_empty() || !part(4).is_empty() {
        return None;
    }
    value::number(&format!("{}{}", part(1), part(2)))
}

/// Drugs and devices used (ZRD of the JAHIS radiology convention): code triple, number, unit.
fn supply(values: Field<'_>) -> String {
    let value = values.first();
    let part = |number: u32| value.component(number).text().trim().to_owned();
    let unit = value.component(5).subcomponent(2).text().trim().to_owned();
    let name = if part(2).is_empty() { part(1) } else { part(2) };
    [name, part(4), unit].into_iter().filter(|one| !one.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_flag_counts() {
        let flags =
            |list: &[&str]| worst(&list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>());
        assert_eq!(flags(&[]), Abnormal::None);
        assert_eq!(flags(&["N"]), Abnormal::None);
        assert_eq!(flags(&["A", "H"]), Abnormal::High);
        assert_eq!(flags(&["HH", "L"]), Abnormal::VeryHigh);
        assert_eq!(flags(&["AA"]), Abnormal::VeryAbnormal, "without a direction");
        assert_eq!(flags(&["AA", "H"]), Abnormal::VeryAbnormal);
        assert_eq!(flags(&["AA", "HH"]), Abnormal::VeryHigh);
        assert_eq!(flags(&["P*"]), Abnormal::Abnormal, "a hospital's own");
        assert_eq!(flags(&["S"]), Abnormal::None);
        assert_eq!(flags(&["R"]), Abnormal::Abnormal);
    }

    #[test]
    fn every_status_of_table_0085_has_its_meaning() {
        for (sent, expected) in [
            ("F", Status::Final),
            ("", Status::Final),
            ("P", Status::Preliminary),
            ("R", Status::Preliminary),
            ("S", Status::Preliminary),
            ("I", Status::Preliminary),
            ("C", Status::Corrected),
            ("U", Status::Corrected),
            ("X", Status::Cancelled),
            ("D", Status::Cancelled),
            ("W", Status::Cancelled),
            ("O", Status::Ordered),
            ("?", Status::Preliminary),
        ] {
            assert_eq!(status(sent), expected, "{sent}");
        }
    }
}
