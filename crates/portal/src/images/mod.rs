//! Studies of images: those of all hospitals on one page, and each with its state.

pub mod card;
pub mod filter;
pub mod matrix;
pub mod page;
pub mod read;
