//! Patients, as Japan writes them.

use fhir::{Format, Identifier, Link, Patient};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use proptest::prelude::*;

/// As JP Core writes a patient, and with elements that identity does not need.
const JP: &str = r#"{
  "resourceType": "Patient",
  "meta": { "profile": ["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"] },
  "text": { "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>" },
  "identifier": [
    { "use": "usual", "system": "urn:oid:1.2.392.100495.20.3.51.11310000001", "value": " 00123 " }
  ],
  "active": true,
  "name": [
    { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "SYL" }],
      "use": "official", "family": "ヤマダ", "given": ["ハナコ"] },
    { "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": "IDE" }],
      "use": "official", "text": "山田 花子", "family": "山田", "given": ["花子"] },
    { "use": "maiden", "family": "鈴木", "given": ["花子"] }
  ],
  "telecom": [
    { "system": "phone", "value": "03-1234-5678", "use": "home" },
    { "system": "email", "value": "hanako@example.jp" },
    { "system": "phone", "value": "090-0000-0000", "use": "old" }
  ],
  "gender": "female",
  "birthDate": "1957-06-12",
  "_birthDate": { "extension": [{ "url": "urn:x", "valueString": "y" }] },
  "deceasedDateTime": "2026-02-01T08:30:00+09:00",
  "address": [{ "postalCode": "104-0045", "state": "東京都", "city": "中央区", "line": ["築地5-1-1"] }],
  "unheardOf": { "of": [1, 2.5, true] }
}"#;

fn read(text: &str) -> Result<Patient, fhir::FhirError> {
    Patient::read(&Format::Json.read(text.as_bytes())?)
}

fn refused(text: &str) -> String {
    let error = read(text).unwrap_err();
    let outcome = error.outcome();
    format!("{} {} {}", outcome.status.as_u16(), outcome.issues[0].code.code(), error)
}

#[test]
fn a_patient_of_jp_core_is_read() {
    insta::assert_debug_snapshot!(read(JP).unwrap());
}

#[test]
fn a_patient_is_written_in_both_notations() {
    let patient = read(JP).unwrap();
    let written = Patient {
        id: "12345678903".into(),
        version: "a1".into(),
        links: vec![Link {
            kind: "replaced-by".into(),
            identifier: Some(Identifier::new("urn:oid:1.2", "7")),
            reference: String::new(),
        }],
        ..patient
    };
    let text = |format: Format| String::from_utf8(format.write(&written.write())).unwrap();
    insta::assert_snapshot!("json", text(Format::Json));
    insta::assert_snapshot!("xml", text(Format::Xml).replace("><", ">\n<"));
}

#[test]
fn a_name_that_says_nothing_of_itself_is_told_by_its_letters() {
    let names = |name: &str| {
        let who = read(&format!(r#"{{"resourceType":"Patient","name":{name}}}"#)).unwrap();
        (who.demographics.name.full(), who.demographics.kana.full())
    };
    let pair = |one: &str, other: &str| (one.to_owned(), other.to_owned());
    let both = r#"[{"family":"山田","given":["花子"]},{"family":"ヤマダ","given":["ハナコ"]}]"#;
    assert_eq!(names(both), pair("山田 花子", "ヤマダ ハナコ"));
    assert_eq!(names(r#"[{"text":"Anna Maria Smith"}]"#), pair("Anna Maria Smith", ""));
    let given = r#"[{"family":"Smith","given":["Anna","Maria"]}]"#;
    assert_eq!(names(given), pair("Smith Anna Maria", ""));
    let letters = r#"[{"family":"YAMADA","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"ABC"}]},{"family":"山田"}]"#;
    assert_eq!(names(letters), pair("山田", ""));
}

#[test]
fn what_cannot_be_one_is_refused_where_it_stands() {
    let cases = [
        r#"{"resourceType":"Observation"}"#,
        r#"{"resourceType":"Patient","identifier":{"value":"1"}}"#,
        r#"{"resourceType":"Patient","active":"true"}"#,
        r#"{"resourceType":"Patient","gender":"f"}"#,
        r#"{"resourceType":"Patient","birthDate":"1957-02-30"}"#,
        r#"{"resourceType":"Patient","birthDate":["1957-02-03"]}"#,
        r#"{"resourceType":"Patient","name":[{"family":7}]}"#,
        r#"{"resourceType":"Patient","name":["山田"]}"#,
        r#"{"resourceType":"Patient","deceasedBoolean":1}"#,
        r#"{"resourceType":"Patient","link":[{"type":"replaced-by"}]}"#,
        r#"{"resourceType":"Patient","implicitRules":"urn:x"}"#,
        r#"{"resourceType":"Patient","modifierExtension":[{"url":"urn:x","valueBoolean":true}]}"#,
    ];
    let said: Vec<String> = cases.iter().map(|case| refused(case)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z山田髙𠮷ｱア<>&\"'|\\\\/]{1,12}"
}

prop_compose! {
    fn patients()(
        family in text(), given in text(), kana in "[ア-ン]{1,6}",
        ids in proptest::collection::vec((text(), text()), 0..4),
        phones in proptest::collection::vec(text(), 0..3),
        day in 1..29_u8, sex in "[MFOU]?", is_active in proptest::option::of(any::<bool>()),
        address in text(), has_kana in any::<bool>(),
    ) -> Patient {
        let name = |family: &str, given: &str| {
            PersonName { family: family.to_owned(), given: given.to_owned() }
        };
        Patient {
            identifiers: ids.iter().map(|(system, value)| Identifier::new(system, value)).collect(),
            is_active,
            demographics: Demographics {
                name: name(&family, &given),
                kana: if has_kana { name(&kana, &kana) } else { PersonName::default() },
                birth: PartialTime::japan(&format!("196002{day:02}")).ok(),
                sex, address, phones,
                ..Demographics::default()
            },
            ..Patient::default()
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(patient in patients()) {
        for format in [Format::Json, Format::Xml] {
            let bytes = format.write(&patient.write());
            let read = Patient::read(&format.read(&bytes).unwrap()).unwrap();
            prop_assert_eq!(&read, &patient);
        }
    }
}
