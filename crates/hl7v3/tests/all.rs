//! The tests of `hl7v3`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod foreign;
mod reading;
mod round_trip;
mod support;
