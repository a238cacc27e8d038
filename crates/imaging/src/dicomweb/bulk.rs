//! WADO-RS: Retrieve Bulkdata (PS3.18 10.4.1.1.5): the value of one element as it stands in the
//! object, addressed by its tag: `7FE00010`, or within a sequence `54000100/1/54001010`.

use super::accept::accepted;
use super::frames::object_of;
use super::multipart::{self, Part};
use super::refusal::Refusal;
use super::retrieve::instance_of;
use super::web::{Ask, Web};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use dicomfile::{Tag, Value, scan};
use futures::stream;
use http::header::CONTENT_TYPE;
use model::limits::DICOM_DEPTH;
use soap::BodySender;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

const OCTETS: &str = "application/octet-stream";
const PIECE_BYTES: u64 = 256 * 1024;

/// Answers `GET …/instances/{instance}/bulkdata/{path}`.
pub(crate) async fn get(
    State(web): State<Web>,
    Path((study, series, instance, path)): Path<(String, String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let steps = steps(&path)?;
    let ranges = accepted(&ask.query, &ask.headers);
    let Some(range) = ranges.into_iter().find(|range| range.takes(OCTETS)) else {
        return Err(Refusal::NotAcceptable("bulk data are given as application/octet-stream"));
    };
    let uids = (study, series, instance);
    let row = instance_of(&web, &ask, &uids, ("WADO-RS", "bulkdata", true)).await?;
    let file = object_of(&web, &row)?;
    let looking = tokio::task::spawn_blocking(move || find(File::open(file)?, &steps));
    let found = looking.await.map_err(|_| Refusal::Failed)?.map_err(|error| {
        tracing::error!(%error, "bulk data could not be read");
        Refusal::Failed
    })?;
    let found = found.ok_or(Refusal::NotFound)?;
    let (sender, bytes) = soap::channel();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = give(found, sender) {
            tracing::warn!(%error, "bulk data broke off");
        }
    });
    if range.is_single() && range.inner == OCTETS {
        return Ok(([(CONTENT_TYPE, OCTETS)], Body::from_stream(bytes)).into_response());
    }
    let part = Part { content_type: OCTETS.to_owned(), location: String::new(), bytes };
    Ok(multipart::answer(OCTETS, stream::iter([Ok(part)]), web.ids.as_ref()))
}

/// A value: in memory, or where it stands.
enum Found {
    Bytes(Vec<u8>),
    Place(File, u64, u64),
}

/// Tags, and behind each but the last the number of an item from 1.
fn steps(path: &str) -> Result<Vec<(Tag, usize)>, Refusal> {
    let bad = || Refusal::Bad("bulk data are addressed by tag, or tag/item/tag".to_owned());
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() as u64 > 2 * DICOM_DEPTH || parts.len().is_multiple_of(2) {
        return Err(bad());
    }
    let tag = |text: &str| {
        let is_tag = text.len() == 8 && text.bytes().all(|one| one.is_ascii_hexdigit());
        let number = u32::from_str_radix(text, 16).ok().filter(|_| is_tag)?;
        Some(Tag((number >> 16) as u16, number as u16))
    };
    let pairs = parts.chunks(2).map(|pair| match pair {
        [name, item] => Some((tag(name)?, item.parse().ok().filter(|one| *one > 0)?)),
        [name] => Some((tag(name)?, 0)),
        _ => None,
    });
    pairs.collect::<Option<Vec<_>>>().ok_or_else(bad)
}

fn find(file: File, steps: &[(Tag, usize)]) -> io::Result<Option<Found>> {
    let size = file.metadata()?.len();
    let scanned = scan(BufReader::new(file.try_clone()?), Some(size)).map_err(io::Error::other)?;
    if scanned.transfer_syntax.is_deflated() {
        return Ok(None);
    }
    if let ([(tag, _)], Some(pixels)) = (steps, scanned.pixel_data)
        && *tag == pixels.tag
    {
        return Ok(pixels.length.map(|length| Found::Place(file, pixels.offset, length)));
    }
    let mut set = &scanned.header;
    for (tag, item) in steps {
        let Some(element) = set.get(*tag) else { return Ok(None) };
        if *item > 0 {
            let Some(next) = element.items().get(item - 1) else { return Ok(None) };
            set = next;
            continue;
        }
        return Ok(match &element.value {
            Value::Bytes(bytes) => Some(Found::Bytes(bytes.clone())),
            Value::Place(place) => Some(Found::Place(file, place.offset, place.length)),
            Value::Sequence(_) | Value::Fragments(_) => None,
        });
    }
    Ok(None)
}

fn give(found: Found, sender: BodySender) -> io::Result<()> {
    match found {
        Found::Bytes(bytes) => sender.send_blocking(bytes).map_err(io::Error::other)?,
        Found::Place(mut file, offset, mut left) => {
            file.seek(SeekFrom::Start(offset))?;
            while left > 0 {
                let mut piece = Vec::new();
                (&mut file).take(left.min(PIECE_BYTES)).read_to_end(&mut piece)?;
                if piece.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                left -= piece.len() as u64;
                sender.send_blocking(piece).map_err(io::Error::other)?;
            }
        }
    }
    sender.finish_blocking().map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::steps;

    #[test]
    fn addresses_are_tags_with_items_between_them() {
        assert_eq!(steps("7FE00010").unwrap().len(), 1);
        assert_eq!(steps("54000100/1/54001010").unwrap()[0].1, 1);
        for wrong in ["", "x", "7FE00010/1", "54000100/0/54001010", "+1234567", "../etc/passwd"] {
            assert!(steps(wrong).is_err(), "{wrong}");
        }
    }
}
