//! The archive of images, as other systems and the pages reach it.
//!
//! [`dicomweb`] serves QIDO-RS, WADO-RS, STOW-RS and WADO-URI, [`rad69`] the retrieval of XDS-I.b.
//! Both resolve a UID within what the asker may see: what is hidden is not there.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod asker;
mod copy;
mod desk;
pub mod dicomweb;
mod found;
//RAD69
mod repaired;

pub use asker::{Asker, Systems};
pub use copy::Form;
