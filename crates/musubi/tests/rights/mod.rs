//! Who may see and change what over XDS, whichever transaction asks.

mod bytes;
mod world;
