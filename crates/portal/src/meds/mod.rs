//! Medicines: prescriptions or injections, as bars over true time and as a list.

pub mod bars;
mod ingredient;
pub mod page;
