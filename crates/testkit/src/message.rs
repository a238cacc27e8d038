//! Messages of SOAP, as a peer sends them and reads what it is answered.

use crate::CountingIds;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use soap::{Endpoint, Service};
use std::sync::Arc;
use xml::{Document, Element};

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";

/// A message of an action (`wsa:Action`): the envelope around the element of its body.
///
/// # Panics
/// The body is no UTF-8.
pub fn envelope(action: &str, body: &[u8]) -> String {
    let body = std::str::from_utf8(body).expect("a body in UTF-8");
    format!(
        "<e:Envelope xmlns:e='{SOAP}' xmlns:a='{ADDRESSING}'><e:Header>\
         <a:Action e:mustUnderstand='1'>{action}</a:Action><a:MessageID>urn:uuid:1</a:MessageID>\
         </e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )
}

/// The element of an envelope's body.
///
/// # Panics
/// There is none.
pub fn content<'a>(envelope: &'a Document<'a>) -> Element<'a> {
    let body = envelope.root().child(SOAP, "Body").expect("a body");
    body.children().next().expect("an element in the body")
}

/// Bytes as base64, as a message carries them inline.
pub fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of base64, which may have blanks.
///
/// # Panics
/// It is none.
pub fn decoded(base64: &str) -> Vec<u8> {
    let dense: String = base64.split_ascii_whitespace().collect();
    STANDARD.decode(dense).expect("base64")
}

/// What a service answers to a message, not yet read.
pub async fn begin<S: Service>(service: S, action: &str, body: &[u8]) -> Body {
    let endpoint = Endpoint::new(service, Arc::new(CountingIds::new()));
    let mut request = http::Request::new(Body::from(envelope(action, body)));
    *request.method_mut() = http::Method::POST;
    let media_type = http::HeaderValue::from_static("application/soap+xml");
    request.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
    endpoint.handle(request).await.into_body()
}

/// The whole of what a service answers to a message.
///
/// # Panics
/// The answer breaks off, or is no UTF-8.
pub fn ask<S: Service>(service: S, action: &str, body: &[u8]) -> String {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let bytes = runtime.block_on(async {
        let answer = begin(service, action, body).await;
        answer.collect().await.expect("a whole answer").to_bytes()
    });
    String::from_utf8(bytes.to_vec()).expect("an answer in UTF-8")
}
