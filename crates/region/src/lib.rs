//! A deterministic synthetic region: people, hospitals, their storages, and the truth.
//!
//! Three hospitals with four storages (one hospital has changed vendors) and two clinics, each
//! storage with the habits of another vendor; people with households and numbers of their own in
//! every hospital; what the hospitals recorded of them, as SS-MIX2; and the images on their DICOM
//! servers ([`images`]), which number patients differently. Everything follows from
//! the plan: the same seed, size and reference day give the same bytes.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod images;
pub mod population;
pub mod truth;

mod catalog;
mod course;
mod day;
mod document;
mod generate;
mod habits;
mod item;
mod later;
mod manifest;
mod message;
mod names;
mod people;
mod plan;
mod random;
mod storage;
mod write;

pub use generate::{Region, generate};
pub use later::{Change, LaterEvent};
pub use manifest::{Facility, Manifest, Source};
pub use plan::{RegionError, RegionPlan};
pub use truth::Truth;
