//! The encoding that received bytes declare for themselves.

/// The encoding named by the XML declaration or shown by a byte order mark of UTF-16.
/// Evidence only: what the bytes are in is found by looking at them.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xFF, 0xFE, ..] => return Some("UTF-16LE".to_owned()),
        [0xFE, 0xFF, ..] => return Some("UTF-16BE".to_owned()),
        _ => {}
    }
    let body = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = body.get(..body.len().min(DECLARATION_BYTES))?;
    let declaration = head.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|mark| matches!(mark, '"' | '\''))?;
    let name = value.get(1..)?.split(quote).next()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

const DECLARATION_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use super::declared_encoding;

    #[test]
    fn the_declaration_is_read_as_evidence() {
        let read = |text: &[u8]| declared_encoding(text);
        assert_eq!(read(b"<?xml version=\"1.0\" encoding='Shift_JIS'?><a/>").unwrap(), "Shift_JIS");
        assert_eq!(read(b"\xEF\xBB\xBF<?xml encoding = \"UTF-8\" ?>").unwrap(), "UTF-8");
        assert_eq!(read(b"<?xml version=\"1.0\"?><a encoding=\"x\"/>"), None);
        assert_eq!(read(b"<a/>"), None);
        assert_eq!(read(b"\xFF\xFE<\0").unwrap(), "UTF-16LE");
    }
}
