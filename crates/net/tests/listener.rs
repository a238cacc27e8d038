//! The listener over real loopback sockets.

use axum::{Extension, Router, routing::get};
use net::{Limits, Listener, NetError, PeerAddress, Security};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const LOOPBACK: &str = "127.0.0.1:0";

async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may answer and close before everything is sent.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn start(limits: Limits) -> (SocketAddr, oneshot::Sender<()>, tokio::task::JoinHandle<()>) {
    let router = Router::new().route(
        "/",
        get(|Extension(peer): Extension<PeerAddress>| async move { peer.0.ip().to_string() }),
    );
    let listener =
        Listener::bind(LOOPBACK.parse().unwrap(), Security::Plain, limits).await.unwrap();
    let address = listener.local_address().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(listener.serve(router, async move {
        let _ = stopped.await;
    }));
    (address, stop, task)
}

#[tokio::test]
async fn a_request_knows_its_peer_and_a_shutdown_ends_the_listener() {
    let (address, stop, task) = start(Limits::default()).await;
    let answer = exchange(address, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.ends_with("127.0.0.1"), "{answer}");
    stop.send(()).unwrap();
    task.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_head_beyond_the_limit_is_refused() {
    let (address, _stop, _task) = start(Limits { head_bytes: 8 * 1024, ..Limits::default() }).await;
    let request = format!("GET / HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(64 * 1024));
    let answer = exchange(address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_head_that_never_ends_is_closed() {
    let (address, _stop, _task) = start(Limits { head_timeout_ms: 50, ..Limits::default() }).await;
    let answer = exchange(address, b"GET / HTTP/1.1\r\nHost:").await;
    assert!(!answer.contains("200"), "{answer}");
}

#[tokio::test]
async fn plain_connections_stay_on_this_machine() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let refused =
            Listener::bind(address.parse().unwrap(), Security::Plain, Limits::default()).await;
        assert!(matches!(refused, Err(NetError::PlainBeyondLoopback(_))), "{address}");
    }
    for address in ["127.0.0.1:0", "127.1.2.3:0", "[::ffff:127.0.0.1]:0"] {
        assert_eq!(
            Security::Plain.check(address.parse().unwrap()).map_err(|e| e.to_string()),
            Ok(())
        );
    }
}
