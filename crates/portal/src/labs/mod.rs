//! Laboratory results: the flow-sheet over all facilities, and the graph of chosen rows.

pub mod bacteriology;
pub mod flowsheet;
pub mod graph;
pub mod groups;
mod notes;
pub mod page;
pub mod range;
pub mod sparkline;
