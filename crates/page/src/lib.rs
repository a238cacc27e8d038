//! What all pages share: layout, languages, static files, cookies, the token of forms and the
//! security headers.
//!
//! Pages are made on the server and leave nothing of a patient in the browser: every answer
//! with data is `no-store`, no script keeps anything, and a page out of the browser's memory
//! reloads itself.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod assets;
pub mod call;
pub mod cookie;
pub mod dates;
pub mod forms;
pub mod frame;
pub mod headers;
pub mod language;
pub mod mark;
pub mod reader;
pub mod refusal;
pub mod shell;
pub mod words;

// Templates name this crate alike here and in the roles that extend them.
extern crate self as page;

pub use frame::Frame;
pub use language::{Language, Texts};
