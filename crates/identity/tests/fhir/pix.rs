//! ITI-83.

use super::centre::{Centre, hanako};
use testkit::for_each_engine;

/// A patient whom both hospitals know.
fn known(centre: &Centre<'_>) -> String {
    let both = format!(
        r#"{{"resourceType":"Patient","identifier":[{{"system":"urn:oid:1.2.392.1","value":"1"}},{{"system":"urn:oid:1.2.392.2","value":"7"}}],{}}}"#,
        hanako()
    );
    let answer = centre.put("both", "urn:oid:1.2.392.1|1", &both);
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.location.rsplit('/').next().unwrap().to_owned()
}

#[test]
fn a_query_is_answered_in_each_of_its_forms() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        known(&centre);
        let get = "GET Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.392.1|1";
        let body = r#"{"resourceType":"Parameters","parameter":[{"name":"sourceIdentifier","valueIdentifier":{"system":"urn:oid:1.2.392.1","value":"1"}},{"name":"targetSystem","valueUri":"http://pref.example.jp/patients"}]}"#;
        let told = [
            centre.told("consumer", get, ""),
            centre.told("consumer", &format!("{get}&targetSystem=urn:oid:1.2.392.2"), ""),
            centre.told("consumer", &format!("{get}&targetSystem=urn:oid:1.2.392.1"), ""),
            centre.told("consumer", &format!("{get}&_format=xml"), ""),
            centre.told("consumer", "POST Patient/$ihe-pix", body),
        ];
        insta::assert_snapshot!("pix", told.join("\n"));
    });
}

#[test]
fn what_is_not_known_is_told_by_status_and_code() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        known(&centre);
        let ask = |peer: &str, query: &str| {
            centre.get(peer, &format!("Patient/$ihe-pix?{query}")).refusal()
        };
        let source = "sourceIdentifier=urn:oid:1.2.392.1|1";
        let said = [
            ask("consumer", "sourceIdentifier=urn:oid:1.2.392.1|404"),
            ask("consumer", "sourceIdentifier=urn:oid:1.2.392.404|1"),
            ask("consumer", "sourceIdentifier=1"),
            ask("consumer", "sourceIdentifier=urn:oid:1.2.392.1|"),
            ask("consumer", ""),
            ask("consumer", &format!("{source}&{source}")),
            ask("consumer", &format!("{source}&targetSystem=urn:oid:1.2.392.404")),
            ask("consumer", &format!("{source}&targetSystem=x")),
            ask("pref", source),
            ask("stranger", source),
        ];
        insta::assert_snapshot!("pix_refused", said.join("\n"));
    });
}

#[test]
fn a_viewer_sees_the_ids_that_consent_opens() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let here = known(&centre);
        let ask = || {
            let path = "Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.392.1|1";
            let found = centre.get("clinic", path);
            assert_eq!(found.status, 200);
            found.json()["parameter"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(ask(), 0);
        assert_eq!(centre.get("clinic", &format!("Patient/{here}")).status, 404);
        centre.consents(&here);
        assert_eq!(ask(), 3, "the other hospital's, the community ID, and the patient");
        assert_eq!(centre.get("clinic", &format!("Patient/{here}")).status, 200);
    });
}
