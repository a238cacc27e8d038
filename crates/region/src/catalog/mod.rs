//! What the hospitals measure, prescribe and diagnose.
//!
//! Codes have the shape of their systems; they were put together for this synthetic region and
//! are no reference for anybody's master data.

pub(crate) mod disease;
pub(crate) mod drug;
pub(crate) mod examination;
pub(crate) mod laboratory;
