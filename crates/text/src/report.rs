//! What was declared, what was used, and how far they agree.

use crate::set::{CharacterSet, Declared};
use serde::{Deserialize, Serialize};

/// Kept with every item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The declarations as received (MSH-18 and MSH-20, an XML declaration), misspelt or not.
    pub declared: Vec<String>,
    /// The set that the bytes were read with.
    pub used: CharacterSet,
    /// How far both agree.
    pub verdict: Verdict,
    /// Places that could not be decoded.
    pub damage_count: u32,
    /// Characters without a public code, or outside of what may be exchanged.
    pub gaiji_count: u32,
}

/// How far the declared and the used character set agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The bytes are what was declared, or plain ASCII.
    AsDeclared,
    /// Nothing was declared.
    Undeclared,
    /// The bytes are in another set than the declared one.
    Differs,
    /// Some bytes could not be decoded at all.
    Damaged,
}

impl Report {
    /// A report from the declarations as received; empty ones are left out.
    ///
    /// One declaration may name several sets, repeated with `~` (MSH-18).
    pub fn new<'a>(
        declared: impl IntoIterator<Item = &'a str>,
        used: CharacterSet,
        damage_count: u32,
        gaiji_count: u32,
    ) -> Report {
        let declared: Vec<String> = declared
            .into_iter()
            .filter(|value| !value.trim().is_empty())
            .map(str::to_owned)
            .collect();
        let verdict = if damage_count > 0 {
            Verdict::Damaged
        } else if used == CharacterSet::Ascii {
            if declared.is_empty() { Verdict::Undeclared } else { Verdict::AsDeclared }
        } else {
            compare(&declared, used)
        };
        Report { declared, used, verdict, damage_count, gaiji_count }
    }
}

fn compare(declared: &[String], used: CharacterSet) -> Verdict {
    let names = || {
        declared.iter().flat_map(|value| value.split('~')).filter(|name| !name.trim().is_empty())
    };
    if names().next().is_none() {
        Verdict::Undeclared
    } else if names().any(|name| Declared::from_name(name) == Declared::Set(used)) {
        Verdict::AsDeclared
    } else {
        Verdict::Differs
    }
}
