//! The tests of `musubi`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod attachment_page;
mod bad_soap;
mod central_sink;
mod conformance;
mod damaged;
mod enrolment;
mod fhir;
mod forgotten;
mod gateway_peer;
mod hl7;
mod images;
mod linkage;
mod peer_source;
mod people;
mod pix;
mod reading_peer;
mod rederive;
mod region;
#[path = "../../registry/tests/support/mod.rs"]
#[allow(dead_code, reason = "the tests of registry use the rest")]
mod registry_support;
mod removal;
mod renderer;
mod rights;
mod source_change;
mod support;
mod timeline;
mod update;
mod upgrade;
mod wire;
mod xds;
