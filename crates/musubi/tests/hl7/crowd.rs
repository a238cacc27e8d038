//! Many: connections that say nothing, repetitions without end, pairs that make a circle.

use super::centre::{Centre, HOSPITAL_A, HOSPITAL_B, Sender, adt, pid, pix};

const MILLION: usize = 1_000_000;

#[test]
fn a_good_sender_is_served_among_a_thousand_connections_that_say_nothing() {
    let centre = Centre::start();
    let mut idle: Vec<Sender> = (0..1_000).map(|_| centre.connect()).collect();
    // Some of them have begun a message and say no more.
    for begun in idle.iter_mut().take(100) {
        begun.write(b"\x0BMSH|^~\\&|ADT_A|");
    }
    let mut good = centre.connect();
    for number in 0..20 {
        let id = number.to_string();
        let fed = good.send(&adt("A04", "ADT_A", &id, &pid(&id, HOSPITAL_A, "山田^花子")));
        assert_eq!(fed.code(), "AA", "{}", fed.shown());
    }
    assert_eq!(good.send(&pix("ADT_A", "19", HOSPITAL_A, "")).field("QAK", 2), "OK");
    // The ones that waited are served as soon as they speak.
    let late = idle.last_mut().unwrap();
    assert_eq!(late.send(&pix("ADT_A", "0", HOSPITAL_A, "")).field("QAK", 2), "OK");
}

#[test]
fn a_million_repetitions_are_refused_or_read_and_the_next_message_is_served() {
    let centre = Centre::start();
    let good = adt("A04", "ADT_A", "good", &pid("1", HOSPITAL_A, "山田^花子"));
    let many = |one: &str| vec![one; MILLION].join("~");
    let own = format!("1^^^&{HOSPITAL_A}&ISO");
    let merge = |mrg: &str| {
        let body = format!("{}\rMRG|{mrg}", pid("1", HOSPITAL_A, "A^B"));
        adt("A40^ADT_A39", "ADT_A", "m", &body)
    };
    let mut sender = centre.connect();
    for (name, message, code, mistake) in [
        ("IDs", adt("A04", "ADT_A", "a", &format!("PID|||{}||A^B", many("1"))), "AE", "PID^1^3"),
        (
            "empty IDs",
            adt("A04", "ADT_A", "b", &format!("PID|||{}||A^B", many(""))),
            "AE",
            "PID^1^3",
        ),
        ("merged IDs", merge(&many("1")), "AE", "MRG^1^1"),
        ("empty merged IDs", merge(&many("")), "AE", "MRG^1^1"),
        ("domains", pix("ADT_A", "1", HOSPITAL_A, &many("")), "AE", "102 QPD^1"),
        (
            "asked IDs",
            pix("ADT_A", &format!("{own}~{}", many("")), HOSPITAL_A, ""),
            "AE",
            "102 QPD^1",
        ),
    ] {
        let answer = sender.send(&message);
        assert_eq!(answer.code(), code, "{name}: {}", answer.shown());
        assert!(answer.mistakes()[0].starts_with(mistake), "{name}: {:?}", answer.mistakes());
        assert!(answer.0.len() < 4_096, "{name}: an answer stays short");
        assert_eq!(sender.send(&good).code(), "AA", "after {name}");
    }
    // Names and telephones are read up to their limit; the patient is one.
    let names =
        adt("A08", "ADT_A", "n", &format!("PID|||{own}||山田^花子~{}||19570612|F", many("")));
    assert_eq!(sender.send(&names).code(), "AA");
    let segments = format!("{good}{}", "ZZZ|x\r".repeat(MILLION));
    let refused = sender.send(&segments);
    assert_eq!(refused.code(), "AR", "{}", refused.shown());
    assert_eq!(sender.send(&pix("ADT_A", "1", HOSPITAL_A, "")).field("QAK", 2), "OK");
}

#[test]
fn pairs_of_one_message_that_make_a_circle_change_nothing() {
    let centre = Centre::start();
    for id in ["1", "2", "3"] {
        let fed = adt("A04", "ADT_A", id, &pid(id, HOSPITAL_A, &format!("山田^花子{id}")));
        assert_eq!(centre.send(&fed).code(), "AA");
    }
    let pair = |stays: &str, former: &str| {
        format!("{}\rMRG|{former}^^^HOSP_A", pid(stays, HOSPITAL_A, "山田^花子"))
    };
    let circle = format!("{}\r{}\r{}", pair("1", "2"), pair("2", "3"), pair("3", "1"));
    let refused = centre.send(&adt("A40^ADT_A39", "ADT_A", "circle", &circle));
    assert_eq!(refused.code(), "AE");
    assert!(refused.mistakes()[0].starts_with("MRG^3^1"), "{:?}", refused.mistakes());
    for id in ["1", "2", "3"] {
        let known = centre.send(&pix("ADT_A", id, HOSPITAL_A, "^^^HOSP_A"));
        assert_eq!((known.code(), known.field("QAK", 2)), ("AA".into(), "NF".into()), "{id} alone");
    }
}

#[test]
fn links_of_ids_that_are_unknown_or_not_fed_are_refused() {
    let centre = Centre::start();
    assert_eq!(centre.send(&adt("A04", "ADT_A", "1", &pid("1", HOSPITAL_A, "A^B"))).code(), "AA");
    let pair = |event: &str, control_id: &str, one: (&str, &str), two: (&str, &str)| {
        let (one, two) = (pid(one.0, one.1, "A^B"), pid(two.0, two.1, "A^B"));
        format!(
            "MSH|^~\\&|ADT_A|F|||20260101||ADT^{event}|{control_id}|P|2.5\rEVN||2026\r{one}\r{two}\r"
        )
    };
    let a = |id| (id, HOSPITAL_A);
    for (name, event, one, two, mistake) in [
        ("an unknown ID", "A24^ADT_A24", a("1"), a("404"), "204 PID^2^3^1^1"),
        ("both unknown", "A37^ADT_A37", a("403"), a("404"), "204 PID^1^3^1^1"),
        ("an unknown domain", "A24^ADT_A24", a("1"), ("1", "1.2.404"), "204 PID^2^3^1^4"),
        ("another's domain", "A37^ADT_A37", a("1"), ("1", HOSPITAL_B), "204 PID^2^3^1^4"),
        ("itself", "A24^ADT_A24", a("1"), a("1"), "205 PID^2^3^1^1"),
    ] {
        let answer = centre.send(&pair(event, name, one, two));
        assert_eq!(answer.code(), "AE", "{name}: {}", answer.shown());
        assert_eq!(answer.mistakes(), [mistake], "{name}");
    }
    assert_eq!(centre.send(&pix("ADT_A", "1", HOSPITAL_A, "^^^HOSP_A")).field("QAK", 2), "NF");
}
