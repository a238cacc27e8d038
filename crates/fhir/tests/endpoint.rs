//! HTTP around a service: who is let in, what is negotiated, what is refused.

use axum::body::Body;
use fhir::{Endpoint, Issue, IssueCode, Outcome, Patient, Peer, Request, Response, Service};
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE, ETAG};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use model::limits::FHIR_BODY_BYTES;
use net::PeerAddress;

/// Gives back the patient that it is sent, and says how it was asked.
struct Mirror;

impl Service for Mirror {
    type Sender = ();

    async fn admit(&self, peer: &Peer) -> Result<(), Outcome> {
        match peer.address {
            Some(_) => Ok(()),
            None => Err(Outcome::refusal(
                StatusCode::FORBIDDEN,
                Issue::error(IssueCode::Security, "the sender is not known here"),
            )),
        }
    }

    async fn call(&self, (): (), request: Request) -> Response {
        assert!(!request.query.values("panic").any(|_| true), "asked to");
        let patient = match request.body {
            Some(body) => Patient::read(&body).unwrap(),
            None => Patient { id: request.base, ..Patient::default() },
        };
        let answer = Response::ok(patient.write());
        Response { version: Some("v1".into()), ..answer }
    }
}

struct Answer {
    status: u16,
    kind: String,
    text: String,
}

fn ask(request: http::Request<Body>) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let response = Endpoint::new(Mirror, "").handle("/fhir", request).await;
        let kind = response.headers().get(CONTENT_TYPE).map(|one| one.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        assert!(status != 200 || response.headers()[ETAG] == "W/\"v1\"");
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status, kind: kind.unwrap_or_default(), text }
    })
}

fn request(method: Method, path: &str) -> http::request::Builder {
    let address = PeerAddress("127.0.0.1:1".parse().unwrap());
    http::Request::builder().method(method).uri(path).header("host", "h:1").extension(address)
}

fn post(kind: &str, body: impl Into<Body>) -> Answer {
    let request = request(Method::POST, "/fhir/Patient/$match").header(CONTENT_TYPE, kind);
    ask(request.body(body.into()).unwrap())
}

#[test]
fn the_notation_follows_the_asker() {
    let get = |path: &str, accept: &str| {
        let request = request(Method::GET, path).header(ACCEPT, accept);
        ask(request.body(Body::empty()).unwrap())
    };
    let json = get("/fhir/Patient/1", "*/*");
    assert_eq!(json.kind, "application/fhir+json; charset=utf-8");
    assert_eq!(json.text, r#"{"resourceType":"Patient","id":"http://h:1/fhir"}"#);
    let xml = get("/fhir/Patient/1", "application/fhir+xml");
    assert_eq!(xml.kind, "application/fhir+xml; charset=utf-8");
    assert!(xml.text.starts_with("<Patient "), "{}", xml.text);
    assert!(get("/fhir/Patient/1?_format=xml", "application/json").text.starts_with('<'));
    assert_eq!(get("/fhir/Patient/1", "text/html").status, 406);
    assert_eq!(get("/fhir/Patient/1?_format=pdf", "*/*").status, 406);
    assert_eq!(get("/fhir/Patient?a=%FF", "*/*").status, 400);
}

#[test]
fn a_body_is_read_in_its_own_notation() {
    let patient = r#"{"resourceType":"Patient","birthDate":"1957"}"#;
    assert_eq!(post("application/fhir+json", patient).text, patient);
    let xml = "<Patient xmlns='http://hl7.org/fhir'><birthDate value='1957'/></Patient>";
    assert_eq!(post("application/fhir+xml; charset=UTF-8", xml).text, patient);
}

#[test]
fn what_cannot_be_read_is_an_outcome() {
    let large = vec![b' '; usize::try_from(FHIR_BODY_BYTES).unwrap() + 1];
    let endless = Body::from_stream(futures::stream::repeat_with(|| {
        Ok::<_, std::io::Error>(bytes::Bytes::from_static(&[b'['; 4_096]))
    }));
    let compressed = request(Method::POST, "/fhir/Patient/$match")
        .header(CONTENT_TYPE, "application/fhir+json")
        .header(CONTENT_ENCODING, "gzip")
        .body(Body::from("x"));
    let cases = [
        (post("text/plain", "x"), 415, "not-supported"),
        (post("application/fhir+json; charset=shift_jis", "{}"), 415, "not-supported"),
        (ask(compressed.unwrap()), 415, "not-supported"),
        (post("application/fhir+json", "{"), 400, "structure"),
        (post("application/fhir+xml", "{}"), 400, "structure"),
        (post("application/fhir+json", large), 413, "too-long"),
        (post("application/fhir+json", endless), 413, "too-long"),
    ];
    for (answer, status, code) in cases {
        assert_eq!(answer.status, status, "{}", answer.text);
        assert!(answer.text.contains(&format!("\"code\":\"{code}\"")), "{}", answer.text);
        assert!(answer.text.contains("OperationOutcome"), "{}", answer.text);
    }
}

#[test]
fn a_stranger_learns_nothing_and_a_panic_is_an_answer() {
    let stranger = http::Request::builder().uri("/fhir/Patient/1").body(Body::empty()).unwrap();
    let answer = ask(stranger);
    assert_eq!((answer.status, answer.text.contains("not known here")), (403, true));
    let panicking = request(Method::GET, "/fhir/Patient?panic=1").body(Body::empty()).unwrap();
    let answer = ask(panicking);
    assert_eq!(answer.status, 500);
    assert!(answer.text.contains("send it again later"), "{}", answer.text);
}
