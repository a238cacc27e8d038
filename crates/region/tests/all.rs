//! The tests of `region`, one program: each further one would be linked anew.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod images;
mod images_foreign;
mod plan;
mod population;
mod round_trip;
