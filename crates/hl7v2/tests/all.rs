//! The tests of `hl7v2`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod foreign;
mod message;
