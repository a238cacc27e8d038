//! The items of A-ASSOCIATE, counted before they are read, and what peers get wrong mended.

use crate::Violation;
use bytes::{BufMut, BytesMut};
use dicom_ul::Pdu;
use dicom_ul::pdu::{MAXIMUM_PDU_SIZE, read_pdu};
use model::limits::{DICOM_CONTEXTS, DICOM_TRANSFER_SYNTAXES, DICOM_USER_ITEMS};

/// Header, version, titles and the reserved field (PS3.8 9.3.2).
const FIXED_BYTES: usize = 6 + 68;
const APPLICATION_CONTEXT: u8 = 0x10;
const PROPOSED: u8 = 0x20;
const RESULT: u8 = 0x21;
const TRANSFER_SYNTAX: u8 = 0x40;
const USER_INFORMATION: u8 = 0x50;

/// Reads a whole A-ASSOCIATE-RQ, -AC or -RJ, A-RELEASE or A-ABORT, its header included.
///
/// # Errors
/// [`Violation::TooManyItems`], or [`Violation::BadItems`].
pub(crate) fn read(pdu: &[u8]) -> Result<Pdu, Violation> {
    let found = match pdu.first() {
        Some(0x01 | 0x02) => {
            let mended = mended(pdu)?;
            read_pdu(mended.as_ref(), MAXIMUM_PDU_SIZE, false)
        }
        _ => read_pdu(pdu, MAXIMUM_PDU_SIZE, false),
    };
    match found {
        Ok(Some(pdu)) => Ok(pdu),
        Ok(None) | Err(_) => Err(Violation::BadItems),
    }
}

/// The same without items that PS3.8 does not know (a reader ignores them, 9.3.1), and with the
/// transfer syntax that some leave out of a refused context.
fn mended(pdu: &[u8]) -> Result<BytesMut, Violation> {
    let (fixed, mut rest) = pdu.split_at_checked(FIXED_BYTES).ok_or(Violation::BadItems)?;
    let mut mended = BytesMut::with_capacity(pdu.len() + 16);
    mended.put_slice(fixed);
    let mut contexts = 0;
    while !rest.is_empty() {
        let (kind, value, after) = item(rest)?;
        let whole = rest.get(..4 + value.len()).ok_or(Violation::BadItems)?;
        rest = after;
        match kind {
            PROPOSED | RESULT => {
                contexts += 1;
                let syntaxes = value.get(4..).ok_or(Violation::BadItems)?;
                // The abstract syntax counts beside the transfer syntaxes.
                if contexts > DICOM_CONTEXTS || count(syntaxes)? > DICOM_TRANSFER_SYNTAXES + 1 {
                    return Err(Violation::TooManyItems);
                }
                if kind == RESULT && syntaxes.is_empty() {
                    mended.put_slice(&[RESULT, 0, 0, 8]);
                    mended.put_slice(value);
                    mended.put_slice(&[TRANSFER_SYNTAX, 0, 0, 0]);
                } else {
                    mended.put_slice(whole);
                }
            }
            USER_INFORMATION => {
                if count(value)? > DICOM_USER_ITEMS {
                    return Err(Violation::TooManyItems);
                }
                mended.put_slice(whole);
            }
            APPLICATION_CONTEXT => mended.put_slice(whole),
            _ => {}
        }
    }
    let length = u32::try_from(mended.len() - 6).map_err(|_| Violation::BadItems)?;
    if let Some(field) = mended.get_mut(2..6) {
        field.copy_from_slice(&length.to_be_bytes());
    }
    Ok(mended)
}

/// How many items there are.
fn count(mut items: &[u8]) -> Result<u64, Violation> {
    let mut count = 0;
    while !items.is_empty() {
        items = item(items)?.2;
        count += 1;
    }
    Ok(count)
}

/// The first item: its type, its value, and what follows it.
fn item(items: &[u8]) -> Result<(u8, &[u8], &[u8]), Violation> {
    let (header, rest) = items.split_first_chunk::<4>().ok_or(Violation::BadItems)?;
    let [kind, _, high, low] = *header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (value, after) = rest.split_at_checked(length).ok_or(Violation::BadItems)?;
    Ok((kind, value, after))
}
