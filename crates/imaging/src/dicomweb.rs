//! DICOMweb (PS3.18): QIDO-RS, WADO-RS, STOW-RS below `/dicomweb`, and WADO-URI (RAD-55) at `/wado`.
//!
//! The same answers stand behind two doors: on the pages for whoever is signed in, and on a
//! listener of their own for other systems, known by their certificates. Search and metadata come
//! out of rows; no instance is opened for them.

mod accept;
mod attributes;
mod bulk;
mod frames;
mod matching;
mod metadata;
mod multipart;
mod query;
mod refusal;
mod rendered;
mod retrieve;
mod router;
mod search;
mod series_json;
mod stow;
mod uri;
mod web;

pub use router::{PATH, WADO_PATH, for_people, for_systems};
pub use web::{Door, Web};
