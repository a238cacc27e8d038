//! The tests of `registry`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod attachments;
mod contradiction;
mod convergence;
mod departments;
mod linear;
mod peer;
mod query;
mod relations;
mod remove;
mod restriction;
mod rules;
mod stored_queries;
mod submission;
mod support;
mod update;
