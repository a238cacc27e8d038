//! Every address.

use super::refusal::Refusal;
use super::web::Web;
use super::{bulk, frames, metadata, rendered, retrieve, search, stow, uri};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::get;
use http::header::CONTENT_TYPE;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

/// Path below which DICOMweb stands.
pub const PATH: &str = "/dicomweb";
/// Path of WADO-URI.
pub const WADO_PATH: &str = "/wado";

/// For whoever is signed in on the pages: nothing is kept by browsers, nothing can be stored.
pub fn for_people(web: Web) -> Router {
    compressed(routes().with_state(web)).layer(from_fn(page::headers::secure))
}

/// For other systems, which may store too.
pub fn for_systems(web: Web) -> Router {
    let storing = Router::new()
        .route("/dicomweb/studies", axum::routing::post(stow::any))
        .route("/dicomweb/studies/{study}", axum::routing::post(stow::of_study))
        .layer(DefaultBodyLimit::disable());
    compressed(routes().merge(storing).with_state(web))
}

fn routes() -> Router<Web> {
    Router::new()
        .route("/dicomweb/studies", get(search::studies))
        .route("/dicomweb/series", get(search::series))
        .route("/dicomweb/instances", get(search::instances))
        .route("/dicomweb/studies/{study}", get(retrieve::study))
        .route("/dicomweb/studies/{study}/metadata", get(metadata::study))
        .route("/dicomweb/studies/{study}/series", get(search::series_of_study))
        .route("/dicomweb/studies/{study}/instances", get(search::instances_of_study))
        .route("/dicomweb/studies/{study}/series/{series}", get(retrieve::series))
        .route("/dicomweb/studies/{study}/series/{series}/metadata", get(metadata::series))
        .route(
            "/dicomweb/studies/{study}/series/{series}/instances",
            get(search::instances_of_series),
        )
        .route(
            "/dicomweb/studies/{study}/series/{series}/instances/{instance}",
            get(retrieve::instance),
        )
        .route(
            "/dicomweb/studies/{study}/series/{series}/instances/{instance}/metadata",
            get(metadata::instance),
        )
        .route("/dicomweb/studies/{study}/thumbnail", get(rendered::of_study))
        .route("/dicomweb/studies/{study}/series/{series}/thumbnail", get(rendered::of_series))
        .nest("/dicomweb/studies/{study}/series/{series}/instances/{instance}", of_instance())
        .route("/dicomweb/{*rest}", get(nothing))
        .route("/wado", get(uri::get))
}

fn of_instance() -> Router<Web> {
    Router::new()
        .route("/rendered", get(rendered::instance))
        .route("/thumbnail", get(rendered::of_instance))
        .route("/frames/{frames}", get(frames::get))
        .route("/frames/{frame}/rendered", get(rendered::frame))
        .route("/frames/{frame}/thumbnail", get(rendered::of_frame))
        .route("/bulkdata/{*path}", get(bulk::get))
}

async fn nothing() -> Refusal {
    Refusal::NotFound
}

/// JSON is compressed, at the price of a fraction of what is sent; pixels are not.
fn compressed(routes: Router) -> Router {
    let is_json =
        |_: http::StatusCode, _: http::Version, headers: &http::HeaderMap, _: &http::Extensions| {
            headers.get(CONTENT_TYPE).is_some_and(|one| one == "application/dicom+json")
        };
    routes.layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_json))
}
