//! The least that a durable submission over HTTP can cost: a server that inserts each request's
//! bytes in grouped durable commits and echoes their beginning. No XML, no MIME, no rules.

use crate::settings::{Failure, Settings};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// The store's own group size (`writer_group` in the table of limits).
const GROUP: u64 = model::limits::WRITER_GROUP;
/// As much is echoed as an answer to a submission has.
const ECHO_BYTES: usize = 512;

type Waiting = (Bytes, oneshot::Sender<()>);

/// Serves on `--listen` until it is killed.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    let connection = Connection::open(settings.text("--database")?)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, uuid BLOB NOT NULL UNIQUE, bytes BLOB NOT NULL)",
    )?;
    let (sender, receiver) = mpsc::channel(usize::try_from(model::limits::WRITER_QUEUE)?);
    std::thread::spawn(move || write(&connection, receiver));
    let address = settings.text("--listen")?.to_owned();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(serve(address, sender))
}

fn write(connection: &Connection, mut receiver: mpsc::Receiver<Waiting>) -> Result<(), Failure> {
    let mut insert = connection.prepare("INSERT INTO item (uuid, bytes) VALUES (?1, ?2)")?;
    while let Some(first) = receiver.blocking_recv() {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let (mut group, mut next) = (Vec::new(), Some(first));
        while let Some((bytes, done)) = next {
            insert.execute((Uuid::new_v4().as_bytes(), &bytes[..]))?;
            group.push(done);
            next = if (group.len() as u64) < GROUP { receiver.try_recv().ok() } else { None };
        }
        connection.execute_batch("COMMIT")?;
        for done in group {
            done.send(()).ok();
        }
    }
    Ok(())
}

async fn serve(address: String, sender: mpsc::Sender<Waiting>) -> Result<(), Failure> {
    let listener = TcpListener::bind(address).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let sender = sender.clone();
        let service = service_fn(move |request| answer(request, sender.clone()));
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn answer(
    request: Request<Incoming>,
    sender: mpsc::Sender<Waiting>,
) -> Result<Response<Full<Bytes>>, Failure> {
    let bytes = request.into_body().collect().await?.to_bytes();
    let echo = bytes.slice(..bytes.len().min(ECHO_BYTES));
    let (done, waiting) = oneshot::channel();
    sender.send((bytes, done)).await.map_err(|_| "the writer is gone")?;
    waiting.await?;
    Ok(Response::new(Full::new(echo)))
}
