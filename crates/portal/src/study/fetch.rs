//! `POST /p/{person}/study/{uid}/fetch`: asks a hospital for the images of a study of which it has
//! only told. The gateway takes the job; until then the study says that it is being fetched.

use crate::call::{Call, Pairs, last};
use crate::images::{card, read};
use crate::refusal::Refusal;
use crate::sign_in::see_other;
use crate::state::PortalState;
use crate::study::contents::subject;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use page::Texts;
use store::study::ask_for_images;

/// Answers `POST /p/{person}/study/{uid}/fetch`, and leads back to the study or, with `back` as
/// `images`, to the images.
pub async fn post(
    State(state): State<PortalState>,
    Path((person_id, uid)): Path<(i64, String)>,
    call: Call,
    Form(sent): Form<Pairs>,
) -> Result<Response, Refusal> {
    call.check_form(&sent)?;
    let reader = state.reader(&call).await?;
    let is_from_images = last(&sent, "back") == Some("images");
    let call = Call { banner: last(&sent, "b").map(str::to_owned), ..call };
    let texts = Texts { language: reader.language() };
    let now = reader.now;
    let wanted = subject("study-fetch", &uid);
    let (patient, study) = state
        .patient(&call, &reader, person_id, wanted, move |tx, _, patient| {
            let Some(study) = read::by_uid(tx, patient, &uid)? else { return Ok(None) };
            let shown = card::card(patient, &study, texts);
            if shown.is_some_and(|card| card.can_fetch()) {
                ask_for_images(tx, study.id, now)?;
            }
            Ok(Some(study))
        })
        .await?;
    let base = format!("/p/{}", patient.person_id);
    let place = if is_from_images {
        format!("{base}/images")
    } else {
        format!("{base}/study/{}", study.study_instance_uid)
    };
    Ok(see_other(&place, &[]))
}
