//! Every address of the console.

use crate::state::ConsoleState;
use crate::{acts, case, person, persons, queue};
use axum::Router;
use axum::routing::get;

/// The console's pages, to be merged with those that answer what is not there.
pub fn router(state: ConsoleState) -> Router {
    let pages = Router::new()
        .route("/ops/persons", get(persons::get))
        .route("/ops/persons/{person}", get(person::get))
        .route("/ops/linkage", get(queue::get))
        .route("/ops/linkage/{review}", get(case::get))
        .route("/ops/acts", get(acts::get).post(acts::post))
        .with_state(state);
    page::shell::wrapped(pages)
}
