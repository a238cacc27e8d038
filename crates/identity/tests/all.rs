//! The tests of `identity`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod agreement;
mod common;
mod desk;
mod enrol;
mod estimation;
mod feed;
mod fhir;
mod hl7;
mod link;
mod linkage;
mod matching;
mod recent;
mod search;
mod suspension;
mod v3;
