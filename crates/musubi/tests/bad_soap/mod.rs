//! Bad input to a started server: each message is answered with its fault or registry error, the
//! next good request is served, nothing is registered, nobody is called, memory stays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod message;
mod rows;

use crate::support::Node;
use crate::support::server::{Answer, Server};
use ebrim::affinity::CodedAttribute;
use message::{MTOM, PLAIN};
use model::hl7::{AssigningAuthority, PatientId};
use rows::{Expected, Row};
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// How much more memory bad input may take.
const GROWTH_KIB: u64 = 256 * 1024;
/// A server that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A served centre with one patient and one document, and an address that nobody must call.
struct Place {
    node: Node,
    server: Server,
    patient: PatientId,
    trap: TcpListener,
    before_kib: u64,
}

#[test]
fn entities_and_inclusions() {
    let place = Place::new();
    place.withstands(rows::entities(&place.patient, place.trap()));
}

#[test]
fn bombs() {
    let place = Place::new();
    place.withstands(rows::bombs());
}

#[test]
fn media_types_and_character_sets() {
    let place = Place::new();
    place.withstands(rows::media_types(&place.patient));
}

#[test]
fn multipart_messages() {
    let place = Place::new();
    place.withstands(rows::mtom(&place.patient, place.trap()));
}

#[test]
fn headers_and_envelopes() {
    let place = Place::new();
    place.withstands(rows::soap(&place.patient, place.trap()));
}

#[test]
fn requests_that_are_none() {
    let place = Place::new();
    place.withstands(rows::requests(&place.patient));
}

#[test]
fn connections_that_break_off_and_lengths_that_lie() {
    let place = Place::new();
    let good = message::provide(&place.patient, 902, "cid:a", &[("Content-ID: <a>", "bytes")]);
    let head = |length: &str| {
        format!(
            "POST /xds/repository HTTP/1.1\r\nHost: x\r\nContent-Type: {MTOM}\r\n{length}\r\n\
             Connection: close\r\n\r\n"
        )
    };
    let chunked = head("Transfer-Encoding: chunked");
    let length = |bytes: usize| head(&format!("Content-Length: {bytes}"));
    for (name, sent) in [
        ("half a message", length(good.len()) + &good[..good.len() / 2]),
        ("a longer length", length(good.len() + 1_000) + &good),
        ("a shorter length", length(good.len() / 2) + &good),
        ("half a chunk", chunked.clone() + "1000\r\nabc"),
        ("no last chunk", format!("{chunked}{:x}\r\n{good}\r\n", good.len())),
        ("a chunk of nonsense", chunked.clone() + "zz\r\nabc\r\n0\r\n\r\n"),
        ("an endless chunk", chunked.clone() + "ffffffffffffffff\r\nabc"),
        ("two lengths", head("Content-Length: 5\r\nContent-Length: 6") + "abcde"),
        (
            "length and chunks",
            head("Content-Length: 5\r\nTransfer-Encoding: chunked") + "0\r\n\r\n",
        ),
        ("no head", "POST /xds/repository HTTP/1.1\r\nHost".into()),
        ("a head bomb", format!("POST / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(1 << 20))),
    ] {
        let answer = place.raw(sent.as_bytes(), true);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("Success"), "{name}: {answer}");
        place.still_serves(name);
    }
    let sent = format!("{chunked}{:x}\r\n{good}\r\n0\r\n\r\n", good.len());
    let answer = place.raw(sent.as_bytes(), false);
    assert!(String::from_utf8_lossy(&answer).contains("Success"), "the control passes");
    place.closes(2);
}

impl Place {
    fn new() -> Place {
        let node = Node::new();
        let root = node.path("storage");
        std::fs::create_dir(&root).unwrap();
        let root = root.to_str().unwrap();
        let mut add = vec!["source", "add", "main", "--facility", "1310000001", "--kind", "ssmix2"];
        add.extend(["--domain", "1.2.392.100495.20.3.51.11310000001", "--root", root]);
        node.run(&add);
        let enrolled =
            node.run(&["enrol", "--source", "main", "--patient", "0000000001", "--json"]);
        let enrolled: Value = serde_json::from_str(&enrolled).unwrap();
        let id = enrolled["patients"][0]["community_id"].as_str().unwrap().to_owned();
        let config = node.path("centre/musubi.toml");
        let text = std::fs::read_to_string(&config).unwrap();
        let oid = text.lines().find_map(|line| line.strip_prefix("oid = ")).unwrap();
        let oid = format!("{}.1", oid.trim_matches('"'));
        let names: Vec<_> = CodedAttribute::ALL.iter().map(|one| one.name()).collect();
        let text = text
            .replace("trust_loopback = false", "trust_loopback = true")
            .replace("unchecked = []", &format!("unchecked = {names:?}"))
            .replace("follow = true", "follow = false");
        std::fs::write(&config, text).unwrap();
        let patient =
            PatientId { id, authority: AssigningAuthority { namespace: String::new(), oid } };
        let server = Server::start(&node);
        let trap = TcpListener::bind("127.0.0.1:0").unwrap();
        trap.set_nonblocking(true).unwrap();
        let mut place = Place { node, server, patient, trap, before_kib: 0 };
        let good = message::provide(&place.patient, 1, "cid:a", &[("Content-ID: <a>", "bytes")]);
        let answer = place.exchange("/xds/repository", MTOM, good.as_bytes());
        assert!(answer.text().contains("ResponseStatusType:Success"), "{}", answer.text());
        place.still_serves("the first document");
        place.before_kib = place.memory("VmHWM:");
        place
    }

    fn trap(&self) -> SocketAddr {
        self.trap.local_addr().unwrap()
    }

    /// Sends each message, and a good one after it.
    fn withstands(&self, rows: Vec<Row>) {
        let mut refused = 0;
        for row in &rows {
            let answer = self.exchange(row.path, &row.content_type, &row.body);
            let (name, text) = (&row.name, answer.text());
            match row.expected {
                Expected::Fault(status, words) => {
                    assert_eq!(answer.status, status, "{name}: {text}");
                    assert!(text.contains(":Fault>"), "{name}: {text}");
                    assert!(text.contains(words), "{name} lacks {words:?}: {text}");
                    assert!(text.len() < 8_192, "{name}: a fault stays small");
                    for internal in
                        [env!("CARGO_MANIFEST_DIR"), "src/", "panicked", "SQL", "rusqlite"]
                    {
                        assert!(!text.contains(internal), "{name} tells {internal}: {text}");
                    }
                }
                Expected::Error(code) => {
                    assert_eq!(answer.status, 200, "{name}: {text}");
                    assert!(text.contains("ResponseStatusType:Failure"), "{name}: {text}");
                    assert!(text.contains(&format!("errorCode=\"{code}\"")), "{name}: {text}");
                }
                Expected::Success => {
                    assert_eq!(answer.status, 200, "{name}: {text}");
                    assert!(text.contains("ResponseStatusType:Success"), "{name}: {text}");
                }
            }
            refused += usize::from(row.expected != Expected::Success);
            self.still_serves(name);
        }
        assert!(refused >= 10, "only {refused} of {} rows are bad", rows.len());
        self.closes(1);
        println!(
            "{} rows, {refused} refused; peak memory {} KiB before, {} KiB after",
            rows.len(),
            self.before_kib,
            self.memory("VmHWM:")
        );
    }

    /// A query for the one document.
    fn still_serves(&self, after: &str) {
        let query = message::query(&self.patient);
        let answer = self.exchange("/xds/registry", PLAIN, query.as_bytes());
        assert_eq!(answer.status, 200, "after {after}: {}", answer.text());
        let text = answer.text();
        assert!(text.contains("ResponseStatusType:Success"), "after {after}: {text}");
        assert!(text.contains("1.2.7.1\""), "after {after}: {text}");
    }

    /// At the end: only these many documents are registered, nobody was called, memory stayed.
    fn closes(&self, documents: u64) {
        let called = self.trap.accept().map(|(_, caller)| caller);
        let nobody = called.as_ref().is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        assert!(nobody, "the server called an address of a message: {called:?}");
        let grown = self.memory("VmHWM:").saturating_sub(self.before_kib);
        assert!(grown <= GROWTH_KIB, "{grown} KiB more memory");
        let stats = self.node.stats();
        let counted = &stats["documents"];
        let types = counted.as_object().unwrap().values();
        let all: u64 = types.filter_map(|states| states["current"].as_u64()).sum();
        assert_eq!(all, documents, "{counted}");
    }

    /// A line of what the system knows of the server's memory, in KiB.
    fn memory(&self, name: &str) -> u64 {
        let path = format!("/proc/{}/status", self.server.process_id());
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    fn exchange(&self, path: &str, content_type: &str, body: &[u8]) -> Answer {
        self.server.send("POST", path, content_type, body)
    }

    /// Sends bytes, says perhaps that no more come, and reads whatever is answered.
    fn raw(&self, bytes: &[u8], breaks_off: bool) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.server.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = Vec::new();
        // A server that has heard enough closes while we write.
        if stream.write_all(bytes).is_ok() && breaks_off {
            let _ = stream.shutdown(Shutdown::Write);
        }
        match stream.read_to_end(&mut answer) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("no answer in time"),
            _ => answer,
        }
    }
}
