//! A service that keeps what it is given, and messages to it.

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use http_body_util::BodyExt;
use soap::{Attachment, Endpoint, Fault, Peer, Policy, Request, Response, Service};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
pub const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";

/// Identifiers that count; the store's test kit would bring a database along.
#[derive(Default)]
pub struct CountingIds(AtomicU64);

impl model::IdSource for CountingIds {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().rev().zip(number.iter().rev()).for_each(|(byte, digit)| *byte = *digit);
    }
}

/// Documents by id, as the service received them.
pub type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

pub struct Shelf {
    pub kept: Kept,
}

const ACTIONS: &[&str] =
    &["urn:test:Store", "urn:test:Fetch", "urn:test:Count", "urn:test:Panic", "urn:test:Fail"];

impl Service for Shelf {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        ACTIONS
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, (): (), mut request: Request<'_>) -> Result<Response, Fault> {
        match request.action.as_str() {
            "urn:test:Store" => self.store(&mut request).await,
            "urn:test:Fetch" => Ok(self.fetch()),
            "urn:test:Count" => Ok(count(request.body.attribute("to").unwrap().parse().unwrap())),
            "urn:test:Fail" => Err(Fault::receiver()),
            _ => panic!("asked to"),
        }
    }
}

impl Shelf {
    async fn store(&self, request: &mut Request<'_>) -> Result<Response, Fault> {
        let mut documents = request.documents("urn:test", "Document")?;
        let mut arrived = BTreeMap::new();
        loop {
            let Some(document) = documents.next().await? else { break };
            let id = document.id.clone();
            let bytes: Result<Vec<u8>, _> = document
                .into_stream()
                .try_fold(Vec::new(), |mut all, chunk| async move {
                    all.extend_from_slice(&chunk);
                    Ok(all)
                })
                .await;
            match (bytes, documents.failure()) {
                (Ok(bytes), _) => arrived.insert(id, bytes),
                (Err(_), Some(failure)) => return Err(failure.clone().into()),
                (Err(_), None) => return Err(Fault::receiver()),
            };
        }
        self.kept.lock().unwrap().extend(arrived);
        Ok(Response::new("urn:test:StoreResponse").markup("<t:Stored xmlns:t='urn:test'/>"))
    }

    fn fetch(&self) -> Response {
        let kept = self.kept.lock().unwrap().clone();
        let mut answer =
            Response::new("urn:test:FetchResponse").markup("<t:Fetched xmlns:t='urn:test'>");
        for (id, bytes) in kept {
            answer = answer
                .markup(format!("<t:Document id='{id}'>"))
                .document(Attachment::of_bytes("text/plain", bytes))
                .markup("</t:Document>");
        }
        answer.markup("</t:Fetched>")
    }
}

/// Numbers up to a limit, made while they are sent.
fn count(to: u64) -> Response {
    let (sender, stream) = soap::channel();
    tokio::spawn(async move {
        for number in 1..=to {
            if sender.send(format!("<t:n>{number}</t:n>")).await.is_err() {
                return;
            }
        }
        let _ = sender.finish().await;
    });
    Response::new("urn:test:CountResponse")
        .markup("<t:Counted xmlns:t='urn:test'>")
        .stream(stream)
        .markup("</t:Counted>")
}

pub fn endpoint(policy: Policy) -> (Endpoint<Shelf>, Kept) {
    let kept = Kept::default();
    let shelf = Shelf { kept: kept.clone() };
    (Endpoint::new(shelf, Arc::new(CountingIds::default())).with_policy(policy), kept)
}

/// A fixture: its content type, and its body with line ends of CR LF.
pub fn fixture(name: &str) -> (String, Vec<u8>) {
    let path = format!("{}/tests/fixtures/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let (content_type, body) = text.split_once("\n\n").unwrap();
    (content_type.to_owned(), body.replace('\n', "\r\n").into_bytes())
}

pub struct Reply {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Local names of the fault's code and subcodes, joined by `/`, and its reason.
    pub fn fault(&self) -> (String, String) {
        let document = xml::Document::parse_bytes(&self.body).unwrap();
        let body = document.root().child(ENVELOPE, "Body").unwrap();
        let fault = body.child(ENVELOPE, "Fault").unwrap_or_else(|| panic!("{}", self.text()));
        let mut codes = Vec::new();
        let mut next = fault.child(ENVELOPE, "Code");
        while let Some(code) = next {
            let value = code.child(ENVELOPE, "Value").unwrap();
            let (prefix, name) = {
                let t = value.text().into_owned();
                let (p, n) = t.split_once(':').unwrap();
                (p.to_owned(), n.to_owned())
            };
            assert!(value.resolve_prefix(&prefix).is_some(), "{prefix} is bound");
            codes.push(name);
            next = code.child(ENVELOPE, "Subcode");
        }
        let text = fault.child(ENVELOPE, "Reason").unwrap().child(ENVELOPE, "Text").unwrap();
        assert_eq!(text.attribute_ns("http://www.w3.org/XML/1998/namespace", "lang"), Some("en"));
        (codes.join("/"), text.text().into_owned())
    }

    pub fn header(&self, name: &str) -> Option<String> {
        let document = xml::Document::parse_bytes(&self.body).unwrap();
        let header = document.root().child(ENVELOPE, "Header").unwrap();
        header.child(ADDRESSING, name).map(|one| one.text().into_owned())
    }
}

/// Sends a message in pieces of `step` bytes.
pub async fn post_in(
    endpoint: &Endpoint<Shelf>,
    content_type: &str,
    body: &[u8],
    step: usize,
) -> Reply {
    let pieces: Vec<_> = body
        .chunks(step)
        .map(|piece| Ok::<_, std::io::Error>(Bytes::copy_from_slice(piece)))
        .collect();
    let request = http::Request::post("/shelf")
        .header("content-type", content_type)
        .body(Body::from_stream(futures::stream::iter(pieces)))
        .unwrap();
    let (head, body) = endpoint.handle(request).await.into_parts();
    let content_type = head.headers.get("content-type").map(|one| one.to_str().unwrap().to_owned());
    Reply {
        status: head.status.as_u16(),
        content_type: content_type.unwrap_or_default(),
        body: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

pub async fn post(endpoint: &Endpoint<Shelf>, content_type: &str, body: impl AsRef<[u8]>) -> Reply {
    post_in(endpoint, content_type, body.as_ref(), 64 * 1024).await
}

pub const PLAIN: &str = "application/soap+xml; charset=UTF-8";

/// An envelope with these headers and this content of the body.
pub fn envelope(headers: &str, body: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='{ENVELOPE}' xmlns:a='{ADDRESSING}' xmlns:t='urn:test'>\
         <e:Header>{headers}</e:Header><e:Body>{body}</e:Body></e:Envelope>"
    )
}

/// A plain message that stores one document.
pub fn good() -> String {
    let headers = "<a:Action>urn:test:Store</a:Action><a:MessageID>urn:uuid:good</a:MessageID>";
    envelope(headers, "<t:Store><t:Document id='good'>Z29vZA==</t:Document></t:Store>")
}

/// The next good request is served.
pub async fn still_serves(endpoint: &Endpoint<Shelf>, kept: &Kept) {
    kept.lock().unwrap().clear();
    let reply = post(endpoint, PLAIN, good()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert_eq!(kept.lock().unwrap().get("good").unwrap(), b"good");
    kept.lock().unwrap().clear();
}

/// Reads all of a stream of documents' bytes.
pub async fn collected(stream: impl futures::Stream<Item = std::io::Result<Bytes>>) -> Vec<u8> {
    let all: Vec<_> = stream.map(|one| one.unwrap().to_vec()).collect().await;
    all.concat()
}
