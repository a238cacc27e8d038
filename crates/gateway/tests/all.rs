//! The tests of `gateway`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod common;
mod conformance;
mod contradiction;
mod dicom;
mod dicom_source;
mod extended;
mod follow;
mod health;
mod metadata;
mod pull;
mod quarantine;
