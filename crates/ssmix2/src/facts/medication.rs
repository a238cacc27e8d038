//! OMP-01 and OMP-02: ordered drugs.
//!
//! A prescription's drug is RXE-2. An injection's drugs are its RXC; RXE-2 is only the class of
//! the injection, and RXE-3 the volume of the whole.

use super::observation;
use crate::codes::{bounded, coded, coded_each, of_subcomponents, quantity_unit};
use crate::groups::{OrderGroup, orders};
use crate::people::staff_name;
use crate::reading::{Reading, is_cancelled, order_number, text};
use crate::times::days_after;
use hl7v2::{Field, Repetition, Segment};
use model::fact::{FactBody, MedicationLine, Status};
use model::limits::FACT_LIST_ENTRIES;
use model::{Coded, DataType};

pub(super) fn read(reading: &mut Reading<'_>) {
    for group in orders(&reading.segments, "RXE") {
        let status = if is_cancelled(group.orc) { Status::Cancelled } else { Status::Ordered };
        for part in parts(&group) {
            read_ordered(reading, &part, status);
        }
        for row in group.named("OBX") {
            observation::read(reading, row, None, None);
        }
    }
}

/// The drugs of one RXE with its TQ1, RXR and RXC.
pub(super) fn read_ordered<'a>(reading: &mut Reading<'a>, part: &OrderGroup<'a>, status: Status) {
    let is_injection = is_injection(reading.data_type);
    let line = base(reading, part);
    let ordered = part.orc.and_then(|orc| reading.times.read(orc.field(9)));
    let at = line.start.clone().or(ordered);
    let components: Vec<Segment<'a>> = part.named("RXC").collect();
    let encoded = part.first("RXE");
    let names_drug = !line.drug.is_empty() && (!is_injection || components.is_empty());
    if let Some(rxe) = encoded.filter(|_| names_drug) {
        reading.push(&rxe, at.clone(), status, body(is_injection, line.clone()));
    }
    for rxc in components {
        let mut line = line.clone();
        if is_injection && !line.drug.is_empty() {
            line.kinds.insert(0, std::mem::take(&mut line.drug));
        }
        line.component = text(rxc.field(1));
        line.drug = coded(rxc.field(2));
        line.dose = text(rxc.field(3));
        line.dose_unit = coded(rxc.field(4));
        if !line.drug.is_empty() {
            reading.push(&rxc, at.clone(), status, body(is_injection, line));
        }
    }
}

pub(super) fn is_injection(data_type: DataType) -> bool {
    matches!(data_type, DataType::Omp02 | DataType::Omp12)
}

pub(super) fn body(is_injection: bool, line: MedicationLine) -> FactBody {
    if is_injection { FactBody::InjectionLine(line) } else { FactBody::PrescriptionLine(line) }
}

/// One part for each RXE of an order; what stands before the first belongs to it.
pub(super) fn parts<'a>(group: &OrderGroup<'a>) -> Vec<OrderGroup<'a>> {
    let mut parts: Vec<OrderGroup<'a>> = Vec::new();
    let mut has_drug = false;
    for segment in &group.members {
        let begins = segment.name() == "RXE" && has_drug;
        has_drug |= segment.name() == "RXE";
        match parts.last_mut() {
            Some(part) if !begins => part.members.push(*segment),
            _ => parts.push(OrderGroup { orc: group.orc, members: vec![*segment] }),
        }
    }
    parts
}

/// What ORC, RXE, TQ1 and RXR say of a drug.
pub(super) fn base<'a>(reading: &mut Reading<'a>, part: &OrderGroup<'a>) -> MedicationLine {
    let mut line =
        MedicationLine { department: reading.department(part.orc), ..Default::default() };
    if let Some(orc) = part.orc {
        line.group = text(orc.field(4));
        line.order_number = order_number(orc.field(2));
        line.doctor = staff_name(orc.field(12));
    }
    if let Some(rxe) = part.first("RXE") {
        prescribed(&mut line, rxe);
    }
    if let Some(rxr) = part.first("RXR") {
        route(&mut line, rxr);
    }
    let ordered = part.orc.and_then(|orc| reading.times.read(orc.field(9)));
    for tq1 in part.named("TQ1").take(FACT_LIST_ENTRIES as usize) {
        timing(reading, &mut line, tq1);
    }
    line.usage.codes.truncate(FACT_LIST_ENTRIES as usize);
    line.instructions.truncate(FACT_LIST_ENTRIES as usize);
    if let (None, Some(days)) = (&line.end, line.days.filter(|days| *days > 0)) {
        let start = line.start.as_ref().or(ordered.as_ref());
        line.end = start.and_then(|start| days_after(start, i64::from(days) - 1));
        line.end_derived = line.end.is_some();
    }
    line
}

pub(super) fn route(line: &mut MedicationLine, rxr: Segment<'_>) {
    line.route = coded(rxr.field(1));
    line.site = coded(rxr.field(2));
}

fn prescribed(line: &mut MedicationLine, rxe: Segment<'_>) {
    line.drug = coded(rxe.field(2));
    line.dose = text(rxe.field(3));
    let most = text(rxe.field(4));
    if !most.is_empty() && most != line.dose {
        line.dose = format!("{}-{most}", line.dose);
    }
    line.dose_unit = coded(rxe.field(5));
    line.form = coded(rxe.field(6));
    line.instructions.extend(words(rxe.field(7)));
    line.total = text(rxe.field(10));
    line.total_unit = coded(rxe.field(11));
    line.daily_dose = text(rxe.field(19));
    line.daily_dose_unit = quantity_unit(rxe.field(19).first());
    line.kinds = [21, 27].into_iter().flat_map(|number| coded_each(rxe.field(number))).collect();
    let rate = [text(rxe.field(23)), coded(rxe.field(24)).display().to_owned()];
    line.rate = rate.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
}

/// Adds one TQ1: usages add up, the first start, duration and end stand.
fn timing<'a>(reading: &mut Reading<'a>, line: &mut MedicationLine, tq1: Segment<'a>) {
    for repetition in tq1.field(3).repetitions().take(FACT_LIST_ENTRIES as usize) {
        line.usage.codes.extend(usage(repetition).codes);
    }
    if line.duration.is_empty() {
        let duration = tq1.field(6).first();
        line.duration = bounded(tq1.field(6).text().trim().to_owned());
        line.days = days(duration);
    }
    line.start = line.start.take().or_else(|| reading.times.read(tq1.field(7)));
    line.end = line.end.take().or_else(|| reading.times.read(tq1.field(8)));
    line.instructions.extend([10, 11].into_iter().flat_map(|number| words(tq1.field(number))));
    line.doses = line.doses.or_else(|| count(&text(tq1.field(14))));
}

/// TQ1-3 (RPT): the usage is one component with subcomponents, or the components themselves.
fn usage(repetition: Repetition<'_>) -> Coded {
    let first = repetition.component(1);
    if first.subcomponents().nth(1).is_some() {
        of_subcomponents(first)
    } else {
        crate::codes::of_repetition(repetition)
    }
}

/// The number of days of a duration (CQ): `5^d`, `3^D&日&ISO+`. Other units are no days.
fn days(duration: Repetition<'_>) -> Option<u32> {
    let unit = quantity_unit(duration);
    let is_day = |written: &str| {
        let written = written.trim().to_ascii_lowercase();
        matches!(written.as_str(), "d" | "day" | "days" | "日" | "日分" | "日間")
    };
    let in_days = unit.codes.iter().any(|code| is_day(&code.code) || is_day(&code.text));
    count(duration.component(1).text().trim()).filter(|_| in_days)
}

fn count(written: &str) -> Option<u32> {
    const MOST: u32 = 9_999;
    let whole = crate::value::number(written).filter(|number| number.comparator.is_empty())?;
    let (digits, fraction) = whole.decimal.split_once('.').unwrap_or((&whole.decimal, ""));
    let is_whole = fraction.bytes().all(|byte| byte == b'0');
    digits.parse().ok().filter(|count| is_whole && *count <= MOST)
}

/// Instructions in words: the text of each repetition, else its code.
pub(super) fn words(field: Field<'_>) -> Vec<String> {
    let shown = |one: Coded| one.display().trim().to_owned();
    coded_each(field).into_iter().map(shown).filter(|words| !words.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use hl7v2::Message;

    fn with_field<T>(value: &str, read: impl FnOnce(Repetition<'_>) -> T) -> T {
        let bytes = format!("MSH|^~\\&|\rTQ1|{value}\r");
        let message = Message::parse(bytes.as_bytes()).unwrap();
        read(message.segment("TQ1").unwrap().field(1).first())
    }

    #[test]
    fn a_duration_counts_in_days_only_if_its_unit_is_days() {
        for (value, expected) in [
            ("5^d", Some(5)),
            ("3^D&日&ISO+", Some(3)),
            ("14^日", Some(14)),
            ("7^D^日^ISO+", Some(7)),
            ("5.0^d", Some(5)),
            ("2^W&週&ISO+", None),
            ("5", None),
            ("1.5^d", None),
            ("-3^d", None),
            ("99999^d", None),
        ] {
            assert_eq!(with_field(value, days), expected, "{value}");
        }
    }

    #[test]
    fn usage_stands_in_subcomponents_or_components() {
        let expected = Coded::single("1013044400000000", "毎食後", "JAMISDP01");
        assert_eq!(with_field("1013044400000000&毎食後&JAMISDP01", usage), expected);
        assert_eq!(with_field("1013044400000000^毎食後^JAMISDP01", usage), expected);
    }
}
