//! Every address of the portal.

use crate::call::Call;
use crate::refusal::{Kind, Refusal};
use crate::state::PortalState;
use crate::{
    coverage, documents, help, home, images, labs, meds, password, problems, search, settings,
    sign_in, study, timeline,
};
use axum::Router;
use axum::response::IntoResponse;
use axum::routing::{get, post};

/// The portal's pages.
pub fn router(state: PortalState) -> Router {
    let pages = Router::new()
        .route("/", get(home::get))
        .route("/patients", get(search::get))
        .route("/help", get(help::get))
        .route("/me", get(settings::get).post(settings::post))
        .route("/me/language", post(settings::language))
        .route("/me/password", get(password::get).post(password::post))
        .route("/sign-in", get(sign_in::get).post(sign_in::password))
        .route("/sign-in/code", post(sign_in::code))
        .route("/sign-out", post(sign_in::out))
        .route("/p/{person}", get(timeline::page::get))
        .route("/p/{person}/days", get(timeline::panel::days))
        .route("/p/{person}/e/{document}", get(timeline::panel::get))
        .route("/p/{person}/labs", get(labs::page::get))
        .route("/p/{person}/labs/graph", get(labs::graph::get))
        .route("/p/{person}/labs/bacteriology", get(labs::bacteriology::get))
        .route("/p/{person}/meds", get(meds::page::get))
        .route("/p/{person}/problems", get(problems::get))
        .route("/p/{person}/docs", get(documents::list::get))
        .route("/p/{person}/docs/{document}", get(documents::view::get))
        .route("/p/{person}/docs/{document}/bytes", get(documents::bytes::get))
        .route("/p/{person}/images", get(images::page::get))
        .route("/p/{person}/study/{uid}", get(study::page::get))
        .route("/p/{person}/study/{uid}/contents", get(study::contents::get))
        .route("/p/{person}/study/{uid}/fetch", post(study::fetch::post))
        .route("/p/{person}/coverage", get(coverage::get))
        .route("/static/{file}", get(page::assets::serve))
        .route("/static/codecs/{version}/{file}", get(page::assets::serve_codec))
        .fallback(not_found)
        .with_state(state);
    page::shell::wrapped(pages)
}

async fn not_found(call: Call) -> impl IntoResponse {
    Refusal::new(&call, Kind::NotFound)
}
