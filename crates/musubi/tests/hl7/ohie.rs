//! The requests of OpenHIE's client registry tests, sent as they were published; each answer
//! stands in a fixture with the rule that it follows. The expectations are ours.

use super::centre::Centre;
use crate::support::conformance;

/// The domains and the senders that the tests speak of. `2.16.840.1.113883.3.72.5.9.4` and
/// `TEST_BLOCK` are what nobody here serves.
const SETTING: &str = r#"
domains = [
    { oid = "2.16.840.1.113883.3.72.5.9.1", namespace = "TEST" },
    { oid = "2.16.840.1.113883.3.72.5.9.2", namespace = "TEST_A" },
    { oid = "2.16.840.1.113883.3.72.5.9.3", namespace = "TEST_B" },
]
peers = [
    { name = "harness", application = "TEST_HARNESS", feeds = ["2.16.840.1.113883.3.72.5.9.1"], may_query = true },
    { name = "harness-a", application = "TEST_HARNESS_A", feeds = ["2.16.840.1.113883.3.72.5.9.2"] },
    { name = "harness-b", application = "TEST_HARNESS_B", feeds = ["2.16.840.1.113883.3.72.5.9.3"] },
]
"#;

const REQUESTS: [(&str, &str); 9] = [
    ("01-10", "ITI TF-2 3.8.4.1.3: PID-3.4 names no assigning authority: AE"),
    ("02-10", "ITI TF-2 3.8.4.1.3: an authority named by its OID alone is known: AA"),
    ("02-20", "ITI TF-2 3.9.4.2.2: partners, both names of each authority; the asked ID is none"),
    ("02-30", "ITI TF-2 3.8.4.1.3: an authority named by its namespace alone is known: AA"),
    ("02-40", "ITI TF-2 3.9.4.2.2: asked by namespace, answered with both names"),
    ("03-10", "ITI TF-2 3.8.4.1.3: an OID that is not known: AE"),
    ("03-20", "ITI TF-2 3.8.4.1.3: a namespace that is not known: AE"),
    ("04-20", "ITI TF-2 3.8.1: the identity source of a domain feeds it: AA"),
    ("04-30", "ITI TF-2 3.8.1: a domain has one identity source, and this sender is another: AE"),
];

#[test]
fn every_request_of_the_client_registry_tests_has_its_answer() {
    let Some(folder) = conformance("ohie-cr") else { return };
    let centre = Centre::with(SETTING);
    let mut sender = centre.connect();
    let mut all = String::new();
    for (name, rule) in REQUESTS {
        let request = std::fs::read(folder.join(format!("OHIE-CR-{name}.txt"))).unwrap();
        let answer = sender.send_bytes(&request);
        all.push_str(&format!("OHIE-CR-{name}\n{rule}\n{}\n\n", answer.shown()));
    }
    insta::assert_snapshot!(all);
}
