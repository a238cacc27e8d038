//! The tests of this crate, as one program.
mod intake;
mod manifest;
mod support;
