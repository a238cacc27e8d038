//! WADO-RS: Retrieve Frames (PS3.18 10.4.1.1.6): as they are stored, or decoded.

use super::accept::{Range, accepted};
use super::multipart::{self, Part};
use super::refusal::Refusal;
use super::retrieve::instance_of;
use super::web::{Ask, Web};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use dicomfile::TransferSyntax;
use futures::{StreamExt, stream};
use http::header::CONTENT_TYPE;
use model::limits::DICOMWEB_FRAMES;
use rendering::{FrameError, Object, RenderError, Renderer};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use store::study::InstanceRow;

const OCTETS: &str = "application/octet-stream";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";

/// Answers `GET …/instances/{instance}/frames/{frames}`.
pub(crate) async fn get(
    State(web): State<Web>,
    Path((study, series, instance, list)): Path<(String, String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let frames = numbers(&list)?;
    let renderer = web.renderer()?;
    let path = (study, series, instance);
    let row = instance_of(&web, &ask, &path, ("WADO-RS", "frames", true)).await?;
    if frames.iter().any(|frame| i64::from(*frame) > row.said.frames) {
        return Err(Refusal::NotFound);
    }
    let ranges = accepted(&ask.query, &ask.headers);
    let given = ranges.iter().find_map(|range| given(range, &row, frames.len()));
    let given = given.ok_or(Refusal::NotAcceptable(
        "frames are given as stored (application/octet-stream; transfer-syntax=*) or decoded \
         (transfer-syntax=1.2.840.10008.1.2.1)",
    ))?;
    let file = object_of(&web, &row)?;
    let mut frames = frames.into_iter();
    let first = frames.next().unwrap_or(1);
    let first = given.bytes(&renderer, &file, first).await.map_err(refusal_of)?;
    let content_type = format!("{}; transfer-syntax={}", given.media_type, given.transfer_syntax);
    if given.is_single {
        return Ok(([(CONTENT_TYPE, content_type)], first).into_response());
    }
    let media_type = given.media_type;
    let others = stream::iter(frames).then(move |frame| {
        let (renderer, file, given) = (renderer.clone(), file.clone(), given.clone());
        async move { given.bytes(&renderer, &file, frame).await.map_err(io::Error::other) }
    });
    let all = stream::iter([Ok(first)]).chain(others).map(move |bytes| {
        let bytes = stream::iter([Ok(bytes?)]).boxed();
        Ok(Part { content_type: content_type.clone(), location: String::new(), bytes })
    });
    Ok(multipart::answer(media_type, all, web.ids.as_ref()))
}

/// The file of an instance's object.
pub(crate) fn object_of(web: &Web, row: &InstanceRow) -> Result<PathBuf, Refusal> {
    let key = row.object()?;
    Ok(web.desk.store.objects().path(&key.sha256))
}

pub(crate) fn refusal_of(error: FrameError) -> Refusal {
    match error {
        FrameError::NotShown(reason) => {
            tracing::info!(%reason, "a frame cannot be given");
            Refusal::NotAcceptable(
                "this frame cannot be decoded here; take the instance as received",
            )
        }
        FrameError::Failed(error) => refusal_of_rendering(error),
    }
}

pub(crate) fn refusal_of_rendering(error: RenderError) -> Refusal {
    match error {
        RenderError::NoSuchFrame { .. } => Refusal::NotFound,
        RenderError::Viewport => Refusal::Bad(error.to_string()),
        RenderError::Worker(_) => Refusal::Busy,
        RenderError::Io(_) | RenderError::Unreadable(_) | RenderError::Answer => {
            tracing::error!(%error, "a frame could not be given");
            Refusal::Failed
        }
    }
}

/// Frame numbers of an address, from 1.
pub(crate) fn numbers(list: &str) -> Result<Vec<u32>, Refusal> {
    if list.split(',').count() as u64 > DICOMWEB_FRAMES {
        return Err(Refusal::Bad(format!("ask for at most {DICOMWEB_FRAMES} frames at once")));
    }
    let number = |one: &str| one.trim().parse::<u32>().ok().filter(|frame| *frame > 0);
    let frames: Option<Vec<u32>> = list.split(',').map(number).collect();
    frames.ok_or_else(|| Refusal::Bad("frames are numbers from 1 on, parted by commas".to_owned()))
}

/// How frames are given.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    media_type: &'static str,
    transfer_syntax: String,
    is_decoded: bool,
    is_single: bool,
}

impl Given {
    async fn bytes(
        &self,
        renderer: &Arc<Renderer>,
        file: &std::path::Path,
        frame: u32,
    ) -> Result<Bytes, FrameError> {
        let object = Object::Path(file.to_owned());
        match self.is_decoded {
            true => Ok(renderer.native_frame(object, frame).await?.bytes.into()),
            false => Ok(renderer.stored_frame(object, Some(frame)).await?.bytes),
        }
    }
}

fn given(range: &Range, row: &InstanceRow, frames: usize) -> Option<Given> {
    let own = TransferSyntax::new(&row.said.transfer_syntax_uid);
    let is_single = range.is_single() && frames == 1 && range.inner == OCTETS;
    if !own.is_encapsulated() {
        let is_asked = ["", "*", EXPLICIT, own.uid()].contains(&range.transfer_syntax.as_str());
        let is_decoded = own.is_big_endian();
        let transfer_syntax = EXPLICIT.to_owned();
        return (is_asked && range.takes(OCTETS)).then_some(Given {
            media_type: OCTETS,
            transfer_syntax,
            is_decoded,
            is_single,
        });
    }
    if range.transfer_syntax == EXPLICIT {
        let transfer_syntax = EXPLICIT.to_owned();
        return range.takes(OCTETS).then_some(Given {
            media_type: OCTETS,
            transfer_syntax,
            is_decoded: true,
            is_single,
        });
    }
    let is_asked = ["", "*", own.uid()].contains(&range.transfer_syntax.as_str());
    let compressed = media_type(own.uid());
    let media_type = match range.inner == OCTETS {
        true => OCTETS,
        false => compressed,
    };
    (is_asked && range.takes(media_type)).then(|| Given {
        media_type,
        transfer_syntax: own.uid().to_owned(),
        is_decoded: false,
        is_single,
    })
}

/// The media type of a compressed frame (PS3.18 tables 8.7.3-2 and 8.7.3-5).
fn media_type(transfer_syntax: &str) -> &'static str {
    match transfer_syntax.strip_prefix("1.2.840.10008.1.2.") {
        Some("5") => "image/dicom-rle",
        Some("4.50" | "4.51" | "4.57" | "4.70") => "image/jpeg",
        Some("4.80" | "4.81") => "image/jls",
        Some("4.90" | "4.91") => "image/jp2",
        Some("4.92" | "4.93") => "image/jpx",
        Some("4.110" | "4.111" | "4.112") => "image/jxl",
        Some("4.201" | "4.202" | "4.203") => "image/jphc",
        Some("4.100" | "4.100.1" | "4.101" | "4.101.1") => "video/mpeg",
        _ => OCTETS,
    }
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn frames_are_counted_from_1() {
        assert_eq!(numbers("3,1").unwrap(), [3, 1]);
        for wrong in ["0", "", "1,", "-1", "4294967296", "1;2"] {
            assert!(numbers(wrong).is_err(), "{wrong}");
        }
        assert!(numbers(&"1,".repeat(5_000)).is_err());
    }
}
