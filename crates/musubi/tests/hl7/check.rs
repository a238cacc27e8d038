//! `musubi peer check` of consumers: a real message there and its acknowledgement back, and the
//! layer that fails by its name.

use super::centre::{Sender, configure};
use crate::support::Node;
use crate::support::server::Server;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use testkit::Authority;

fn consumer(name: &str, address: &str, roots: &str) -> String {
    format!("{{ name = \"{name}\", address = \"{address}\", roots = \"{roots}\" }}")
}

/// Does something with the one connection that comes.
fn once(then: impl FnOnce(TcpStream) + Send + 'static) -> (u16, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (port, std::thread::spawn(move || then(listener.accept().unwrap().0)))
}

/// Reads what is sent and answers with these bytes; `{}` stands for its control ID.
fn answering(answer: &'static str) -> (u16, JoinHandle<()>) {
    once(move |stream| {
        let mut sender = Sender::of(stream);
        let asked = sender.answer().expect("a message");
        assert_eq!(asked.field("MSH", 9), "NMQ^N01^NMQ_N01");
        sender.write(answer.replace("{}", &asked.field("MSH", 10)).as_bytes());
    })
}

#[test]
fn every_layer_that_fails_is_named() {
    let acknowledged = "\x0BMSH|^~\\&|H|F|||2026||ACK|1|P|2.5\rMSA|AR|{}\r\x1C\r";
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // More than may stand before a message.
    let noise: &'static str = "HTTP/1.1 400 Bad Request\r\n".repeat(4_000).leak();
    let rows = [
        ("good", "mllp", answering(acknowledged), "acknowledged with AR"),
        ("noise", "mllp", answering(noise), "fails at framing"),
        ("mute", "mllp", answering(""), "fails at acknowledgement"),
        (
            "other",
            "mllp",
            answering("\x0BMSH|^~\\&|H|F|||2026||ACK|1|P|2.5\rMSA|AA|404\r\x1C\r"),
            "fails at acknowledgement",
        ),
        (
            "no-msa",
            "mllp",
            answering("\x0BMSH|^~\\&|H|F|||2026||ACK|1|P|2.5\r\x1C\r"),
            "fails at acknowledgement",
        ),
        (
            "plain",
            "mllps",
            once(|mut stream| {
                assert!(stream.read(&mut [0; 16]).unwrap() > 0);
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
            }),
            "fails at TLS",
        ),
    ];
    let mut consumers: Vec<String> = rows
        .iter()
        .map(|(name, scheme, (port, _), _)| {
            consumer(name, &format!("{scheme}://127.0.0.1:{port}"), "")
        })
        .collect();
    consumers.push(consumer("nobody", &format!("mllp://127.0.0.1:{closed}"), ""));
    consumers.push(consumer("nowhere", "mllps://nowhere.invalid:2575", ""));
    consumers.push(consumer("far", "mllp://192.0.2.1:2575", ""));
    let node = Node::new();
    let peers = "peers = [{ name = \"sender\", application = \"A\" }]";
    configure(&node, &format!("{peers}\nconsumers = [{}]", consumers.join(", ")));
    let check = |name: &str| {
        let output = node.try_run(&["peer", "check", name]);
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    for (name, _, (_, served), expected) in rows {
        let (is_good, said) = check(name);
        assert!(said.contains(expected), "{name}: {said}");
        assert_eq!(is_good, name == "good", "{name}: {said}");
        served.join().unwrap();
    }
    for (name, expected) in [
        ("nobody", "fails at TCP"),
        ("nowhere", "fails at name resolution"),
        ("far", "fails at TLS"),
        ("sender", "only sends to us"),
        ("stranger", "no peer stranger"),
    ] {
        let (is_good, said) = check(name);
        assert!(said.contains(expected) && !is_good, "{name}: {said}");
    }
}

#[test]
fn over_tls_both_certificates_are_tried() {
    let node = Node::new();
    let (ours, stranger) = (Authority::new(), Authority::new());
    ours.write(&node.path("centre"), "localhost", "localhost");
    for (name, authority) in [("roots.pem", ours), ("other.pem", stranger)] {
        std::fs::write(node.path(&format!("centre/{name}")), authority.pem()).unwrap();
    }
    let own = "certificate = \"localhost.pem\"\nkey = \"localhost.key\"\n\
               client_roots = \"roots.pem\"\npeers = []";
    configure(&node, &format!("{own}\nconsumers = []"));
    let server = Server::start(&node);
    let address = format!("mllps://localhost:{}", server.hl7.unwrap().port());
    let consumers =
        [consumer("good", &address, "roots.pem"), consumer("strange", &address, "other.pem")];
    configure(&node, &format!("{own}\nconsumers = [{}]", consumers.join(", ")));
    // A centre takes no message of a system that it does not know, and says so in an
    // acknowledgement.
    let said = node.run(&["peer", "check", "good"]);
    assert!(said.contains("acknowledged with AR"), "{said}");
    let output = node.try_run(&["peer", "check", "strange"]);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(!output.status.success() && said.contains("fails at certificate"), "{said}");
}
