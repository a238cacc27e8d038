//! The tests of this crate, as one program.
mod dicomweb;
mod intake;
mod manifest;
mod rad69;
mod support;
