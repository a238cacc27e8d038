//! The tests of `portal`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attachments;
mod damage;
mod fixture;
mod flowsheet;
mod front;
mod images;
mod labs;
mod pages;
mod texts;
