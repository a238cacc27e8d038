//! One bar chart per drug name as sent: the days for which each prescription was given. Days
//! given are not days taken, and the page says so.

use super::ingredient;
use crate::facts::Found;
use model::fact::{FactBody, MedicationLine, Status};
use page::dates;
use std::collections::{BTreeMap, BTreeSet};

/// One prescription of one drug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given<'a> {
    /// First day.
    pub from: i64,
    /// Last day.
    pub to: i64,
    /// Place of the facility on the page.
    pub facility: usize,
    /// The line.
    pub line: &'a MedicationLine,
    /// Ordered, dispensed or administered.
    pub status: Status,
    /// The document.
    pub document_id: i64,
    /// Its order has a bar already: the same order number and group, dispensed or administered.
    pub is_folded: bool,
}

/// A drug with its prescriptions, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drug<'a> {
    /// Name as sent.
    pub name: String,
    /// Prescriptions.
    pub given: Vec<Given<'a>>,
    /// Another row is of the same ingredient, and another facility gave it for days of this one.
    pub meets_another: bool,
}

impl Drug<'_> {
    /// The lines of the newest day on which it was given: a dose may be split over several.
    pub fn newest(&self) -> impl Iterator<Item = &Given<'_>> {
        let day = self.given.iter().map(|it| it.from).max();
        self.given.iter().filter(move |it| Some(it.from) == day)
    }

    /// The last day of all.
    pub fn last_day(&self) -> i64 {
        self.given.iter().map(|it| it.to).max().unwrap_or(0)
    }

    /// Whether two facilities gave days that overlap, of this drug or of its ingredient under
    /// another name or code: shown, not judged.
    pub fn overlaps(&self) -> bool {
        self.meets_another || meet(&self.given, &self.given)
    }
}

/// Whether two facilities gave days that overlap.
fn meet(some: &[Given<'_>], others: &[Given<'_>]) -> bool {
    some.iter().any(|one| {
        others.iter().any(|other| {
            one.facility != other.facility && one.from <= other.to && other.from <= one.to
        })
    })
}

/// Groups lines by drug: by its code where hospitals sent the same national code, else by name.
/// Cancelled lines are left out; where a line was ordered and dispensed, both are kept.
pub fn drugs<'a>(found: &'a [Found], place: impl Fn(&Found) -> Option<usize>) -> Vec<Drug<'a>> {
    let mut drugs: BTreeMap<String, Drug<'a>> = BTreeMap::new();
    for it in found {
        let (FactBody::PrescriptionLine(line) | FactBody::InjectionLine(line)) = &it.fact.body
        else {
            continue;
        };
        if it.fact.status == Status::Cancelled {
            continue;
        }
        let Some(facility) = place(it) else { continue };
        let start = line.start.as_ref().or(it.fact.at.as_ref()).map(model::PartialTime::jst_day);
        let Some(from) = start else { continue };
        let days = i64::from(line.days.unwrap_or(1).max(1)) - 1;
        let to = match &line.end {
            Some(end) => end.jst_day().max(from),
            None => dates::plus_days(from, days),
        };
        let (status, document_id) = (it.fact.status, it.document_id);
        let given = Given { from, to, facility, line, status, document_id, is_folded: false };
        let name = line.drug.display().to_owned();
        drugs
            .entry(key(line))
            .or_insert_with(|| Drug { name, given: Vec::new(), meets_another: false })
            .given
            .push(given);
    }
    let mut drugs: Vec<Drug<'a>> = drugs.into_values().collect();
    for drug in &mut drugs {
        drug.given.sort_by_key(|it| (it.from, it.to, it.document_id));
        fold(&mut drug.given);
        if let Some(newest) = drug.given.last() {
            drug.name = newest.line.drug.display().to_owned();
        }
    }
    drugs.sort_by_key(|drug| (std::cmp::Reverse(drug.last_day()), drug.name.clone()));
    mark_same_ingredients(&mut drugs);
    drugs
}

/// Marks the rows of one ingredient that two facilities gave for the same days: what one codes
/// nationally and the other by itself stands in two rows, and is one substance all the same.
fn mark_same_ingredients(drugs: &mut [Drug<'_>]) {
    let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (row, drug) in drugs.iter().enumerate() {
        let of_row: BTreeSet<String> =
            drug.given.iter().flat_map(|it| ingredient::keys(&it.line.drug)).collect();
        for key in of_row {
            rows.entry(key).or_default().push(row);
        }
    }
    let mut marked = BTreeSet::new();
    for of_ingredient in rows.values() {
        for (place, one) in of_ingredient.iter().enumerate() {
            for other in &of_ingredient[place + 1..] {
                if meet(&drugs[*one].given, &drugs[*other].given) {
                    marked.extend([*one, *other]);
                }
            }
        }
    }
    for row in marked {
        drugs[row].meets_another = true;
    }
}

/// An order and its own dispensing are one bar: the same order number and group. Two orders of
/// the same days are two, and so is what names no order.
fn fold(given: &mut [Given<'_>]) {
    for place in 0..given.len() {
        let it = &given[place];
        let is_carried_out_as = |other: &Given<'_>| {
            other.status != Status::Ordered
                && other.facility == it.facility
                && (other.from, other.to) == (it.from, it.to)
                && !it.line.order_number.is_empty()
                && other.line.order_number == it.line.order_number
                && other.line.group == it.line.group
        };
        given[place].is_folded =
            it.status == Status::Ordered && given.iter().any(is_carried_out_as);
    }
}

/// The national code (HOT, YJ) joins what hospitals name differently; names join the rest.
fn key(line: &MedicationLine) -> String {
    let national = line.drug.codes.iter().find(|code| {
        !code.code.is_empty()
            && (code.system.starts_with("HOT") || code.system.eq_ignore_ascii_case("YJ"))
    });
    match national {
        Some(code) => format!("{}:{}", code.system, code.code),
        None => format!("name:{}", text::key::name_key(line.drug.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::fact::{Fact, Place};
    use model::{Coded, PartialTime};

    fn found(document_id: i64, source: i64, day: &str, days: u32, status: Status) -> Found {
        let line = MedicationLine {
            drug: Coded::single("123456789", "アムロジピン錠5mg", "HOT9"),
            days: Some(days),
            start: Some(PartialTime::japan(day).unwrap()),
            order_number: "77".into(),
            group: "01".into(),
            ..MedicationLine::default()
        };
        Found {
            document_id,
            source_id: Some(source),
            chart_key: String::new(),
            fact: Fact {
                ordinal: 0,
                place: Place { segment: "RXE".into(), index: 4 },
                at: None,
                status,
                body: FactBody::PrescriptionLine(line),
            },
        }
    }

    fn by_source(found: &Found) -> Option<usize> {
        usize::try_from(found.source_id?).ok()
    }

    #[test]
    fn the_same_drug_of_two_hospitals_is_one_row_that_overlaps() {
        let all = [
            found(1, 0, "20261031", 21, Status::Ordered),
            found(2, 1, "20261112", 56, Status::Ordered),
            found(3, 0, "20261031", 21, Status::Dispensed),
            found(4, 0, "20250101", 7, Status::Cancelled),
        ];
        let drugs = drugs(&all, by_source);
        assert_eq!(drugs.len(), 1);
        assert_eq!(bars(&drugs[0]), [(20261031, 20261120), (20261112, 20270106)]);
        assert!(drugs[0].overlaps());
        assert_eq!(drugs[0].last_day(), 20270106);
    }

    fn bars(drug: &Drug<'_>) -> Vec<(i64, i64)> {
        drug.given.iter().filter(|it| !it.is_folded).map(|it| (it.from, it.to)).collect()
    }

    #[test]
    fn an_order_is_folded_only_with_its_own_dispensing() {
        let with = |found: Found, order: &str, group: &str| {
            let mut found = found;
            if let FactBody::PrescriptionLine(line) = &mut found.fact.body {
                (line.order_number, line.group) = (order.to_owned(), group.to_owned());
            }
            found
        };
        let ordered = || found(1, 0, "20261031", 14, Status::Ordered);
        let dispensed = || found(2, 0, "20261031", 14, Status::Dispensed);
        let count = |one: Found, other: Found| bars(&drugs(&[one, other], by_source)[0]).len();
        assert_eq!(count(ordered(), dispensed()), 1);
        assert_eq!(count(ordered(), with(ordered(), "78", "01")), 2, "two orders");
        assert_eq!(count(with(ordered(), "77", "02"), dispensed()), 2, "another group");
        assert_eq!(count(with(ordered(), "", "01"), with(dispensed(), "", "01")), 2);
        let all =
            [ordered(), with(ordered(), "77", "02"), found(3, 0, "20260901", 7, Status::Ordered)];
        assert_eq!(drugs(&all, by_source)[0].newest().count(), 2, "a dose in two groups");
    }

    fn named(found: Found, codes: &[(&str, &str)], name: &str) -> Found {
        let mut found = found;
        if let FactBody::PrescriptionLine(line) = &mut found.fact.body {
            line.drug = Coded::single("", name, "");
            for (code, system) in codes {
                let coded = Coded::single(code, name, system);
                line.drug.codes.extend(coded.codes);
            }
        }
        found
    }

    #[test]
    fn the_same_ingredient_under_other_codes_overlaps_in_both_rows() {
        let first = || found(1, 0, "20261031", 21, Status::Ordered);
        let second = || found(2, 1, "20261112", 56, Status::Ordered);
        let overlapping = |one: Found, other: Found| -> Vec<bool> {
            drugs(&[one, other], by_source).iter().map(Drug::overlaps).collect()
        };
        let local = named(second(), &[("A-77", "99XYZ")], "アムロジピンOD錠2.5mg「サワイ」");
        assert_eq!(overlapping(first(), local.clone()), [true, true], "coded here, named there");
        let same = named(first(), &[("103835402", "HOT9")], "アムロジピン錠５ｍｇ");
        assert_eq!(overlapping(same, local), [true, true], "the name without strength and maker");
        let yj = |found, code, name| named(found, &[(code, "YJ")], name);
        let brand = yj(first(), "2171022F1029", "ノルバスク錠2.5mg");
        let generic = yj(second(), "2171022F4010", "アムロジピンOD錠2.5mg");
        assert_eq!(overlapping(brand.clone(), generic), [true, true], "the ingredient of the code");
        let other = yj(second(), "2149044F1021", "カンデサルタン錠4mg");
        assert_eq!(overlapping(brand.clone(), other), [false, false]);
        let later = yj(found(3, 1, "20271112", 56, Status::Ordered), "2171022F4010", "別名錠");
        assert_eq!(overlapping(brand.clone(), later), [false, false], "other days");
        let own = yj(found(4, 0, "20261101", 56, Status::Ordered), "2171022F4010", "別名錠");
        assert_eq!(overlapping(brand, own), [false, false], "one hospital's own change");
    }

    #[test]
    fn one_hospital_giving_again_is_no_overlap() {
        let all = [
            found(1, 0, "20261031", 21, Status::Ordered),
            found(2, 0, "20261112", 56, Status::Ordered),
        ];
        assert!(!drugs(&all, by_source)[0].overlaps());
    }
}
