//! The tests of `mllp`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod frames;
mod server;
