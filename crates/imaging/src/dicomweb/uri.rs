//! WADO-URI (RAD-55, PS3.18 9): one instance, or a picture of it.

use super::frames::{object_of, refusal_of_rendering};
use super::refusal::Refusal;
use super::rendered::picture_answer;
use super::retrieve::{instance_of, single};
use super::web::{Ask, Web};
use crate::copy::Form;
use axum::extract::State;
use axum::response::Response;
use dicomfile::is_uid;
use rendering::{Format, Object, RenderRequest, Viewport, Window, WindowFunction};

/// Answers `GET /wado`.
pub(crate) async fn get(State(web): State<Web>, ask: Ask) -> Result<Response, Refusal> {
    if ask.value("requestType") != Some("WADO") {
        return Err(Refusal::Bad("requestType is not WADO".to_owned()));
    }
    if ask.value("anonymize").is_some() {
        return Err(Refusal::NotAcceptable("nothing is anonymized here"));
    }
    let path = (uid(&ask, "studyUID")?, uid(&ask, "seriesUID")?, uid(&ask, "objectUID")?);
    let row = instance_of(&web, &ask, &path, ("RAD-55", "instance", true)).await?;
    let has_pixels = row.said.frames > 0;
    let wanted = ask.value("contentType").unwrap_or("");
    let first = wanted.split(',').map(str::trim).find(|one| {
        matches!(*one, "application/dicom" | "*/*" | "")
            || (has_pixels && matches!(*one, "image/jpeg" | "image/png" | "image/*"))
    });
    let format = match (first, has_pixels) {
        (None, _) => {
            return Err(Refusal::NotAcceptable(
                "contentType is application/dicom, or of images image/jpeg or image/png",
            ));
        }
        (Some("application/dicom"), _) | (Some("" | "*/*"), false) => {
            let asked = ask.value("transferSyntax").unwrap_or("*");
            let is_utf8 = ask.value("charset").is_some_and(|one| one.eq_ignore_ascii_case("utf-8"));
            let form = Form::of(&row, asked, is_utf8).unwrap_or(Form::Received);
            return single(&web, &ask, &row, form);
        }
        (Some("image/png"), _) => Format::Png,
        (Some(_), _) => Format::Jpeg,
    };
    let frame = ask.value("frameNumber").map(|one| number(one, "frameNumber")).transpose()?;
    if frame.is_some_and(|frame| i64::from(frame) > row.said.frames) {
        return Err(Refusal::NotFound);
    }
    let request = RenderRequest {
        object: Object::Path(object_of(&web, &row)?),
        frame,
        viewport: viewport(&ask)?,
        window: window(&ask)?,
        format,
    };
    let picture = web.renderer()?.render(request).await.map_err(refusal_of_rendering)?;
    Ok(picture_answer(picture))
}

fn uid(ask: &Ask, name: &str) -> Result<String, Refusal> {
    match ask.value(name) {
        Some(uid) if is_uid(uid) => Ok(uid.to_owned()),
        _ => Err(Refusal::Bad(format!("{name} is no UID"))),
    }
}

fn number(text: &str, name: &str) -> Result<u32, Refusal> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    number.ok_or_else(|| Refusal::Bad(format!("{name} is no number from 1 on")))
}

/// `rows` and `columns` (PS3.18 9.1.2.2): the one that is not said is as large as the other.
fn viewport(ask: &Ask) -> Result<Option<Viewport>, Refusal> {
    let rows = ask.value("rows").map(|one| number(one, "rows")).transpose()?;
    let columns = ask.value("columns").map(|one| number(one, "columns")).transpose()?;
    let (width, height) = match (columns.or(rows), rows.or(columns)) {
        (Some(width), Some(height)) => (width, height),
        _ => return Ok(None),
    };
    Ok(Some(Viewport { width, height, region: None, enlarge: true }))
}

fn window(ask: &Ask) -> Result<Option<Window>, Refusal> {
    let decimal = |name: &str| {
        let read = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
        let said = ask.value(name);
        said.map(|one| read(one).ok_or_else(|| Refusal::Bad(format!("{name} is no number"))))
            .transpose()
    };
    match (decimal("windowCenter")?, decimal("windowWidth")?) {
        (None, None) => Ok(None),
        (Some(center), Some(width)) if width > 0.0 => {
            Ok(Some(Window { center, width, function: WindowFunction::Linear }))
        }
        _ => Err(Refusal::Bad("windowCenter and windowWidth go together".to_owned())),
    }
}
