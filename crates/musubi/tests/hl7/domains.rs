//! Numbers of domains: read as configured wherever they come in, and as evidence for the number of
//! another server.

use super::centre::{Centre, HOSPITAL_A, HOSPITAL_B, adt, pid, pix};

fn domain(centre: &Centre, arguments: &[&str]) -> String {
    centre.node.run(&[&["domain"], arguments].concat())
}

/// PID-3 of whoever has an ID of hospital A, without the community ID.
fn partners(centre: &Centre, id: &str, oid: &str) -> Vec<Vec<String>> {
    centre.send(&pix("REGION", id, oid, "^^^HOSP_A~^^^HOSP_B")).patients()
}

#[test]
fn a_number_is_padded_as_configured_and_what_does_not_fit_is_refused() {
    let centre = Centre::start();
    let feed = |control_id: &str, id: &str| {
        centre.send(&adt("A04", "ADT_A", control_id, &pid(id, HOSPITAL_A, "山田^花子")))
    };
    assert_eq!(feed("1", "42").code(), "AA", "before anything was said");
    let said =
        domain(&centre, &["set", HOSPITAL_A, "--name", "Hospital A", "--digits", "8", "--pad"]);
    assert!(said.contains("8 digits, zeros before shorter ones"), "{said}");
    assert!(said.contains("1 numbers that were kept before"), "{said}");
    assert_eq!(feed("2", "1234").code(), "AA");
    for (control_id, wrong) in [("3", "123456789"), ("4", "12A4"), ("5", "１２３４")] {
        let refused = feed(control_id, wrong);
        assert_eq!(refused.code(), "AE", "{wrong}");
        assert!(refused.mistakes()[0].starts_with("PID^1^3^102"), "{:?}", refused.mistakes());
    }
    let asked = |id: &str| centre.send(&pix("ADT_A", id, HOSPITAL_A, "")).field("QAK", 2);
    assert_eq!([asked("1234"), asked("00001234")], ["OK", "OK"], "one number");
    assert_eq!([asked("42"), asked("00000042")], ["OK", "AE"], "kept before: as it was");
    assert_eq!(feed("6", "42").code(), "AA", "and fed on");
    assert_eq!(asked("00000042"), "AE");

    domain(&centre, &["set", HOSPITAL_A, "--check-digit", "M10"]);
    assert_eq!(feed("7", "123455").code(), "AA");
    let refused = feed("8", "123456");
    assert!(refused.field("MSA", 3).contains("check digit"), "{}", refused.shown());
    let listed = centre.node.json(&["domain", "list", "--json"]);
    let own = listed["domains"].as_array().unwrap().iter().find(|it| it["oid"] == HOSPITAL_A);
    let own = own.unwrap();
    assert_eq!((&own["name"], &own["digits"]), (&"Hospital A".into(), &8.into()));
    assert_eq!(own["misfits"], 2, "42, and 1234 without a check digit");
    for wrong in [
        &["set", "1.2.392.9.1", "--digits", "4"][..],
        &["set", HOSPITAL_B, "--pad"],
        &["set", HOSPITAL_B, "--digits", "65"],
        &["set", HOSPITAL_B, "--check-digit", "M12"],
        &["set", "1.2.x", "--digits", "4"],
        &["map", "--from", HOSPITAL_A, "--to", HOSPITAL_A, "--rule", "same"],
        &["map", "--from", HOSPITAL_A, "--to", "1.2.404", "--rule", "same"],
        &["map", "--from", HOSPITAL_A, "--to", HOSPITAL_B, "--rule", "guess"],
        &["unmap", "--from", HOSPITAL_A, "--to", HOSPITAL_B],
    ] {
        centre.node.refused(&[&["domain"], wrong].concat());
    }
}

#[test]
fn a_mapped_number_links_only_whom_demographics_bear_out() {
    let centre = Centre::start();
    let feed = |application: &str, id: &str, oid: &str, name: &str, birth: &str| {
        let control_id = format!("{oid}-{id}-{birth}");
        let patient = format!("PID|||{id}^^^&{oid}&ISO||{name}||{birth}|F");
        let fed = centre.send(&adt("A04", application, &control_id, &patient));
        assert_eq!(fed.code(), "AA", "{}", fed.shown());
    };
    let rule = ["map", "--from", HOSPITAL_A, "--to", HOSPITAL_B, "--rule", "strip-zeros"];
    let said = domain(&centre, &rule);
    assert!(said.contains("strip-zeros"), "{said}");
    // A reading alone ties nobody without a rule. The PACS tells of the patient first, and the EHR, and the other way round.
    feed("ADT_B", "11", HOSPITAL_B, "山田^花子", "19570612");
    assert!(partners(&centre, "11", HOSPITAL_B).is_empty());
    feed("ADT_A", "0011", HOSPITAL_A, "山田^花子", "19570612");
    assert_eq!(partners(&centre, "11", HOSPITAL_B), [[format!("0011@{HOSPITAL_A}")]]);
    feed("ADT_A", "0012", HOSPITAL_A, "スズキ^イチロウ", "19400101");
    feed("ADT_B", "12", HOSPITAL_B, "スズキ^イチロウ", "19400101");
    assert_eq!(partners(&centre, "0012", HOSPITAL_A), [[format!("12@{HOSPITAL_B}")]]);
    // The number fits and the human does not; and the human fits and the number does not.
    feed("ADT_A", "0013", HOSPITAL_A, "佐藤^由美", "19800101");
    feed("ADT_B", "13", HOSPITAL_B, "佐藤^由美", "19800102");
    assert!(partners(&centre, "0013", HOSPITAL_A).is_empty(), "another day");
    feed("ADT_B", "99", HOSPITAL_B, "佐藤^由美", "19800101");
    assert!(partners(&centre, "0013", HOSPITAL_A).is_empty(), "another number");
    // A name alone is told: nothing is certain.
    feed("ADT_A", "0014", HOSPITAL_A, "田中^実", "");
    feed("ADT_B", "14", HOSPITAL_B, "田中^実", "");
    assert!(partners(&centre, "0014", HOSPITAL_A).is_empty(), "no birth date");
    // What was parted stays apart, however often it is fed.
    let apart = format!(
        "MSH|^~\\&|REGION|F|||20260101||ADT^A37^ADT_A37|u|P|2.5\rEVN||2026\r{}\r{}\r",
        pid("0011", HOSPITAL_A, "山田^花子"),
        pid("11", HOSPITAL_B, "山田^花子"),
    );
    assert_eq!(centre.send(&apart).code(), "AA");
    assert!(partners(&centre, "0011", HOSPITAL_A).is_empty());
    let again = adt("A08", "ADT_B", "again", &pid("11", HOSPITAL_B, "山田^花子"));
    assert_eq!(centre.send(&again).code(), "AA");
    assert!(partners(&centre, "0011", HOSPITAL_A).is_empty());
    domain(&centre, &["unmap", "--from", HOSPITAL_A, "--to", HOSPITAL_B]);
    feed("ADT_A", "0015", HOSPITAL_A, "タカハシ^メグミ", "19900303");
    feed("ADT_B", "15", HOSPITAL_B, "タカハシ^メグミ", "19900303");
    assert!(partners(&centre, "0015", HOSPITAL_A).is_empty(), "no rule any more");
    assert_eq!(partners(&centre, "0012", HOSPITAL_A).len(), 1, "links stay");
}
