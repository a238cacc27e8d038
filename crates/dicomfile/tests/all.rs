//! The tests of `dicomfile`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod data_sets;
mod hostile;
mod scans;
mod support;
