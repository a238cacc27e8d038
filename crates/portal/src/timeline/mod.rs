//! The timeline: one query, shown as a matrix of dates by facility and kind or as a list.

pub mod cells;
pub mod filter;
pub mod list;
pub mod matrix;
pub mod page;
pub mod panel;
pub mod panel_rows;
pub mod shown;
pub mod stays;
pub mod studies;

pub use shown::Shown;
