//! Documents: the list, the rendered and the original view, the bytes, and earlier versions.

pub mod attachments;
pub mod bytes;
pub mod field_names;
pub mod hl7_view;
pub mod list;
pub mod read;
pub mod versions;
pub mod view;
