//! The tests of `store`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod backup;
mod common;
mod engine;
mod insert;
mod objects;
mod queue;
mod schema;
mod statements;
mod xds_metadata;
