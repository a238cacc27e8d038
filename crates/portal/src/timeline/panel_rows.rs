//! The facts of one document as tables of a panel.

use crate::facts::Found;
use crate::view::{flag_letters, flag_words};
use model::entry::Abnormal;
use model::fact::{
    Allergy, Bacteriology, Death, Diagnosis, Diet, Examination, FactBody, LabOrder, LabResult,
    MedicationLine, Status, Visit,
};
use model::{Coded, PartialTime};
use page::{Texts, dates};
use std::collections::HashMap;

/// A part of the panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Results.
    Results {
        /// Its head.
        title: String,
        /// The results.
        lines: Vec<ResultLine>,
    },
    /// Names and values.
    Pairs {
        /// Its head; may be empty.
        title: String,
        /// The pairs; empty values are left out.
        pairs: Vec<(String, String)>,
    },
}

/// A result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLine {
    /// Item as sent.
    pub name: String,
    /// Value as sent.
    pub value: String,
    /// Flag letters.
    pub flag: String,
    /// Class of the flag.
    pub flag_class: &'static str,
    /// Unit as sent.
    pub unit: String,
    /// Preliminary, corrected or cancelled.
    pub status: String,
    /// Reference range as sent.
    pub range: String,
    /// Comments of the laboratory.
    pub comments: Vec<String>,
    /// The value before this one.
    pub previous: String,
    /// Its day.
    pub previous_day: String,
}

/// The parts of a panel, in the order of reading: what is abnormal first.
pub fn parts(found: &[Found], earlier: &[Found], texts: Texts) -> Vec<Part> {
    let mut abnormal = Vec::new();
    let mut other = Vec::new();
    let mut pairs = Vec::new();
    let before = before(found, earlier);
    for it in found {
        match &it.fact.body {
            FactBody::LabResult(result)
            | FactBody::PhysiologyResult(result)
            | FactBody::Observation(result) => {
                let line = line(
                    it,
                    result,
                    before.get(&(it.chart_key.as_str(), unit(result).to_owned())),
                    texts,
                );
                if result.abnormal == Abnormal::None {
                    other.push(line)
                } else {
                    abnormal.push(line)
                }
            }
            body => pairs.extend(described(body, it.fact.status, texts)),
        }
    }
    let mut parts = Vec::new();
    let several = !abnormal.is_empty();
    if !abnormal.is_empty() {
        parts.push(Part::Results {
            title: texts.count("abnormal-n", abnormal.len()),
            lines: abnormal,
        });
    }
    if !other.is_empty() {
        let key = if several { "others-n" } else { "results-n" };
        parts.push(Part::Results { title: texts.count(key, other.len()), lines: other });
    }
    parts.extend(pairs);
    parts
}

/// The word of a status that is not what one expects; empty for final and performed.
pub fn status_word(status: Status, texts: Texts) -> String {
    match status {
        Status::Final | Status::Performed | Status::Active => String::new(),
        other => texts.get(&format!("status-{}", other.name())),
    }
}

/// The newest earlier value of each kind and unit that still holds.
fn before<'a>(found: &[Found], earlier: &'a [Found]) -> HashMap<(&'a str, String), &'a Found> {
    let first = found.iter().filter_map(|it| it.fact.at.as_ref()).map(|at| at.first).min();
    let mut before: HashMap<(&str, String), &Found> = HashMap::new();
    for it in earlier {
        let at = it.fact.at.as_ref().map(|at| at.first);
        if at.is_none() || first.is_none_or(|first| at >= Some(first)) {
            continue;
        }
        let FactBody::LabResult(result) = &it.fact.body else { continue };
        if it.fact.status == Status::Cancelled {
            continue;
        }
        let newest = before.entry((it.chart_key.as_str(), unit(result).to_owned())).or_insert(it);
        if newest.fact.at.as_ref().map(|at| at.first) < at {
            *newest = it;
        }
    }
    before
}

fn line(found: &Found, result: &LabResult, before: Option<&&Found>, texts: Texts) -> ResultLine {
    let previous = before.and_then(|it| match &it.fact.body {
        FactBody::LabResult(earlier) if unit(earlier) == unit(result) => {
            Some((earlier.value.clone(), it.fact.at.as_ref().map(PartialTime::jst_day)?))
        }
        _ => None,
    });
    let (value, day) = previous.unwrap_or_default();
    let (_, flag_class) = flag_letters(result.abnormal);
    ResultLine {
        name: result.item.display().to_owned(),
        value: result.value.clone(),
        flag: flag_words(&result.flags),
        flag_class: if result.abnormal == Abnormal::None { "" } else { flag_class },
        unit: unit(result).to_owned(),
        status: status_word(found.fact.status, texts),
        range: result.reference_range.clone(),
        comments: result.comments.clone(),
        previous: value,
        previous_day: if day > 0 { dates::month_day(day) } else { String::new() },
    }
}

fn unit(result: &LabResult) -> &str {
    result.unit.display()
}

fn described(body: &FactBody, status: Status, texts: Texts) -> Option<Part> {
    let (title, mut pairs) = match body {
        FactBody::Visit(visit) => visit_pairs(visit, texts),
        FactBody::PrescriptionLine(line) | FactBody::InjectionLine(line) => drug_pairs(line, texts),
        FactBody::Diagnosis(diagnosis) => diagnosis_pairs(diagnosis, texts),
        FactBody::Allergy(allergy) => allergy_pairs(allergy, texts),
        FactBody::LabOrder(order) => order_pairs(order, texts),
        FactBody::Bacteriology(pair) => bacteriology_pairs(pair, texts),
        FactBody::ImagingOrder(it)
        | FactBody::ImagingPerformed(it)
        | FactBody::EndoscopyOrder(it)
        | FactBody::EndoscopyPerformed(it)
        | FactBody::PhysiologyOrder(it)
        | FactBody::PhysiologyPerformed(it) => examination_pairs(it, texts),
        FactBody::Diet(diet) => diet_pairs(diet, texts),
        FactBody::Death(Death { evidence }) => {
            (texts.get("death"), vec![(texts.get("evidence"), evidence.clone())])
        }
        FactBody::Insurance(_) | FactBody::Demographics(_) | FactBody::Study(_) => return None,
        FactBody::LabResult(_) | FactBody::PhysiologyResult(_) | FactBody::Observation(_) => {
            return None;
        }
    };
    pairs.push((texts.get("status"), status_word(status, texts)));
    pairs.retain(|(_, value)| !value.is_empty());
    Some(Part::Pairs { title, pairs })
}

type Pairs = (String, Vec<(String, String)>);

fn visit_pairs(visit: &Visit, texts: Texts) -> Pairs {
    let event = serde_json::to_value(visit.event).unwrap_or_default();
    let name = format!("visit-{}", event.as_str().unwrap_or("outpatient").replace('_', "-"));
    let pairs = vec![
        (texts.get("department"), shown(&visit.department)),
        (texts.get("location"), visit.location.join(" ")),
        (texts.get("previous-location"), visit.previous_location.join(" ")),
        (texts.get("doctor"), visit.doctor.clone()),
        (texts.get("discharge-disposition"), visit.discharge_disposition.clone()),
        (texts.get("until"), time(visit.until.as_ref())),
    ];
    (texts.get(&name), pairs)
}

/// A drug with everything that was sent about it.
fn drug_pairs(line: &MedicationLine, texts: Texts) -> Pairs {
    let joined =
        |value: &str, unit: &Coded| format!("{value} {}", unit.display()).trim().to_owned();
    let pairs = vec![
        (texts.get("dose"), joined(&line.dose, &line.dose_unit)),
        (texts.get("daily-dose"), joined(&line.daily_dose, &line.daily_dose_unit)),
        (texts.get("usage"), shown(&line.usage)),
        (texts.get("instructions"), line.instructions.join("　")),
        (texts.get("duration"), duration(line, texts)),
        (texts.get("total"), joined(&line.total, &line.total_unit)),
        (texts.get("start"), time(line.start.as_ref())),
        (texts.get("end"), end(line, texts)),
        (texts.get("route"), shown(&line.route)),
        (texts.get("rate"), line.rate.clone()),
        (texts.get("doctor"), line.doctor.clone()),
    ];
    (shown(&line.drug), pairs)
}

/// The days of a prescription in words.
pub fn duration(line: &MedicationLine, texts: Texts) -> String {
    match line.days {
        Some(days) => texts.with("days-n", &[("n", &days.to_string())]),
        None => line.duration.clone(),
    }
}

fn end(line: &MedicationLine, texts: Texts) -> String {
    let end = time(line.end.as_ref());
    if line.end_derived && !end.is_empty() {
        texts.with("end-derived", &[("day", &end)])
    } else {
        end
    }
}

fn diagnosis_pairs(diagnosis: &Diagnosis, texts: Texts) -> Pairs {
    let pairs = vec![
        (texts.get("classification"), codes(&diagnosis.classification)),
        (texts.get("confirmation"), shown(&diagnosis.confirmation)),
        (texts.get("outcome"), shown(&diagnosis.outcome)),
        (texts.get("onset"), time(diagnosis.onset.as_ref().or(diagnosis.diagnosed.as_ref()))),
        (texts.get("resolved"), time(diagnosis.resolved.as_ref())),
        (texts.get("department"), shown(&diagnosis.department)),
    ];
    (diagnosis.name.clone(), pairs)
}

fn allergy_pairs(allergy: &Allergy, texts: Texts) -> Pairs {
    let pairs = vec![
        (texts.get("kind"), shown(&allergy.category)),
        (texts.get("severity"), shown(&allergy.severity)),
        (texts.get("reactions"), allergy.reactions.join("、")),
        (texts.get("onset"), time(allergy.onset.as_ref())),
        (texts.get("onset"), allergy.onset_text.clone()),
    ];
    // It may stand beside drugs of an order: it says what it is.
    (format!("{}　{}", texts.get("category-allergy"), shown(&allergy.allergen)), pairs)
}

fn order_pairs(order: &LabOrder, texts: Texts) -> Pairs {
    (shown(&order.item), vec![(texts.get("specimen"), shown(&order.specimen))])
}

fn bacteriology_pairs(pair: &Bacteriology, texts: Texts) -> Pairs {
    let mic = format!("{} {}", pair.mic, pair.mic_unit.display());
    let pairs = vec![
        (texts.get("specimen"), shown(&pair.specimen)),
        (texts.get("amount"), pair.amount.clone()),
        (texts.get("antibiotic"), shown(&pair.drug)),
        (texts.get("susceptibility"), pair.susceptibility.clone()),
        (texts.get("mic"), mic.trim().to_owned()),
        (texts.get("collected"), time(pair.collected.as_ref())),
    ];
    (shown(&pair.organism), pairs)
}

fn examination_pairs(it: &Examination, texts: Texts) -> Pairs {
    let parts: Vec<&str> = it.parts.iter().map(Coded::display).collect();
    let pairs = vec![
        (texts.get("modality"), shown(&it.modality)),
        (texts.get("parts"), parts.join("、")),
        (texts.get("accession-number"), it.accession_number.clone()),
        (texts.get("scheduled"), time(it.scheduled.as_ref())),
        (texts.get("notes"), it.notes.join("　")),
        (texts.get("doctor"), it.doctor.clone()),
    ];
    (shown(&it.procedure), pairs)
}

fn diet_pairs(diet: &Diet, texts: Texts) -> Pairs {
    let pairs = vec![
        (texts.get("service-period"), shown(&diet.service_period)),
        (texts.get("instructions"), diet.instructions.clone()),
        (texts.get("start"), time(diet.start.as_ref())),
    ];
    (shown(&diet.diet), pairs)
}

fn shown(coded: &Coded) -> String {
    coded.display().to_owned()
}

fn codes(coded: &Coded) -> String {
    let each = coded.codes.iter().filter(|code| !code.code.is_empty());
    let parts: Vec<String> = each.map(|code| format!("{} ({})", code.code, code.system)).collect();
    parts.join("、")
}

fn time(at: Option<&PartialTime>) -> String {
    at.map(dates::received).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::fact::{Fact, Place};
    use page::Language;

    fn result(at: &str, key: &str, unit: &str, value: &str, status: Status) -> Found {
        let body = LabResult {
            item: Coded::single(key, key, ""),
            value: value.into(),
            unit: Coded::single("", unit, ""),
            ..LabResult::default()
        };
        Found {
            document_id: 1,
            source_id: Some(1),
            chart_key: key.into(),
            fact: Fact {
                ordinal: 0,
                place: Place { segment: "OBX".into(), index: 1 },
                at: PartialTime::japan(at).ok(),
                status,
                body: FactBody::LabResult(body),
            },
        }
    }

    /// Value and day of "last time" for a result of 10 May.
    fn last_time(earlier: &[Found]) -> (String, String) {
        let shown = [result("202605100630", "CRP", "mg/dL", "0.35", Status::Final)];
        let parts = parts(&shown, earlier, Texts { language: Language::Japanese });
        let [Part::Results { lines, .. }] = parts.as_slice() else { panic!("{parts:?}") };
        (lines[0].previous.clone(), lines[0].previous_day.clone())
    }

    fn expected(value: &str, day: &str) -> (String, String) {
        (value.to_owned(), day.to_owned())
    }

    #[test]
    fn last_time_is_the_newest_earlier_value_of_the_same_kind_and_unit() {
        let of = |at, value| result(at, "CRP", "mg/dL", value, Status::Final);
        let earlier = [
            of("20260401", "0.20"),
            of("20260501", "0.25"),
            of("20260301", "0.10"),
            of("20260601", "9.9"),
            of("202605100630", "8.8"),
            result("20260505", "CRP", "mg/L", "2.2", Status::Final),
            result("20260506", "WBC", "mg/dL", "5.5", Status::Final),
        ];
        assert_eq!(last_time(&earlier), expected("0.25", "5/1"));
        let mut turned = earlier.to_vec();
        turned.reverse();
        assert_eq!(last_time(&turned), expected("0.25", "5/1"), "in whatever order they are read");
    }

    #[test]
    fn a_result_stands_with_its_range_comments_and_whatever_flag_was_sent() {
        let mut sent = result("202605100630", "CRP", "mg/dL", "0.35", Status::Final);
        if let FactBody::LabResult(result) = &mut sent.fact.body {
            result.reference_range = "0-0.14".into();
            result.comments = vec!["溶血あり".into()];
            (result.flags, result.abnormal) = (vec!["要再検".into()], Abnormal::Abnormal);
        }
        let parts = parts(&[sent], &[], Texts { language: Language::Japanese });
        let [Part::Results { lines, .. }] = parts.as_slice() else { panic!("{parts:?}") };
        let line = &lines[0];
        assert_eq!((line.range.as_str(), line.flag.as_str()), ("0-0.14", "要再検"));
        assert_eq!(line.comments, ["溶血あり"]);
    }

    #[test]
    fn a_cancelled_or_undated_value_is_no_last_time() {
        let mut undated = result("20260509", "CRP", "mg/dL", "7.7", Status::Final);
        undated.fact.at = None;
        let cancelled = result("20260508", "CRP", "mg/dL", "6.6", Status::Cancelled);
        let held = result("20260101", "CRP", "mg/dL", "0.1", Status::Final);
        assert_eq!(last_time(&[undated.clone(), cancelled.clone(), held]), expected("0.1", "1/1"));
        assert_eq!(last_time(&[undated, cancelled]), expected("", ""));
    }
}
