//! Places: where in a source something stands, as the ledger and the quarantine name it.
//!
//! A place is `<role>/<number of the root>/<path below the root>` in bytes: it outlives another
//! mount point. A record of a transaction file adds `@<offset>`.

use crate::source::Source;
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use text::CharacterSet;

/// What a root of a source is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RootRole {
    /// 標準化ストレージ
    Standardized,
    /// 拡張ストレージ
    Extended,
    /// Transaction storage of the standardized storage.
    Transaction,
    /// Transaction storage of the extended storage, which has a root of its own.
    ExtendedTransaction,
}

impl RootRole {
    const ALL: [RootRole; 4] = [
        RootRole::Standardized,
        RootRole::Extended,
        RootRole::Transaction,
        RootRole::ExtendedTransaction,
    ];

    /// The name in the database and in places.
    pub fn name(self) -> &'static str {
        match self {
            RootRole::Standardized => "standardized",
            RootRole::Extended => "extended",
            RootRole::Transaction => "transaction",
            RootRole::ExtendedTransaction => "extended-transaction",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<RootRole> {
        RootRole::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether patients' folders stand below such a root.
    pub fn has_folders(self) -> bool {
        matches!(self, RootRole::Standardized | RootRole::Extended)
    }
}

impl fmt::Display for RootRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The place of a path below a root.
pub fn place(role: RootRole, ordinal: u32, relative: &[u8]) -> Vec<u8> {
    let mut place = format!("{role}/{ordinal}/").into_bytes();
    place.extend_from_slice(relative);
    place
}

/// Whether a place is a record of a transaction storage.
pub(crate) fn is_record(wanted: &[u8]) -> bool {
    split(wanted).is_some_and(|(role, _, _)| !role.has_folders())
}

/// The place of a record of a transaction file.
pub fn record_place(role: RootRole, ordinal: u32, file: &[u8], offset: u64) -> Vec<u8> {
    let mut place = place(role, ordinal, file);
    place.extend_from_slice(format!("@{offset}").as_bytes());
    place
}

/// Role, number of the root and path of a place.
pub fn split(place: &[u8]) -> Option<(RootRole, u32, &[u8])> {
    let mut parts = place.splitn(3, |byte| *byte == b'/');
    let role = RootRole::from_name(std::str::from_utf8(parts.next()?).ok()?)?;
    let ordinal = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    Some((role, ordinal, parts.next()?))
}

/// Path and offset of a record's place, as [`record_place`] joined them.
pub fn split_record(relative: &[u8]) -> Option<(&[u8], u64)> {
    let at = relative.iter().rposition(|byte| *byte == b'@')?;
    let offset = std::str::from_utf8(&relative[at + 1..]).ok()?.parse().ok()?;
    Some((&relative[..at], offset))
}

/// A place as a person reads it: the path on this machine, names in CP932 decoded.
pub fn shown(source: &Source, place: &[u8]) -> String {
    let Some((role, ordinal, relative)) = split(place) else { return shown_bytes(place) };
    match source.root(role, ordinal) {
        Some(root) => {
            let path = shown_bytes(root.path.as_os_str().as_bytes());
            format!("{}/{}", path.trim_end_matches('/'), shown_bytes(relative))
        }
        None => shown_bytes(place),
    }
}

/// Bytes of a name as a person reads them.
pub fn shown_bytes(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => text::decode(name, CharacterSet::Cp932).text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_again() {
        let made = place(RootRole::Extended, 1, b"123/456/1234567/-/\x93\xe0/x");
        assert_eq!(
            split(&made),
            Some((RootRole::Extended, 1, b"123/456/1234567/-/\x93\xe0/x".as_slice()))
        );
        assert_eq!(shown_bytes(b"\x93\xe0"), "内");
        let record = record_place(RootRole::Transaction, 0, b"2024/TR_1_1.DAT", 77);
        let (_, _, relative) = split(&record).unwrap();
        assert_eq!(split_record(relative), Some((b"2024/TR_1_1.DAT".as_slice(), 77)));
        assert_eq!(split(b"elsewhere/0/x"), None);
    }
}
