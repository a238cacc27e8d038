//! The other resources: outcomes, parameters, bundles, capabilities, addresses.

use fhir::{
    Actor, Bundle, Capabilities, Element, Entry, FhirError, Format, Identifier, Interaction, Issue,
    IssueCode, MatchGrade, Operation, Outcome, Parameters, Patient, Query, SearchParameter,
    Severity,
};
use http::{Method, StatusCode};
use model::Timestamp;

const NOW: Timestamp = Timestamp(1_900_000_000_000_000);

fn both(resource: &Element) -> String {
    let text = |format: Format| String::from_utf8(format.write(resource)).unwrap();
    format!("{}\n\n{}", text(Format::Json), text(Format::Xml).replace("><", ">\n<"))
}

#[test]
fn an_outcome_says_what_and_where() {
    let outcome = Outcome {
        status: StatusCode::BAD_REQUEST,
        issues: vec![
            Issue::error(IssueCode::CodeInvalid, "no such domain").at("sourceIdentifier"),
            Issue::new(Severity::Warning, IssueCode::Informational, "x".repeat(10_000)),
        ],
    };
    let written = both(&outcome.write()).replace(&"x".repeat(500), "(500 x)");
    insta::assert_snapshot!(written);
    assert!(!written.contains("xx"));
}

#[test]
fn a_bundle_has_scores_and_goes_on() {
    let bundle = Bundle {
        id: "b1".into(),
        at: NOW,
        total: Some(1),
        links: vec![("self", "http://x/Patient?family=a".into())],
        entries: vec![Entry {
            full_url: "http://x/Patient/1".into(),
            patient: Patient { id: "1".into(), is_active: Some(true), ..Patient::default() },
            score: Some((875, MatchGrade::Probable)),
        }],
        remark: Some(Outcome::refusal(
            StatusCode::OK,
            Issue::new(Severity::Warning, IssueCode::TooLong, "not everybody was compared"),
        )),
    };
    insta::assert_snapshot!(both(&bundle.write()));
}

#[test]
fn capabilities_name_each_thing_once() {
    const FAMILY: SearchParameter = SearchParameter { name: "family", kind: "string" };
    let actor = Actor {
        instantiates: "urn:actor",
        interactions: &["read", "search-type"],
        search: &[FAMILY],
        operations: &[Operation { name: "ihe-pix", definition: "urn:operation" }],
        is_conditional: true,
    };
    let capabilities = Capabilities {
        software: "Musubi",
        version: "0",
        base: "http://x".into(),
        at: NOW,
        actors: vec![actor, Actor { instantiates: "urn:other", is_conditional: false, ..actor }],
    };
    insta::assert_snapshot!(both(&capabilities.write()));
}

#[test]
fn parameters_keep_their_order_and_names() {
    let mut parameters = Parameters::default();
    let id = Identifier::new("urn:oid:1.2", "7");
    parameters.push("targetIdentifier", "valueIdentifier", id.write());
    let reference = Element::default().with_text("reference", "http://x/Patient/1");
    parameters.push("targetId", "valueReference", reference);
    let written = parameters.write();
    insta::assert_snapshot!(both(&written));
    assert_eq!(Parameters::read(&written).unwrap(), parameters);
    let read = |text: &str| Parameters::read(&Format::Json.read(text.as_bytes()).unwrap());
    let two = r#"{"resourceType":"Parameters","parameter":[{"name":"a","valueString":"b","valueUri":"c"}]}"#;
    assert!(matches!(read(two), Err(FhirError::Value { .. })));
    let unnamed = r#"{"resourceType":"Parameters","parameter":[{"valueString":"b"}]}"#;
    assert!(matches!(read(unnamed), Err(FhirError::Value { .. })));
}

#[test]
fn an_address_is_an_interaction_or_nothing() {
    let of = |method: Method, path: &str| match Interaction::of(&method, path) {
        Ok(interaction) => format!("{interaction:?}"),
        Err(outcome) => format!("{} {}", outcome.status.as_u16(), outcome.text()),
    };
    let cases = [
        (Method::GET, "/metadata"),
        (Method::GET, "/Patient"),
        (Method::GET, "/Patient/1"),
        (Method::POST, "/Patient/_search"),
        (Method::GET, "/Patient/$ihe-pix"),
        (Method::POST, "/Patient/%24match"),
        (Method::PUT, "/Patient"),
        (Method::PUT, "/Patient/1"),
        (Method::DELETE, "/Patient"),
        (Method::POST, "/metadata"),
        (Method::POST, "/Patient"),
        (Method::DELETE, "/Patient/$match"),
        (Method::GET, "/Patient/1/_history"),
        (Method::GET, ""),
        (Method::GET, "/%FF"),
    ];
    let said: Vec<String> = cases.into_iter().map(|(method, path)| of(method, path)).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn parameters_of_an_address_are_decoded_and_bounded() {
    let query = Query::read("family%3Aexact=%E5%B1%B1+%2B&_count=&a=b&a=c").unwrap();
    assert_eq!(query.pairs[0].name, "family");
    assert_eq!(query.pairs[0].modifier, "exact");
    assert_eq!(query.pairs[0].value, "山 +");
    assert_eq!(query.values("a").collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(query.values("_count").count(), 0);
    assert_eq!(query.without(&["a", "_count"]), "family:exact=%E5%B1%B1%20%2B");
    for text in ["a=%", "a=%G0", "a=%FF", "a=%00", &"a=b&".repeat(65), &"a".repeat(3_000)] {
        assert_eq!(Query::read(text).unwrap_err().status, StatusCode::BAD_REQUEST, "{text}");
    }
}
