//! SOAP 1.2 with WS-Addressing over HTTP: one request, one answer.

use super::element::{Element, Node};
use super::mtom::{self, Part};
use crate::http;
use anyhow::{Context, Result, bail};
use std::io::{BufReader, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A request.
#[derive(Debug)]
pub struct Request {
    /// Where it goes.
    pub url: String,
    /// Its action.
    pub action: String,
    /// Id of the message.
    pub message_id: String,
    /// More headers.
    pub headers: Vec<Element>,
    /// What the body holds.
    pub body: Element,
    /// Parts beside the envelope; `None` sends plain SOAP.
    pub parts: Option<Vec<Part>>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its action, if it has one.
    pub action: Option<String>,
    /// The message it answers.
    pub relates_to: Option<String>,
    /// What the body holds, a `Fault` too.
    pub body: Element,
    /// Parts beside the envelope.
    pub parts: Vec<Part>,
}

/// Sends a request and reads its answer.
pub fn call(request: &Request) -> Result<Answer> {
    let envelope = envelope(request);
    let (content_type, body) = match &request.parts {
        Some(parts) => {
            let boundary = request.message_id.trim_start_matches("urn:uuid:");
            mtom::write(&envelope, &request.action, boundary, parts)
        }
        None => {
            let action = &request.action;
            let plain = format!("application/soap+xml; charset=UTF-8; action=\"{action}\"");
            (plain, envelope.into_bytes())
        }
    };
    let raw = post(&request.url, &content_type, &body)
        .with_context(|| format!("POST {}", request.url))?;
    let kind = raw.head.get("content-type").cloned().unwrap_or_default();
    read(&kind, &raw.body).with_context(|| {
        let text = String::from_utf8_lossy(&raw.body);
        let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = text.chars().take(120).collect();
        format!("answer {} `{kind}`: {text}", raw.status)
    })
}

/// The envelope of a request.
pub fn envelope(request: &Request) -> String {
    let addressing = |name: &str, text: &str| Element::within(ADDRESSING, name).holding(text);
    let reply = Element::within(ADDRESSING, "ReplyTo")
        .and(addressing("Address", &format!("{ADDRESSING}/anonymous")));
    let mut header = Element::within(ENVELOPE, "Header")
        .and(addressing("Action", &request.action))
        .and(addressing("MessageID", &request.message_id))
        .and(reply)
        .and(addressing("To", &request.url));
    header.children.extend(request.headers.iter().cloned().map(Node::Element));
    let body = Element::within(ENVELOPE, "Body").and(request.body.clone());
    let envelope = Element::within(ENVELOPE, "Envelope").and(header).and(body);
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", envelope.write())
}

fn read(content_type: &str, body: &[u8]) -> Result<Answer> {
    let (root, parts) = mtom::read(content_type, body)?;
    let text = String::from_utf8(root).context("the envelope is not UTF-8")?;
    let envelope = Element::parse(text.trim_start_matches('\u{FEFF}'))?;
    if (envelope.name.as_str(), envelope.namespace.as_str()) != ("Envelope", ENVELOPE) {
        bail!("not an envelope of SOAP 1.2 but {}", envelope.name);
    }
    let in_header = |name: &str| {
        let found = envelope.child("Header")?.elements().find(|one| one.name == name);
        found.filter(|one| one.namespace == ADDRESSING).map(Element::text)
    };
    let (action, relates_to) = (in_header("Action"), in_header("RelatesTo"));
    let body = envelope.child("Body").context("no Body")?;
    let body = body.elements().next().context("the Body is empty")?.clone();
    Ok(Answer { action, relates_to, body, parts })
}

fn post(url: &str, content_type: &str, body: &[u8]) -> Result<http::Raw> {
    let rest = url.strip_prefix("http://").context("only http:// addresses can be tested")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let named = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let address = named.to_socket_addrs()?.next().context("no such host")?;
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_nodelay(true)?;
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    http::read_raw(BufReader::new(stream))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_reads_as_it_was_written() {
        let request = Request {
            url: "http://127.0.0.1:1/xds".to_owned(),
            action: "urn:a".to_owned(),
            message_id: "urn:uuid:1".to_owned(),
            headers: vec![Element::within("urn:h", "Extra")],
            body: Element::within("urn:b", "Question"),
            parts: None,
        };
        let answer = read("application/soap+xml", envelope(&request).as_bytes()).unwrap();
        assert_eq!(answer.action.as_deref(), Some("urn:a"));
        assert_eq!(answer.body, request.body);
        assert!(envelope(&request).contains("<Extra xmlns=\"urn:h\"/>"));
    }

    #[test]
    fn what_is_no_soap_is_an_error() {
        assert!(read("text/html", b"<html/>").is_err());
        assert!(read("text/html", b"nonsense").is_err());
    }
}
