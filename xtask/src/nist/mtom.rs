//! `multipart/related` bodies: documents travel beside the envelope that names them (MTOM, XOP).

use super::base64;
use super::element::Element;
use anyhow::{Context, Result, bail};

/// Namespace of `Include`.
const XOP: &str = "http://www.w3.org/2004/08/xop/include";

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its Content-ID without brackets.
    pub id: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The element that stands for a part.
pub fn include(id: &str) -> Element {
    Element::within(XOP, "Include").with("href", &format!("cid:{id}"))
}

/// Content type and body of a message of envelope and parts.
pub fn write(envelope: &str, action: &str, boundary: &str, parts: &[Part]) -> (String, Vec<u8>) {
    let root = format!("root.{boundary}@nist.test");
    let content_type = format!(
        "multipart/related; type=\"application/xop+xml\"; boundary=\"{boundary}\"; \
         start=\"<{root}>\"; start-info=\"application/soap+xml\"; action=\"{action}\""
    );
    let mut body = format!(
        "--{boundary}\r\nContent-Type: application/xop+xml; charset=UTF-8; \
         type=\"application/soap+xml\"\r\nContent-Transfer-Encoding: binary\r\n\
         Content-ID: <{root}>\r\n\r\n{envelope}\r\n"
    )
    .into_bytes();
    for part in parts {
        body.extend(
            format!(
                "--{boundary}\r\nContent-Type: application/octet-stream\r\n\
                 Content-Transfer-Encoding: binary\r\nContent-ID: <{}>\r\n\r\n",
                part.id
            )
            .bytes(),
        );
        body.extend(&part.bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    (content_type, body)
}

/// The envelope and the other parts of a message, whether it is multipart or not.
pub fn read(content_type: &str, body: &[u8]) -> Result<(Vec<u8>, Vec<Part>)> {
    if !content_type.trim().to_ascii_lowercase().starts_with("multipart/") {
        return Ok((body.to_owned(), Vec::new()));
    }
    let boundary = parameter(content_type, "boundary").context("no boundary in Content-Type")?;
    let mut parts = split(body, &boundary)?;
    let start = parameter(content_type, "start").map(|id| bare(&id).to_owned());
    let root = match start {
        Some(start) => parts
            .iter()
            .position(|part| part.id == start)
            .with_context(|| format!("no part `{start}`, which is to be the first"))?,
        None => 0,
    };
    if parts.is_empty() {
        bail!("a multipart message without parts");
    }
    Ok((parts.remove(root).bytes, parts))
}

/// The bytes of an element: an `Include` of one of the parts, or base64.
pub fn content(element: &Element, parts: &[Part]) -> Result<Vec<u8>> {
    let Some(include) = element.child("Include") else { return base64::decode(&element.text()) };
    let href = include.attribute("href").unwrap_or_default();
    let id = href.strip_prefix("cid:").with_context(|| format!("Include of `{href}`"))?;
    let id = unescape(id);
    let part = parts.iter().find(|part| part.id == id);
    Ok(part.with_context(|| format!("no part `{id}` in the message"))?.bytes.clone())
}

/// A parameter of a Content-Type, with or without quotes.
fn parameter(content_type: &str, name: &str) -> Option<String> {
    let (mut pieces, mut quoted) = (vec![String::new()], false);
    for one in content_type.chars() {
        quoted ^= one == '"';
        match one == ';' && !quoted {
            true => pieces.push(String::new()),
            false => pieces.last_mut()?.push(one),
        }
    }
    pieces.iter().skip(1).find_map(|piece| {
        let (found, value) = piece.split_once('=')?;
        let same = found.trim().eq_ignore_ascii_case(name);
        same.then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn split(body: &[u8], boundary: &str) -> Result<Vec<Part>> {
    let line = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut rest = match find(body, line.as_bytes()) {
        Some(place) => &body[place + line.len()..],
        None => bail!("the boundary is not in the body"),
    };
    let delimiter = format!("\r\n{line}");
    while !rest.starts_with(b"--") {
        let Some(end) = find(rest, delimiter.as_bytes()) else { bail!("the last part is cut off") };
        let Some(head) = find(&rest[..end], b"\r\n\r\n") else { bail!("a part without its head") };
        let text = String::from_utf8_lossy(&rest[..head]).into_owned();
        let id = text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-id").then(|| bare(value).to_owned())
        });
        parts.push(Part { id: id.unwrap_or_default(), bytes: rest[head + 4..end].to_owned() });
        rest = &rest[end + delimiter.len()..];
    }
    Ok(parts)
}

fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// Percent escapes of a `cid:` address (RFC 2392).
fn unescape(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.and_then(|two| u8::from_str_radix(two, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_back_byte_for_byte() {
        let part = Part { id: "1@x".to_owned(), bytes: b"a\r\n--b\0\xff\r\n".to_vec() };
        let (content_type, body) = write("<E/>", "urn:a;b", "bound", std::slice::from_ref(&part));
        let (envelope, parts) = read(&content_type, &body).unwrap();
        assert_eq!((envelope.as_slice(), parts.as_slice()), (b"<E/>".as_slice(), &[part][..]));
    }

    #[test]
    fn the_first_part_is_the_one_that_start_names() {
        let body = b"--b\r\nContent-Id: <d>\r\n\r\nD\r\n--b\r\nContent-ID:<r>\r\n\r\nR\r\n--b--";
        let (root, parts) = read("Multipart/Related;start=\"<r>\";boundary=b", body).unwrap();
        assert_eq!((root.as_slice(), parts[0].id.as_str()), (b"R".as_slice(), "d"));
        assert!(read("multipart/related;start=\"<x>\";boundary=b", body).is_err());
        assert!(read("multipart/related;boundary=c", body).is_err());
        assert!(read("multipart/related", body).is_err());
    }

    #[test]
    fn a_document_is_an_include_or_base64() {
        let parts = [Part { id: "a b@x".to_owned(), bytes: vec![1] }];
        let element = Element::new("Document").and(include("a%20b@x"));
        assert_eq!(content(&element, &parts).unwrap(), [1]);
        assert_eq!(content(&Element::new("Document").holding("AQ=="), &[]).unwrap(), [1]);
        assert!(content(&Element::new("Document").and(include("other")), &parts).is_err());
    }
}
