//! The tests of `dicomfile`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod charsets;
mod data_sets;
mod foreign;
mod frame_places;
mod hostile;
mod indexes;
mod scans;
mod support;
