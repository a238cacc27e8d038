//! One study: its series, what else it holds, other studies beside it, and asking for its images.

pub mod contents;
pub mod fetch;
pub mod page;
pub mod priors;
pub mod words;
