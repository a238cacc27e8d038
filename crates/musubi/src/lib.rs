//! The Musubi binary: configuration, wiring, command line.
//!
//! Roles never use one another; here they are tied together: [`central_sink`] joins repository
//! and registry into one transaction, [`commands`] gives every role its store, clock and ids.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod central_sink;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
mod dicom;
mod hl7;
mod images;
pub mod node;
mod output;
mod pix;
mod r4;
pub mod rederive;
pub mod renderer;
pub mod wire_sink;
pub mod xds;
