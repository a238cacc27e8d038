//! What is no message, or no good one: the right answer, nothing lost, and the next one is served.

use super::centre::{Centre, HANAKO, HOSPITAL_A, code, ii, parameter, query, record};

const ADD: &str = "PRPA_IN201301UV02";
const PIX: &str = "PRPA_IN201309UV02";

fn is_served(centre: &Centre, id: &str) {
    let good = record(ADD, id, (&ii(HOSPITAL_A, "1"), HANAKO), "");
    let answer = centre.send(ADD, &good);
    assert_eq!((answer.status, code(&answer)), (200, "CA".to_owned()), "{}", answer.text());
}

#[test]
fn what_is_no_message_of_its_action_is_a_fault() {
    let centre = Centre::start();
    let good = record(ADD, "1", (&ii(HOSPITAL_A, "1"), HANAKO), "");
    let faults = [
        (format!("urn:hl7-org:v3:{ADD}"), good.replace(ADD, PIX)),
        (format!("urn:hl7-org:v3:{ADD}"), good.replace("urn:hl7-org:v3", "urn:hl7-org:v2")),
        (format!("urn:hl7-org:v3:{ADD}"), "<nothing/>".to_owned()),
        ("urn:hl7-org:v3:PRPA_IN201303UV02".to_owned(), good.clone()),
        ("urn:ihe:iti:2007:RegistryStoredQuery".to_owned(), good.clone()),
    ];
    for (action, message) in faults {
        let answer = centre.send_under(&action, &message);
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(answer.text().contains("env:Sender"), "{}", answer.text());
    }
    is_served(&centre, "2");
}

#[test]
fn what_is_missing_is_said_and_the_next_message_is_served() {
    let centre = Centre::start();
    let good = record(ADD, "1", (&ii(HOSPITAL_A, "1"), HANAKO), "");
    let lacking = [
        ("<id root=\"1.2.392.77.1\" extension=\"1\"/>", "CE", "SYN101"),
        (" extension=\"PRPA_IN201301UV02\"", "CE", "NS200"),
        ("<id root=\"1.2.392.9.4\"/>", "CE", "SYN101"),
        ("<id root=\"1.2.392.9.101\" extension=\"1\"/>", "CE", "SYN101"),
        (HANAKO, "CE", "SYN101"),
    ];
    for (part, expected, detail) in lacking {
        assert!(good.contains(part), "{part}");
        let answer = centre.send(ADD, &good.replacen(part, "", 1));
        assert_eq!((answer.status, code(&answer).as_str()), (200, expected), "{part}");
        assert!(answer.text().contains(detail), "{}", answer.text());
    }
    for (from, to, detail) in [
        ("<id root=\"1.2.392.9.4\"/>", "<id root=\"1.2.3\"/>", "RTWDEST"),
        ("<id root=\"1.2.392.77.1\"/>", "<id root=\"1.2.3\"/>", "INTERR"),
    ] {
        let answer = centre.send(ADD, &good.replacen(from, to, 1));
        assert!(answer.text().contains(detail), "{}", answer.text());
        assert_ne!(code(&answer), "CA");
    }
    let none = query(PIX, "q", &parameter("patientIdentifier", HOSPITAL_A, "1"));
    let answer = centre.send(PIX, &none);
    assert_eq!(code(&answer), "AE", "nothing of what was refused is there");
    is_served(&centre, "2");
}

#[test]
fn ids_without_end_are_bounded() {
    let centre = Centre::start();
    let ids = |count: usize| -> String {
        (0..count).map(|number| ii(HOSPITAL_A, &number.to_string())).collect()
    };
    let some = centre.send(ADD, &record(ADD, "1", (&ids(100_000), HANAKO), ""));
    assert_eq!((some.status, code(&some)), (200, "CE".to_owned()));
    assert!(some.text().contains("more than 100 patient IDs"), "{}", some.text());
    let million = centre.send(ADD, &record(ADD, "2", (&ids(1_000_000), HANAKO), ""));
    assert_eq!(million.status, 413, "{}", million.text());
    let sources: String = (0..1_000).map(|_| parameter("dataSource", HOSPITAL_A, "")).collect();
    let of = parameter("patientIdentifier", HOSPITAL_A, "1");
    is_served(&centre, "3");
    let asked = centre.send(PIX, &query(PIX, "q", &format!("{sources}{of}")));
    assert_eq!(code(&asked), "AE", "{}", asked.text());
    is_served(&centre, "4");
}
