//! The archive of images: composite instances as they came, studies and series as rows, a manifest
//! for each study.
//!
//! - [`Archive`] is the [`ports::InstanceSink`]: it reads an instance's header, finds whose it is,
//!   makes its bytes durable and commits its rows together with those of others that wait.
//! - [`dicomweb`] serves QIDO-RS, WADO-RS, STOW-RS and WADO-URI, [`rad69`] the retrieval of XDS-I.b.
//!   Both resolve a UID within what the asker may see: what is hidden is not there.
//! - What a study needs once it is quiet (metadata of its series in parts, its manifest) is a job
//!   of [`settle`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod dicomweb;
pub mod rad69;
pub mod scp;
pub mod settle;

mod archive;
mod asker;
mod committer;
mod copy;
mod describe;
mod desk;
mod error;
mod examine;
mod fold;
mod found;
mod keep;
mod kind;
pub mod manifest;
mod merge;
mod note;
mod quarantine;
mod receive;
mod repaired;
mod thumbnails;
mod tie;
mod whose;

pub use archive::Archive;
pub use asker::{Asker, Systems};
pub use copy::Form;
pub use error::ImagingError;
pub use kind::Kind;
pub use manifest::ManifestCodes;
pub use scp::Scp;
pub use settle::Settler;
pub use thumbnails::Thumbnails;

/// The version of the rules by which headers become rows; a higher one may read them otherwise.
pub const RULES_VERSION: i64 = 1;
