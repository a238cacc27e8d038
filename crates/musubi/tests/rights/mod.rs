//! Who may see and change what over XDS, whichever transaction asks.

mod audits;
mod bytes;
mod matrix;
mod peers;
mod suspended;
mod unique_id;
mod versions;
mod world;
