//! Identifiers that are functions of what they name: reading a storage twice, or on two nodes,
//! gives the same ones, so that submitting is idempotent.

use crate::source::oid_of;
use model::item::ItemKey;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The name space of one source's identifiers. By source, never by facility: an old and a new
/// vendor's storage may use the same keys for different things (ssmix2.md §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameSpace(Uuid);

/// The identifiers of one version of an item, or of one attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifiers {
    /// uniqueId: `2.25.` and a UUID of version 5, at most 44 characters.
    pub unique_id: String,
    /// entryUUID.
    pub entry_uuid: Uuid,
    /// uniqueId of the submission set.
    pub set_unique_id: String,
    /// entryUUID of the submission set.
    pub set_entry_uuid: Uuid,
}

impl NameSpace {
    /// The name space of a source's OID.
    pub fn of_source(source_oid: &str) -> NameSpace {
        NameSpace(Uuid::new_v5(&Uuid::NAMESPACE_OID, source_oid.as_bytes()))
    }

    /// The identifiers of the version of `item` that was sent at `sent` and holds `content`.
    pub fn version(self, item: &ItemKey, sent: &str, content: &[u8; 32]) -> Identifiers {
        self.identifiers(&version_name(item, sent, content))
    }

    /// The identifiers of an attachment of that version.
    pub fn attachment(
        self,
        item: &ItemKey,
        sent: &str,
        content: &[u8; 32],
        name: &str,
    ) -> Identifiers {
        self.identifiers(&format!("{}|attachment|{name}", version_name(item, sent, content)))
    }

    /// A UUID for another object that belongs to a named one.
    pub fn uuid(self, what: &str, name: &str) -> Uuid {
        Uuid::new_v5(&self.0, format!("{what}|{name}").as_bytes())
    }

    fn identifiers(self, name: &str) -> Identifiers {
        Identifiers {
            unique_id: oid_of(Uuid::new_v5(&self.0, name.as_bytes())),
            entry_uuid: self.uuid("entry", name),
            set_unique_id: oid_of(self.uuid("set", name)),
            set_entry_uuid: self.uuid("set-entry", name),
        }
    }
}

fn version_name(item: &ItemKey, sent: &str, content: &[u8; 32]) -> String {
    let ItemKey { patient_id, care_date, data_type, order_key, storage: _ } = item;
    format!("{patient_id}|{care_date}|{data_type}|{order_key}|{sent}|{}", hex(content))
}

/// SHA-256 of a message's content: the frame around it (0x0B, 0x1C, blank ends) and the way its
/// segments end do not count, because the storage's file and the record of the transaction
/// storage carry the same message with different ends.
pub fn message_content(bytes: &[u8]) -> [u8; 32] {
    let is_frame = |byte: &u8| matches!(byte, b'\r' | b'\n' | b' ' | 0x0B | 0x1A | 0x1C | 0);
    let unframed = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let start = unframed.iter().position(|byte| !is_frame(byte)).unwrap_or(unframed.len());
    let end = unframed.iter().rposition(|byte| !is_frame(byte)).map_or(start, |at| at + 1);
    let message = &unframed[start..end];
    if !message.contains(&b'\n') {
        return Sha256::digest(message).into();
    }
    let mut hash = Sha256::new();
    let mut first = true;
    for segment in message.split(|byte| matches!(byte, b'\r' | b'\n')) {
        if segment.is_empty() {
            continue;
        }
        if !first {
            hash.update(b"\r");
        }
        first = false;
        hash.update(segment);
    }
    hash.finalize().into()
}

/// SHA-256 of bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::item::Storage;

    fn item(patient_id: &str) -> ItemKey {
        ItemKey {
            patient_id: patient_id.into(),
            care_date: "20200101".into(),
            data_type: "OML-11".into(),
            order_key: "1".into(),
            storage: Storage::Standardized,
        }
    }

    #[test]
    fn every_part_makes_another_identifier_and_the_same_parts_the_same() {
        let space = NameSpace::of_source("1.2.3");
        let one = space.version(&item("1"), "20200101", &[0; 32]);
        assert_eq!(one, space.version(&item("1"), "20200101", &[0; 32]));
        let mut all = vec![one.unique_id.clone(), one.set_unique_id.clone()];
        all.push(space.version(&item("2"), "20200101", &[0; 32]).unique_id);
        all.push(space.version(&item("1"), "20200102", &[0; 32]).unique_id);
        all.push(space.version(&item("1"), "20200101", &[1; 32]).unique_id);
        all.push(space.attachment(&item("1"), "20200101", &[0; 32], "a.png").unique_id);
        all.push(NameSpace::of_source("1.2.4").version(&item("1"), "20200101", &[0; 32]).unique_id);
        assert!(all.iter().all(|id| id.len() <= 64 && id.starts_with("2.25.")));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn frame_and_segment_ends_are_no_content() {
        let plain = message_content(b"MSH|^~\\&|\rPID|1");
        for same in [
            b"MSH|^~\\&|\rPID|1\r\x1c".as_slice(),
            b"\x0bMSH|^~\\&|\nPID|1\n",
            b"MSH|^~\\&|\r\nPID|1\r\n\x1c\r",
        ] {
            assert_eq!(message_content(same), plain);
        }
        assert_ne!(message_content(b"MSH|^~\\&|\rPID|2"), plain);
        assert_eq!(message_content(b""), sha256(b""));
        assert_eq!(hex(&[0x0f, 0xa0]), "0fa0");
    }
}
