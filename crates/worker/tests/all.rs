//! The tests of the pool and its children.
#![allow(clippy::unwrap_used)]

mod pool;
