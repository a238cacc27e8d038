//! The tests of `soap`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod endpoint;
mod exchange;
mod hostile;
mod recorded;
mod splitting;
mod support;
