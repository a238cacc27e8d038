//! The tests of `ssmix2`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bad_input;
mod conformance;
mod facts;
