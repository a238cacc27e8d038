//! An answer of any size: a thread of the store reads rows and writes XML, the network takes it
//! piece by piece. A small answer is whole before it leaves; a large one waits for its reader,
//! and breaks off if the reader is gone.

use crate::stored_query::{self, Asker, Object, QueryError};
use crate::xml_answer::ObjectWriter;
use bytes::Bytes;
use ebrim::query::QueryRequest;
use model::limits::{QUERY_ANSWER_BYTES, QUERY_READER_MS};
use soap::{BodySender, BodyStream};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Store, StoreError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The element of an answer.
pub(crate) enum Answer {
    /// All of it.
    Whole(Vec<u8>),
    /// The beginning was made; the rest is while it is sent.
    Streamed(BodyStream),
}

/// How objects are written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Style {
    /// Whether the reader is of our own house.
    pub with_intake: bool,
    /// Our homeCommunityId, where the reader is told it.
    pub home: String,
}

/// Runs a query. Gives the persons whose objects were found so far beside the answer: of a
/// streamed one, those of its first piece.
pub(crate) async fn answer(
    store: &Store,
    request: Arc<QueryRequest>,
    asker: Asker,
    style: Style,
) -> Result<(Answer, BTreeSet<i64>), QueryError> {
    let (begin, begun) = oneshot::channel();
    let begin = Arc::new(Mutex::new(Some(begin)));
    let (handle, store) = (Handle::current(), store.clone());
    let reading = tokio::spawn(async move {
        store
            .read(move |tx| -> Result<(Vec<u8>, BTreeSet<i64>), QueryError> {
                let mut out = Outlet::new(&request, &asker, &style, begin.clone(), handle.clone());
                let asked = stored_query::run(tx, &request, &asker, &mut |one| out.take(one))?;
                out.persons.extend(asked.persons);
                out.end()
            })
            .await
    });
    if let Ok((stream, persons)) = begun.await {
        return Ok((Answer::Streamed(stream), persons));
    }
    match reading.await {
        Ok(Ok((bytes, persons))) => Ok((Answer::Whole(bytes), persons)),
        Ok(Err(error)) => Err(error),
        Err(error) => Err(StoreError::Damaged(format!("the query ended: {error}")).into()),
    }
}

type Begin = Arc<Mutex<Option<oneshot::Sender<(BodyStream, BTreeSet<i64>)>>>>;

/// Where objects become pieces of the answer.
struct Outlet {
    writer: ObjectWriter,
    persons: BTreeSet<i64>,
    begin: Begin,
    sender: Option<BodySender>,
    is_gone: bool,
    handle: Handle,
}

impl Outlet {
    fn new(
        request: &QueryRequest,
        asker: &Asker,
        style: &Style,
        begin: Begin,
        handle: Handle,
    ) -> Outlet {
        let domain = asker.affinity_domain.clone();
        Outlet {
            writer: ObjectWriter::new(request.returns, style.clone(), domain),
            persons: BTreeSet::new(),
            begin,
            sender: None,
            is_gone: false,
            handle,
        }
    }

    fn take(&mut self, object: Object<'_>) -> ControlFlow<()> {
        match object {
            Object::Document(row) => self.persons.insert(row.person_id),
            Object::Set(row) => self.persons.insert(row.person_id),
            Object::Folder(_) | Object::Association(_) => false,
        };
        self.writer.write(object);
        if self.writer.len() as u64 >= QUERY_ANSWER_BYTES && self.send().is_err() {
            self.is_gone = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Ends the answer; gives all of it where none of it left.
    fn end(mut self) -> Result<(Vec<u8>, BTreeSet<i64>), QueryError> {
        self.writer.close();
        if self.is_gone {
            return Ok((Vec::new(), self.persons));
        }
        if self.sender.is_none() {
            return Ok((self.writer.take(), self.persons));
        }
        if self.send().is_ok()
            && let Some(sender) = self.sender.take()
        {
            let ended = self.wait(sender.finish());
            tracing::debug!(complete = ended.is_ok(), "a streamed answer ended");
        }
        Ok((Vec::new(), self.persons))
    }

    /// Sends what is written. An error: nobody reads, or a reader who took nothing for too long.
    fn send(&mut self) -> Result<(), soap::Gone> {
        let piece = Bytes::from(self.writer.take());
        let sender = match self.sender.take() {
            Some(sender) => sender,
            None => self.begin()?,
        };
        self.wait(sender.send(piece))?;
        self.sender = Some(sender);
        Ok(())
    }

    /// Hands the stream out. Only the first attempt of a use case can: what left cannot be
    /// written again.
    fn begin(&mut self) -> Result<BodySender, soap::Gone> {
        let begin = self.begin.lock().ok().and_then(|mut begin| begin.take());
        let (sender, stream) = soap::channel();
        let handed = begin.ok_or(soap::Gone)?.send((stream, self.persons.clone()));
        handed.map_err(|_| soap::Gone).map(|()| sender)
    }

    /// Waits on a thread that the store may drive by a runtime of its own: the time is the
    /// listener's, and the budget of tasks does not count.
    fn wait(
        &self,
        sending: impl Future<Output = Result<(), soap::Gone>>,
    ) -> Result<(), soap::Gone> {
        let within = {
            let _time = self.handle.enter();
            tokio::time::timeout(Duration::from_millis(QUERY_READER_MS), sending)
        };
        let sent = futures::executor::block_on(tokio::task::unconstrained(within));
        sent.map_err(|_| soap::Gone).flatten()
    }
}
