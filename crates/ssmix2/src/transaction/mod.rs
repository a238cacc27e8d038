//! The transaction storage (トランザクションストレージ): an append-only log of all patients.
//!
//! ```text
//! <root>/<YYYY>/TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT
//! #SSMIX,2.00,<facility>,<patient>,<care date|->,<data type>,<order key>,<INS|DEL>,<department|->,<sent>CR
//! MSH|…CR
//! …
//! ```
//!
//! Files hold the records of everybody who was in the hospital. [`Reader`] asks, with the header
//! line alone, whether a patient is wanted; the bodies of the others are passed over in the
//! reading window and never copied, parsed or named.

mod file_name;
mod header;
mod reader;
mod window;

pub use file_name::is_transaction_file;
pub use header::{Header, HeaderError, Processing};
pub use reader::{Item, Reader, Record, Tail};
