//! `musubi peer check`: one real round trip to each address of a peer. What fails is named by
//! its layer, from the name to the answer.

use crate::node::Node;
use crate::output;
use anyhow::Context;
use ebrim::query::{FindDocuments, QueryRequest, ReturnType, StoredQuery, query_request};
use ebrim::response::{Outcome, read_outcome};
use ebrim::retrieve::{DocumentRequest, read_retrieved, retrieve_request};
use ebrim::{ErrorCode, Status};
use model::document::{Availability, DocumentKind};
use model::hl7::{AssigningAuthority, PatientId};
use net::ClientError;
use soap::{Answer, CallError, Client, Outgoing, Piece};
use std::error::Error;
use store::peer::Peer;
use xml::{Document, Element, Writer};

/// A document that nobody has.
const NOBODYS: &str = "2.25.0.1";

/// Asks a peer for what does not exist, and says how far that went.
pub async fn run(node: &Node, peer: &Peer) -> anyhow::Result<()> {
    let client = client(node, peer)?;
    let said = &peer.said;
    anyhow::ensure!(
        !said.registry_url.is_empty() || !said.repository_url.is_empty(),
        "peer {} has no address to ask: it only asks us",
        said.name
    );
    let mut failures = 0;
    if !said.registry_url.is_empty() {
        let asked = ask_registry(node, &client, &said.registry_url).await;
        failures += report("registry", &said.registry_url, asked);
    }
    if !said.repository_url.is_empty() {
        let oid = match said.repository_oid.as_str() {
            "" => NOBODYS,
            oid => oid,
        };
        let asked = ask_repository(&client, &said.repository_url, oid).await;
        failures += report("repository", &said.repository_url, asked);
    }
    anyhow::ensure!(failures == 0, "peer {} does not answer as it should", said.name);
    Ok(())
}

/// What did not work, and in which layer.
pub(super) struct Failure {
    pub layer: &'static str,
    pub detail: String,
}

pub(super) fn report(what: &str, url: &str, asked: Result<String, Failure>) -> usize {
    match asked {
        Ok(detail) => {
            output::line(format!("{what} {url}: answers ({detail})"));
            0
        }
        Err(Failure { layer, detail }) => {
            output::line(format!("{what} {url}: fails at {layer}: {detail}"));
            1
        }
    }
}

/// ITI-18 FindDocuments of a patient who does not exist: an empty Success.
async fn ask_registry(node: &Node, client: &Client, url: &str) -> Result<String, Failure> {
    let patient = PatientId {
        id: "CHECK-NOBODY".to_owned(),
        authority: AssigningAuthority {
            namespace: String::new(),
            oid: node.config.affinity_domain_oid(),
        },
    };
    let query = FindDocuments {
        patients: vec![patient],
        availability: vec![Availability::Approved],
        kinds: vec![DocumentKind::Stable],
        ..FindDocuments::default()
    };
    let mut request = QueryRequest::new(StoredQuery::FindDocuments(Box::new(query)));
    request.returns = ReturnType::ObjectRef;
    let mut writer = Writer::new();
    query_request(&mut writer, &request);
    let outgoing = Outgoing {
        url: url.to_owned(),
        action: registry::iti18::ACTION.to_owned(),
        pieces: vec![Piece::Bytes(writer.finish().into())],
        is_multipart: false,
    };
    let answer = client.call(outgoing).await.map_err(|error| layer_of(&error))?;
    with_body(&answer, |body| {
        let outcome = read_outcome(body).ok_or_else(|| not_xds(body))?;
        accepted(outcome, &[])
    })
}

/// ITI-43 of a document that does not exist: it is said to be unknown.
async fn ask_repository(client: &Client, url: &str, oid: &str) -> Result<String, Failure> {
    let request = DocumentRequest {
        repository_oid: oid.to_owned(),
        unique_id: NOBODYS.to_owned(),
        ..DocumentRequest::default()
    };
    let mut writer = Writer::new();
    retrieve_request(&mut writer, &[request]);
    let outgoing = Outgoing {
        url: url.to_owned(),
        action: repository::iti43::ACTION.to_owned(),
        pieces: vec![Piece::Bytes(writer.finish().into())],
        is_multipart: true,
    };
    let answer = client.call(outgoing).await.map_err(|error| layer_of(&error))?;
    with_body(&answer, |body| {
        let (outcome, _) = read_retrieved(body).ok_or_else(|| not_xds(body))?;
        accepted(outcome, &[ErrorCode::XdsDocumentUniqueIdError, ErrorCode::XdsUnknownRepositoryId])
    })
}

pub(super) fn with_body<T>(
    answer: &Answer,
    read: impl FnOnce(Element<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let document = Document::parse_bytes(answer.envelope())
        .map_err(|error| Failure { layer: "SOAP", detail: error.to_string() })?;
    let body = Answer::body(&document).map_err(|error| layer_of(&error))?;
    read(body)
}

fn not_xds(body: Element<'_>) -> Failure {
    Failure { layer: "XDS", detail: format!("{} is no answer of this transaction", body.name()) }
}

/// Success, or errors that were to be expected.
fn accepted(outcome: Outcome, expected: &[ErrorCode]) -> Result<String, Failure> {
    let is_expected = |code: Option<ErrorCode>| code.is_some_and(|code| expected.contains(&code));
    if outcome.status == Status::Success
        || outcome.errors.iter().all(|error| is_expected(error.known_code()))
    {
        let codes: Vec<&str> = outcome.errors.iter().map(|error| error.code.as_str()).collect();
        return Ok(match codes.is_empty() {
            true => "Success".to_owned(),
            false => codes.join(", "),
        });
    }
    let said = outcome.errors.iter().map(|error| format!("{}: {}", error.code, error.context));
    Err(Failure { layer: "registry error", detail: said.collect::<Vec<_>>().join("; ") })
}

/// The layer of a failed call.
pub(super) fn layer_of(error: &CallError) -> Failure {
    let detail = with_sources(error);
    let layer = match error {
        CallError::Address(_) => "address",
        CallError::Net(net) => layer_of_net(net),
        CallError::NotSoap { .. } => "HTTP",
        CallError::Message(_) | CallError::Envelope(_) | CallError::Protocol(_) => "SOAP",
        CallError::Fault(_) => "SOAP fault",
    };
    Failure { layer, detail }
}

/// The layer of a connection that did not come about.
pub(super) fn layer_of_net(error: &ClientError) -> &'static str {
    match error {
        ClientError::Address(_) => "address",
        ClientError::PlainBeyondLoopback(_) => "TLS",
        ClientError::Connect { source, .. } if is_of_name(source) => "name resolution",
        ClientError::Connect { .. } => "TCP",
        ClientError::Tls { source, .. }
            if source.to_string().to_ascii_lowercase().contains("certificate") =>
        {
            "certificate"
        }
        ClientError::Tls { .. } => "TLS",
        ClientError::Timeout { what: "connecting", .. } => "TCP",
        ClientError::Timeout { .. } | ClientError::Http { .. } => "HTTP",
    }
}

/// An error with all that it rests on.
pub(super) fn with_sources(error: &dyn Error) -> String {
    let mut detail = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        detail = format!("{detail}: {inner}");
        source = inner.source();
    }
    detail
}

/// Errors of the name service have no kind of their own.
fn is_of_name(error: &std::io::Error) -> bool {
    error.to_string().contains("lookup") || error.kind() == std::io::ErrorKind::NotFound
}

/// The way to a peer: its roots, and our own certificate where we have one.
fn client(node: &Node, peer: &Peer) -> anyhow::Result<Client> {
    let http = crate::xds::client(node, &peer.said.roots)
        .with_context(|| format!("the certificates for peer {}", peer.said.name))?;
    Ok(Client::new(http, node.ids.clone()))
}
