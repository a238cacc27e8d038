//! The tests of `ebrim`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod foreign;
mod round_trip;
mod rules;
mod support;
