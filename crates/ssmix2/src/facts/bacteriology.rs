//! Bacteriology within OML-11: organism with amount, organism with drug and susceptibility.
//!
//! Rows of one pair share OBX-4. The organism is a coded value (JANIS or local); a drug is a
//! coded value of its own row, or the item itself (its identification in JLAC10). The organism
//! that was tested stands in the parent result, OBR-26.

use super::lab_result::{Request, Row};
use super::observation::{is_coded, shown};
use crate::code_shape::jlac10_of;
use crate::codes::{coded, of_subcomponents, unit};
use crate::groups::ResultGroup;
use crate::reading::{Reading, text};
use hl7v2::Segment;
use model::Coded;
use model::fact::{Bacteriology, FactBody, Status};
use std::collections::{HashMap, VecDeque};

/// What a row is within its group.
pub(super) enum Role {
    /// A result of its own.
    Plain,
    /// The first row of a finding.
    Lead(Pair),
    /// The other row of a finding.
    Partner,
}

/// One finding.
pub(super) struct Pair {
    kind: Kind,
    partner: Option<usize>,
    /// The organism that a drug was tested on.
    tested: Coded,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The lead row names the organism, the partner its amount.
    Organism,
    /// The lead row names the drug as its value, the partner the result.
    Drug,
    /// The row's item is the drug, its value the result.
    DrugItem,
}

/// The role of each row of a group; all are plain if it is not of bacteriology.
pub(super) fn roles(group: &ResultGroup<'_>, rows: &[Row<'_>]) -> Vec<Role> {
    let battery = group.obr.map(|obr| coded(obr.field(4))).unwrap_or_default();
    let is_section = group.obr.is_some_and(|obr| obr.field(24).raw().trim() == "MB");
    let parent = group.obr.map(parent_organism).unwrap_or_default();
    let around = Surroundings {
        is_micro: is_section || is_micro(&battery),
        of_susceptibility: !parent.is_empty() || is_susceptibility(&battery),
    };
    let kinds: Vec<Option<Kind>> = rows.iter().map(|row| kind(row.obx, around)).collect();
    let mut roles: Vec<Role> = rows.iter().map(|_| Role::Plain).collect();
    let mut waiting = Waiting::new(rows, &kinds);
    let organisms = Organisms::new(rows, &kinds, parent);
    for named in [true, false] {
        for (lead, row) in rows.iter().enumerate() {
            let Some(kind) = kinds[lead].filter(|kind| (*kind != Kind::DrugItem) == named) else {
                continue;
            };
            if matches!(roles[lead], Role::Partner) {
                continue;
            }
            let partner = waiting.take(sub_id(row), kind);
            let tested = organisms.tested_by(sub_id(row), kind);
            if let Some(slot) = partner.and_then(|at| roles.get_mut(at)) {
                *slot = Role::Partner;
            }
            roles[lead] = Role::Lead(Pair { kind, partner, tested });
        }
    }
    roles
}

/// Rows that name neither organism nor drug, by sub-ID, waiting for the row that does. A value
/// of a drug's own item goes to the row that names the drug, never to an organism's amount.
struct Waiting<'a> {
    plain: HashMap<&'a str, VecDeque<usize>>,
    drug_items: HashMap<&'a str, VecDeque<usize>>,
}

impl<'a> Waiting<'a> {
    fn new(rows: &[Row<'a>], kinds: &[Option<Kind>]) -> Waiting<'a> {
        let mut waiting = Waiting { plain: HashMap::new(), drug_items: HashMap::new() };
        for (at, (row, kind)) in rows.iter().zip(kinds).enumerate() {
            let queues = match kind {
                None => &mut waiting.plain,
                Some(Kind::DrugItem) => &mut waiting.drug_items,
                Some(_) => continue,
            };
            if !sub_id(row).is_empty() {
                queues.entry(sub_id(row)).or_default().push_back(at);
            }
        }
        waiting
    }

    fn take(&mut self, sub_id: &str, kind: Kind) -> Option<usize> {
        let first = |queues: &HashMap<&'a str, VecDeque<usize>>| {
            queues.get(sub_id).and_then(|queue| queue.front().copied())
        };
        let from = match (kind, first(&self.plain), first(&self.drug_items)) {
            (Kind::DrugItem, ..) => return None,
            (Kind::Drug, Some(plain), Some(item)) if item < plain => &mut self.drug_items,
            (Kind::Drug, None, Some(_)) => &mut self.drug_items,
            _ => &mut self.plain,
        };
        from.get_mut(sub_id)?.pop_front()
    }
}

/// Which organism drugs were tested on: the parent result's; else the one with the same sub-ID;
/// else the only one of the group.
struct Organisms<'a> {
    parent: Coded,
    by_sub_id: HashMap<&'a str, Coded>,
    only: Option<Coded>,
}

impl<'a> Organisms<'a> {
    fn new(rows: &[Row<'a>], kinds: &[Option<Kind>], parent: Coded) -> Organisms<'a> {
        let mut organisms = Organisms { parent, by_sub_id: HashMap::new(), only: None };
        let mut count = 0;
        for (row, _) in rows.iter().zip(kinds).filter(|(_, kind)| **kind == Some(Kind::Organism)) {
            count += 1;
            organisms.only = (count == 1).then(|| named(row.obx));
            if !sub_id(row).is_empty() {
                organisms.by_sub_id.entry(sub_id(row)).or_insert_with(|| named(row.obx));
            }
        }
        organisms
    }

    fn tested_by(&self, sub_id: &str, kind: Kind) -> Coded {
        if kind == Kind::Organism || !self.parent.is_empty() {
            return self.parent.clone();
        }
        let same = self.by_sub_id.get(sub_id).or(self.only.as_ref());
        same.cloned().unwrap_or_default()
    }
}

fn sub_id<'a>(row: &Row<'a>) -> &'a str {
    row.obx.field(4).raw().trim()
}

/// What a group says of its rows.
#[derive(Clone, Copy)]
struct Surroundings {
    is_micro: bool,
    of_susceptibility: bool,
}

fn kind(row: Segment<'_>, around: Surroundings) -> Option<Kind> {
    if !around.is_micro && !around.of_susceptibility && !may_name(row) {
        return None;
    }
    let item = coded(row.field(3));
    let value = coded(row.field(5));
    if value.is_empty() {
        return None;
    }
    let names = |word: &str| item.codes.iter().any(|code| code.text.contains(word));
    let is_janis = value.in_system("JANIS").is_some();
    let is_coded_value = is_janis || is_coded(row.field(2).raw().trim());
    let tests_drugs = around.of_susceptibility || is_susceptibility(&item);
    if names("菌名") {
        return Some(Kind::Organism);
    }
    if is_coded_value {
        let names_one = is_micro(&item) && !is_judged(&item) || around.is_micro && names("菌");
        return match is_janis || names_one {
            true if tests_drugs || names("薬剤") => Some(Kind::Drug),
            true => Some(Kind::Organism),
            false => None,
        };
    }
    (tests_drugs && !names("菌量")).then_some(Kind::DrugItem)
}

/// Whether a row could be of bacteriology at all: most are not, and are told by a glance.
fn may_name(row: Segment<'_>) -> bool {
    let item = row.field(3).raw();
    ["菌", "感受性", "薬剤", "^6"].iter().any(|sign| item.contains(sign))
        || item.starts_with('6')
        || row.field(5).raw().contains("JANIS")
}

/// Result identifications of JLAC10 for quantities, judgements and scores: no names.
fn is_judged(item: &Coded) -> bool {
    jlac10_of(item).is_some_and(|(_, code)| matches!(code.result, "01" | "11" | "12"))
}

/// JLAC10 analytes beginning with 6 are microbiology.
fn is_micro(item: &Coded) -> bool {
    jlac10_of(item).is_some_and(|(_, code)| code.analyte.starts_with('6'))
        || item
            .codes
            .iter()
            .any(|code| code.system.eq_ignore_ascii_case("JC10") && code.code.starts_with('6'))
}

/// JLAC10 analytes beginning with 6C are susceptibility tests.
fn is_susceptibility(item: &Coded) -> bool {
    item.codes.iter().any(|code| {
        (code.system.eq_ignore_ascii_case("JC10") && code.code.starts_with("6C"))
            || code.text.contains("感受性")
    })
}

/// OBR-26 (PRL): the value of the parent result, in subcomponents or as text.
fn parent_organism(obr: Segment<'_>) -> Coded {
    let value = obr.field(26).component(3);
    if value.subcomponents().nth(1).is_some() {
        return of_subcomponents(value);
    }
    match value.text().trim() {
        "" => Coded::default(),
        text => Coded::single("", text, ""),
    }
}

/// Adds one finding.
pub(super) fn push<'a>(
    reading: &mut Reading<'a>,
    request: &Request,
    rows: &[Row<'a>],
    lead: &Row<'a>,
    pair: &Pair,
) {
    let partner = pair.partner.and_then(|at| rows.get(at));
    let mut finding = Bacteriology {
        item: coded(lead.obx.field(3)),
        battery: request.battery.clone(),
        specimen: request.specimen.clone(),
        sub_id: text(lead.obx.field(4)),
        result_status: text(lead.obx.field(11)),
        collected: request.collected.clone(),
        order_number: request.order_number.clone(),
        comments: lead.comments.clone(),
        organism: pair.tested.clone(),
        ..Bacteriology::default()
    };
    finding.comments.extend(partner.iter().flat_map(|row| row.comments.clone()));
    finding.comments.dedup();
    match pair.kind {
        Kind::Organism => {
            finding.organism = named(lead.obx);
            finding.amount = partner.map(|row| value(row.obx)).unwrap_or_default();
        }
        Kind::Drug => {
            finding.drug = named(lead.obx);
            susceptibility(
                &mut finding,
                partner.map_or(lead.obx, |row| row.obx),
                partner.is_some(),
            );
            if finding.susceptibility.is_empty() {
                finding.susceptibility = judgement(lead.obx);
            }
        }
        Kind::DrugItem => {
            finding.drug = finding.item.clone();
            susceptibility(&mut finding, lead.obx, true);
        }
    }
    let second = partner.map(|row| request.status(&text(row.obx.field(11))));
    let status = weakest(request.status(&finding.result_status), second);
    let at = request.collected.clone();
    reading.push(&lead.obx, at, status, FactBody::Bacteriology(finding));
}

/// The organism or drug that a row names: coded, or in words.
fn named(row: Segment<'_>) -> Coded {
    let value = coded(row.field(5));
    let is_text = !is_coded(row.field(2).raw().trim())
        && value.codes.iter().all(|code| code.system.is_empty());
    if is_text { Coded::single("", self::value(row).as_str(), "") } else { value }
}

fn value(row: Segment<'_>) -> String {
    shown(row.field(5), row.field(2).raw().trim())
}

/// OBX-8 where it judges, else the value itself where it is a judgement.
fn susceptibility(finding: &mut Bacteriology, row: Segment<'_>, has_value: bool) {
    let value = if has_value { value(row) } else { String::new() };
    finding.susceptibility = judgement(row);
    if is_judgement(value.trim()) {
        if finding.susceptibility.is_empty() {
            finding.susceptibility = value;
        }
    } else if !value.is_empty() {
        finding.mic = value;
        finding.mic_unit = unit(row.field(6));
    }
}

fn judgement(row: Segment<'_>) -> String {
    let flag = text(row.field(8));
    if is_judgement(&flag) { flag } else { String::new() }
}

/// HL7 table 0078: susceptible, intermediate, resistant, moderately and very susceptible; SDD.
fn is_judgement(value: &str) -> bool {
    matches!(value, "S" | "I" | "R" | "MS" | "VS" | "SDD" | "NS")
}

/// The less certain of two rows speaks for the pair.
fn weakest(first: Status, second: Option<Status>) -> Status {
    let rank = |status: Status| match status {
        Status::Cancelled => 3,
        Status::Preliminary | Status::Ordered => 2,
        Status::Corrected => 1,
        _ => 0,
    };
    match second {
        Some(second) if rank(second) > rank(first) => second,
        _ => first,
    }
}
