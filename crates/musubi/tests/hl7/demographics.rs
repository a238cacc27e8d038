//! Patient demographics queries: who fits, in which character set, piece by piece.

use super::centre::{Answer, Centre, HOSPITAL_A, HOSPITAL_B, adt, pid};
use text::CharacterSet;

/// An ITI-21 query: QPD-3, QPD-8, and what follows RCP-1.
pub fn ask(application: &str, parameters: &str, domains: &str, limit: &str) -> String {
    format!(
        "MSH|^~\\&|{application}|F|MUSUBI|REGION|20260101120000||QBP^Q22^QBP_Q21|Q1|P|2.5\r\
         QPD|IHE PDQ Query|TAG1|{parameters}|||||{domains}\rRCP|I|{limit}\r"
    )
}

const YAMADA: &str = "山田^花子^^^^^L^I~ヤマダ^ハナコ^^^^^L^P";

/// Six people in two hospitals.
fn people(centre: &Centre) {
    let name = |family: &str, given: &str| format!("{family}^{given}");
    for (number, (application, oid, name, birth)) in [
        ("ADT_A", HOSPITAL_A, YAMADA.to_owned(), "19570612"),
        ("ADT_A", HOSPITAL_A, name("山田", "太郎"), "19570613"),
        ("ADT_A", HOSPITAL_A, name("髙橋", "一郎"), "19800101"),
        ("ADT_B", HOSPITAL_B, name("YAMADA", "HANAKO"), "19570612"),
        ("ADT_B", HOSPITAL_B, name("山口", "花子"), "19570612"),
        ("ADT_B", HOSPITAL_B, name("山田", "次郎"), "1957"),
    ]
    .into_iter()
    .enumerate()
    {
        let pid = pid(&number.to_string(), oid, &name).replace("19570612", birth);
        let fed = centre.send(&adt("A04", application, &number.to_string(), &pid));
        assert_eq!(fed.code(), "AA", "{}", fed.shown());
    }
}

/// The IDs in the hospitals' domains, of every patient.
fn found(answer: &Answer) -> Vec<String> {
    let all = answer.patients();
    all.iter().map(|ids| ids[0].split('@').next().unwrap().to_owned()).collect()
}

#[test]
fn patients_are_found_by_what_they_are_asked_by() {
    let centre = Centre::start();
    people(&centre);
    for (parameters, expected) in [
        ("@PID.5.1.1^山田", vec!["0", "1", "5"]),
        ("@PID.5.1.1^山田~@PID.5.2^花子", vec!["0"]),
        ("@PID.5.1.1^やまだ~@PID.5.2^ﾊﾅｺ", vec!["0"]),
        ("@PID.5.1.1^山*", vec!["0", "1", "4", "5"]),
        ("@PID.5.1.1^山", vec![]),
        ("@PID.5.1.1^高橋", vec!["2"]),
        ("@PID.5.1.1^yamada", vec!["3"]),
        ("@PID.7^19570612", vec!["0", "3", "4"]),
        ("@PID.7.1^195706~@PID.5.1.1^山田", vec!["0", "1"]),
        ("@PID.7^19570612~@PID.8^M", vec![]),
        ("@PID.3.1^2", vec!["2"]),
        ("@PID.3.1^2~@PID.3.4.2^1.2.392.9.102", vec![]),
        ("@PID.3.1^2~@PID.3.4.1^HOSP_A", vec!["2"]),
        ("@PID.3.1^4~@PID.3.4^HOSP_B", vec!["4"]),
        ("@PID.5.1.1^山田~@PID.18.1^77", vec![]),
    ] {
        let answer = centre.send(&ask("ADT_A", parameters, "", ""));
        assert_eq!(found(&answer), expected, "{parameters}");
        let status = if expected.is_empty() { "NF" } else { "OK" };
        assert_eq!((answer.code(), answer.field("QAK", 2)), ("AA".into(), status.into()));
    }
    let only_b = centre.send(&ask("ADT_A", "@PID.7^19570612", "^^^HOSP_B", ""));
    assert_eq!(found(&only_b), ["3", "4"]);
    assert!(only_b.patients().iter().all(|ids| ids.len() == 1), "IDs of that domain only");
}

#[test]
fn questions_that_cannot_be_answered_say_where() {
    let centre = Centre::start();
    for (parameters, domains, mistakes) in [
        ("@PID.5.1.1^A", "^^^NOWHERE", vec!["204 QPD^1^8^1"]),
        ("@PID.5.1.1^A", "^^^HOSP_A~^^^X~^^^&1.404&ISO", vec!["204 QPD^1^8^2", "204 QPD^1^8^3"]),
        ("", "", vec!["101 QPD^1^3"]),
        ("@PID.8^F", "", vec!["101 QPD^1^3"]),
        ("@PID.5.1.1^A~@PID.99^1", "", vec!["204 QPD^1^3^2"]),
        ("@PID.7^yesterday", "", vec!["102 QPD^1^3^1"]),
        ("@PID.3.1^1~@PID.3.4.1^NOWHERE", "", vec!["204 QPD^1^3^2"]),
    ] {
        let refused = centre.send(&ask("ADT_A", parameters, domains, ""));
        assert_eq!((refused.code(), refused.field("QAK", 2)), ("AE".into(), "AE".into()));
        assert_eq!(refused.mistakes(), mistakes, "{parameters} {domains}");
    }
}

#[test]
fn a_long_answer_goes_on_until_its_end_or_is_cancelled() {
    let centre = Centre::start();
    people(&centre);
    let asked = ask("ADT_A", "@PID.5.1.1^山*", "", "3^RD");
    let first = centre.send(&asked);
    assert_eq!(found(&first), ["0", "1", "4"]);
    let pointer = first.field("DSC", 1);
    assert!(!pointer.is_empty());
    let on = format!("{asked}DSC|{pointer}|I\r");
    let second = centre.send(&on);
    assert_eq!((found(&second), second.field("DSC", 1)), (vec!["5".to_owned()], String::new()));
    assert_eq!(second.field("QAK", 1), "TAG1");
    let by_another = on.replace("ADT_A", "REGION");
    assert_eq!(centre.send(&by_another).mistakes(), ["204 DSC^1^1"], "it is not its own");
    let changed = on.replace("山*", "髙*");
    assert_eq!(centre.send(&changed).mistakes(), ["204 DSC^1^1"], "it is of another query");
    let cancel = "MSH|^~\\&|ADT_A|F|||20260101||QCN^J01^QCN_J01|C|P|2.5\rQID|TAG1|IHE PDQ Query\r";
    assert_eq!(centre.send(cancel).code(), "AA");
    assert_eq!(centre.send(&on).mistakes(), ["204 DSC^1^1"]);
    assert_eq!(centre.send(cancel).code(), "AA", "again is no mistake");
}

#[test]
fn the_answer_comes_in_the_character_set_of_the_question() {
    let centre = Centre::start();
    people(&centre);
    for (declared, set) in [
        ("~ISO IR87", CharacterSet::Iso2022Jp),
        ("UNICODE UTF-8", CharacterSet::Utf8),
        ("SHIFT_JIS", CharacterSet::Cp932),
    ] {
        let asked = ask("ADT_A", "@PID.5.1.1^山田~@PID.5.2^花子", "", "");
        let asked = asked.replace("|2.5\r", &format!("|2.5||||||{declared}\r"));
        let answer = centre.connect().send_bytes(&text::encode(&asked, set).unwrap());
        let message = answer.parse();
        assert_eq!((answer.field("MSH", 18), message.report().used), (declared.into(), set));
        assert_eq!(answer.field("PID", 5), YAMADA);
        assert_eq!(message.findings().damage_count, 0);
    }
    let plain = centre.send(&ask("ADT_A", "@PID.3.1^0", "", ""));
    assert_eq!(plain.field("MSH", 18), "UNICODE UTF-8", "nothing becomes a question mark");
    assert_eq!(plain.field("PID", 5), YAMADA);
}

#[test]
fn being_fed_opens_a_patient_to_nobody() {
    let centre = Centre::start();
    for (number, application) in [("1", "REGION"), ("2", "ADT_A")] {
        let fed = adt("A04", application, number, &pid(number, HOSPITAL_A, "山田^花子"));
        assert_eq!(centre.send(&fed).code(), "AA");
    }
    let asked = || centre.send(&ask("CLINIC", "@PID.5.1.1^山田", "", ""));
    assert_eq!(asked().field("QAK", 2), "NF", "being fed opens nothing");
    assert_eq!(found(&centre.send(&ask("ADT_A", "@PID.5.1.1^山田", "", ""))), ["1", "2"]);
}

#[test]
fn a_visit_query_is_answered_without_visits() {
    let centre = Centre::start();
    people(&centre);
    let asked = ask("ADT_A", "@PID.3.1^2", "", "").replace("QBP^Q22", "QBP^ZV1");
    let answer = centre.send(&asked);
    assert_eq!(
        (answer.field("MSH", 9), found(&answer)),
        ("RSP^ZV2^RSP_ZV2".into(), vec!["2".into()])
    );
    assert_eq!(answer.field("PV1", 2), "U");
    let by_visit = centre.send(&asked.replace("@PID.3.1^2", "@PID.3.1^2~@PV1.7.1^DR1"));
    assert_eq!((by_visit.code(), by_visit.mistakes()), ("AE".into(), vec!["204 QPD^1^3^2".into()]));
}
