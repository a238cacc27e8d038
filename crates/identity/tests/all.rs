//! The tests of `identity`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agreement;
mod common;
mod desk;
mod enrol;
mod feed;
mod hl7;
mod link;
mod linkage;
mod recent;
mod search;
