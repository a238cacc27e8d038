//! Our client against our endpoint over real connections: streams both ways, clients that leave.

use crate::support;

use bytes::Bytes;
use futures::StreamExt;
use model::IdSource;
use net::{ClientConfig, Limits, Listener, Security};
use soap::{
    Answer, Attachment, CallError, Client, Documents, Endpoint, Fault, Outgoing, Peer, Piece,
    Policy, Request, Response, Service,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use support::*;
use tokio::sync::oneshot;

async fn serve<S: Service>(endpoint: Endpoint<S>) -> String {
    let loopback = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(loopback, Security::Plain, Limits::default()).await.unwrap();
    let address = listener.local_address().unwrap();
    let router = axum::Router::new().route("/shelf", endpoint.into_route());
    tokio::spawn(listener.serve(router, std::future::pending()));
    format!("http://{address}/shelf")
}

fn client() -> Client {
    let http = net::Client::new(ClientConfig::default()).unwrap();
    Client::new(http, Arc::new(CountingIds::default()) as Arc<dyn IdSource>)
}

fn asking(url: &str, action: &str, pieces: Vec<Piece>, is_multipart: bool) -> Outgoing {
    Outgoing { url: url.to_owned(), action: action.to_owned(), pieces, is_multipart }
}

fn markup(text: &str) -> Piece {
    Piece::Bytes(Bytes::copy_from_slice(text.as_bytes()))
}

/// A document of this many pieces of 64 KiB, made while it is sent.
fn large(pieces: usize, size: Option<u64>) -> Attachment {
    let piece = Bytes::from(vec![b'x'; 64 * 1024]);
    let bytes = futures::stream::iter((0..pieces).map(move |_| Ok(piece.clone()))).boxed();
    Attachment { content_type: "application/octet-stream".to_owned(), size, bytes }
}

fn storing(url: &str, document: Attachment, is_multipart: bool) -> Outgoing {
    let pieces = vec![
        markup("<t:Store xmlns:t='urn:test'><t:Document id='d'>"),
        Piece::Document(document),
        markup("</t:Document></t:Store>"),
    ];
    asking(url, "urn:test:Store", pieces, is_multipart)
}

#[tokio::test]
async fn documents_travel_there_and_back_either_way() {
    let (endpoint, kept) = endpoint(Policy::default());
    let url = serve(endpoint).await;
    let client = client();
    let bytes: Vec<u8> = (0..100_003_u32).map(|number| (number % 251) as u8).collect();
    for is_multipart in [true, false] {
        kept.lock().unwrap().clear();
        let document = Attachment::of_bytes("text/plain", bytes.clone());
        client.call(storing(&url, document, is_multipart)).await.unwrap();
        assert_eq!(kept.lock().unwrap().get("d").unwrap(), &bytes);

        let fetch = vec![markup("<t:Fetch xmlns:t='urn:test'/>")];
        let asked = asking(&url, "urn:test:Fetch", fetch, is_multipart);
        let mut answer = client.call(asked).await.unwrap();
        let (envelope, parts) = answer.split();
        assert_eq!(parts.is_some(), is_multipart);
        let document = xml::Document::parse_bytes(envelope).unwrap();
        let body = Answer::body(&document).unwrap();
        let elements =
            body.children().map(|element| (element.attribute("id").unwrap().to_owned(), element));
        let mut documents = Documents::new(elements, parts).unwrap();
        let arriving = documents.next().await.unwrap().unwrap();
        assert_eq!(arriving.id, "d");
        assert_eq!(collected(arriving.into_stream()).await, bytes);
        assert!(documents.next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_large_document_goes_out_with_and_without_its_length() {
    let (endpoint, kept) = endpoint(Policy::default());
    let url = serve(endpoint).await;
    let client = client();
    for size in [None, Some(512 * 64 * 1024)] {
        client.call(storing(&url, large(512, size), true)).await.unwrap();
        assert_eq!(kept.lock().unwrap().remove("d").unwrap().len(), 512 * 64 * 1024);
    }
}

#[tokio::test]
async fn a_document_that_is_not_as_long_as_it_was_said_breaks_the_message_off() {
    let (endpoint, kept) = endpoint(Policy::default());
    let url = serve(endpoint).await;
    let client = client();
    for size in [1, 2 * 64 * 1024 + 1] {
        let outcome = client.call(storing(&url, large(2, Some(size)), true)).await;
        assert!(outcome.is_err(), "{outcome:?}");
        assert!(kept.lock().unwrap().is_empty());
    }
    client.call(storing(&url, large(1, None), true)).await.unwrap();
    assert_eq!(kept.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_of_any_size_arrives_as_a_stream() {
    let (endpoint, _) = endpoint(Policy::default());
    let url = serve(endpoint).await;
    for is_multipart in [true, false] {
        let count = vec![markup("<t:Count xmlns:t='urn:test' to='200000'/>")];
        let asked = asking(&url, "urn:test:Count", count, is_multipart);
        let stream = client().call_streamed(asked).await.unwrap();
        let text = String::from_utf8(collected(stream).await).unwrap();
        assert!(text.starts_with("<env:Envelope"), "{}", &text[..60]);
        assert!(text.ends_with("<t:n>200000</t:n></t:Counted></env:Body></env:Envelope>"));
    }
}

#[tokio::test]
async fn each_layer_that_fails_is_named() {
    let (endpoint, _) = endpoint(Policy::default());
    let url = serve(endpoint).await;
    let client = client();
    let ask = |url: &str, action: &str| asking(url, action, vec![markup("<x/>")], false);

    let fault = client.call(ask(&url, "urn:test:Nothing")).await.unwrap_err();
    let CallError::Fault(fault) = fault else { panic!("{fault:?}") };
    assert_eq!((fault.code.as_str(), fault.subcodes[0].as_str()), ("Sender", "ActionNotSupported"));
    let fault = client.call_streamed(ask(&url, "urn:test:Fail")).await.err().unwrap();
    assert!(matches!(&fault, CallError::Fault(fault) if fault.code == "Receiver"), "{fault:?}");

    let elsewhere = url.replace("/shelf", "/nothing");
    let error = client.call(ask(&elsewhere, "urn:test:Fetch")).await.unwrap_err();
    assert!(matches!(error, CallError::NotSoap { .. }), "{error:?}");
    let error = client.call(ask("http://127.0.0.1:1/x", "urn:test:Fetch")).await.unwrap_err();
    assert!(matches!(error, CallError::Net(net::ClientError::Connect { .. })), "{error:?}");
    let error = client.call(ask("http://192.0.2.1/x", "urn:test:Fetch")).await.unwrap_err();
    assert!(matches!(error, CallError::Net(net::ClientError::PlainBeyondLoopback(_))), "{error:?}");
    let error = client.call(ask("not an address", "urn:test:Fetch")).await.unwrap_err();
    assert!(matches!(error, CallError::Address(_)), "{error:?}");
}

/// Makes an answer without end, and tells when it stopped.
struct Endless {
    sent: Arc<AtomicU64>,
    stopped: std::sync::Mutex<Option<oneshot::Sender<()>>>,
}

impl Service for Endless {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &["urn:test:Endless"]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, (): (), _: Request<'_>) -> Result<Response, Fault> {
        let (sender, stream) = soap::channel();
        let (sent, stopped) = (self.sent.clone(), self.stopped.lock().unwrap().take());
        tokio::task::spawn_blocking(move || {
            while sender.send_blocking(vec![b' '; 64 * 1024]).is_ok() {
                sent.fetch_add(1, Ordering::Relaxed);
            }
            let _ = stopped.map(|stopped| stopped.send(()));
        });
        Ok(Response::new("urn:test:EndlessResponse").markup("<a>").stream(stream).markup("</a>"))
    }
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_producer() {
    let (stopped, stop) = oneshot::channel();
    let sent = Arc::new(AtomicU64::new(0));
    let service = Endless { sent: sent.clone(), stopped: Some(stopped).into() };
    let url = serve(Endpoint::new(service, Arc::new(CountingIds::default()))).await;
    let asked = asking(&url, "urn:test:Endless", vec![markup("<x/>")], false);
    let mut stream = client().call_streamed(asked).await.unwrap();
    let mut received = 0;
    while received < 1024 * 1024 {
        received += stream.next().await.unwrap().unwrap().len();
    }
    drop(stream);
    stop.await.unwrap();
    assert!(sent.load(Ordering::Relaxed) >= 15, "pieces that were taken");
}

/// Drops the producer's end in the middle.
struct Halting;

impl Service for Halting {
    type Sender = ();

    fn actions(&self) -> &[&str] {
        &["urn:test:Halt"]
    }

    async fn admit(&self, _: &Peer) -> Result<(), Fault> {
        Ok(())
    }

    async fn call(&self, (): (), _: Request<'_>) -> Result<Response, Fault> {
        let (sender, stream) = soap::channel();
        sender.send("<half/>").await.map_err(|_| Fault::receiver())?;
        drop(sender);
        Ok(Response::new("urn:test:HaltResponse").markup("<a>").stream(stream).markup("</a>"))
    }
}

#[tokio::test]
async fn half_an_answer_never_looks_whole() {
    let url = serve(Endpoint::new(Halting, Arc::new(CountingIds::default()))).await;
    let asked = asking(&url, "urn:test:Halt", vec![markup("<x/>")], false);
    let items: Vec<_> = match client().call_streamed(asked).await {
        Ok(stream) => stream.collect().await,
        Err(_) => return,
    };
    assert!(items.last().unwrap().is_err());
}
