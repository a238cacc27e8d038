//! The tests of rendering.
#![allow(clippy::unwrap_used)]

mod hostile;
mod objects;
mod support;
