//! The tests of `fhir`, one program.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod endpoint;
mod notation;
mod patient;
mod resources;
