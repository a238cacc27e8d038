//! `xop:Include`: which part of the message stands for an element (XOP §2, RFC 2392).

use super::error::{MtomError, shown};
use crate::names::XOP;
use xml::Element;

/// The content id that an element's `xop:Include` refers to, or `None` for one without.
///
/// # Errors
/// An `Include` that refers to anything but a part by `cid:`, or that stands beside other content.
pub fn include(element: Element<'_>) -> Result<Option<String>, MtomError> {
    let Some(include) = element.child(XOP, "Include") else { return Ok(None) };
    if element.children().count() > 1 || !element.text().trim().is_empty() {
        return Err(MtomError::MixedContent { line: element.line() });
    }
    let href = include.attribute("href").unwrap_or_default();
    part_of(href).map(Some)
}

/// The content id of a `cid:` address, percent-decoded.
///
/// # Errors
/// [`MtomError::Reference`] for every other address: nothing is ever fetched.
pub fn part_of(href: &str) -> Result<String, MtomError> {
    let refused = || MtomError::Reference { href: shown(href) };
    let (scheme, id) = href.trim().split_once(':').ok_or_else(refused)?;
    if !scheme.eq_ignore_ascii_case("cid") {
        return Err(refused());
    }
    let id = percent_decoded(id).ok_or_else(refused)?;
    if id.is_empty() { Err(refused()) } else { Ok(id) }
}

/// A content id as ids are compared: some stacks write the address's escapes into the header.
pub(crate) fn normal_id(id: &str) -> String {
    percent_decoded(id).unwrap_or_else(|| id.to_owned())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        rest = tail.get(2..)?;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{include, part_of};
    use xml::Document;

    #[test]
    fn only_parts_of_the_message_are_referred_to() {
        assert_eq!(part_of("cid:1.urn:uuid:2@apache.org").unwrap(), "1.urn:uuid:2@apache.org");
        assert_eq!(part_of("CID:a%40b%25c").unwrap(), "a@b%c");
        for href in [
            "",
            "x",
            "cid:",
            "cid",
            "http://127.0.0.1/x",
            "file:///etc/hostname",
            "ftp://x",
            "#root",
            "cid:%zz",
            "cid:%4",
            "cid:%+1",
            "cid:%FF",
            "attachment:x",
            "jar:file:x!/y",
            "\\\\host\\x",
        ] {
            assert!(part_of(href).is_err(), "{href}");
        }
    }

    #[test]
    fn an_include_stands_alone() {
        let read = |inner: &str| {
            let text = format!("<d xmlns:x='http://www.w3.org/2004/08/xop/include'>{inner}</d>");
            include(Document::parse(&text).unwrap().root())
        };
        assert_eq!(read("\n <x:Include href='cid:a'/> ").unwrap().unwrap(), "a");
        assert_eq!(read("YQ==").unwrap(), None);
        assert!(read("<x:Include href='cid:a'/>YQ==").is_err());
        assert!(read("<x:Include href='cid:a'/><x:Include href='cid:b'/>").is_err());
        assert!(read("<x:Include/>").is_err());
    }
}
