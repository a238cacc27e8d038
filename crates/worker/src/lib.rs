//! Jobs in child processes: bytes in, bytes out. What decodes foreign bytes with libraries that may
//! crash, loop or take all memory runs here, so that it takes nothing down but itself.
//!
//! The parent keeps a [`Pool`] of children; a child calls [`serve`], which first takes from itself
//! whatever a job does not need (memory, processor time, files, sockets, programs) and then answers
//! one job after the other over its standard streams. What a job means is its caller's.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod child;
mod confinement;
mod death;
mod error;
mod frame;
mod pool;

pub use child::serve;
pub use confinement::Confinement;
pub use death::Death;
pub use error::{ChildError, WorkerError};
pub use pool::{Pool, PoolLimits, Program};
