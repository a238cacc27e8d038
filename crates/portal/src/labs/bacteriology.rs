//! `/p/{person}/labs/bacteriology`: cultures, newest first, each with its organisms across and
//! the drugs that they were tested with down.

use crate::call::Call;
use crate::facility::{Facility, of_source};
use crate::facts::{self, Found};
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::timeline::panel_rows::status_word;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use model::Coded;
use model::fact::{Bacteriology, FactBody};
use page::{Frame, Texts, dates};
use std::cmp::Reverse;

/// Cultures on a page.
const PAGE_CULTURES: usize = 40;

/// One specimen of one report.
struct Culture {
    when: String,
    class: String,
    facility: String,
    specimen: String,
    address: String,
    organisms: Vec<String>,
    /// Amounts by organism; empty where none was sent.
    amounts: Vec<String>,
    drugs: Vec<DrugRow>,
    comments: Vec<String>,
}

struct DrugRow {
    name: String,
    /// Results by organism.
    cells: Vec<Vec<Tested>>,
}

struct Tested {
    susceptibility: String,
    is_resistant: bool,
    mic: String,
    status: String,
}

#[derive(Template)]
#[template(path = "bacteriology.html")]
struct BacteriologyPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    has_physiology: bool,
    cultures: Vec<Culture>,
    first: usize,
    last: usize,
    total: usize,
    older: Option<String>,
}

/// Answers `GET /p/{person}/labs/bacteriology`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let subject = Subject::view("bacteriology");
    let (patient, (found, has_physiology)) = state
        .patient(&call, &reader, person_id, subject, |tx, _, patient| {
            let found = facts::of_kinds(tx, patient, &["bacteriology"])?;
            Ok(Some((found, super::page::has_any(tx, patient, "physiology_result")?)))
        })
        .await?;
    let first = call.value("from").and_then(|text| text.parse().ok()).unwrap_or(0);
    render(&call, &page_of(&call, &reader, &patient, &found, has_physiology, first))
}

fn page_of(
    call: &Call,
    reader: &Reader,
    patient: &Patient,
    found: &[Found],
    has_physiology: bool,
    first: usize,
) -> BacteriologyPage {
    let frame = reader.frame(call, "");
    let groups = by_specimen(found);
    let total = groups.len();
    let first = first.min(total);
    let last = total.min(first + PAGE_CULTURES);
    let base = format!("/p/{}/labs", patient.person_id);
    let culture = |group: &Specimen<'_>| culture(group, patient, frame.texts());
    BacteriologyPage {
        head: PatientHead::new(patient, reader, "labs", None),
        cultures: groups[first..last].iter().map(culture).collect(),
        first: if total == 0 { 0 } else { first + 1 },
        last,
        total,
        older: (last < total).then(|| format!("{base}/bacteriology?from={last}")),
        has_physiology,
        base,
        frame,
    }
}

type Specimen<'a> = Vec<(&'a Found, &'a Bacteriology)>;

/// Findings of one document and specimen together, newest first, in the order of the message.
fn by_specimen(found: &[Found]) -> Vec<Specimen<'_>> {
    let mut all: Specimen<'_> = found
        .iter()
        .filter_map(|it| match &it.fact.body {
            FactBody::Bacteriology(finding) => Some((it, finding)),
            _ => None,
        })
        .collect();
    let place = |(it, _): &(&Found, &Bacteriology)| {
        (Reverse(it.fact.at.as_ref().map(|at| at.first)), Reverse(it.document_id))
    };
    all.sort_by_key(|one| (place(one), one.0.fact.ordinal));
    let mut groups: Vec<Specimen<'_>> = Vec::new();
    for one in all {
        let same = |group: &&mut Specimen<'_>| {
            group.first().is_some_and(|other| {
                place(other) == place(&one) && other.1.specimen == one.1.specimen
            })
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups
}

fn culture(group: &Specimen<'_>, patient: &Patient, texts: Texts) -> Culture {
    let mut organisms: Vec<&Coded> = Vec::new();
    let mut drugs: Vec<&Coded> = Vec::new();
    for (_, finding) in group {
        if !organisms.iter().any(|known| is_same(known, &finding.organism)) {
            organisms.push(&finding.organism);
        }
        let is_new = !drugs.iter().any(|known| is_same(known, &finding.drug));
        if !finding.drug.is_empty() && is_new {
            drugs.push(&finding.drug);
        }
    }
    let rows = drugs.iter().map(|drug| DrugRow {
        name: drug.display().to_owned(),
        cells: organisms.iter().map(|organism| tested(group, organism, drug, texts)).collect(),
    });
    let amounts = organisms.iter().map(|organism| {
        let of =
            group.iter().filter(|(_, it)| it.drug.is_empty() && is_same(&it.organism, organism));
        let words = of.map(|(found, it)| {
            format!("{} {}", it.amount, status_word(found.fact.status, texts)).trim().to_owned()
        });
        words.filter(|words| !words.is_empty()).collect::<Vec<_>>().join(" / ")
    });
    let mut comments: Vec<String> = Vec::new();
    for comment in group.iter().flat_map(|(_, it)| &it.comments) {
        if !comments.contains(comment) {
            comments.push(comment.clone());
        }
    }
    let facility = group.first().and_then(|(it, _)| of_source(&patient.facilities, it.source_id));
    let at = group.first().and_then(|(it, _)| it.fact.at.as_ref());
    let document_id = group.first().map_or(0, |(it, _)| it.document_id);
    Culture {
        when: at.map_or_else(|| texts.get("no-date"), dates::received),
        class: facility.map(Facility::class).unwrap_or_default(),
        facility: facility.map(|it| it.short.clone()).unwrap_or_default(),
        specimen: group.first().map(|(_, it)| it.specimen.display().to_owned()).unwrap_or_default(),
        address: format!("/p/{}/e/{document_id}", patient.person_id),
        drugs: rows.collect(),
        amounts: amounts.collect(),
        organisms: organisms
            .iter()
            .map(|it| match it.display() {
                "" => texts.get("organism-unknown"),
                name => name.to_owned(),
            })
            .collect(),
        comments,
    }
}

/// Every result of a drug on an organism: two isolates of one name both stand in the cell.
fn tested(group: &Specimen<'_>, organism: &Coded, drug: &Coded, texts: Texts) -> Vec<Tested> {
    group
        .iter()
        .filter(|(_, it)| is_same(&it.organism, organism) && is_same(&it.drug, drug))
        .map(|(found, it)| Tested {
            susceptibility: it.susceptibility.clone(),
            is_resistant: matches!(it.susceptibility.as_str(), "R" | "NS"),
            mic: format!("{} {}", it.mic, it.mic_unit.display()).trim().to_owned(),
            status: status_word(found.fact.status, texts),
        })
        .collect()
}

/// One organism or drug: the same codes, or the same words where one has none.
fn is_same(one: &Coded, other: &Coded) -> bool {
    one == other || !one.display().is_empty() && one.display() == other.display()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PartialTime;
    use model::fact::{Fact, Place, Status};
    use page::Language;

    fn finding(document: i64, at: &str, ordinal: u32, finding: Bacteriology) -> Found {
        Found {
            document_id: document,
            source_id: Some(1),
            chart_key: String::new(),
            fact: Fact {
                ordinal,
                place: Place { segment: "OBX".into(), index: ordinal },
                at: PartialTime::japan(at).ok(),
                status: Status::Final,
                body: FactBody::Bacteriology(finding),
            },
        }
    }

    fn of(organism: &str, drug: &str, susceptibility: &str) -> Bacteriology {
        Bacteriology {
            organism: Coded::single("", organism, ""),
            drug: if drug.is_empty() { Coded::default() } else { Coded::single("", drug, "") },
            amount: if drug.is_empty() { "3+".into() } else { String::new() },
            susceptibility: susceptibility.into(),
            specimen: Coded::single("", "喀痰", ""),
            ..Bacteriology::default()
        }
    }

    #[test]
    fn organisms_stand_across_and_drugs_down() {
        let texts = Texts { language: Language::Japanese };
        let blood =
            Bacteriology { specimen: Coded::single("", "血液", ""), ..of("MRSA", "", "") };
        let found = [
            finding(1, "20240101", 0, of("E. coli", "", "")),
            finding(1, "20240101", 1, of("MRSA", "", "")),
            finding(1, "20240101", 2, of("E. coli", "CEZ", "S")),
            finding(1, "20240101", 3, of("MRSA", "CEZ", "R")),
            finding(1, "20240101", 4, of("MRSA", "CEZ", "I")),
            finding(1, "20240101", 5, blood),
            finding(2, "20240201", 0, of("E. coli", "", "")),
        ];
        let groups = by_specimen(&found);
        let sizes: Vec<(i64, usize)> =
            groups.iter().map(|group| (group[0].0.document_id, group.len())).collect();
        assert_eq!(sizes, [(2, 1), (1, 5), (1, 1)], "newest first, each specimen by itself");
        let cell = |organism: &str| -> Vec<(String, bool)> {
            let (organism, drug) = (Coded::single("", organism, ""), Coded::single("", "CEZ", ""));
            let tested = tested(&groups[1], &organism, &drug, texts);
            tested.into_iter().map(|it| (it.susceptibility, it.is_resistant)).collect()
        };
        assert_eq!(cell("E. coli"), [("S".to_owned(), false)]);
        assert_eq!(cell("MRSA"), [("R".to_owned(), true), ("I".to_owned(), false)], "two isolates");
    }
}
