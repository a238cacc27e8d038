//! The tests of `console`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fixture;
mod person;
mod review;
mod roles;
mod texts;
