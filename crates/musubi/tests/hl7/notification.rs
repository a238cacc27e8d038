//! ITI-10: whoever is configured is told of every change of association, and is told again until
//! it has acknowledged.

use super::centre::{Answer, Centre, HOSPITAL_A, HOSPITAL_B, Sender, adt, frame, pid};
use std::net::TcpListener;

/// A woman whose hospitals know her by two names: no machine links them, only a message does.
const OF_TWO_NAMES: [(&str, &str, &str, &str); 2] =
    [("ADT_A", "1", HOSPITAL_A, "山田^花子"), ("ADT_B", "2", HOSPITAL_B, "川上^律子")];

/// A consumer of a test: messages come in one by one.
pub(super) struct Consumer {
    listener: TcpListener,
    open: Option<Sender>,
}

impl Consumer {
    pub(super) fn new() -> Consumer {
        Consumer { listener: TcpListener::bind("127.0.0.1:0").unwrap(), open: None }
    }

    fn centre(&self, domains: &str) -> Centre {
        Centre::telling(&self.configured(domains))
    }

    /// Its entry of the configuration; `domains` are those that it is told.
    pub(super) fn configured(&self, domains: &str) -> String {
        let port = self.listener.local_addr().unwrap().port();
        format!(
            "{{ name = \"his\", address = \"mllp://127.0.0.1:{port}\", application = \"HIS\", \
             facility = \"B\", domains = [{domains}] }}"
        )
    }

    /// The next notification, answered with a code.
    pub(super) fn told(&mut self, code: &str) -> Answer {
        loop {
            let mut open = match self.open.take() {
                Some(open) => open,
                None => Sender::of(self.listener.accept().unwrap().0),
            };
            let Some(told) = open.answer() else { continue };
            let answer = format!(
                "MSH|^~\\&|HIS|B|MUSUBI|REGION|20260101||ACK^A31^ACK|1|P|2.5\rMSA|{code}|{}\r",
                told.field("MSH", 10)
            );
            open.write(&frame(answer.as_bytes()));
            self.open = Some(open);
            return told;
        }
    }

    /// Notifications until one says this list; how many there were.
    pub(super) fn until(&mut self, expected: &[String]) -> usize {
        for count in 1..20 {
            let told = self.told("AA");
            if told.patients() == [expected] {
                return count;
            }
        }
        panic!("never told {expected:?}");
    }
}

fn in_a(id: &str) -> String {
    format!("{id}@{HOSPITAL_A}")
}

fn in_b(id: &str) -> String {
    format!("{id}@{HOSPITAL_B}")
}

fn pair(event: &str, control_id: &str) -> String {
    let (one, two) = (pid("1", HOSPITAL_A, "山田^花子"), pid("2", HOSPITAL_B, "川上^律子"));
    format!(
        "MSH|^~\\&|REGION|F|||20260101||ADT^{event}|{control_id}|P|2.5\rEVN||2026\r{one}\r{two}\r"
    )
}

#[test]
fn links_and_their_removal_are_told_with_the_whole_list() {
    let mut consumer = Consumer::new();
    let centre = consumer.centre(&format!("\"{HOSPITAL_A}\", \"{HOSPITAL_B}\""));
    for (application, id, oid, name) in OF_TWO_NAMES {
        let fed = adt("A04", application, id, &pid(id, oid, name));
        assert_eq!(centre.send(&fed).code(), "AA");
        let told = consumer.told("AA");
        assert_eq!(told.patients(), [[format!("{id}@{oid}")]]);
        assert_eq!(
            (told.field("MSH", 9), told.field("MSH", 12)),
            ("ADT^A31^ADT_A05".into(), "2.5".into())
        );
        assert_eq!((told.field("MSH", 5), told.field("PV1", 2)), ("HIS".into(), "N".into()));
    }
    assert_eq!(centre.send(&pair("A24^ADT_A24", "l")).code(), "AA");
    consumer.until(&[in_a("1"), in_b("2")]);
    assert_eq!(centre.send(&pair("A37^ADT_A37", "u")).code(), "AA");
    let mut alone = [consumer.told("AA").patients(), consumer.told("AA").patients()];
    alone.sort();
    assert_eq!(alone, [vec![vec![in_a("1")]], vec![vec![in_b("2")]]], "both sides of the removal");
}

#[test]
fn a_consumer_is_told_its_domains_only_and_again_until_it_accepts() {
    let mut consumer = Consumer::new();
    let mut centre = consumer.centre(&format!("\"{HOSPITAL_B}\""));
    for (application, id, oid, name) in OF_TWO_NAMES {
        let fed = adt("A04", application, id, &pid(id, oid, name));
        assert_eq!(centre.send(&fed).code(), "AA");
    }
    assert_eq!(consumer.told("AE").patients(), [[in_b("2")]]);
    assert_eq!(consumer.told("AR").patients(), [[in_b("2")]], "told again");
    // Killed before it was accepted: the queue is on disk.
    consumer.open = None;
    centre.server = crate::support::server::Server::start(&centre.node);
    assert_eq!(consumer.told("AA").patients(), [[in_b("2")]]);
    assert_eq!(centre.send(&pair("A24^ADT_A24", "l")).code(), "AA");
    consumer.until(&[in_b("2")]);
}
