//! A served node, and HTTP by hand.

use super::Node;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

/// `musubi serve`, ended when it goes out of scope.
pub struct Server {
    child: Child,
    /// Address of the pages.
    pub address: SocketAddr,
    /// Address of a listener of its own for XDS.
    pub xds: Option<SocketAddr>,
    /// Address of the listener for HL7 v2.
    pub hl7: Option<SocketAddr>,
    /// Address of the listener for FHIR.
    pub fhir: Option<SocketAddr>,
    /// Address of the listener for DICOMweb.
    pub dicomweb: Option<SocketAddr>,
}

/// An answer of HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    pub body: Vec<u8>,
}

impl Server {
    /// Starts the node's server on a free port.
    pub fn start(node: &Node) -> Server {
        let config = node.path("centre/musubi.toml");
        let child = Command::new(env!("CARGO_BIN_EXE_musubi"))
            .arg("--config")
            .arg(config)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("musubi serve");
        // Owned at once, so that it ends also where it does not start as it should.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server =
            Server { child, address: nowhere, xds: None, hl7: None, fhir: None, dicomweb: None };
        let said = server.child.stdout.take().expect("stdout");
        for line in BufReader::new(said).lines() {
            let line = line.expect("line");
            if let Some(address) = line.strip_prefix("serving xds on ") {
                server.xds = Some(address.parse().expect("address"));
            } else if let Some(address) = line.strip_prefix("serving hl7 on ") {
                server.hl7 = Some(address.parse().expect("address"));
            } else if let Some(address) = line.strip_prefix("serving fhir on ") {
                server.fhir = Some(address.parse().expect("address"));
            } else if let Some(address) = line.strip_prefix("serving dicomweb on ") {
                server.dicomweb = Some(address.parse().expect("address"));
            } else if let Some(address) = line.strip_prefix("serving http://") {
                server.address = address.trim_end_matches('/').parse().expect("address");
                return server;
            }
        }
        panic!("musubi serve ended before it served");
    }

    /// The server's process.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a message of SOAP.
    pub fn post(&self, path: &str, body: &[u8]) -> Answer {
        self.send("POST", path, "application/soap+xml; charset=UTF-8", body)
    }

    /// Sends a request and reads its answer to the end.
    pub fn send(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.send_with(method, path, content_type, "", body)
    }

    /// Sends a request with further headers, each with its end.
    pub fn send_with(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        headers: &str,
        body: &[u8],
    ) -> Answer {
        let mut stream = TcpStream::connect(self.address).expect("connect");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\n\
             Content-Length: {}\r\n{headers}Connection: close\r\n\r\n",
            self.address,
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("head");
        stream.write_all(body).expect("body");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("answer");
        let end = all.windows(4).position(|one| one == b"\r\n\r\n").expect("head");
        let head = String::from_utf8(all[..end].to_vec()).expect("utf-8");
        let status = head.split(' ').nth(1).expect("status").parse().expect("status");
        let rest = &all[end + 4..];
        let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if is_chunked { dechunked(rest) } else { rest.to_vec() };
        Answer { status, head, body }
    }
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn dechunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|one| one == b"\r\n").expect("chunk");
        let size = std::str::from_utf8(&rest[..end]).expect("size");
        let size = usize::from_str_radix(size.trim(), 16).expect("size");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}
