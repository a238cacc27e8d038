//! WADO-RS: Retrieve Rendered and Thumbnail (PS3.18 10.4.1.1.3 and 10.4.1.1.7). Thumbnails were made
//! at intake; where one is not there yet, it is made now.

use super::accept::accepted;
use super::frames::{numbers, object_of, refusal_of_rendering};
use super::refusal::Refusal;
use super::retrieve::{find_instance, instance_of, series_of};
use super::web::{Ask, Web};
use crate::found::Seen;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CONTENT_TYPE, WARNING};
use model::limits::THUMBNAIL_PIXELS;
use rendering::{
    Format, Object, Region, RenderRequest, Rendered, Viewport, Window, WindowFunction,
};
use store::study::{
    InstanceRow, instance_by_id, middle_of_series, series_of_studies, thumbnail_of_instance,
    thumbnail_of_series,
};
use store::{StoreError, Tx};

/// Answers `GET …/instances/{instance}/rendered`.
pub(crate) async fn instance(
    State(web): State<Web>,
    Path(path): Path<(String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let row = instance_of(&web, &ask, &path, ("WADO-RS", "rendered", true)).await?;
    rendered(&web, &ask, &row, None, None).await
}

/// Answers `GET …/instances/{instance}/frames/{frame}/rendered`.
pub(crate) async fn frame(
    State(web): State<Web>,
    Path((study, series, instance, list)): Path<(String, String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let frame = one_frame(&list)?;
    let path = (study, series, instance);
    let row = instance_of(&web, &ask, &path, ("WADO-RS", "rendered", true)).await?;
    rendered(&web, &ask, &row, Some(frame), None).await
}

/// Answers `GET /studies/{study}/thumbnail`.
pub(crate) async fn of_study(
    State(web): State<Web>,
    Path(study): Path<String>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let read = |tx: &mut Tx, seen: &[Seen]| {
        let Some(first) = seen.first() else { return Ok(None) };
        for series in series_of_studies(tx, &[first.study.id])? {
            if let Some(found) = thumbnail(tx, series.id)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    };
    let found = web.study(&ask, &study, ("WADO-RS", "thumbnail", true), read).await?;
    given(&web, &ask, found).await
}

/// Answers `GET /studies/{study}/series/{series}/thumbnail`.
pub(crate) async fn of_series(
    State(web): State<Web>,
    Path((study, series)): Path<(String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let read = move |tx: &mut Tx, seen: &[Seen]| match series_of(tx, seen, &series)? {
        Some(row) => thumbnail(tx, row.id),
        None => Ok(None),
    };
    let found = web.study(&ask, &study, ("WADO-RS", "thumbnail", true), read).await?;
    given(&web, &ask, found).await
}

/// Answers `GET …/instances/{instance}/thumbnail`.
pub(crate) async fn of_instance(
    State(web): State<Web>,
    Path((study, series, instance)): Path<(String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let read = move |tx: &mut Tx, seen: &[Seen]| {
        let Some(row) = find_instance(tx, seen, &series, &instance)? else { return Ok(None) };
        let made = thumbnail_of_instance(tx, row.id)?.and_then(|one| one.jpeg);
        Ok(Some(made.map_or_else(|| Small::ToBeMade(Box::new(row)), Small::Made)))
    };
    let found = web.study(&ask, &study, ("WADO-RS", "thumbnail", true), read).await?;
    given(&web, &ask, found).await
}

/// Answers `GET …/instances/{instance}/frames/{frame}/thumbnail`.
pub(crate) async fn of_frame(
    State(web): State<Web>,
    Path((study, series, instance, list)): Path<(String, String, String, String)>,
    ask: Ask,
) -> Result<Response, Refusal> {
    let frame = one_frame(&list)?;
    let path = (study, series, instance);
    let row = instance_of(&web, &ask, &path, ("WADO-RS", "thumbnail", true)).await?;
    rendered(&web, &ask, &row, Some(frame), Some(small())).await
}

/// A picture of an instance.
pub(crate) async fn rendered(
    web: &Web,
    ask: &Ask,
    row: &InstanceRow,
    frame: Option<u32>,
    default: Option<Viewport>,
) -> Result<Response, Refusal> {
    let renderer = web.renderer()?;
    if frame.is_some_and(|frame| row.said.frames > 0 && i64::from(frame) > row.said.frames) {
        return Err(Refusal::NotFound);
    }
    let viewport = ask.value("viewport").map(viewport).transpose()?.or(default);
    let window = ask.value("window").map(window).transpose()?;
    let object = Object::Path(object_of(web, row)?);
    let request = RenderRequest { object, frame, viewport, window, format: format(ask)? };
    let picture = renderer.render(request).await.map_err(refusal_of_rendering)?;
    Ok(picture_answer(picture))
}

/// The kind of picture that is accepted first.
pub(crate) fn format(ask: &Ask) -> Result<Format, Refusal> {
    let formats = [Format::Jpeg, Format::Png];
    let wanted = accepted(&ask.query, &ask.headers)
        .into_iter()
        .find_map(|range| formats.into_iter().find(|one| range.takes(one.media_type())));
    wanted.ok_or(Refusal::NotAcceptable("pictures are image/jpeg or image/png"))
}

pub(crate) fn picture_answer(picture: Rendered) -> Response {
    let mut response = ([(CONTENT_TYPE, picture.media_type)], picture.bytes).into_response();
    if let Some(reason) = &picture.placeholder {
        tracing::info!(%reason, "a frame is shown as a picture that says why it cannot be shown");
        let warning = HeaderValue::from_static("299 musubi \"the frame could not be shown\"");
        response.headers_mut().insert(WARNING, warning);
    }
    response
}

/// A thumbnail, or of what one is to be made.
enum Small {
    Made(Vec<u8>),
    ToBeMade(Box<InstanceRow>),
}

fn thumbnail(tx: &mut Tx, series_id: i64) -> Result<Option<Small>, StoreError> {
    if let Some(jpeg) = thumbnail_of_series(tx, series_id)?.and_then(|one| one.jpeg) {
        return Ok(Some(Small::Made(jpeg)));
    }
    let Some(series) = store::study::series_by_id(tx, series_id)? else { return Ok(None) };
    let Some(middle) = middle_of_series(tx, series_id, series.instance_count)? else {
        return Ok(None);
    };
    let row = instance_by_id(tx, middle)?.filter(InstanceRow::is_shown);
    Ok(row.map(|row| Small::ToBeMade(Box::new(row))))
}

async fn given(web: &Web, ask: &Ask, small_one: Small) -> Result<Response, Refusal> {
    match small_one {
        Small::Made(jpeg) if ask.value("viewport").is_none() => match format(ask)? {
            Format::Jpeg => Ok(([(CONTENT_TYPE, "image/jpeg")], jpeg).into_response()),
            Format::Png => Err(Refusal::NotAcceptable("thumbnails are image/jpeg")),
        },
        Small::Made(_) => {
            Err(Refusal::Bad("thumbnails have one size: ask for rendered".to_owned()))
        }
        Small::ToBeMade(row) => rendered(web, ask, &row, None, Some(small())).await,
    }
}

fn small() -> Viewport {
    let side = u32::try_from(THUMBNAIL_PIXELS).unwrap_or(u32::MAX);
    Viewport { width: side, height: side, region: None, enlarge: false }
}

fn one_frame(list: &str) -> Result<u32, Refusal> {
    match numbers(list)?.as_slice() {
        [frame] => Ok(*frame),
        _ => Err(Refusal::Bad("one frame is rendered at a time".to_owned())),
    }
}

/// `width,height` or `width,height,x,y,width,height` of the part that is shown (PS3.18 8.3.5.1.3).
fn viewport(text: &str) -> Result<Viewport, Refusal> {
    let bad =
        || Refusal::Bad("viewport is width,height or with ,x,y,width,height behind".to_owned());
    let numbers: Option<Vec<u32>> = text.split(',').map(|one| whole(one.trim())).collect();
    let (width, height, region) = match numbers.ok_or_else(bad)?.as_slice() {
        [width, height] => (*width, *height, None),
        [width, height, left, top, columns, rows] => {
            let region = Region { left: *left, top: *top, width: *columns, height: *rows };
            (*width, *height, Some(region))
        }
        _ => return Err(bad()),
    };
    Ok(Viewport { width, height, region, enlarge: true })
}

fn whole(text: &str) -> Option<u32> {
    let number = text.parse::<f64>().ok()?;
    (number.is_finite() && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
}

/// `center,width,function` (PS3.18 8.3.5.1.4).
fn window(text: &str) -> Result<Window, Refusal> {
    let bad = || {
        Refusal::Bad("window is center,width,function: linear, linear-exact or sigmoid".to_owned())
    };
    let mut parts = text.split(',').map(str::trim);
    let mut number = || parts.next()?.parse::<f64>().ok().filter(|one| one.is_finite());
    let (center, width) = (number().ok_or_else(bad)?, number().ok_or_else(bad)?);
    let function = match parts.next().unwrap_or("linear").to_ascii_lowercase().as_str() {
        "linear" => WindowFunction::Linear,
        "linear-exact" | "linear_exact" => WindowFunction::LinearExact,
        "sigmoid" => WindowFunction::Sigmoid,
        _ => return Err(bad()),
    };
    match width > 0.0 && parts.next().is_none() {
        true => Ok(Window { center, width, function }),
        false => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::{viewport, window};

    #[test]
    fn viewports_and_windows_are_read_and_nonsense_is_refused() {
        assert_eq!(viewport("512,256").unwrap().height, 256);
        assert_eq!(viewport("512,512,1,2,3,4").unwrap().region.unwrap().top, 2);
        for wrong in ["", "512", "1,2,3", "a,b", "NaN,1", "-1,1", "1e99,1"] {
            assert!(viewport(wrong).is_err(), "{wrong}");
        }
        assert_eq!(window("40,400").unwrap().width, 400.0);
        assert_eq!(window("-600,1500,SIGMOID").unwrap().center, -600.0);
        for wrong in ["40", "40,0", "40,-1", "inf,1", "40,400,log", "40,400,linear,1"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
    }
}
