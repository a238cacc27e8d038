//! Text by its Specific Character Set (0008,0005): declared is evidence, never authority.
//!
//! [`SpecificCharacterSet`] is what a data set declares, [`Evidence`] what else is known: how the
//! other text of the study reads, how this source has read before, and the names by which the
//! patient is known. [`SpecificCharacterSet::decode`] weighs them over the bytes of one value and
//! gives a [`Text`] with a verdict. It is a pure function: values can be read again under newer
//! [`RULES_VERSION`]s.

mod belief;
mod candidates;
mod coding;
mod decide;
mod declared;
mod encode;
mod evidence;
mod iso2022;
mod kana;
mod person;
mod scripts;
mod strict;
mod text;

pub use coding::Coding;
pub use declared::{Repertoire, SpecificCharacterSet};
pub use encode::Unmappable;
pub use evidence::{Evidence, Votes};
pub use person::{Group, PersonName};
pub use text::{RULES_VERSION, Text, Verdict};
