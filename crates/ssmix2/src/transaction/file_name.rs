//! Names of transaction files.

/// Whether a name is that of a transaction file, `TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT`. Such names
/// sort by time and number; letters may be of either case.
pub fn is_transaction_file(name: &[u8]) -> bool {
    let digits = |bytes: &[u8]| !bytes.is_empty() && bytes.iter().all(u8::is_ascii_digit);
    let Some((stem, extension)) = name.split_last_chunk::<4>() else { return false };
    let Some((head, rest)) = stem.split_first_chunk::<3>() else { return false };
    let Some(at) = rest.iter().position(|byte| *byte == b'_') else { return false };
    extension.eq_ignore_ascii_case(b".dat")
        && head.eq_ignore_ascii_case(b"TR_")
        && rest[..at].len() >= 14
        && digits(&rest[..at])
        && digits(&rest[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::is_transaction_file;

    #[test]
    fn knows_its_own_names() {
        assert!(is_transaction_file(b"TR_20240101000000000_00001.DAT"));
        assert!(is_transaction_file(b"tr_20240101000000_1.dat"));
        for other in
            ["TR_20240101000000000_00001.DAT.tmp", "TR_20240101_00001.DAT", "TR_.DAT", "x", ""]
        {
            assert!(!is_transaction_file(other.as_bytes()), "{other}");
        }
    }
}
