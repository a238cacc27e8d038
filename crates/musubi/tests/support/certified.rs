//! A peer that shows its certificate, at the listener of XDS.

use super::Node;
use axum::body::Body;
use http_body_util::BodyExt as _;
use net::{Client, ClientConfig, Identity};
use std::path::Path;

/// One who asks over TLS with a certificate of its own.
pub struct CertifiedPeer {
    client: Client,
    runtime: tokio::runtime::Runtime,
    url: String,
}

impl CertifiedPeer {
    /// Shows NAME.pem, with NAME.key beside it, at a port of this machine; trusts authority.pem.
    pub fn new(directory: &Path, name: &str, port: u16) -> CertifiedPeer {
        let read = |name: &str| std::fs::read(directory.join(name)).expect(name);
        let (pem, key) = (read(&format!("{name}.pem")), read(&format!("{name}.key")));
        let config = ClientConfig {
            root_pem: Some(read("authority.pem")),
            identity: Some(Identity::from_pem(&pem, &key).expect("a certificate")),
            ..ClientConfig::default()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        CertifiedPeer {
            client: Client::new(config).expect("a client"),
            runtime: runtime.expect("a runtime"),
            url: format!("https://localhost:{port}"),
        }
    }

    /// Asks for a page.
    pub fn get(&self, path: &str) -> String {
        self.send(http::Request::get(format!("{}{path}", self.url)), String::new())
    }

    /// The answer to a message of an action.
    pub fn post(&self, path: &str, action: &str, body: &[u8]) -> String {
        let request = http::Request::post(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/soap+xml; charset=UTF-8");
        self.send(request, testkit::message::envelope(action, body))
    }

    fn send(&self, request: http::request::Builder, body: String) -> String {
        let request = request.body(Body::from(body)).expect("a request");
        let bytes = self.runtime.block_on(async {
            let answer = self.client.send(request).await.expect("an answer");
            answer.into_body().collect().await.expect("a whole answer").to_bytes()
        });
        String::from_utf8(bytes.to_vec()).expect("utf-8")
    }
}

/// Gives XDS a listener of its own, whose peers show certificates of the authority.
pub fn listen(node: &Node, authority: &testkit::Authority) {
    authority.write(&node.path("centre"), "centre", "localhost");
    node.change(
        "xds",
        &[
            ("listen = \"\"", "listen = \"127.0.0.1:0\""),
            ("certificate = \"\"", "certificate = \"centre.pem\""),
            ("key = \"\"", "key = \"centre.key\""),
            ("client_roots = \"\"", "client_roots = \"authority.pem\""),
        ],
    );
}
