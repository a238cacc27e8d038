//! `/p/{person}/images`: every hospital's images by date and modality.

use super::card::{self, Card};
use super::filter::Filter;
use super::matrix::{self, Matrix};
use super::read;
use crate::call::Call;
use crate::head::PatientHead;
use crate::patient::Patient;
use crate::reader::{Reader, Subject, render};
use crate::refusal::Refusal;
use crate::state::PortalState;
use crate::timeline::page::{Choice, facility_choices, period_choices};
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use page::{Frame, Texts};
use store::study::StudyRow;

#[derive(Template)]
#[template(path = "images.html")]
struct ImagesPage {
    frame: Frame,
    head: PatientHead,
    base: String,
    facilities: Vec<Choice>,
    modalities: Vec<Choice>,
    parts: Vec<Choice>,
    periods: Vec<Choice>,
    clear: Option<String>,
    shown: usize,
    total: usize,
    matrix: Matrix,
}

/// Answers `GET /p/{person}/images`.
pub async fn get(
    State(state): State<PortalState>,
    Path(person_id): Path<i64>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let (patient, studies) = state
        .patient(&call, &reader, person_id, Subject::view("images"), |tx, _, patient| {
            read::all(tx, patient).map(Some)
        })
        .await?;
    render(&call, &page_of(&call, &reader, &patient, &studies))
}

fn page_of(call: &Call, reader: &Reader, patient: &Patient, studies: &[StudyRow]) -> ImagesPage {
    let frame = reader.frame(call, "");
    let texts = frame.texts();
    let filter = Filter::read(&call.query);
    let base = format!("/p/{}/images", patient.person_id);
    let all: Vec<Card> =
        studies.iter().filter_map(|study| card::card(patient, study, texts)).collect();
    let keeps =
        |card: &&Card| filter.keeps(card, patient.facilities[card.facility].id, reader.today());
    let cards: Vec<Card> = all.iter().filter(keeps).cloned().collect();
    ImagesPage {
        head: PatientHead::new(patient, reader, "images", None),
        facilities: facility_choices(patient, &filter.facilities),
        modalities: modality_choices(&all, &filter),
        parts: part_choices(&all, &filter, texts),
        periods: period_choices(filter.period, texts),
        clear: filter.is_narrow().then(|| base.clone()),
        shown: cards.len(),
        total: all.len(),
        matrix: matrix::build(&cards, &filter, &base, texts),
        base,
        frame,
    }
}

fn modality_choices(all: &[Card], filter: &Filter) -> Vec<Choice> {
    let is_on =
        |it: &str| filter.modalities.is_empty() || filter.modalities.iter().any(|on| on == it);
    let choice = |it: &str| Choice::new(it, it.to_owned(), "", is_on(it));
    matrix::modalities(all).into_iter().map(choice).collect()
}

fn part_choices(all: &[Card], filter: &Filter, texts: Texts) -> Vec<Choice> {
    let mut parts: Vec<&String> = all.iter().flat_map(|card| &card.parts).collect();
    parts.sort_unstable();
    parts.dedup();
    let choice = |part: &String| {
        Choice::new(part, card::part_word(part, texts), "", filter.part.as_ref() == Some(part))
    };
    parts.into_iter().map(choice).collect()
}
