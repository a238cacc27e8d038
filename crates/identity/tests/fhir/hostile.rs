//! What must not do harm.

use super::centre::{Centre, hanako, patient};
use store::audit;
use testkit::for_each_engine;

const ONE: &str = "urn:oid:1.2.392.1|1";

#[test]
fn hostile_bodies_are_outcomes_and_the_next_good_request_is_served() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let deep = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
        let many = format!(
            r#"{{"resourceType":"Patient","identifier":[{}{{"value":"1"}}],{}}}"#,
            r#"{"system":"urn:oid:1.2.392.1","value":"1"},"#.repeat(100),
            hanako()
        );
        let huge = format!(r#"{{"resourceType":"Patient","a":[{}1]}}"#, "1,".repeat(100_000));
        let cases = [
            (deep, 400, "too-long"),
            (huge, 400, "too-long"),
            (many, 422, "too-long"),
            (
                "{\"resourceType\":\"Patient\",\"active\":true,\"active\":true}".into(),
                400,
                "structure",
            ),
            (" ".repeat(2_000_000), 413, "too-long"),
            ("[]".into(), 400, "structure"),
            (patient(ONE, r#""name":{"family":"x"}"#), 422, "value"),
            (patient(ONE, r#""name":[{"family":["x"]}]"#), 422, "value"),
            (
                patient(ONE, r#""modifierExtension":[{"url":"x","valueBoolean":true}]"#),
                422,
                "extension",
            ),
        ];
        for (body, status, code) in cases {
            let answer = centre.put("central", ONE, &body);
            let beginning: String = body.chars().take(60).collect();
            assert_eq!(answer.status, status, "{beginning}: {}", answer.text);
            assert!(answer.refusal().starts_with(&format!("{status} {code}")), "{}", answer.text);
        }
        let bomb =
            "<!DOCTYPE x [<!ENTITY a 'aaaa'>]><Patient xmlns='http://hl7.org/fhir'>&a;</Patient>";
        let xml = [("content-type", "application/fhir+xml")];
        let head = format!("PUT Patient?identifier={ONE}");
        assert_eq!(centre.send("central", &head, &xml, bomb).status, 400);
        assert_eq!(centre.put("central", ONE, &patient(ONE, &hanako())).status, 201);
    });
}

#[test]
fn control_characters_and_long_names_are_kept_out_of_keys() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let name = format!(r#""name":[{{"family":"山\u0000田\u0007{}"}}]"#, "x".repeat(5_000));
        let answer = centre.put("central", ONE, &patient(ONE, &name));
        assert_eq!(answer.status, 201, "{}", answer.text);
        let found = centre.get("consumer", "Patient?family=%E5%B1%B1%E7%94%B0");
        assert_eq!(found.patients().len(), 1);
        let id = r"urn:oid:1.2.392.1|\u0000";
        let refused = centre.put("central", "urn:oid:1.2.392.1|x", &patient(id, &hanako()));
        assert!(refused.refusal().starts_with("422"), "{}", refused.text);
    });
}

#[test]
fn every_request_leaves_its_audit_row() {
    for_each_engine(|store| {
        let centre = Centre::new(store);
        let id = centre.fed("central", ONE, &hanako());
        centre.get("consumer", "Patient?family=%E5%B1%B1");
        centre.get("consumer", &format!("Patient/{id}"));
        centre.get("consumer", &format!("Patient/$ihe-pix?sourceIdentifier={ONE}"));
        centre.get("consumer", "Patient/$ihe-pix?sourceIdentifier=urn:oid:1.2.392.1|404");
        centre.get("stranger", "Patient?family=a");
        let rows = centre.region.run(|tx, _| Ok(audit::recent(tx, i64::MAX, 100)?)).unwrap();
        let told: Vec<String> = rows
            .iter()
            .filter(|row| row.actor != "nakamura")
            .map(|row| format!("{} {} {} {}", row.actor, row.action, row.outcome, row.detail))
            .collect();
        insta::assert_snapshot!("audit", told.join("\n").replace(&id, "(community id)"));
    });
}
