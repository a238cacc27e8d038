//! WADO-RS: Retrieve Metadata (PS3.18 10.4.1.1.2), out of what was made at intake: no instance is
//! opened.
//!
//! Members are inflated and joined here; the door compresses the whole again. They could pass as
//! they are, one behind the other, but browsers read the first member of an encoding only.

use super::accept::accepted;
use super::refusal::Refusal;
use super::retrieve::{find_instance, series_of};
use super::series_json::{Objects, inflate, members};
use super::web::{Ask, Web};
use crate::found::Seen;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use soap::BodySender;
use std::collections::VecDeque;
use std::io;
use store::study::series_of_studies;
use store::{Store, StoreError, Tx};

const JSON: &str = "application/dicom+json";

/// Answers `GET /studies/{study}/metadata`.
pub(crate) async fn study(
    State(web): State<Web>,
    Path(study): Path<String>,
    ask: Ask,
) -> Result<Response, Refusal> {
    check(&ask)?;
    let read = |tx: &mut Tx, seen: &[Seen]| {
        let Some(first) = seen.first() else { return Ok(None) };
        let rows = series_of_studies(tx, &[first.study.id])?;
        let held: VecDeque<i64> =
            rows.iter().filter(|row| row.instance_count > 0).map(|row| row.id).collect();
        Ok((!held.is_empty()).then_some(held))
    };
    let series = web.study(&ask, &study, ("WADO-RS", "metadata", true), read).await?;
    Ok(answer(&web, series))
}

/// Answers `GET /studies/{study}/series/{series}/metadata`.
pub(crate) async fn series(
    State(web): State<Web>,
    Path((study, series)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    check(&ask)?;
    let read = move |tx: &mut Tx, seen: &[Seen]| {
        let row = series_of(tx, seen, &series)?.filter(|row| row.instance_count > 0);
        Ok(row.map(|row| VecDeque::from([row.id])))
    };
    let series = web.study(&ask, &study, ("WADO-RS", "metadata", true), read).await?;
    Ok(answer(&web, series))
}

/// Answers `GET /studies/{study}/series/{series}/instances/{instance}/metadata`.
pub(crate) async fn instance(
    State(web): State<Web>,
    Path((study, series, uid)): Path<(String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    check(&ask)?;
    let wanted = uid.clone();
    let read = move |tx: &mut Tx, seen: &[Seen]| {
        let Some(row) = find_instance(tx, seen, &series, &wanted)? else { return Ok(None) };
        members(tx, row.series_id).map(Some)
    };
    let members = web.study(&ask, &study, ("WADO-RS", "metadata", true), read).await?;
    let looking = tokio::task::spawn_blocking(move || one_of(&members, &uid));
    match looking.await {
        Ok(Ok(Some(object))) => {
            let whole = [b"[", object.as_slice(), b"]"].concat();
            Ok(([(CONTENT_TYPE, JSON)], whole).into_response())
        }
        Ok(Ok(None)) => Err(Refusal::NotFound),
        Ok(Err(error)) => Err(StoreError::Damaged(format!("metadata: {error}")).into()),
        Err(_) => Err(Refusal::Failed),
    }
}

fn check(ask: &Ask) -> Result<(), Refusal> {
    let ranges = accepted(&ask.query, &ask.headers);
    let is_json = ranges.iter().any(|one| one.takes(JSON) || one.inner == "application/json");
    match is_json {
        true => Ok(()),
        false => Err(Refusal::NotAcceptable("metadata are given as application/dicom+json")),
    }
}

fn answer(web: &Web, series: VecDeque<i64>) -> Response {
    let (sender, stream) = soap::channel();
    let store = web.desk.store.clone();
    tokio::spawn(async move {
        match all_of(&store, series, sender).await {
            Ok(()) => {}
            Err(error) => tracing::warn!(%error, "metadata broke off"),
        }
    });
    ([(CONTENT_TYPE, JSON)], Body::from_stream(stream)).into_response()
}

/// Series after series, each read by itself and inflated on a thread that may wait.
async fn all_of(store: &Store, series: VecDeque<i64>, sender: BodySender) -> io::Result<()> {
    let mut sender = sender;
    let mut joint: &[u8] = b"[";
    for id in series {
        let read = store.read(move |tx| members(tx, id)).await.map_err(io::Error::other)?;
        let begin = joint;
        let making = move || give(&read, begin, &sender).map(|joint| (joint, sender));
        let made = tokio::task::spawn_blocking(making).await.map_err(io::Error::other)?;
        (joint, sender) = made?;
    }
    let end: &[u8] = if joint == b"[" { b"[]" } else { b"]" };
    sender.send(Bytes::copy_from_slice(end)).await.map_err(io::Error::other)?;
    sender.finish().await.map_err(io::Error::other)
}

/// Gives members with `joint` before the first, commas between them; what stands before the next.
fn give(
    members: &[Vec<u8>],
    mut joint: &'static [u8],
    sender: &BodySender,
) -> io::Result<&'static [u8]> {
    let mut piece = Vec::with_capacity(PIECE_BYTES);
    for member in members {
        let mut is_begun = false;
        inflate(member, |bytes| {
            if !is_begun {
                piece.extend_from_slice(joint);
                (joint, is_begun) = (b",", true);
            }
            piece.extend_from_slice(bytes);
            if piece.len() >= PIECE_BYTES {
                let full = std::mem::take(&mut piece);
                sender.send_blocking(full).map_err(io::Error::other)?;
            }
            Ok(())
        })?;
    }
    if !piece.is_empty() {
        sender.send_blocking(piece).map_err(io::Error::other)?;
    }
    Ok(joint)
}

const PIECE_BYTES: usize = 128 * 1024;

/// The object of one instance.
fn one_of(members: &[Vec<u8>], uid: &str) -> io::Result<Option<Vec<u8>>> {
    let quoted = format!("\"{uid}\"");
    let mut found = None;
    for member in members {
        let mut objects = Objects::default();
        inflate(member, |piece| {
            objects.push(piece, |object| {
                if found.is_none() && is_of(object, &quoted, uid) {
                    found = Some(object.to_vec());
                }
            });
            Ok(())
        })?;
        if found.is_some() {
            break;
        }
    }
    Ok(found)
}

fn is_of(object: &[u8], quoted: &str, uid: &str) -> bool {
    let mentions = object.windows(quoted.len()).any(|window| window == quoted.as_bytes());
    mentions
        && serde_json::from_slice::<serde_json::Value>(object)
            .is_ok_and(|read| read["00080018"]["Value"][0] == uid)
}
