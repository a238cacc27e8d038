//! Text by its Specific Character Set (0008,0005): declared is evidence, never authority.

mod coding;
mod text;

pub use coding::Coding;
pub use text::{RULES_VERSION, Text, Verdict};
