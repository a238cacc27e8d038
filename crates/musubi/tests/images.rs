//! DICOMweb, WADO-URI and RAD-69 of a served node: who gets in.

use crate::support::Node;
use crate::support::server::Server;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// A node whose listener for DICOMweb and whose XDS trust this machine.
fn served() -> (Node, Server) {
    let node = Node::new();
    let config = node.path("centre/musubi.toml");
    let text = std::fs::read_to_string(&config).expect("configuration");
    let (before, after) = text.split_once("[dicomweb]").expect("a section");
    let after = after.replacen("listen = \"\"", "listen = \"127.0.0.1:0\"", 1);
    let after = after.replacen("trust_loopback = false", "trust_loopback = true", 1);
    let before = before.replace("trust_loopback = false", "trust_loopback = true");
    std::fs::write(&config, format!("{before}[dicomweb]{after}")).expect("configuration");
    let server = Server::start(&node);
    (node, server)
}

/// Status line and all that follows.
fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connect");
    let request = format!("GET {path} HTTP/1.1\r\nHost: centre\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("request");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn images_are_served_to_systems_on_their_listener_and_on_the_pages_to_whoever_is_signed_in() {
    let (_node, server) = served();
    let systems = server.dicomweb.expect("a listener for dicomweb");
    assert!(get(systems, "/dicomweb/studies").starts_with("HTTP/1.1 204"));
    assert!(get(systems, "/dicomweb/studies/1.2.3").starts_with("HTTP/1.1 404"));
    assert!(get(systems, "/wado?requestType=WADO").starts_with("HTTP/1.1 400"));
    for path in ["/dicomweb/studies?PatientID=1", "/dicomweb/studies/1.2.3", "/wado"] {
        let answer = get(server.address, path);
        assert!(answer.starts_with("HTTP/1.1 401"), "{path}: {answer}");
        assert!(answer.contains("no-store"), "{path}: {answer}");
    }
    assert!(get(server.address, "/sign-in").starts_with("HTTP/1.1 200"), "the pages stand beside");
    assert!(get(server.address, "/nowhere").starts_with("HTTP/1.1 404"));
}

#[test]
fn the_imaging_document_source_answers_beside_the_repository() {
    let (_node, server) = served();
    let description = get(server.address, "/xds/images?wsdl");
    assert!(description.contains("urn:ihe:rad:2009:RetrieveImagingDocumentSet"));
    let body = b"<r:RetrieveImagingDocumentSetRequest xmlns:r='urn:ihe:rad:xdsi-b:2009'/>";
    let message = testkit::message::envelope("urn:ihe:rad:2009:RetrieveImagingDocumentSet", body);
    let answer = server.post("/xds/images", message.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.text().contains("XDSRepositoryError"), "{}", answer.text());
}
