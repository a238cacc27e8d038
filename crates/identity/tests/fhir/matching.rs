//! ITI-119.

use super::centre::{Centre, hanako, woman};
use serde_json::Value;
use testkit::for_each_engine;

const ONE: &str = "urn:oid:1.2.392.1|1";
const TWO: &str = "urn:oid:1.2.392.1|2";

fn asked(patient: &str, certain: Option<bool>, count: Option<u64>) -> String {
    let mut parameters =
        vec![format!(r#"{{"name":"resource","resource":{{"resourceType":"Patient",{patient}}}}}"#)];
    parameters.extend(
        certain.map(|value| format!(r#"{{"name":"onlyCertainMatches","valueBoolean":{value}}}"#)),
    );
    parameters.extend(count.map(|value| format!(r#"{{"name":"count","valueInteger":{value}}}"#)));
    format!(r#"{{"resourceType":"Parameters","parameter":[{}]}}"#, parameters.join(","))
}

/// IDs, grades and scores of who was found.
fn find(centre: &Centre<'_>, body: &str) -> Vec<(String, String, f64)> {
    let answer = centre.send("consumer", "POST Patient/$match", &[], body);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let bundle = answer.json();
    let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .iter()
        .map(|entry| {
            let search = &entry["search"];
            let grade = text(&search["extension"][0]["valueCode"]);
            (text(&entry["resource"]["id"]), grade, search["score"].as_f64().unwrap())
        })
        .collect()
}

#[test]
fn who_is_beyond_doubt_is_certain_and_alone_when_only_such_are_wanted() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let id = centre.fed("central", ONE, &hanako());
        for certain in [None, Some(false), Some(true)] {
            let found = find(&centre, &asked(&hanako(), certain, None));
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (id.as_str(), "certain"));
            assert!(found[0].2 > 0.99 && found[0].2 < 1.0, "{}", found[0].2);
        }
        // A Patient alone is taken too.
        let alone = format!(r#"{{"resourceType":"Patient",{}}}"#, hanako());
        assert_eq!(find(&centre, &alone).len(), 1);
    });
}

#[test]
fn two_who_are_alike_are_both_uncertain() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("central", ONE, &hanako());
        centre.fed("central", TWO, &hanako());
        let found = find(&centre, &asked(&hanako(), None, None));
        let grades: Vec<&str> = found.iter().map(|one| one.1.as_str()).collect();
        assert_eq!(grades, ["probable", "probable"]);
        assert_eq!(find(&centre, &asked(&hanako(), Some(true), None)), []);
        assert_eq!(find(&centre, &asked(&hanako(), None, Some(1))).len(), 1);
        assert_eq!(find(&centre, &asked(&hanako(), None, Some(0))), []);
    });
}

#[test]
fn a_twin_is_no_certain_match_and_a_stranger_none() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("central", ONE, &woman("山田", "月子", ("ヤマダ", "ツキコ")));
        let found = find(&centre, &asked(&hanako(), None, None));
        assert!(found.iter().all(|one| one.1 != "certain"), "{found:?}");
        assert_eq!(find(&centre, &asked(&hanako(), Some(true), None)), []);
        let other = woman("佐藤", "梅", ("サトウ", "ウメ")).replace("1957-06-12", "1931-02-03");
        assert_eq!(find(&centre, &asked(&other, None, None)), []);
        let bare = find(&centre, &asked(r#""birthDate":"1957-06-12""#, Some(true), None));
        assert_eq!(bare, []);
    });
}

#[test]
fn a_match_is_answered_and_refused_by_the_standard() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("central", ONE, &hanako());
        let told = centre.told("consumer", "POST Patient/$match", &asked(&hanako(), None, None));
        let told: Vec<&str> = told.lines().filter(|line| !line.contains("0000-")).collect();
        insta::assert_snapshot!("match", told.join("\n"));
        let ask =
            |peer: &str, body: &str| centre.send(peer, "POST Patient/$match", &[], body).refusal();
        let certain = asked(&hanako(), None, None);
        let said = [
            ask("pref", &certain),
            ask("consumer", ""),
            ask("consumer", r#"{"resourceType":"Parameters","parameter":[]}"#),
            ask("consumer", r#"{"resourceType":"Parameters"}"#),
            ask("consumer", &asked(r#""gender":"female""#, None, None)),
            ask("consumer", &asked(&hanako(), None, None).replace("Patient", "Person")),
            ask("consumer", &asked(&hanako(), Some(true), None).replace("true", "\"true\"")),
            ask("consumer", &asked(&hanako(), None, Some(7)).replace(":7", ":-7")),
            ask("consumer", &asked(&hanako(), None, Some(7)).replace(":7", ":\"7\"")),
            centre.get("consumer", "Patient/$match?count=1").refusal(),
        ];
        insta::assert_snapshot!("match_refused", said.join("\n"));
    });
}
