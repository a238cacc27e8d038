//! TLS over real loopback sockets: who is let in, and what a request knows of its peer.

use axum::body::Body;
use axum::{Extension, Router, routing::get};
use http::Request;
use http_body_util::BodyExt;
use net::{
    Client, ClientConfig, ClientError, Limits, Listener, PeerCertificates, Scheme, Security,
    TlsServer,
};
use testkit::Authority;

async fn serve(tls: TlsServer) -> String {
    let router = Router::new().route(
        "/",
        get(|peer: Option<Extension<PeerCertificates>>| async move {
            peer.map(|peer| peer.chain()[0].clone()).unwrap_or_default()
        }),
    );
    let loopback = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(loopback, Security::Tls(tls), Limits::default()).await.unwrap();
    let address = listener.local_address().unwrap();
    tokio::spawn(listener.serve(router, std::future::pending()));
    format!("https://localhost:{}/", address.port())
}

async fn ask(url: &str, config: ClientConfig) -> Result<Vec<u8>, ClientError> {
    let client = Client::new(config).unwrap();
    let answer = client.send(Request::get(url).body(Body::empty()).unwrap()).await?;
    Ok(answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn a_peer_with_a_certificate_of_our_authority_is_known_by_it() {
    let authority = Authority::new();
    let tls = TlsServer::new(authority.identity("localhost").0, Some(&authority.pem())).unwrap();
    let url = serve(tls).await;
    let (identity, der) = authority.identity("hospital-a.example");
    let config = ClientConfig {
        root_pem: Some(authority.pem()),
        identity: Some(identity),
        ..ClientConfig::default()
    };
    assert_eq!(ask(&url, config).await.unwrap(), der);
}

#[tokio::test]
async fn a_request_knows_whether_it_came_encrypted() {
    let authority = Authority::new();
    let tls = TlsServer::new(authority.identity("localhost").0, None).unwrap();
    for (security, before) in [(Security::Tls(tls), "https"), (Security::Plain, "http")] {
        let router = Router::new()
            .route("/", get(|Extension(scheme): Extension<Scheme>| async move { scheme.name() }));
        let loopback = "127.0.0.1:0".parse().unwrap();
        let listener = Listener::bind(loopback, security, Limits::default()).await.unwrap();
        let url = format!("{before}://localhost:{}/", listener.local_address().unwrap().port());
        tokio::spawn(listener.serve(router, std::future::pending()));
        let config = ClientConfig { root_pem: Some(authority.pem()), ..ClientConfig::default() };
        assert_eq!(ask(&url, config).await.unwrap(), before.as_bytes());
    }
}

#[tokio::test]
async fn a_peer_without_one_or_of_a_stranger_is_refused() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let tls = TlsServer::new(authority.identity("localhost").0, Some(&authority.pem())).unwrap();
    let url = serve(tls).await;
    for identity in [None, Some(stranger.identity("hospital-a.example").0)] {
        let config =
            ClientConfig { root_pem: Some(authority.pem()), identity, ..ClientConfig::default() };
        assert!(ask(&url, config).await.is_err());
    }
}

#[tokio::test]
async fn a_server_that_our_roots_do_not_vouch_for_is_not_spoken_to() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let url = serve(TlsServer::new(authority.identity("localhost").0, None).unwrap()).await;
    for root_pem in [None, Some(stranger.pem())] {
        let refused = ask(&url, ClientConfig { root_pem, ..ClientConfig::default() }).await;
        assert!(matches!(refused, Err(ClientError::Tls { .. })), "{refused:?}");
    }
    let other_name = url.replace("localhost", "127.0.0.1");
    let config = || ClientConfig { root_pem: Some(authority.pem()), ..ClientConfig::default() };
    let refused = ask(&other_name, config()).await;
    assert!(matches!(refused, Err(ClientError::Tls { .. })), "{refused:?}");
    assert_eq!(ask(&url, config()).await.unwrap(), b"", "no certificate was asked for");
}

#[tokio::test]
async fn plain_requests_stay_on_this_machine_unless_allowed() {
    let refused = ask("http://192.0.2.1/", ClientConfig::default()).await;
    assert!(matches!(refused, Err(ClientError::PlainBeyondLoopback(_))), "{refused:?}");
    let config =
        ClientConfig { plain_allowed: true, connect_timeout_ms: 1, ..ClientConfig::default() };
    let tried = ask("http://192.0.2.1/", config).await;
    assert!(
        matches!(tried, Err(ClientError::Timeout { .. } | ClientError::Connect { .. })),
        "{tried:?}"
    );
}

#[tokio::test]
async fn a_peer_that_does_not_answer_is_given_up() {
    let router = Router::new().route("/never", get(std::future::pending::<()>));
    let loopback = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(loopback, Security::Plain, Limits::default()).await.unwrap();
    let address = listener.local_address().unwrap();
    tokio::spawn(listener.serve(router, std::future::pending()));
    let config = ClientConfig { answer_timeout_ms: 20, ..ClientConfig::default() };
    let late = ask(&format!("http://{address}/never"), config).await;
    assert!(matches!(late, Err(ClientError::Timeout { what: "the answer", .. })), "{late:?}");
}
