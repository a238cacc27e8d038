//! The tests of this crate, as one program.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod dicomweb;
mod intake;
mod manifest;
mod rad69;
mod scp;
mod support;
