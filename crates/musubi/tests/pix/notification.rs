//! ITI-46: whoever is configured is told of every change of association, and is told again until
//! it has accepted.

use super::centre::{Centre, HANAKO, HOSPITAL_A, HOSPITAL_B, ii, record, replaced};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const ADD: &str = "PRPA_IN201301UV02";
const MERGE: &str = "PRPA_IN201304UV02";

/// A consumer of a test: an HTTP server of one request a connection.
struct Consumer(TcpListener);

impl Consumer {
    fn new() -> Consumer {
        Consumer(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn centre(&self, domains: &str) -> Centre {
        let port = self.0.local_addr().unwrap().port();
        Centre::telling(&format!(
            "{{ name = \"his\", url = \"http://127.0.0.1:{port}/pix\", device = \"1.2.392.77.9\", \
             domains = [{domains}] }}"
        ))
    }

    /// The next notification, answered with a code.
    fn told(&self, code: &str) -> String {
        let (mut stream, _) = self.0.accept().unwrap();
        let request = request(&mut stream);
        let body = super::centre::envelope(
            "urn:hl7-org:v3:MCCI_IN000002UV01",
            &format!(
                "<MCCI_IN000002UV01 xmlns=\"urn:hl7-org:v3\"><acknowledgement>\
                 <typeCode code=\"{code}\"/></acknowledgement></MCCI_IN000002UV01>"
            ),
        );
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(answer.as_bytes()).unwrap();
        request
    }

    /// Notifications until one says this list; every one is a revised record.
    fn until(&self, expected: &[String]) {
        for _ in 0..20 {
            let told = self.told("CA");
            assert!(told.contains("<PRPA_IN201302UV02 "), "{told}");
            assert!(told.contains("<id root=\"1.2.392.77.9\"/>"), "{told}");
            if ids(&told) == expected {
                return;
            }
        }
        panic!("never told {expected:?}");
    }
}

/// One request of HTTP, whole.
fn request(stream: &mut TcpStream) -> String {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if text.contains("</env:Envelope>") {
            return text;
        }
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "half a request: {text}");
        bytes.extend_from_slice(&piece[..count]);
    }
}

/// `extension@root` of the patient, the community ID left out.
fn ids(message: &str) -> Vec<String> {
    let (_, patient) = message.split_once("<patient ").unwrap();
    let (patient, _) = patient.split_once("<statusCode").unwrap();
    let part = |id: &str, name: &str| {
        let (_, rest) = id.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let all = patient.split("<id ").skip(1);
    all.map(|id| format!("{}@{}", part(id, "extension"), part(id, "root"))).collect()
}

fn in_a(id: &str) -> String {
    format!("{id}@{HOSPITAL_A}")
}

fn feed(centre: &Centre, interaction: &str, id: &str, ids: &str, after: &str) {
    let answer = centre.send(interaction, &record(interaction, id, (ids, HANAKO), after));
    assert!(answer.text().contains("typeCode code=\"CA\""), "{}", answer.text());
}

#[test]
fn a_consumer_of_hl7_v3_is_told_the_list_of_its_domains_until_it_accepts() {
    let consumer = Consumer::new();
    let domains = format!("\"{HOSPITAL_A}\", \"{HOSPITAL_B}\"");
    let centre = consumer.centre(&domains);
    let both = format!("{}{}", ii(HOSPITAL_A, "1"), ii(HOSPITAL_B, "9"));
    feed(&centre, ADD, "1", &both, "");
    consumer.told("CE");
    consumer.until(&[in_a("1"), format!("9@{HOSPITAL_B}")]);
    feed(&centre, ADD, "2", &ii(HOSPITAL_A, "2"), "");
    feed(&centre, MERGE, "3", &ii(HOSPITAL_A, "2"), &replaced(HOSPITAL_A, "1"));
    // The ID that was merged names nobody any more; what came with it goes with the survivor.
    consumer.until(&[format!("9@{HOSPITAL_B}"), in_a("2")]);
}
