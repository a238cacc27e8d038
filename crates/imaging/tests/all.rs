//! The tests of this crate, as one program.
#![allow(clippy::unwrap_used)]

mod dicomweb;
mod intake;
mod manifest;
mod rad69;
mod support;
