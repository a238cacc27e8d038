//! The tests of rendering.
#![allow(clippy::unwrap_used)]

mod foreign;
mod hostile;
mod objects;
mod support;
