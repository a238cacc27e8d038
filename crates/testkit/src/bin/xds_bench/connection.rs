//! One kept-alive HTTP/1.1 connection: a body goes out in pieces, the answer's comes in as it
//! arrives. Plain sockets, so that the client costs less than what it measures.

use crate::settings::Failure;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Longest wait for the next bytes.
const TIMEOUT: Duration = Duration::from_secs(120);
/// What is read at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// Up to here a request leaves in one piece.
const TOGETHER_BYTES: usize = 64 * 1024;

/// An address of this machine: `http://HOST:PORT/PATH`.
#[derive(Clone)]
pub struct Url {
    host: String,
    path: String,
}

impl Url {
    /// Reads one.
    pub fn parse(text: &str) -> Result<Url, Failure> {
        let rest = text.strip_prefix("http://").ok_or("only http://HOST:PORT/PATH")?;
        let (host, path) = rest.split_once('/').ok_or("only http://HOST:PORT/PATH")?;
        Ok(Url { host: host.to_owned(), path: format!("/{path}") })
    }
}

/// A connection.
pub struct Connection {
    url: Url,
    stream: TcpStream,
    buffer: Vec<u8>,
    /// What of the buffer was received and not yet used.
    unused: std::ops::Range<usize>,
}

impl Connection {
    /// Connects.
    pub fn open(url: &Url) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(&url.host)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        stream.set_nodelay(true)?;
        Ok(Connection { url: url.clone(), stream, buffer: vec![0; BUFFER_BYTES], unused: 0..0 })
    }

    /// Posts a body and gives the answer's, piece by piece. Anything but 200 is a failure.
    pub fn post(
        &mut self,
        content_type: &str,
        pieces: &[&[u8]],
        sink: &mut dyn FnMut(&[u8]),
    ) -> Result<(), Failure> {
        let length: usize = pieces.iter().map(|piece| piece.len()).sum();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\n\
             Content-Length: {length}\r\n\r\n",
            self.url.path, self.url.host
        );
        if length <= TOGETHER_BYTES {
            let whole = [&[head.as_bytes()], pieces].concat().concat();
            self.stream.write_all(&whole)?;
        } else {
            self.stream.write_all(head.as_bytes())?;
            for piece in pieces {
                self.stream.write_all(piece)?;
            }
        }
        self.answer(sink)
    }

    /// Gets a file.
    pub fn get(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), Failure> {
        let head = format!("GET {} HTTP/1.1\r\nHost: {}\r\n\r\n", self.url.path, self.url.host);
        self.stream.write_all(head.as_bytes())?;
        self.answer(sink)
    }

    fn answer(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), Failure> {
        let (mut status, mut length, mut is_chunked) = (String::new(), 0_u64, false);
        loop {
            let line = self.line()?;
            if line.is_empty() {
                break;
            }
            if status.is_empty() {
                status.clone_from(&line);
                continue;
            }
            let Some((name, value)) = line.split_once(':') else { continue };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => is_chunked = value.trim().eq_ignore_ascii_case("chunked"),
                _ => {}
            }
        }
        let is_good = status.split(' ').nth(1) == Some("200");
        let mut said = Vec::new();
        let mut keep = |bytes: &[u8]| said.extend_from_slice(bytes);
        let sink: &mut dyn FnMut(&[u8]) = if is_good { sink } else { &mut keep };
        if is_chunked {
            loop {
                let line = self.line()?;
                let size = line.split(';').next().unwrap_or_default().trim();
                let size = u64::from_str_radix(size, 16)?;
                self.body(size, sink)?;
                self.line()?;
                if size == 0 {
                    break;
                }
            }
        } else {
            self.body(length, sink)?;
        }
        match is_good {
            true => Ok(()),
            false => Err(format!("{status}: {}", String::from_utf8_lossy(&said)).into()),
        }
    }

    fn body(&mut self, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<(), Failure> {
        let mut missing = length;
        while missing > 0 {
            if self.unused.is_empty() {
                self.receive()?;
            }
            let here = self.unused.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
            sink(&self.buffer[self.unused.start..self.unused.start + here]);
            self.unused.start += here;
            missing -= here as u64;
        }
        Ok(())
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = Vec::new();
        loop {
            let received = &self.buffer[self.unused.clone()];
            if let Some(end) = received.iter().position(|byte| *byte == b'\n') {
                line.extend_from_slice(&received[..end]);
                self.unused.start += end + 1;
                let text = String::from_utf8(line)?;
                return Ok(text.trim_end_matches('\r').to_owned());
            }
            line.extend_from_slice(received);
            self.receive()?;
        }
    }

    fn receive(&mut self) -> Result<(), Failure> {
        let count = self.stream.read(&mut self.buffer)?;
        if count == 0 {
            return Err("the server closed the connection in the middle of an answer".into());
        }
        self.unused = 0..count;
        Ok(())
    }
}
