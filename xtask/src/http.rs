//! A small HTTP/1.1 client for one server on this machine: cookies, forms, redirects not
//! followed. Enough to use the pages as a browser without scripts does.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Longest wait for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client with its cookies.
pub struct Client {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// An answer.
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Head fields, names in lower case.
    pub head: BTreeMap<String, String>,
    /// Body as text.
    pub body: String,
    /// From the request to the first byte of the answer.
    pub first_byte: Duration,
}

impl Client {
    /// A client of the server at `address`, signed in nowhere.
    pub fn new(address: SocketAddr) -> Client {
        Client { address, cookies: BTreeMap::new() }
    }

    /// Fetches a page, which must be there.
    pub fn page(&mut self, path: &str) -> Result<String> {
        let response = self.get(path)?;
        if response.status != 200 {
            bail!("GET {path}: {} {}", response.status, excerpt(&response.body));
        }
        Ok(response.body)
    }

    /// Sends a GET.
    pub fn get(&mut self, path: &str) -> Result<Response> {
        self.send("GET", path, None)
    }

    /// Posts a form.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Response> {
        let form: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        self.send("POST", path, Some(form.join("&")))
    }

    fn send(&mut self, method: &str, path: &str, form: Option<String>) -> Result<Response> {
        self.exchange(method, path, form).with_context(|| format!("{method} {path}"))
    }

    fn exchange(&mut self, method: &str, path: &str, form: Option<String>) -> Result<Response> {
        let mut stream = TcpStream::connect_timeout(&self.address, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nCookie: {}\r\n",
            self.address,
            cookies.join("; ")
        );
        if let Some(form) = &form {
            request += &format!(
                "Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
                self.address,
                form.len()
            );
        }
        request += "\r\n";
        request += &form.unwrap_or_default();
        let begun = Instant::now();
        stream.write_all(request.as_bytes())?;
        let mut reader = BufReader::new(stream);
        reader.fill_buf()?;
        let response = read_response(reader, begun.elapsed())?;
        self.keep_cookies(&response.1);
        Ok(response.0)
    }

    fn keep_cookies(&mut self, set: &[String]) {
        for cookie in set {
            let pair = cookie.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            match cookie.contains("Max-Age=0") {
                true => self.cookies.remove(name.trim()),
                false => self.cookies.insert(name.trim().to_owned(), value.trim().to_owned()),
            };
        }
    }
}

/// The answer and its cookies.
fn read_response(reader: impl BufRead, first_byte: Duration) -> Result<(Response, Vec<String>)> {
    let raw = read_raw(reader)?;
    let body = String::from_utf8(raw.body).context("the body is not UTF-8")?;
    Ok((Response { status: raw.status, head: raw.head, body, first_byte }, raw.cookies))
}

/// An answer as it came.
pub struct Raw {
    /// Status code.
    pub status: u16,
    /// Head fields but cookies, names in lower case.
    pub head: BTreeMap<String, String>,
    /// What cookies it sets.
    pub cookies: Vec<String>,
    /// Body without its transfer coding.
    pub body: Vec<u8>,
}

/// Reads one answer, up to its length or to the end of the connection.
pub fn read_raw(mut reader: impl BufRead) -> Result<Raw> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.with_context(|| format!("not an HTTP answer: {}", line.trim()))?;
    let (mut head, mut cookies) = (BTreeMap::new(), Vec::new());
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        match name.as_str() {
            "set-cookie" => cookies.push(value),
            _ => drop(head.insert(name, value)),
        }
    }
    let chunked = head.get("transfer-encoding").is_some_and(|coding| coding == "chunked");
    let mut body = Vec::new();
    match chunked {
        true => read_chunks(&mut reader, &mut body)?,
        false => drop(reader.read_to_end(&mut body)?),
    }
    let length = head.get("content-length").and_then(|length| length.parse::<usize>().ok());
    match length.filter(|length| !chunked && body.len() < *length) {
        Some(length) => bail!("the answer ends after {} of {length} bytes", body.len()),
        None => Ok(Raw { status, head, cookies, body }),
    }
}

fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = u64::from_str_radix(line.trim(), 16).context("length of a chunk")?;
        if size == 0 {
            return Ok(());
        }
        let read = reader.by_ref().take(size).read_to_end(body)?;
        if read as u64 != size {
            bail!("the answer ends inside a chunk");
        }
        line.clear();
        reader.read_line(&mut line)?;
    }
}

/// A text as part of a form or a query.
pub fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escaped = text.bytes().map(|byte| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    escaped.collect()
}

fn excerpt(body: &str) -> String {
    body.split_whitespace().take(40).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunked_answers_and_cookies_are_read() {
        let text = "HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nTransfer-Encoding: chunked\r\n\r\n\
                    3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
        let (response, cookies) = read_response(text.as_bytes(), Duration::ZERO).unwrap();
        assert_eq!((response.status, response.body.as_str()), (200, "abcde"));
        let mut client = Client::new("127.0.0.1:1".parse().unwrap());
        client.keep_cookies(&cookies);
        assert_eq!(client.cookies["a"], "b");
        client.keep_cookies(&["a=; Max-Age=0; Path=/".to_owned()]);
        assert!(client.cookies.is_empty());
    }

    #[test]
    fn an_answer_that_ends_early_is_an_error() {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc";
        assert!(read_response(text.as_bytes(), Duration::ZERO).is_err());
        assert!(read_response("nonsense\r\n".as_bytes(), Duration::ZERO).is_err());
    }

    #[test]
    fn forms_are_escaped() {
        assert_eq!(escape("a b&糖"), "a%20b%26%E7%B3%96");
    }
}
