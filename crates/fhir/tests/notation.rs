//! Notations: what is refused, and that nothing breaks the readers.

use fhir::{FhirError, Format, Parameters, Patient};
use model::limits::{FHIR_BODY_BYTES, FHIR_DEPTH, FHIR_ELEMENTS};
use proptest::prelude::*;

fn json(text: &str) -> Result<fhir::Element, FhirError> {
    Format::Json.read(text.as_bytes())
}

fn xml(text: &str) -> Result<fhir::Element, FhirError> {
    Format::Xml.read(text.as_bytes())
}

#[test]
fn both_notations_give_the_same_patient() {
    let from_json = json(
        r#"{"resourceType":"Patient","identifier":[{"system":"urn:oid:1.2","value":"7"}],
            "active":true,"birthDate":"1957","name":[{"family":"山田","given":["花","子"]}]}"#,
    );
    let from_xml =
        xml(r#"<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><text>
            <status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">x</div></text>
            <identifier><system value="urn:oid:1.2"/><value value="7"/></identifier>
            <active value="true"/><name id="a"><family value="山田"/><given value="花"/>
            <given value="子"/></name><birthDate value="1957"/></Patient>"#);
    let read = |element: Result<fhir::Element, FhirError>| Patient::read(&element.unwrap());
    assert_eq!(read(from_json).unwrap(), read(from_xml).unwrap());
}

#[test]
fn a_resource_within_parameters_is_the_same_in_both() {
    let from_json = json(
        r#"{"resourceType":"Parameters","parameter":[{"name":"resource",
            "resource":{"resourceType":"Patient","birthDate":"1957"}}]}"#,
    );
    let from_xml = xml(
        r#"<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="resource"/><resource>
            <Patient><birthDate value="1957"/></Patient></resource></parameter></Parameters>"#,
    );
    for read in [from_json, from_xml] {
        let parameters = Parameters::read(&read.unwrap()).unwrap();
        let patient = Patient::read(parameters.of("resource").next().unwrap()).unwrap();
        assert_eq!(patient.demographics.birth.unwrap().digits, "1957");
    }
}

#[test]
fn what_is_no_resource_is_refused_by_its_reason() {
    let cases = [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        "{\"resourceType\":7}",
        "{\"resourceType\":\"Patient\"} x",
        r#"{"resourceType":"Patient","active":null}"#,
        r#"{"resourceType":"Patient","name":[]}"#,
        r#"{"resourceType":"Patient","name":[[1]]}"#,
        r#"{"resourceType":"Patient","active":true,"active":false}"#,
        r#"{"resourceType":"Patient","\u0061ctive":true,"active":false}"#,
        r#"{"resourceType":"Patient","birthDate":"\ud800"}"#,
    ];
    let said: Vec<String> = cases.iter().map(|case| json(case).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(said.join("\n"));
    let cases = [
        "",
        "<Patient/>",
        "<patient xmlns='http://hl7.org/fhir'/>",
        "<!DOCTYPE Patient [<!ENTITY a 'b'>]><Patient xmlns='http://hl7.org/fhir'>&a;</Patient>",
    ];
    for case in cases {
        assert!(matches!(xml(case).unwrap_err(), FhirError::Malformed(_)), "{case}");
    }
    assert!(matches!(Format::Json.read(b"{\"a\":\"\xFF\"}"), Err(FhirError::Malformed(_))));
}

#[test]
fn limits_of_depth_number_and_size_hold() {
    let deep = usize::try_from(FHIR_DEPTH).unwrap() + 1;
    let nested = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let levels = |error: FhirError| matches!(error, FhirError::TooComplex { what: "levels", .. });
    assert!(levels(json(&nested).unwrap_err()));
    assert!(levels(json(&"[".repeat(deep)).unwrap_err()));
    let nested = format!(
        "<Patient xmlns='http://hl7.org/fhir'>{}{}</Patient>",
        "<a>".repeat(deep),
        "</a>".repeat(deep)
    );
    assert!(levels(xml(&nested).unwrap_err()));
    let many = usize::try_from(FHIR_ELEMENTS).unwrap() + 1;
    let list = format!("{{\"resourceType\":\"Patient\",\"a\":[{}1]}}", "1,".repeat(many));
    assert!(matches!(json(&list).unwrap_err(), FhirError::TooComplex { what: "elements", .. }));
    let list = format!("<Patient xmlns='http://hl7.org/fhir'>{}</Patient>", "<a/>".repeat(many));
    assert!(matches!(xml(&list).unwrap_err(), FhirError::TooComplex { what: "elements", .. }));
    let large = " ".repeat(usize::try_from(FHIR_BODY_BYTES).unwrap() + 1);
    assert!(matches!(json(&large).unwrap_err(), FhirError::TooLarge { .. }));
    assert!(matches!(xml(&large).unwrap_err(), FhirError::TooLarge { .. }));
    // Brackets within a text open nothing.
    let text = "[{\\\"".repeat(1_000);
    assert!(json(&format!("{{\"resourceType\":\"Patient\",\"id\":\"{text}\"}}")).is_ok());
}

#[test]
fn the_notation_of_an_answer_is_what_is_liked_best() {
    let accepted = |header: &str| Format::accepted(header);
    assert_eq!(accepted("application/fhir+xml"), Some(Format::Xml));
    assert_eq!(accepted("application/fhir+json;q=0.5, text/xml"), Some(Format::Xml));
    assert_eq!(accepted("text/html, */*;q=0.1"), Some(Format::Json));
    assert_eq!(accepted("application/fhir+xml;q=0, text/html"), None);
    assert_eq!(Format::of("application/fhir xml"), Some(Format::Xml));
    assert_eq!(Format::of("text/plain"), None);
}

proptest! {
    #[test]
    fn no_bytes_panic_the_readers(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for format in [Format::Json, Format::Xml] {
            prop_assert!(format.read(&bytes).is_err() || bytes.len() > 20);
        }
    }

    #[test]
    fn no_mutated_patient_panics_and_what_is_read_is_written(
        at in 0..400_usize, byte in any::<u8>(), cut in 0..400_usize,
    ) {
        let seed = include_bytes!("seed.json");
        let mut bytes = seed.to_vec();
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(length - cut % 3);
        if let Ok(element) = Format::Json.read(&bytes) {
            let again = Format::Json.read(&Format::Json.write(&element)).unwrap();
            prop_assert_eq!(&again.resource_type, &element.resource_type);
            if let Ok(patient) = Patient::read(&element) {
                prop_assert_eq!(Patient::read(&again).unwrap(), patient);
            }
            let _ = Parameters::read(&element);
            let written = Format::Xml.write(&element);
            prop_assert!(!written.is_empty());
        }
    }
}
