//! Messages of the standardized storage, as the region's systems write them.

mod culture;
mod diet;
pub(crate) mod drug;
pub(crate) mod examination;
pub(crate) mod lab;
pub(crate) mod patient;
pub(crate) mod visit;
mod writer;

pub(crate) use writer::{Order, Writer, half_width};
