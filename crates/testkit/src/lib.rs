//! Databases, clocks, ids and helpers for tests; development only.
//!
//! [`TestStore`] gives an empty, migrated store: SQLite in a temporary directory, or a database
//! of a temporary PostgreSQL cluster that lives as long as the test process.

mod authority;
mod clock;
mod cluster;
mod conformance;
pub mod first_release;
mod ids;
pub mod linear;
pub mod message;
mod test_store;

pub use authority::{Authority, Issued};
pub use clock::ManualClock;
pub use cluster::database_for_others;
pub use conformance::conformance_dir;
pub use ids::CountingIds;
pub use test_store::{TestStore, for_each_engine};
