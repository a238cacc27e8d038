//! `/p/{person}/study/{uid}/contents`: what the viewer needs of a study that is opened beside
//! another one, as JSON. The page of a study carries the same of its own.

use crate::call::Call;
use crate::images::card::{self, Card};
use crate::images::read;
use crate::patient::Patient;
use crate::reader::Subject;
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use model::limits::STUDY_OTHERS;
use page::language::grouped;
use page::{Texts, dates};
use serde::Serialize;
use std::collections::HashMap;
use store::Tx;
use store::audit::Action;
use store::study::{
    OtherInstance, SeriesHead, SeriesRow, StudyRow, other_instances, series_heads,
    series_of_studies,
};

/// A study with what it holds.
pub struct Contents {
    /// The study.
    pub study: StudyRow,
    /// Its series with pictures or without.
    pub series: Vec<(SeriesRow, Option<SeriesHead>)>,
    /// What is no picture.
    pub others: Vec<OtherInstance>,
}

/// A facility as the viewer shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacilityMark {
    short: String,
    mark: String,
}

/// A series with pictures, for the viewer and for the page without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SeriesView {
    /// Series Instance UID.
    pub uid: String,
    /// Series Number, empty where it is not said.
    pub number: String,
    /// Series Description, or the protocol's name.
    pub description: String,
    /// Modality.
    pub modality: String,
    /// Pictures: frames of all instances.
    pub images: i64,
    /// The instance to begin with.
    pub start: String,
    /// `82枚`
    #[serde(skip)]
    pub count: String,
}

/// A study as the viewer reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StudyView {
    /// Study Instance UID.
    pub uid: String,
    /// What it is.
    pub title: String,
    /// Modality.
    pub modality: String,
    /// `2026/10/31`
    pub date: String,
    /// `09:40`
    pub clock: String,
    /// Whether it is another one than the page's own.
    pub is_prior: bool,
    /// Days from it to the page's own; negative where it is later.
    pub days_before: i64,
    /// Whose it is.
    pub facility: FacilityMark,
    /// Its series with pictures.
    pub series: Vec<SeriesView>,
}

/// Answers `GET /p/{person}/study/{uid}/contents`; `of` is the day of the study that it is opened
/// beside.
pub async fn get(
    State(state): State<PortalState>,
    Path((person_id, uid)): Path<(i64, String)>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let (patient, contents) = state
        .patient(&call, &reader, person_id, subject("study-beside", &uid), move |tx, _, patient| {
            read(tx, patient, &uid)
        })
        .await?;
    let of = call.value("of").and_then(|day| day.parse::<i64>().ok());
    let texts = Texts { language: reader.language() };
    let view = view(&patient, &contents, of, texts);
    view.map(|view| Json(view).into_response()).ok_or_else(|| Refusal::new(&call, Kind::NotFound))
}

/// The audit record's subject: which study.
pub fn subject(page: &str, uid: &str) -> Subject {
    let detail = serde_json::json!({ "page": page, "study": uid });
    Subject { action: Action::View, detail }
}

/// Reads a study with what it holds, if it may be seen.
pub fn read(tx: &mut Tx, patient: &Patient, uid: &str) -> Result<Option<Contents>, Kind> {
    let Some(study) = read::by_uid(tx, patient, uid)? else { return Ok(None) };
    let heads = series_heads(tx, study.id)?;
    let mut heads: HashMap<i64, SeriesHead> =
        heads.into_iter().map(|head| (head.series_id, head)).collect();
    let series = series_of_studies(tx, &[study.id])?;
    let series = series.into_iter().map(|row| {
        let head = heads.remove(&row.id).filter(|head| head.images > 0);
        (row, head)
    });
    let series = series.collect();
    let others = other_instances(tx, study.id, u32::try_from(STUDY_OTHERS).unwrap_or(u32::MAX))?;
    Ok(Some(Contents { study, series, others }))
}

/// A study as the viewer reads it; `of` is the day of the page's own where this is another one.
pub fn view(
    patient: &Patient,
    contents: &Contents,
    of: Option<i64>,
    texts: Texts,
) -> Option<StudyView> {
    let Card { uid, title, modality, date, clock, day, short, mark, .. } =
        card::card(patient, &contents.study, texts)?;
    let is_dated = day > 0 && of.is_some_and(|of| of > 0);
    Some(StudyView {
        uid,
        title,
        modality,
        date,
        clock,
        is_prior: of.is_some(),
        days_before: of.filter(|_| is_dated).map_or(0, |of| dates::days_between(day, of)),
        facility: FacilityMark { short, mark },
        series: contents.series.iter().filter_map(|(row, head)| series(row, head, texts)).collect(),
    })
}

fn series(row: &SeriesRow, head: &Option<SeriesHead>, texts: Texts) -> Option<SeriesView> {
    let head = head.as_ref()?;
    let description = match row.said.description.trim() {
        "" => row.said.protocol.trim(),
        description => description,
    };
    Some(SeriesView {
        uid: row.series_instance_uid.clone(),
        number: row.said.series_number.map(|number| number.to_string()).unwrap_or_default(),
        description: description.to_owned(),
        modality: row.said.modality.clone(),
        images: head.frames.max(head.images),
        start: head.stands_for_it.clone(),
        count: texts.with("images-n", &[("n", &grouped(head.frames.max(head.images)))]),
    })
}
