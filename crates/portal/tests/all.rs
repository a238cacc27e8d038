//! The tests of `portal`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attachments;
mod fixture;
mod front;
mod pages;
mod texts;
