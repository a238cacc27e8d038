//! The tests of `dimse`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod archive;
mod associations;
mod command;
mod foreign;
mod loopback;
