//! What was found while decoding: places that are damaged, characters without a public code.

use crate::{DAMAGE_MARK, GAIJI_MARK};
use model::limits::TEXT_FINDINGS;

/// Why a place could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DamageKind {
    /// Bytes that are no character of the set.
    Bytes,
    /// An escape sequence that is malformed or designates an unknown set.
    Escape,
    /// The text ended in two-byte state or inside a character.
    Unterminated,
    /// A NUL, which no store can keep in text.
    Nul,
}

/// A place that could not be decoded; the text shows [`DAMAGE_MARK`] there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Offset of the first byte in the item.
    pub offset: usize,
    /// The bytes as received.
    pub bytes: Vec<u8>,
    /// Why.
    pub kind: DamageKind,
}

/// A character outside of what may be exchanged: user-defined, unassigned, or of JIS X 0212.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gaiji {
    /// Offset of the first byte in the item.
    pub offset: usize,
    /// The bytes as received, without escape sequences.
    pub bytes: Vec<u8>,
    /// What the text shows: [`GAIJI_MARK`], or the character itself where it is known.
    pub shown: char,
}

/// Findings of one item. The lists stop at [`model::limits::TEXT_FINDINGS`], the counts do not.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Damaged places, in order.
    pub damage: Vec<Damage>,
    /// Gaiji, in order.
    pub gaiji: Vec<Gaiji>,
    /// How many places are damaged.
    pub damage_count: u32,
    /// How many gaiji there are.
    pub gaiji_count: u32,
}

impl Findings {
    pub(crate) fn damage(&mut self, out: &mut String, at: usize, bytes: &[u8], kind: DamageKind) {
        out.push(DAMAGE_MARK);
        self.damage_count = self.damage_count.saturating_add(1);
        if (self.damage.len() as u64) < TEXT_FINDINGS {
            self.damage.push(Damage { offset: at, bytes: bytes.to_vec(), kind });
        }
    }

    pub(crate) fn gaiji(&mut self, out: &mut String, at: usize, bytes: &[u8], known: Option<char>) {
        let shown = known.unwrap_or(GAIJI_MARK);
        out.push(shown);
        self.gaiji_count = self.gaiji_count.saturating_add(1);
        if (self.gaiji.len() as u64) < TEXT_FINDINGS {
            self.gaiji.push(Gaiji { offset: at, bytes: bytes.to_vec(), shown });
        }
    }
}
