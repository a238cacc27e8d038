//! The server over real loopback sockets, plain and with certificates.

use bytes::Bytes;
use mllp::{Client, Handler, MllpError, Peer, Server, wrap};
use net::{ClientConfig, Dialer, Identity, Limits, Listener, Security, TlsServer};
use std::net::SocketAddr;
use std::sync::Arc;
use testkit::Authority;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore, oneshot};
use tokio::task::JoinHandle;

const ANSWER_MS: u64 = 60_000;

/// Answers with the message; some words mean something.
#[derive(Clone)]
struct Echo {
    begun: Arc<Semaphore>,
    go_on: Arc<Notify>,
}

impl Handler for Echo {
    async fn answer(&self, message: Bytes, peer: &Peer) -> Option<Vec<u8>> {
        match message.as_ref() {
            b"close" => None,
            b"panic" => panic!("a handler that panics"),
            b"wait" => {
                self.begun.add_permits(1);
                self.go_on.notified().await;
                Some(b"waited".to_vec())
            }
            b"certificate" => {
                // As text: its bytes may be those of frames.
                let shown = peer.certificates.as_ref().map(|all| format!("{:?}", all.chain()[0]));
                Some(shown.unwrap_or_default().into_bytes())
            }
            other => Some(other.to_vec()),
        }
    }
}

struct Running {
    address: SocketAddr,
    echo: Echo,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn start(security: Security, idle_ms: u64, frame_ms: u64) -> Running {
    let echo = Echo { begun: Arc::new(Semaphore::new(0)), go_on: Arc::new(Notify::new()) };
    let loopback = "127.0.0.1:0".parse().unwrap();
    let listener = Listener::bind(loopback, security, Limits::default()).await.unwrap();
    let address = listener.local_address().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(echo.clone()).with_times(idle_ms, frame_ms);
    let task = tokio::spawn(server.serve(listener, async move {
        let _ = stopped.await;
    }));
    Running { address, echo, stop, task }
}

async fn plain() -> Running {
    start(Security::Plain, ANSWER_MS, ANSWER_MS).await
}

async fn client(running: &Running) -> Client {
    let dialer = Dialer::new(ClientConfig::default()).unwrap();
    Client::connect(&dialer, &format!("mllp://{}", running.address)).await.unwrap()
}

/// What comes until the server closes.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    all
}

#[tokio::test]
async fn messages_sent_ahead_are_answered_in_order() {
    let running = plain().await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let sent: Vec<u8> = (0..200).flat_map(|n: u32| wrap(n.to_string().as_bytes())).collect();
    stream.write_all(&sent).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, sent);
}

#[tokio::test]
async fn one_message_of_a_connection_is_answered_at_a_time() {
    let running = plain().await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream.write_all(&[wrap(b"wait"), wrap(b"wait"), wrap(b"a")].concat()).await.unwrap();
    running.echo.begun.acquire().await.unwrap().forget();
    let mut other = client(&running).await;
    assert_eq!(other.send(b"b", ANSWER_MS).await.unwrap(), "b", "others are not held up");
    assert_eq!(running.echo.begun.available_permits(), 0, "the second has not begun");
    running.echo.go_on.notify_one();
    running.echo.begun.acquire().await.unwrap().forget();
    running.echo.go_on.notify_one();
    stream.shutdown().await.unwrap();
    let expected = [wrap(b"waited"), wrap(b"waited"), wrap(b"a")].concat();
    assert_eq!(rest(&mut stream).await, expected);
}

#[tokio::test]
async fn a_handler_that_closes_or_panics_ends_its_connection_only() {
    let running = plain().await;
    for word in [b"close".as_slice(), b"panic"] {
        let mut one = client(&running).await;
        let ended = one.send(word, ANSWER_MS).await;
        assert!(matches!(ended, Err(MllpError::Closed)), "{ended:?}");
    }
    assert_eq!(client(&running).await.send(b"a", ANSWER_MS).await.unwrap(), "a");
}

#[tokio::test]
async fn what_does_not_end_or_does_not_begin_is_closed() {
    let running = start(Security::Plain, ANSWER_MS, 30).await;
    let mut slow = TcpStream::connect(running.address).await.unwrap();
    slow.write_all(b"\x0BMSH|").await.unwrap();
    assert_eq!(rest(&mut slow).await, b"");
    let mut http = TcpStream::connect(running.address).await.unwrap();
    // The server may close before everything is sent.
    let _ = http.write_all(&vec![b'G'; 200_000]).await;
    assert_eq!(rest(&mut http).await, b"");
    let idle = start(Security::Plain, 30, ANSWER_MS).await;
    let mut idle = TcpStream::connect(idle.address).await.unwrap();
    assert_eq!(rest(&mut idle).await, b"");
}

#[tokio::test]
async fn a_good_sender_is_served_among_a_thousand_that_say_nothing() {
    let running = plain().await;
    let mut silent = Vec::new();
    for _ in 0..1_000 {
        silent.push(TcpStream::connect(running.address).await.unwrap());
    }
    for half in silent.iter_mut().take(500) {
        half.write_all(b"\x0BMSH|^~\\&|half a message").await.unwrap();
    }
    let mut good = client(&running).await;
    for number in 0..500_u32 {
        let message = format!("MSH|{number}");
        assert_eq!(good.send(message.as_bytes(), ANSWER_MS).await.unwrap(), message);
    }
    let mut first = silent.swap_remove(0);
    first.write_all(b"\x1C\r").await.unwrap();
    first.shutdown().await.unwrap();
    assert_eq!(rest(&mut first).await, wrap(b"MSH|^~\\&|half a message"), "none was given up");
}

#[tokio::test]
async fn a_shutdown_answers_what_it_has_and_takes_nothing_more() {
    let running = plain().await;
    let mut idle = TcpStream::connect(running.address).await.unwrap();
    let mut busy = client(&running).await;
    let answer = tokio::spawn(async move { busy.send(b"wait", ANSWER_MS).await });
    running.echo.begun.acquire().await.unwrap().forget();
    running.stop.send(()).unwrap();
    assert_eq!(rest(&mut idle).await, b"");
    running.echo.go_on.notify_one();
    assert_eq!(answer.await.unwrap().unwrap(), "waited");
    running.task.await.unwrap();
    assert!(TcpStream::connect(running.address).await.is_err());
}

#[tokio::test]
async fn a_tls_peer_is_known_by_its_certificate_and_a_stranger_is_refused() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let tls = TlsServer::new(authority.identity("localhost").0, Some(&authority.pem())).unwrap();
    let running = start(Security::Tls(tls), ANSWER_MS, ANSWER_MS).await;
    let address = format!("mllps://localhost:{}", running.address.port());
    let exchange = async |identity: Option<Identity>| {
        let config =
            ClientConfig { root_pem: Some(authority.pem()), identity, ..ClientConfig::default() };
        let dialer = Dialer::new(config).unwrap();
        Client::connect(&dialer, &address).await?.send(b"certificate", ANSWER_MS).await
    };
    let (identity, der) = authority.identity("hospital-a.example");
    assert_eq!(exchange(Some(identity)).await.unwrap(), format!("{der:?}"));
    for identity in [None, Some(stranger.identity("hospital-a.example").0)] {
        assert!(exchange(identity).await.is_err());
    }
}

#[tokio::test]
async fn a_client_says_which_layer_failed() {
    let dialer = Dialer::new(ClientConfig::default()).unwrap();
    for (address, layer) in [
        ("mllp://192.0.2.1:2575", "without tls"),
        ("smtp://127.0.0.1:25", "no address of"),
        ("mllp://127.0.0.1:1", "cannot connect"),
    ] {
        let failed = Client::connect(&dialer, address).await.unwrap_err();
        let said = std::error::Error::source(&failed).unwrap().to_string();
        assert!(said.contains(layer), "{said}");
    }
    let running = plain().await;
    let late = client(&running).await.send(b"wait", 20).await;
    assert!(matches!(late, Err(MllpError::Timeout { timeout_ms: 20 })), "{late:?}");
}
