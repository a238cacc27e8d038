//! The archive of images: composite instances as they came, studies and series as rows, a manifest
//! for each study.
//!
//! - [`Archive`] is the [`ports::InstanceSink`]: it reads an instance's header, finds whose it is,
//!   makes its bytes durable and commits its rows together with those of others that wait.
//! - What a study needs once it is quiet (metadata of its series in parts, its manifest) is a job
//!   of [`settle`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod settle;

mod archive;
mod committer;
mod describe;
mod error;
mod examine;
mod fold;
mod keep;
mod kind;
pub mod manifest;
mod merge;
mod note;
mod quarantine;
mod receive;
mod tie;
mod whose;

pub use archive::Archive;
pub use error::ImagingError;
pub use kind::Kind;
pub use manifest::ManifestCodes;
pub use settle::Settler;

/// The version of the rules by which headers become rows; a higher one may read them otherwise.
pub const RULES_VERSION: i64 = 1;
