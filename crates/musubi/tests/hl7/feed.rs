//! Feeds: what is acknowledged is there.

use super::centre::{AFFINITY, Centre, HOSPITAL_A, HOSPITAL_B, adt, adt_at, pid, pix};

#[test]
fn who_was_fed_is_found_at_once_and_after_a_restart() {
    let mut centre = Centre::start();
    let fed = centre.send(&adt("A04", "ADT_A", "1", &pid("0001", HOSPITAL_A, "山田^花子")));
    assert_eq!((fed.code(), fed.field("MSA", 2)), ("AA".into(), "1".into()));
    let asked = centre.send(&pix("ADT_A", "0001", HOSPITAL_A, ""));
    assert_eq!(asked.field("QAK", 2), "OK");
    let known = asked.patients();
    centre.server = crate::support::server::Server::start(&centre.node);
    assert_eq!(centre.send(&pix("ADT_A", "0001", HOSPITAL_A, "")).patients(), known);
}

/// One patient with an ID in each hospital.
fn in_both(centre: &Centre, a: &str, b: &str) {
    let ids = format!("{a}^^^&{HOSPITAL_A}&ISO~{b}^^^HOSP_B");
    let pid = format!("PID|||{ids}||山田^花子||19570612|F");
    let fed = centre.send(&adt("A04", "REGION", &format!("both-{a}-{b}"), &pid));
    assert_eq!(fed.code(), "AA", "{}", fed.shown());
}

#[test]
fn every_row_of_the_table_of_iti_9() {
    let centre = Centre::start();
    in_both(&centre, "1", "2");
    let b_wanted = format!("^^^&{HOSPITAL_B}&ISO");
    let known = centre.send(&pix("ADT_A", "1", HOSPITAL_A, &b_wanted));
    assert_eq!((known.code(), known.field("QAK", 2)), ("AA".into(), "OK".into()));
    assert_eq!(known.patients(), [[format!("2@{HOSPITAL_B}")]]);
    assert_eq!(known.field("PID", 5), "~^^^^^^S");
    assert_eq!(known.field("QPD", 3), format!("1^^^&{HOSPITAL_A}&ISO^PI"));
    let all = centre.send(&pix("ADT_A", "1", HOSPITAL_A, ""));
    assert_eq!(all.patients()[0].len(), 2, "the community ID is the other one");
    let community = all.patients()[0][1].split('@').next().unwrap().to_owned();
    let by_community = centre.send(&pix("ADT_A", &community, AFFINITY, ""));
    let both = vec![format!("1@{HOSPITAL_A}"), format!("2@{HOSPITAL_B}")];
    assert_eq!(by_community.patients(), [both]);

    let alone = centre.send(&adt("A04", "ADT_A", "alone", &pid("9", HOSPITAL_A, "A^B")));
    assert_eq!(alone.code(), "AA");
    let none = centre.send(&pix("ADT_A", "9", HOSPITAL_A, "^^^HOSP_B"));
    assert_eq!((none.code(), none.field("QAK", 2)), ("AA".into(), "NF".into()));
    assert!(none.patients().is_empty() && none.mistakes().is_empty());

    for (id, domain, wanted, mistakes) in [
        ("404", HOSPITAL_A, "", vec!["204 QPD^1^3^1^1"]),
        ("1", "1.2.3.404", "", vec!["204 QPD^1^3^1^4"]),
        (
            "1",
            HOSPITAL_A,
            "^^^NO1~^^^HOSP_B~^^^&1.2.404&ISO",
            vec!["204 QPD^1^4^1", "204 QPD^1^4^3"],
        ),
        ("12345678901", AFFINITY, "", vec!["204 QPD^1^3^1^1"]),
    ] {
        let refused = centre.send(&pix("ADT_A", id, domain, wanted));
        assert_eq!((refused.code(), refused.field("QAK", 2)), ("AE".into(), "AE".into()));
        assert_eq!(refused.mistakes(), mistakes, "{id} {domain} {wanted}");
        assert!(refused.patients().is_empty());
    }
    let not_allowed = centre.send(&pix("ADT_B", "1", HOSPITAL_A, ""));
    assert_eq!(not_allowed.code(), "AR");
}

fn merge(application: &str, control_id: &str, stays: &str, former: &str) -> String {
    let pid = pid(stays, HOSPITAL_A, "山田^花子");
    adt("A40^ADT_A39", application, control_id, &format!("{pid}\rMRG|{former}^^^HOSP_A"))
}

fn partners(centre: &Centre, id: &str) -> Vec<Vec<String>> {
    centre.send(&pix("ADT_A", id, HOSPITAL_A, "^^^HOSP_A~^^^HOSP_B")).patients()
}

#[test]
fn a_merge_ends_one_id_and_its_associations_go_to_the_other() {
    let centre = Centre::start();
    in_both(&centre, "1", "2");
    centre.send(&adt("A04", "ADT_A", "a", &pid("3", HOSPITAL_A, "山田^花子")));
    assert_eq!(partners(&centre, "3"), Vec::<Vec<String>>::new());
    let merged = centre.send(&merge("ADT_A", "m", "3", "1"));
    assert_eq!(merged.code(), "AA", "{}", merged.shown());
    assert_eq!(partners(&centre, "3"), [[format!("2@{HOSPITAL_B}")]]);
    let former = centre.send(&pix("ADT_A", "1", HOSPITAL_A, ""));
    assert_eq!(former.mistakes(), ["204 QPD^1^3^1^1"], "it names nobody any more");
    assert_eq!(centre.send(&merge("ADT_A", "m2", "3", "1")).code(), "AA", "again is no news");

    let late = adt_at("20260101115900", "A08", "ADT_A", "l", &pid("1", HOSPITAL_A, "山田^花"));
    assert_eq!(centre.send(&late).code(), "AA", "a message from before the merge");
    let after = adt_at("20260101120100", "A08", "ADT_A", "n", &pid("1", HOSPITAL_A, "山田^花"));
    let after = centre.send(&after);
    assert_eq!(
        (after.code(), after.field("MSA", 3).contains("merged into 3")),
        ("AE".into(), true)
    );

    let apart = format!(
        "MSH|^~\\&|ADT_A|F|||20260101||ADT^A37^ADT_A37|u|P|2.5\rEVN||2026\r{}\r{}\r",
        pid("3", HOSPITAL_A, "山田^花子"),
        pid("1", HOSPITAL_A, "山田^花子"),
    );
    assert_eq!(centre.send(&apart).code(), "AA");
    assert_eq!(partners(&centre, "1"), [[format!("2@{HOSPITAL_B}")]], "as before the merge");
    assert_eq!(partners(&centre, "3"), Vec::<Vec<String>>::new());
}

#[test]
fn merges_that_cannot_be_are_refused_and_change_nothing() {
    let centre = Centre::start();
    for id in ["1", "2", "3"] {
        centre.send(&adt("A04", "ADT_A", id, &pid(id, HOSPITAL_A, "山田^花子")));
    }
    let refused = |message: &str| {
        let answer = centre.send(message);
        assert_eq!(answer.code(), "AE", "{}", answer.shown());
        answer.mistakes()
    };
    let unknown = "&Unknown key identifier&HL70357";
    assert_eq!(refused(&merge("ADT_A", "self", "1", "1")), [format!("MRG^1^1^204{unknown}")]);
    let other = format!("{}\rMRG|1^^^HOSP_B", pid("1", HOSPITAL_A, "A^B"));
    let foreign = adt("A40^ADT_A39", "REGION", "foreign", &other);
    assert_eq!(refused(&foreign), [format!("MRG^1^1^204{unknown}")]);
    assert_eq!(centre.send(&merge("ADT_A", "m", "1", "2")).code(), "AA");
    assert_eq!(refused(&merge("ADT_A", "reversed", "2", "1")), [format!("MRG^1^1^204{unknown}")]);
    assert_eq!(refused(&merge("ADT_A", "elsewhere", "3", "2")), [format!("MRG^1^1^204{unknown}")]);
    assert_eq!(centre.send(&merge("ADT_A", "chain", "3", "1")).code(), "AA");
    assert_eq!(refused(&merge("ADT_A", "circle", "2", "3")), [format!("MRG^1^1^204{unknown}")]);
    let bare = adt("A40^ADT_A39", "ADT_A", "bare", &pid("1", HOSPITAL_A, "A^B"));
    assert_eq!(refused(&bare), ["MRG^1^^100&Segment sequence error&HL70357"]);
    assert_eq!(centre.send(&pix("ADT_A", "3", HOSPITAL_A, "")).code(), "AA");
}

#[test]
fn a_merge_that_overtakes_its_patients_stands() {
    let centre = Centre::start();
    assert_eq!(centre.send(&merge("ADT_A", "m", "2", "1")).code(), "AA");
    let earlier =
        |id: &str| adt_at("20260101110000", "A04", "ADT_A", id, &pid(id, HOSPITAL_A, "A^B"));
    assert_eq!(centre.send(&earlier("1")).code(), "AA");
    assert_eq!(centre.send(&earlier("2")).code(), "AA");
    assert_eq!(centre.send(&pix("ADT_A", "1", HOSPITAL_A, "")).code(), "AE");
    assert_eq!(centre.send(&pix("ADT_A", "2", HOSPITAL_A, "")).code(), "AA");
}

#[test]
fn a_repeated_message_gets_the_same_answer_and_is_applied_once() {
    let centre = Centre::start();
    let first = adt("A04", "ADT_A", "same", &pid("1", HOSPITAL_A, "山田^花子"));
    let answer = centre.send(&first);
    let later = adt("A08", "ADT_A", "other", &pid("1", HOSPITAL_A, "鈴木^花子"));
    assert_eq!(centre.send(&later).code(), "AA");
    assert_eq!(centre.send(&first), answer, "byte for byte, time and control ID too");
    assert_eq!(family(&centre), "鈴木", "the old message was not applied anew");
    let reused = adt("A08", "ADT_A", "same", &pid("1", HOSPITAL_A, "佐藤^花子"));
    assert_ne!(centre.send(&reused), answer, "a control ID that is used again for another message");
    assert_eq!(family(&centre), "佐藤");
    let other = adt("A04", "REGION", "same", &pid("1", HOSPITAL_A, "佐藤^花子"));
    let other = centre.send(&other);
    assert_eq!(other.code(), "AA");
    assert_ne!(other, answer, "another sender counts for itself");
}

fn family(centre: &Centre) -> String {
    let found = centre.send(&super::demographics::ask("ADT_A", "@PID.3.1^1", "", ""));
    found.field("PID", 5).split('^').next().unwrap().to_owned()
}

#[test]
fn an_empty_field_changes_nothing_and_the_explicit_null_deletes() {
    let centre = Centre::start();
    let full = format!("{}|||東京都^^^^1000001||03-1234", pid("1", HOSPITAL_A, "山田^花子"));
    assert_eq!(centre.send(&adt("A04", "ADT_A", "1", &full)).code(), "AA");
    let sparse = "PID|||1^^^HOSP_A||山田^花||||||||\"\"";
    assert_eq!(centre.send(&adt("A08", "ADT_A", "2", sparse)).code(), "AA");
    let found = centre.send(&super::demographics::ask("ADT_A", "@PID.3.1^1", "", ""));
    let said = [5, 7, 8, 11, 13].map(|number| found.field("PID", number));
    assert_eq!(said, ["山田^花^^^^^L^I", "19570612", "F", "^^^^1000001^^H^東京都", ""]);
}

#[test]
fn a_sender_feeds_its_own_domains_only_and_a_stranger_learns_nothing() {
    let centre = Centre::start();
    let foreign = centre.send(&adt("A04", "ADT_B", "1", &pid("1", HOSPITAL_A, "A^B")));
    assert_eq!(foreign.code(), "AE");
    assert_eq!(foreign.mistakes(), ["PID^1^3^204&Unknown key identifier&HL70357"]);
    for message in [
        adt("A04", "NOBODY", "1", &pid("1", HOSPITAL_A, "A^B")),
        pix("NOBODY", "1", HOSPITAL_A, ""),
        pix("NOBODY", "1", "1.2.404", ""),
    ] {
        let refused = centre.send(&message);
        assert_eq!((refused.code(), refused.patients().len()), ("AR".into(), 0));
    }
    let dump = centre.node.run(&["dump"]);
    assert!(!dump.contains("\"A\""), "{dump}");
}

#[test]
fn patient_identity_management_links_and_unlinks_ids_of_one_supplier() {
    let centre = Centre::start();
    for (event, id) in [("A28", "1"), ("A31", "2")] {
        let fed = format!(
            "MSH|^~\\&|ADT_A|F|||20260101||ADT^{event}^ADT_A05|{id}|P|2.5\rEVN||2026\r{}\rPV1||N\r",
            pid(id, HOSPITAL_A, "山田^花子")
        );
        assert_eq!(centre.send(&fed).code(), "AA");
    }
    let pair = |event: &str, control_id: &str| {
        let [one, two] = ["1", "2"].map(|id| pid(id, HOSPITAL_A, "山田^花子"));
        format!(
            "MSH|^~\\&|ADT_A|F|||20260101||ADT^{event}|{control_id}|P|2.5\rEVN||2026\r{one}\r{two}\r"
        )
    };
    assert_eq!(centre.send(&pair("A24^ADT_A24", "l")).code(), "AA");
    assert_eq!(partners(&centre, "1"), [[format!("2@{HOSPITAL_A}")]]);
    assert_eq!(centre.send(&pair("A37^ADT_A37", "u")).code(), "AA");
    assert_eq!(partners(&centre, "1"), Vec::<Vec<String>>::new());
    assert_eq!(centre.send(&pair("A37^ADT_A37", "u2")).code(), "AA", "again is no news");
    let renamed = format!(
        "MSH|^~\\&|ADT_A|F|||20260102||ADT^A47^ADT_A30|r|P|2.5\rEVN||2026\r{}\rMRG|1^^^HOSP_A\r",
        pid("1000", HOSPITAL_A, "山田^花子")
    );
    assert_eq!(centre.send(&renamed).code(), "AA");
    assert_eq!(centre.send(&pix("ADT_A", "1000", HOSPITAL_A, "")).code(), "AA");
    assert_eq!(centre.send(&pix("ADT_A", "1", HOSPITAL_A, "")).code(), "AE");
}
