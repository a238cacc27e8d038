//! DICOMweb as its clients see it.

mod access;
mod bad_input;
mod centre;
mod copies;
mod pictures;
mod search;
mod stow;
