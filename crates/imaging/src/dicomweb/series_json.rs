//! The metadata of a series as they were made at intake: gzip members of DICOM JSON objects with
//! commas between them.

use flate2::read::MultiGzDecoder;
use std::io::{self, Read};
use store::study::{headers, parts};
use store::{StoreError, Tx};

/// Headers that one reading takes.
const HEADERS: u32 = 1_000;

/// The members of a series, parts first, then what waits.
pub(crate) fn members(tx: &mut Tx, series_id: i64) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut members: Vec<Vec<u8>> = parts(tx, series_id)?.into_iter().map(|one| one.json).collect();
    let mut after = i64::MIN;
    loop {
        let page = headers(tx, series_id, after, HEADERS)?;
        let Some((last, _)) = page.last() else { return Ok(members) };
        after = *last;
        members.extend(page.into_iter().map(|(_, json)| json));
    }
}

/// Gives the objects of a member in pieces of any size.
///
/// # Errors
/// The member is damaged, or `give` does not want more.
pub(crate) fn inflate(
    member: &[u8],
    mut give: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut reader = MultiGzDecoder::new(member);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = reader.read(&mut piece)?;
        if read == 0 {
            return Ok(());
        }
        give(piece.get(..read).unwrap_or_default())?;
    }
}

/// Parts text into the objects at its top, without building them.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    object: Vec<u8>,
    depth: u32,
    is_text: bool,
    is_escaped: bool,
}

impl Objects {
    /// Takes a piece; calls `whole` for each object that ends in it.
    pub(crate) fn push(&mut self, piece: &[u8], mut whole: impl FnMut(&[u8])) {
        for byte in piece {
            let is_between = self.depth == 0 && *byte != b'{';
            if is_between {
                continue;
            }
            self.object.push(*byte);
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_text => self.is_escaped = true,
                b'"' => self.is_text = !self.is_text,
                _ if self.is_text => {}
                b'{' => self.depth += 1,
                b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        whole(&self.object);
                        self.object.clear();
                    }
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Objects;

    #[test]
    fn objects_are_parted_whatever_stands_in_their_texts() {
        let text = br#"{"a":"}\"{"},{"b":{"c":[{}]}} , {}"#;
        for size in 1..text.len() {
            let (mut objects, mut found) = (Objects::default(), Vec::new());
            for piece in text.chunks(size) {
                objects.push(piece, |one| found.push(String::from_utf8(one.to_vec()).unwrap()));
            }
            assert_eq!(found, [r#"{"a":"}\"{"}"#, r#"{"b":{"c":[{}]}}"#, "{}"], "{size}");
        }
    }
}
