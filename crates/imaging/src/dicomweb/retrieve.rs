//! WADO-RS: Retrieve of studies, series and instances (PS3.18 10.4.1.1), as received unless another
//! form is asked for.

use super::accept::{Range, accepted};
use super::multipart::{self, Part};
use super::refusal::Refusal;
use super::web::{Ask, Web};
use crate::asker::Asker;
use crate::copy::{self, Form};
use crate::found::Seen;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, StatusCode};
use model::limits::DICOMWEB_PAGE_ROWS;
use std::collections::VecDeque;
use std::io;
use store::study::{
    InstanceRow, SeriesRow, instances_by_uid, instances_of_series, instances_of_study,
    series_of_studies,
};
use store::{Store, StoreError, Tx};

const DICOM: &str = "application/dicom";

/// Answers `GET /studies/{study}`.
pub(crate) async fn study(
    State(web): State<Web>,
    Path(study): Path<String>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let read = |tx: &mut Tx, seen: &[Seen]| {
        let Some(first) = seen.first() else { return Ok(None) };
        Pages::begin(tx, Of::Study(first.study.id))
    };
    let pages = web.study(&ask, &study, ("WADO-RS", "study", false), read).await?;
    all_of(&web, &ask, &study, pages)
}

/// Answers `GET /studies/{study}/series/{series}`.
pub(crate) async fn series(
    State(web): State<Web>,
    Path((study, series)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let read = move |tx: &mut Tx, seen: &[Seen]| {
        let Some(row) = series_of(tx, seen, &series)? else { return Ok(None) };
        Pages::begin(tx, Of::Series(row.id))
    };
    let pages = web.study(&ask, &study, ("WADO-RS", "series", false), read).await?;
    all_of(&web, &ask, &study, pages)
}

/// Answers `GET /studies/{study}/series/{series}/instances/{instance}`.
pub(crate) async fn instance(
    State(web): State<Web>,
    Path(path): Path<(String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let row = instance_of(&web, &ask, &path, ("WADO-RS", "instance", false)).await?;
    let chosen = accepted(&ask.query, &ask.headers).into_iter().find_map(|range| {
        let form = form_of(&range, &row)?;
        Some((range.is_single() && range.inner == DICOM, form))
    });
    let (is_single, form) = chosen.ok_or(NOT_AS_ASKED)?;
    if is_single {
        return single(&web, &ask, &row, form);
    }
    let part = part_of(&web.desk.store, &row, form, &ask.base, &path.0, web.desk.clock.now());
    Ok(multipart::answer(DICOM, stream::iter([part]), web.ids.as_ref()))
}

/// An instance that the asker may see, the latest of its UID.
pub(crate) async fn instance_of(
    web: &Web,
    ask: &Ask,
    (study, series, instance): &(String, String, String),
    subject: (&'static str, &'static str, bool),
) -> Result<InstanceRow, Refusal> {
    let (series, instance) = (series.clone(), instance.clone());
    let read = move |tx: &mut Tx, seen: &[Seen]| find_instance(tx, seen, &series, &instance);
    web.study(ask, study, subject, read).await
}

/// One instance as a body of its own.
pub(crate) fn single(
    web: &Web,
    ask: &Ask,
    row: &InstanceRow,
    form: Form,
) -> Result<Response, Refusal> {
    let tag = tag_of(&row.said.sha256, form);
    if is_known(&ask.asker, ask, &tag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let now = web.desk.clock.now();
    let (length, bytes) = copy::of(&web.desk.store, row, form, now).map_err(|_| Refusal::Failed)?;
    let content_type = content_type(row, form);
    let mut response = ([(CONTENT_TYPE, content_type)], Body::from_stream(bytes)).into_response();
    if let Some(length) = length {
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    if let (false, Ok(tag)) = (ask.asker.is_person(), HeaderValue::from_str(&tag)) {
        response.headers_mut().insert(ETAG, tag);
    }
    Ok(response)
}

/// The series of a UID in a study.
pub(crate) fn series_of(
    tx: &mut Tx,
    seen: &[Seen],
    uid: &str,
) -> Result<Option<SeriesRow>, StoreError> {
    let studies: Vec<i64> = seen.iter().map(|one| one.study.id).collect();
    let mut rows = series_of_studies(tx, &studies)?;
    rows.retain(|row| row.series_instance_uid == uid);
    // The row that stands for the study first, and what holds something before what does not.
    rows.sort_by_key(|row| {
        (row.instance_count == 0, studies.iter().position(|study| *study == row.study_id))
    });
    Ok(rows.into_iter().next())
}

pub(crate) fn find_instance(
    tx: &mut Tx,
    seen: &[Seen],
    series: &str,
    instance: &str,
) -> Result<Option<InstanceRow>, StoreError> {
    let studies: Vec<i64> = seen.iter().map(|one| one.study.id).collect();
    let own: Vec<i64> = series_of_studies(tx, &studies)?
        .into_iter()
        .filter(|row| series.is_empty() || row.series_instance_uid == series)
        .map(|row| row.id)
        .collect();
    let mut rows = instances_by_uid(tx, instance, &studies)?;
    rows.retain(|row| row.is_shown() && own.contains(&row.series_id));
    rows.sort_by_key(|row| studies.iter().position(|study| *study == row.study_id));
    Ok(rows.into_iter().next())
}

const NOT_AS_ASKED: Refusal = Refusal::NotAcceptable(
    "instances are given as received (transfer-syntax=*), in Explicit VR Little Endian where they \
     are not compressed, and with charset=utf-8 as a copy whose text is UTF-8",
);

fn form_of(range: &Range, row: &InstanceRow) -> Option<Form> {
    let is_utf8 = range.is_utf8();
    range.takes(DICOM).then(|| Form::of(row, &range.transfer_syntax, is_utf8)).flatten()
}

fn tag_of(sha256: &[u8], form: Form) -> String {
    let hash: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    let form = match form {
        Form::Received => "r",
        Form::Explicit => "e",
        Form::Repaired => "u",
    };
    format!("\"{hash}-{form}\"")
}

/// Browsers keep nothing, so only systems are told that they have it already.
fn is_known(asker: &Asker, ask: &Ask, tag: &str) -> bool {
    let held = ask.headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    !asker.is_person() && held.is_some_and(|held| held.split(',').any(|one| one.trim() == tag))
}

fn content_type(row: &InstanceRow, form: Form) -> String {
    let charset = if form == Form::Repaired { "; charset=utf-8" } else { "" };
    format!("{DICOM}; transfer-syntax={}{charset}", form.transfer_syntax(row))
}

fn part_of(
    store: &Store,
    row: &InstanceRow,
    form: Form,
    base: &str,
    study: &str,
    now: model::Timestamp,
) -> io::Result<Part> {
    let (_, bytes) = copy::of(store, row, form, now)?;
    let location = format!("{base}/studies/{study}/instances/{}", row.said.sop_instance_uid);
    Ok(Part { content_type: content_type(row, form), location, bytes })
}

/// Every instance of some pages; those that cannot be given as asked are left out of a
/// `multipart/related` answer as PS3.18 8.7.7 wants it, unless none can.
fn all_of(web: &Web, ask: &Ask, study: &str, pages: Pages) -> Result<Response, Refusal> {
    let ranges: Vec<Range> =
        accepted(&ask.query, &ask.headers).into_iter().filter(|range| range.takes(DICOM)).collect();
    let form = move |row: &InstanceRow| ranges.iter().find_map(|range| form_of(range, row));
    if !pages.rows.iter().any(|row| form(row).is_some()) {
        return Err(NOT_AS_ASKED);
    }
    let (store, base, study) = (web.desk.store.clone(), ask.base.clone(), study.to_owned());
    let now = web.desk.clock.now();
    let rows = pages.stream(store.clone());
    let parts = rows.try_filter_map(move |row| {
        let part = form(&row).map(|form| part_of(&store, &row, form, &base, &study, now));
        std::future::ready(part.transpose())
    });
    Ok(multipart::answer(DICOM, parts, web.ids.as_ref()))
}

/// Of what all instances are read.
#[derive(Debug, Clone, Copy)]
enum Of {
    Study(i64),
    Series(i64),
}

/// The instances of a study or series, page by page.
struct Pages {
    of: Of,
    rows: VecDeque<InstanceRow>,
    last: Option<(i64, i64)>,
}

impl Pages {
    /// The first page; `None` where there is no instance.
    fn begin(tx: &mut Tx, of: Of) -> Result<Option<Pages>, StoreError> {
        let rows = Pages::read(tx, of, None)?;
        let last = rows.back().map(InstanceRow::place);
        Ok((!rows.is_empty()).then_some(Pages { of, rows, last }))
    }

    fn read(
        tx: &mut Tx,
        of: Of,
        last: Option<(i64, i64)>,
    ) -> Result<VecDeque<InstanceRow>, StoreError> {
        let page_rows = u32::try_from(DICOMWEB_PAGE_ROWS).unwrap_or(u32::MAX);
        let rows = match of {
            Of::Study(id) => instances_of_study(tx, id, last.map_or(0, |(_, id)| id), page_rows)?,
            Of::Series(id) => instances_of_series(tx, id, last, page_rows)?,
        };
        Ok(rows.into())
    }

    fn stream(
        self,
        store: Store,
    ) -> impl futures::Stream<Item = io::Result<InstanceRow>> + Send + 'static {
        stream::try_unfold((self, store), |(mut pages, store)| async move {
            if let Some(row) = pages.rows.pop_front() {
                return Ok(Some((row, (pages, store))));
            }
            let (of, last) = (pages.of, pages.last);
            let next = store.read(move |tx| Pages::read(tx, of, last)).await;
            pages.rows = next.map_err(io::Error::other)?;
            pages.last = pages.rows.back().map(InstanceRow::place);
            let Some(row) = pages.rows.pop_front() else { return Ok(None) };
            Ok(Some((row, (pages, store))))
        })
        .boxed()
    }
}
