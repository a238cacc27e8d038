//! The tests of `repository`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod iti41;
mod iti43;
mod repository;
