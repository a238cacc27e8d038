//! A picture in memory, 8 bits a channel.

/// Grey or colour, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 1 grey, 3 red, green and blue.
    pub channels: usize,
    /// `width * height * channels` bytes.
    pub bytes: Vec<u8>,
}
