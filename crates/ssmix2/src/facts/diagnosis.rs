//! PPR-01: the whole problem list of the patient, one fact per PRB.

use super::insurance;
use crate::code_shape::UNCODED_DISEASE;
use crate::codes::{coded, coded_each};
use crate::people::staff_name;
use crate::reading::{Reading, text};
use hl7v2::Segment;
use model::Coded;
use model::fact::{Diagnosis, FactBody, Status};

/// The MEDIS modifier の疑い (管理番号 8002).
const SUSPECTED_MODIFIER: &str = "8002";

pub(super) fn read(reading: &mut Reading<'_>) {
    let segments = reading.segments.clone();
    let starts = segments.iter().enumerate().filter(|(_, one)| one.name() == "PRB");
    let starts: Vec<usize> = starts.map(|(at, _)| at).collect();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(segments.len());
        read_problem(reading, segments.get(*start..end).unwrap_or_default());
    }
}

fn read_problem<'a>(reading: &mut Reading<'a>, group: &[Segment<'a>]) {
    let Some((problem, members)) = group.split_first() else { return };
    let member = |name: &str| members.iter().copied().find(|segment| segment.name() == name);
    let (modifiers, order) = (member("ZPR"), member("ORC"));
    let confirmation = coded(problem.field(13));
    let prefixes = modifiers.map(|zpr| modifier(zpr, 1, 4)).unwrap_or_default();
    let suffixes = modifiers.map(|zpr| modifier(zpr, 3, 6)).unwrap_or_default();
    let is_suspected = is_suspected(&confirmation, &suffixes);
    let coded_problem = coded(problem.field(3));
    let name = compose(&prefixes, problem_name(&coded_problem), &suffixes);
    let classification = problem.field(10);
    let diagnosis = Diagnosis {
        name,
        problem: coded_problem,
        prefixes,
        suffixes,
        suspected: is_suspected,
        instance_id: text(problem.field(4)),
        classification: coded(classification),
        icd10_edition: classification.component(7).text().trim().to_owned(),
        confirmation,
        outcome: coded(problem.field(14)),
        ranking: coded(problem.field(18)),
        onset: reading.times.read(problem.field(16)),
        diagnosed: reading.times.read(problem.field(7)),
        resolved: reading.times.read(problem.field(9)),
        department: order.map(|orc| coded(orc.field(17))).unwrap_or_default(),
        doctor: order.map(|orc| staff_name(orc.field(12))).unwrap_or_default(),
    };
    if diagnosis.problem.is_empty() && diagnosis.name.is_empty() {
        return;
    }
    let status = status(text(problem.field(1)).as_str(), &diagnosis);
    let at = diagnosis.diagnosed.clone().or_else(|| diagnosis.onset.clone());
    let at = at.or_else(|| reading.times.read(problem.field(2)));
    reading.push(problem, at.clone(), status, FactBody::Diagnosis(diagnosis));
    for insured in members.iter().filter(|segment| segment.name() == "ZI1") {
        insurance::read(reading, *insured, at.clone());
    }
}

fn status(action: &str, diagnosis: &Diagnosis) -> Status {
    if matches!(action, "DE" | "CA") {
        Status::Cancelled
    } else if diagnosis.resolved.is_some() || ends(&diagnosis.outcome) {
        Status::Ended
    } else if diagnosis.suspected {
        Status::Suspected
    } else {
        Status::Active
    }
}

/// Management numbers and texts of modifiers; where none were sent, the exchange codes.
fn modifier(segment: Segment<'_>, numbers: u32, exchange_codes: u32) -> Vec<Coded> {
    let sent = coded_each(segment.field(numbers));
    if sent.is_empty() { coded_each(segment.field(exchange_codes)) } else { sent }
}

fn is_suspected(confirmation: &Coded, suffixes: &[Coded]) -> bool {
    let confirmed_as = |code: &model::Code| {
        let says = code.text.contains("疑") && !code.text.contains("なし");
        says || (code.code == "1" && matches!(code.system.as_str(), "" | "JHSD0005"))
    };
    let suffix_says =
        |code: &model::Code| code.code == SUSPECTED_MODIFIER || code.text.contains("疑い");
    confirmation.codes.iter().any(confirmed_as)
        || suffixes.iter().flat_map(|suffix| &suffix.codes).any(suffix_says)
}

/// Whether an outcome ends a problem: by text, else by code of HL7 table 0241 (died, recovered).
/// Codes of other tables without text end nothing.
fn ends(outcome: &Coded) -> bool {
    const ENDING: &[&str] = &["治癒", "死亡", "中止", "転医", "完全に回復", "寛解"];
    outcome.codes.iter().any(|code| {
        let says = |text: &str| code.text.contains(text);
        if code.text.is_empty() {
            code.system.eq_ignore_ascii_case("HL70241") && matches!(code.code.as_str(), "D" | "F")
        } else {
            ENDING.iter().any(|text| says(text)) && !says("せず") && !says("しない")
        }
    })
}

/// The text of a problem; where the standard triple only says that there is no code for it, the
/// hospital's own words.
fn problem_name(problem: &Coded) -> &str {
    let says_nothing = |code: &&model::Code| {
        code.text.is_empty() || (code.code == UNCODED_DISEASE && code.text.contains("未コード化"))
    };
    match problem.codes.iter().find(|code| !says_nothing(code)) {
        Some(code) => &code.text,
        None => problem.display(),
    }
}

/// Prefixes, the problem's text, suffixes; modifiers that the sender has already written into
/// the text are not written twice.
fn compose(prefixes: &[Coded], problem: &str, suffixes: &[Coded]) -> String {
    let joined = |modifiers: &[Coded]| -> String {
        modifiers.iter().flat_map(|one| one.codes.first()).map(|code| code.text.as_str()).collect()
    };
    let (mut name, after) = (joined(prefixes), joined(suffixes));
    if problem.starts_with(&name) {
        name.clear();
    }
    name.push_str(problem);
    if !problem.ends_with(&after) {
        name.push_str(&after);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(texts: &[&str]) -> Vec<Coded> {
        texts.iter().map(|text| Coded::single("1", text, "MDCDX2")).collect()
    }

    #[test]
    fn composes_the_name_and_repeats_nothing() {
        assert_eq!(
            compose(&words(&["左", "急性"]), "中耳炎", &words(&["の疑い"])),
            "左急性中耳炎の疑い"
        );
        assert_eq!(
            compose(&words(&["左", "急性"]), "左急性中耳炎の疑い", &words(&["の疑い"])),
            "左急性中耳炎の疑い"
        );
        assert_eq!(compose(&[], "中耳炎", &[]), "中耳炎");
    }

    #[test]
    fn only_an_outcome_that_ends_ends() {
        for (code, text, system, expected) in [
            ("N", "回復せず", "HL70241", false),
            ("R", "回復", "HL70241", false),
            ("F", "完全に回復", "HL70241", true),
            ("F", "", "HL70241", true),
            ("D", "死亡", "HL70241", true),
            ("1", "治癒", "JHSD0006", true),
            ("1", "", "JHSD0006", false),
            ("3", "中止", "JHSD0006", true),
            ("9", "継続", "99A", false),
        ] {
            assert_eq!(ends(&Coded::single(code, text, system)), expected, "{code} {text}");
        }
    }
}
