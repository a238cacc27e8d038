//! ITI-104.

use super::centre::{Centre, hanako, patient, woman};
use testkit::for_each_engine;

const ONE: &str = "urn:oid:1.2.392.1|1";
const TWO: &str = "urn:oid:1.2.392.1|2";
const OTHER: &str = "http://pref.example.jp/patients|7";

fn replaced(by: &str) -> String {
    let (system, value) = by.split_once('|').unwrap();
    format!(
        r#""active":false,"link":[{{"other":{{"identifier":{{"system":"{system}","value":"{value}"}}}},"type":"replaced-by"}}]"#
    )
}

#[test]
fn a_patient_is_registered_changed_and_merged() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let put = |id: &str| format!("PUT Patient?identifier={id}");
        let told = [
            centre.told("central", &put(ONE), &patient(ONE, &hanako())),
            centre.told("central", &put(ONE), &patient(ONE, &hanako())),
            centre.told("central", &put(TWO), &patient(TWO, &hanako())),
            centre.told("central", &put(TWO), &patient(TWO, &replaced(ONE))),
            centre.told("central", "GET Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.392.1|2", ""),
            centre.told("central", "GET Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.392.1|1", ""),
            centre.told("central", &put(TWO), &patient(TWO, &replaced(ONE))),
        ];
        insta::assert_snapshot!("feed", told.join("\n"));
    });
}

#[test]
fn whoever_changes_names_the_version_that_it_knows() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let put = |version: &str, body: &str| {
            let head = format!("PUT Patient?identifier={ONE}");
            centre.send("central", &head, &[("if-match", version)], body)
        };
        let (first, second) =
            (patient(ONE, &hanako()), patient(ONE, &woman("鈴木", "花子", ("スズキ", "ハナコ"))));
        assert_eq!(put("*", &first).status, 412);
        let made = centre.put("central", ONE, &first);
        assert_eq!(made.status, 201);
        let changed = put(&made.version, &second);
        assert_eq!(changed.status, 200);
        assert_ne!(changed.version, made.version);
        assert!(put(&made.version, &first).refusal().starts_with("412 conflict"));
        let read = centre
            .get("central", "Patient?family=鈴木".replace("鈴木", "%E9%88%B4%E6%9C%A8").as_str());
        assert_eq!(read.patients().len(), 1);
        let head = format!("GET Patient/{}", read.patients()[0]);
        let unchanged = centre.send("central", &head, &[("if-none-match", &changed.version)], "");
        assert_eq!((unchanged.status, unchanged.text.as_str()), (304, ""));
        let wanted = [("prefer", "return=representation")];
        let head = format!("PUT Patient?identifier={ONE}");
        let told = centre.send("central", &head, &wanted, &second);
        assert_eq!(told.json()["name"][0]["family"], "鈴木");
    });
}

#[test]
fn a_feed_says_nothing_of_what_it_may_not_ask() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let here = centre.fed("central", ONE, &hanako());
        let both = format!(
            r#"{{"resourceType":"Patient","identifier":[{{"system":"urn:oid:1.2.392.1","value":"1"}},{{"system":"http://pref.example.jp/patients","value":"7"}}],{}}}"#,
            hanako()
        );
        assert_eq!(centre.put("both", ONE, &both).status, 200);
        // The prefectural hospital feeds, and may not ask: it hears of its own ID alone.
        let wanted = [("prefer", "return=representation")];
        let head = format!("PUT Patient?identifier={OTHER}");
        let told = centre.send("pref", &head, &wanted, &patient(OTHER, &hanako())).json();
        let ids: Vec<&str> = told["identifier"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["value"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["7", here.as_str()]);
        assert!(centre.get("pref", "Patient?identifier=1").refusal().starts_with("403 forbidden"));
    });
}

#[test]
fn what_is_removed_stands_alone_and_is_enrolled_no_more() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let both = format!(
            r#"{{"resourceType":"Patient","identifier":[{{"system":"urn:oid:1.2.392.1","value":"1"}},{{"system":"http://pref.example.jp/patients","value":"7"}}],{}}}"#,
            hanako()
        );
        assert_eq!(centre.put("both", ONE, &both).status, 201);
        let partners = |id: &str| {
            let path = format!(
                "Patient/$ihe-pix?sourceIdentifier={id}&targetSystem=urn:oid:1.2.392.1&targetSystem=urn:oid:1.2.392.2"
            );
            let found = centre.get("both", &path).json();
            found["parameter"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(partners(ONE), 2, "the other ID, and the patient's");
        let head = format!("DELETE Patient?identifier={OTHER}");
        assert_eq!(centre.send("central", &head, &[], "").status, 403);
        assert_eq!(centre.send("both", &head, &[], "").status, 204);
        assert_eq!((partners(ONE), partners(OTHER)), (0, 0));
        let enrolled = centre.region.run(|tx, _| {
            let found = store::person::identity_by_local_id(tx, "1.2.392.2", "7")?;
            Ok(found.unwrap().enrolled)
        });
        assert!(!enrolled.unwrap());
        let unknown =
            centre.send("both", "DELETE Patient?identifier=urn:oid:1.2.392.1|404", &[], "");
        assert!(unknown.refusal().starts_with("404 not-found"));
    });
}

#[test]
fn a_feed_that_cannot_be_applied_changes_nothing_and_says_why() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        centre.fed("central", ONE, &hanako());
        centre.fed("central", TWO, &hanako());
        let put = |peer: &str, query: &str, body: &str| {
            centre.send(peer, &format!("PUT Patient?{query}"), &[], body).refusal()
        };
        let at = |id: &str| format!("identifier={id}");
        let foreign = "urn:oid:1.2.392.404|1";
        let two = format!(
            r#"{{"resourceType":"Patient","identifier":[{{"system":"urn:oid:1.2.392.1","value":"1"}},{{"system":"http://pref.example.jp/patients","value":"7"}}],{}}}"#,
            hanako()
        );
        let long = format!("urn:oid:1.2.392.1|{}", "9".repeat(65));
        let said = [
            put("consumer", &at(ONE), &patient(ONE, &hanako())),
            put("pref", &at(ONE), &patient(ONE, &hanako())),
            put("central", &at(foreign), &patient(foreign, &hanako())),
            put("central", "", &patient(ONE, &hanako())),
            put("central", "identifier=1", &patient(ONE, &hanako())),
            put("central", "identifier=urn:oid:1.2.392.1|", &patient(ONE, &hanako())),
            put("central", &format!("{}&{}", at(ONE), at(TWO)), &patient(ONE, &hanako())),
            put("central", &format!("{}&birthdate=1957", at(ONE)), &patient(ONE, &hanako())),
            put("central", &at(ONE), ""),
            put("central", &at(ONE), r#"{"resourceType":"Parameters"}"#),
            put("central", &at(TWO), &patient(ONE, &hanako())),
            put("central", &at(ONE), &patient(ONE, "")),
            put("central", &at(ONE), &two),
            put("central", &at(&long), &patient(&long, &hanako())),
            put("central", &at(ONE), &patient(ONE, r#""active":false"#)),
            put("central", &at(ONE), &patient(ONE, &replaced(ONE))),
            put("central", &at(ONE), &patient(ONE, &replaced(OTHER))),
            put("central", &at(ONE), &patient(ONE, &replaced(TWO).replace("false", "true"))),
            centre.send("central", "PUT Patient/1", &[], "{}").refusal(),
            centre.send("central", "PUT Observation?identifier=1", &[], "{}").refusal(),
        ];
        insta::assert_snapshot!("feed_refused", said.join("\n"));
        // A circle of merges.
        assert_eq!(centre.put("central", ONE, &patient(ONE, &replaced(TWO))).status, 200);
        let circle = centre.put("central", TWO, &patient(TWO, &replaced(ONE))).refusal();
        assert!(circle.starts_with("422 business-rule"), "{circle}");
        let after = centre.get("central", "Patient?identifier=urn:oid:1.2.392.1|2");
        assert_eq!(after.patients().len(), 1);
    });
}
