//! Character sets, kana, variants, search keys: bytes in, text with a verdict out.
//!
//! A declared character set is evidence, never authority: [`detect`] looks at the bytes of one
//! item, [`decode`] turns them into text in which every unreadable place stays visible (U+FFFD
//! for bytes that are no character, `〓` for characters that Unicode has no public place for),
//! and [`Report`] keeps what was declared, what was used and how far they agree. Nothing ever
//! becomes `?`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod key;

mod address;
mod birth;
mod decode;
mod detect;
mod encode;
mod findings;
mod iso2022;
mod kanji;
mod multibyte;
mod report;
mod romaji;
mod set;
mod table;
mod telephone;
mod wildcard;

pub use address::{AddressKey, address_key};
pub use birth::{BirthSlip, ERA_SLIP_YEARS, birth_slip, is_unknown_birth};
pub use decode::{Decoded, decode, decode_onto};
pub use detect::detect;
pub use encode::{Unmappable, encode, is_encodable};
pub use findings::{Damage, DamageKind, Findings, Gaiji};
pub use report::{Report, Verdict};
pub use romaji::{kana_skeleton, romaji_skeleton};
pub use set::{CharacterSet, Declared};
pub use telephone::{is_mobile, telephone_key};
pub use wildcard::is_wildcard;

/// Shown where bytes could not be decoded.
pub const DAMAGE_MARK: char = '\u{FFFD}';
/// Shown where a well-formed code has no public character: user-defined and unassigned places.
pub const GAIJI_MARK: char = '〓';
