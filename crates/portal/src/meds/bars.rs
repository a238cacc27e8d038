//! One bar chart per drug name as sent: the days for which each prescription was given. Days
//! given are not days taken, and the page says so.

use crate::facts::Found;
use model::fact::{FactBody, MedicationLine, Status};
use page::dates;
use std::collections::BTreeMap;

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
}

/// A drug with its prescriptions, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drug<'a> {
    /// Name as sent.
    pub name: String,
    /// Prescriptions.
    pub given: Vec<Given<'a>>,
}

impl Drug<'_> {
    /// The last day of all.
    pub fn last_day(&self) -> i64 {
        self.given.iter().map(|it| it.to).max().unwrap_or(0)
    }

    /// Whether two facilities gave days that overlap: shown, not judged.
    pub fn overlaps(&self) -> bool {
        self.given.iter().enumerate().any(|(place, one)| {
            self.given[place + 1..].iter().any(|other| {
                one.facility != other.facility && one.from <= other.to && other.from <= one.to
            })
        })
    }
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
        let given =
            Given { from, to, facility, line, status: it.fact.status, document_id: it.document_id };
        let name = line.drug.display().to_owned();
        drugs
            .entry(key(line))
            .or_insert_with(|| Drug { name, given: Vec::new() })
            .given
            .push(given);
    }
    let mut drugs: Vec<Drug<'a>> = drugs.into_values().collect();
    for drug in &mut drugs {
        drug.given.sort_by_key(|it| (it.from, it.to, it.document_id));
        // An order and its dispensing are one bar.
        drug.given.dedup_by(|later, first| {
            later.facility == first.facility && later.from == first.from && later.to == first.to
        });
        if let Some(newest) = drug.given.last() {
            drug.name = newest.line.drug.display().to_owned();
        }
    }
    drugs.sort_by_key(|drug| (std::cmp::Reverse(drug.last_day()), drug.name.clone()));
    drugs
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
        let spans: Vec<_> = drugs[0].given.iter().map(|it| (it.from, it.to)).collect();
        assert_eq!(spans, [(20261031, 20261120), (20261112, 20270106)]);
        assert!(drugs[0].overlaps());
        assert_eq!(drugs[0].last_day(), 20270106);
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
