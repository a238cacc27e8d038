//! A centre that speaks HL7 v2, and a sender of one's own.

use crate::support::Node;
use crate::support::server::Server;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};

pub const AFFINITY: &str = "1.2.392.9.1";
/// Domain of the first hospital, `HOSP_A`.
pub const HOSPITAL_A: &str = "1.2.392.9.101";
/// Domain of the second hospital, `HOSP_B`.
pub const HOSPITAL_B: &str = "1.2.392.9.102";

/// Two hospitals that feed a domain each, one system that feeds both, one that only asks.
const PEERS: &str = r#"
domains = [
    { oid = "1.2.392.9.101", namespace = "HOSP_A" },
    { oid = "1.2.392.9.102", namespace = "HOSP_B" },
]
peers = [
    { name = "hospital-a", application = "ADT_A", feeds = ["1.2.392.9.101"], may_query = true },
    { name = "hospital-b", application = "ADT_B", feeds = ["1.2.392.9.102"] },
    { name = "region", application = "REGION", feeds = ["1.2.392.9.101", "1.2.392.9.102"], may_query = true, enrols = true },
    { name = "clinic", application = "CLINIC", may_query = true, viewer = "1310000002" },
]
"#;

/// A served centre.
pub struct Centre {
    pub node: Node,
    pub server: Server,
}

impl Centre {
    /// With the peers of these tests.
    pub fn start() -> Centre {
        Centre::with(&format!("{PEERS}consumers = []"))
    }

    /// With the peers of these tests, and whom it tells of changes.
    pub fn telling(consumers: &str) -> Centre {
        Centre::with(&format!("{PEERS}consumers = [{consumers}]"))
    }

    /// With other keys of `[mllp]`: domains, peers, consumers.
    pub fn with(keys: &str) -> Centre {
        let node = Node::new();
        configure(&node, &format!("trust_loopback = true\n{keys}"));
        let server = Server::start(&node);
        Centre { node, server }
    }

    pub fn address(&self) -> SocketAddr {
        self.server.hl7.unwrap()
    }

    pub fn connect(&self) -> Sender {
        Sender::connect(self.address())
    }

    /// Sends one message on a connection of its own.
    pub fn send(&self, message: &str) -> Answer {
        self.connect().send(message)
    }
}

/// Writes `[mllp]` of a node's configuration, and gives the region an OID that does not change.
pub fn configure(node: &Node, keys: &str) {
    let path = node.path("centre/musubi.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("[mllp]\n").unwrap();
    let (_, after) = rest.split_once("[centre]\n").unwrap();
    let oid = text.lines().find(|line| line.starts_with("oid = ")).unwrap();
    let before = before.replace(oid, "oid = \"1.2.392.9\"");
    let own = "application = \"MUSUBI\"\nfacility = \"REGION\"\nnamespace = \"COMMUNITY\"";
    let mllp = format!("[mllp]\nlisten = \"127.0.0.1:0\"\n{own}\n{keys}\n");
    std::fs::write(&path, format!("{before}{mllp}\n[centre]\n{after}")).unwrap();
}

/// A connection, its frames by hand.
pub struct Sender {
    pub stream: TcpStream,
    received: Vec<u8>,
}

impl Sender {
    pub fn connect(address: SocketAddr) -> Sender {
        Sender::of(TcpStream::connect(address).unwrap())
    }

    /// A connection that is there.
    pub fn of(stream: TcpStream) -> Sender {
        stream.set_nodelay(true).unwrap();
        Sender { stream, received: Vec::new() }
    }

    /// Sends a message and reads its answer.
    pub fn send(&mut self, message: &str) -> Answer {
        self.send_bytes(message.as_bytes())
    }

    pub fn send_bytes(&mut self, message: &[u8]) -> Answer {
        self.write(&frame(message));
        self.answer().expect("an answer")
    }

    /// Writes bytes as they are; a peer that has closed is no failure of the test's own.
    pub fn write(&mut self, bytes: &[u8]) {
        if let Err(error) = self.stream.write_all(bytes) {
            let closed = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
            assert!(closed.contains(&error.kind()), "{error}");
        }
    }

    /// The next answer; `None` where the peer closed instead.
    pub fn answer(&mut self) -> Option<Answer> {
        loop {
            let end = self.received.windows(2).position(|two| two == b"\x1C\r");
            if let Some(end) = end {
                assert_eq!(self.received[0], 0x0B);
                let message = self.received[1..end].to_vec();
                self.received.drain(..end + 2);
                return Some(Answer(message));
            }
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece) {
                Ok(0) => return None,
                Ok(count) => self.received.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

/// A message in its frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
    [b"\x0B", message, b"\x1C\r"].concat()
}

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer(pub Vec<u8>);

impl Answer {
    pub fn parse(&self) -> hl7v2::Message {
        hl7v2::Message::parse(&self.0).unwrap()
    }

    /// A field of the first segment of a name, as it came; empty where there is none.
    pub fn field(&self, segment: &str, number: u32) -> String {
        let message = self.parse();
        let found = message.segment(segment);
        found.map(|found| found.field(number).raw().to_owned()).unwrap_or_default()
    }

    /// MSA-1.
    pub fn code(&self) -> String {
        self.field("MSA", 1)
    }

    /// The codes and locations of what was wrong, in either version's notation.
    pub fn mistakes(&self) -> Vec<String> {
        let message = self.parse();
        let errors = message.segments().filter(|segment| segment.name() == "ERR");
        errors
            .map(|error| match error.field(1).raw() {
                "" => format!("{} {}", error.field(3).component(1).raw(), error.field(2).raw()),
                before => before.to_owned(),
            })
            .collect()
    }

    /// PID-3 of every patient: `id@OID`.
    pub fn patients(&self) -> Vec<Vec<String>> {
        let message = self.parse();
        let patients = message.segments().filter(|segment| segment.name() == "PID");
        patients
            .map(|pid| {
                pid.field(3)
                    .repetitions()
                    .map(|id| {
                        let oid = id.component(4).subcomponent(2).text().into_owned();
                        format!("{}@{oid}", id.component(1).text())
                    })
                    .collect()
            })
            .collect()
    }

    /// Its text with what differs from run to run left out: MSH-7, MSH-10 and community IDs.
    pub fn shown(&self) -> String {
        let message = self.parse();
        let mut lines = Vec::new();
        for segment in message.segments() {
            let mut fields: Vec<String> = segment.text().split('|').map(str::to_owned).collect();
            if segment.name() == "MSH" {
                fields[6] = "(time)".into();
                fields[9] = "(id)".into();
            }
            lines.push(fields.join("|"));
        }
        let mut text = lines.join("\n");
        let affinity = format!("^^^COMMUNITY&{AFFINITY}&ISO");
        if let Some(at) = text.find(&affinity) {
            text.replace_range(at - 11..at, "(community id)");
        }
        text
    }
}

/// A feed message of version 2.3.1.
pub fn adt(event: &str, application: &str, control_id: &str, pid: &str) -> String {
    adt_at("20260101120000", event, application, control_id, pid)
}

/// A feed message that was sent at a time.
pub fn adt_at(time: &str, event: &str, application: &str, control_id: &str, pid: &str) -> String {
    format!(
        "MSH|^~\\&|{application}|F|MUSUBI|REGION|{time}||ADT^{event}|{control_id}|P|2.3.1\r\
         EVN||{time}\r{pid}\rPV1||O\r"
    )
}

/// PID of a woman of a hospital.
pub fn pid(id: &str, oid: &str, name: &str) -> String {
    format!("PID|||{id}^^^&{oid}&ISO||{name}||19570612|F")
}

/// An ITI-9 query; `wanted` is QPD-4.
pub fn pix(application: &str, id: &str, oid: &str, wanted: &str) -> String {
    format!(
        "MSH|^~\\&|{application}|F|MUSUBI|REGION|20260101120000||QBP^Q23^QBP_Q21|Q1|P|2.5\r\
         QPD|IHE PIX Query|TAG1|{id}^^^&{oid}&ISO^PI|{wanted}\rRCP|I\r"
    )
}
