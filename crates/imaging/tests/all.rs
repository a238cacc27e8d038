//! The tests of this crate, as one program.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod intake;
mod manifest;
mod scp;
mod support;
