//! What is no message, or one that lies: the right acknowledgement, nothing lost, and the
//! connection usable or cleanly closed.

use super::centre::{Centre, HOSPITAL_A, adt, frame, pid, pix};
use text::CharacterSet;

const LONG: usize = 1_000_000;

/// A feed message with PID-3 of one's own.
fn with_ids(ids: &str) -> String {
    adt("A04", "ADT_A", "bad", &format!("PID|||{ids}||A^B||19570612|F"))
}

#[test]
fn every_bad_message_has_its_acknowledgement_and_the_next_is_served() {
    let centre = Centre::start();
    let good = adt("A04", "ADT_A", "good", &pid("1", HOSPITAL_A, "山田^花子"));
    let own = format!("1^^^&{HOSPITAL_A}&ISO");
    let long = format!("{own}~").repeat(LONG / 8);
    let rows: Vec<(&str, String, &str, &str)> = vec![
        ("no message", "hello".into(), "AR", "100 MSH^1"),
        ("nothing", String::new(), "AR", "100 MSH^1"),
        ("cut in its header", "MSH".into(), "AR", "100 MSH^1"),
        ("no control ID", good.replace("|good|", "||"), "AR", "MSH^1^10^101"),
        ("another version", good.replace("2.3.1", "9.9"), "AR", "203 MSH^1^12"),
        ("another type", good.replace("ADT^A04", "ORU^R01"), "AR", "MSH^1^9^200"),
        ("another event", good.replace("ADT^A04", "ADT^A99"), "AR", "MSH^1^9^201"),
        ("no PID", good.replace("PID|", "ZID|"), "AE", "PID^1^^100"),
        ("no patient ID", with_ids(""), "AE", "PID^1^3^101"),
        ("an ID without digits", with_ids("^^^HOSP_A"), "AE", "PID^1^3^101"),
        ("no authority", with_ids("1"), "AE", "PID^1^3^204"),
        ("an unknown authority", with_ids("1^^^NOWHERE"), "AE", "PID^1^3^204"),
        (
            "names that disagree",
            with_ids(&format!("1^^^HOSP_B&{HOSPITAL_A}&ISO")),
            "AE",
            "PID^1^3^204",
        ),
        (
            "an ID of a thousand",
            with_ids(&format!("{}^^^HOSP_A", "9".repeat(1_000))),
            "AE",
            "PID^1^3^102",
        ),
        ("repetitions without end", with_ids(&long), "AE", "PID^1^3^102"),
        ("no name", good.replace("山田^花子", ""), "AE", "PID^1^5^101"),
        (
            "a query without QPD",
            pix("ADT_A", "1", HOSPITAL_A, "").replace("QPD|", "ZPD|"),
            "AE",
            "100 QPD^1",
        ),
        ("a query without end", pix("ADT_A", &"1".repeat(LONG), HOSPITAL_A, ""), "AE", "102 QPD^1"),
        (
            "a query without an ID",
            pix("ADT_A", "", "", "").replace("^^^&&ISO^PI", ""),
            "AE",
            "101 QPD^1^3",
        ),
    ];
    let mut sender = centre.connect();
    for (name, message, code, mistake) in rows {
        let answer = sender.send(&message);
        assert_eq!(answer.code(), code, "{name}: {}", answer.shown());
        assert!(answer.mistakes()[0].starts_with(mistake), "{name}: {:?}", answer.mistakes());
        assert!(answer.0.len() < 4_096, "{name}: an answer stays short");
        assert_eq!(sender.send(&good).code(), "AA", "after {name}");
    }
    let known = centre.send(&pix("ADT_A", "1", HOSPITAL_A, "^^^HOSP_A"));
    assert_eq!(known.field("QAK", 2), "NF", "one patient, of the good message");
}

#[test]
fn characters_that_cannot_be_read_are_refused_and_wrongly_declared_ones_are_read() {
    let centre = Centre::start();
    let message = adt("A04", "ADT_A", "1", &pid("1", HOSPITAL_A, "山田^花子"));
    let declaring =
        |declared: &str| message.replace("|2.3.1\r", &format!("|2.3.1||||||{declared}\r"));
    let reading = "山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P";
    let mut damaged = declaring("UNICODE UTF-8").replace("山田^花子", reading).into_bytes();
    let at = damaged.windows(3).position(|three| three == "田".as_bytes()).unwrap();
    damaged[at + 1] = 0xFF;
    let mut sender = centre.connect();
    let refused = sender.send_bytes(&damaged);
    assert_eq!(refused.code(), "AE", "{}", refused.shown());
    let lying = declaring("UNICODE UTF-8");
    let lying = text::encode(&lying, CharacterSet::Cp932).unwrap();
    assert_eq!(sender.send_bytes(&lying).code(), "AA");
    let found = sender.send(&super::demographics::ask("ADT_A", "@PID.3.1^1", "", ""));
    assert_eq!(found.field("PID", 5), "山田^花子^^^^^L^I");
    // The second bytes of 糖 and of ソ are delimiters in CP932 and in ISO 2022.
    for set in [CharacterSet::Cp932, CharacterSet::Iso2022Jp] {
        let control_id = format!("|{}|", set.name());
        let tricky = message.replace("山田^花子", "糖ソ^表十").replace("|1|", &control_id);
        let sent = sender.send_bytes(&text::encode(&tricky, set).unwrap());
        assert_eq!(sent.code(), "AA");
        let found = sender.send(&super::demographics::ask("ADT_A", "@PID.3.1^1", "", ""));
        assert_eq!(found.field("PID", 5), "糖ソ^表十^^^^^L^I");
    }
}

#[test]
fn other_delimiters_and_escapes_are_read_and_answered_alike() {
    let centre = Centre::start();
    let odd = "MSH#*~!:#ADT_A#F#MUSUBI#REGION#20260101##ADT*A04#odd#P#2.3.1\r\
               PID###1***:1.2.392.9.101:ISO##O!F!Brien!S!^|*B\r";
    let mut sender = centre.connect();
    let answer = sender.send(odd);
    assert!(answer.0.starts_with(b"MSH#*~!:#MUSUBI#REGION#ADT_A#F#"), "{}", answer.shown());
    assert_eq!(answer.code(), "AA");
    let found = sender.send(&super::demographics::ask("ADT_A", "@PID.3.1^1", "", ""));
    let message = found.parse();
    let name = message.segment("PID").unwrap().field(5).component(1).text().into_owned();
    assert_eq!(name, "O#Brien*^|");
    let injected = pid("1", HOSPITAL_A, "A\\X0D\\PID|||2^^^HOSP_A||B^C");
    assert_eq!(sender.send(&adt("A08", "ADT_A", "i", &injected)).code(), "AA");
    assert_eq!(
        sender.send(&pix("ADT_A", "2", HOSPITAL_A, "")).code(),
        "AE",
        "no segment came of it"
    );
}

#[test]
fn frames_that_are_none_are_skipped_or_closed_and_others_are_served() {
    let centre = Centre::start();
    let good = adt("A04", "ADT_A", "good", &pid("1", HOSPITAL_A, "山田^花子"));
    let framed = frame(good.as_bytes());
    let mut sender = centre.connect();
    let cut = &framed[..framed.len() / 2];
    sender.write(&[b"\r\n", cut, framed.as_slice(), b"\r\n\r\n", framed.as_slice()].concat());
    assert_eq!(sender.answer().unwrap().code(), "AA");
    assert_eq!(sender.answer().unwrap().code(), "AA", "the half one is neither taken nor answered");
    for byte in &framed {
        sender.write(std::slice::from_ref(byte));
    }
    assert_eq!(sender.answer().unwrap().code(), "AA", "byte by byte");

    let mut endless = centre.connect();
    endless.write(b"\x0BMSH|^~\\&|ADT_A|");
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..12 {
        endless.write(&piece);
    }
    assert_eq!(endless.answer(), None, "closed");
    let mut http = centre.connect();
    http.write(&b"GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(5_000));
    assert_eq!(http.answer(), None, "closed");
    assert_eq!(sender.send(&good).code(), "AA", "others are served on");
}

#[test]
fn a_sender_that_never_reads_is_held_up_alone() {
    let centre = Centre::start();
    let asked = frame(pix("ADT_A", "404", HOSPITAL_A, "").as_bytes());
    let mut deaf = centre.connect();
    deaf.stream.set_write_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
    // Until its own socket is full: answers that nobody takes are not collected here.
    while std::io::Write::write_all(&mut deaf.stream, &asked.repeat(64)).is_ok() {}
    assert_eq!(centre.send(&pix("ADT_A", "404", HOSPITAL_A, "")).code(), "AE");
}
