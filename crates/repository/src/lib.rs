//! XDS repository core: a document's bytes made durable, then registered.
//!
//! - [`receive`] compares bytes with the hash and size that were sent, and fills them where
//!   they were not (ITI TF-2 3.41.4.1.3).
//! - [`publish`] makes the bytes of a large document durable as an object, before the
//!   transaction that names it; [`keep`] puts a small one beside its metadata, within it.
//! - [`retrieve`] gives the octets that were received, or an error: never others.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod arriving;
mod error;
mod held;
pub mod iti41;
pub mod iti43;
pub mod iti86;
mod on_demand;
mod receive;
mod retrieve;
mod unnamed;

pub use arriving::{ArrivalError, Arrived, arrive};
pub use error::RepositoryError;
pub use iti41::Reception;
pub use iti43::Retrieval;
pub use receive::{Received, keep, publish, receive};
pub use retrieve::{Retrieved, retrieve, retrieve_stream};
pub use unnamed::Unnamed;
