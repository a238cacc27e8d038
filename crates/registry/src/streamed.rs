//! An answer of any size: a thread of the store reads rows and writes XML, the network takes it
//! piece by piece. A small answer is whole before it leaves; a large one waits for its reader,
//! and breaks off if the reader is gone, too slow, or its time is over.

use crate::patience::{Interest, Patience};
use crate::stored_query::{self, Asker, Object, QueryError};
use crate::xml_answer::ObjectWriter;
use bytes::Bytes;
use ebrim::query::QueryRequest;
use futures::StreamExt;
use model::Clock;
use model::limits::QUERY_ANSWER_BYTES;
use soap::{BodySender, BodyStream};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
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
/// streamed one, those of its first piece. Dropped, it stops the query.
pub(crate) async fn answer(
    store: &Store,
    request: Arc<QueryRequest>,
    asker: Asker,
    style: Style,
    clock: Arc<dyn Clock>,
) -> Result<(Answer, BTreeSet<i64>), QueryError> {
    let (begin, begun) = oneshot::channel();
    let begin = Arc::new(Mutex::new(Some(begin)));
    let (handle, store) = (Handle::current(), store.clone());
    let (patience, interest) = Patience::begin(clock);
    let reading = tokio::spawn(async move {
        store
            .read_streamed(move |tx| -> Result<(Vec<u8>, BTreeSet<i64>), QueryError> {
                let ways = (begin.clone(), handle.clone(), patience.clone());
                let mut out = Outlet::new(&request, &asker, &style, ways);
                let lasts = || patience.lasts();
                let asked = stored_query::run_while(&lasts, tx, &request, &asker, &mut |one| {
                    out.take(one)
                })?;
                out.persons.extend(asked.persons);
                out.end()
            })
            .await
    });
    if let Ok((stream, persons)) = begun.await {
        return Ok((Answer::Streamed(kept(stream, interest)), persons));
    }
    match reading.await {
        Ok(Ok((bytes, persons))) => Ok((Answer::Whole(bytes), persons)),
        Ok(Err(error)) => Err(error),
        Err(error) => Err(StoreError::Damaged(format!("the query ended: {error}")).into()),
    }
}

/// A stream whose end, or whose reader's leaving, ends the interest.
fn kept(stream: BodyStream, interest: Interest) -> BodyStream {
    let held = move |_: &_| {
        let _ = &interest;
    };
    stream.inspect(held).boxed()
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
    patience: Patience,
}

impl Outlet {
    fn new(
        request: &QueryRequest,
        asker: &Asker,
        style: &Style,
        (begin, handle, patience): (Begin, Handle, Patience),
    ) -> Outlet {
        let domain = asker.affinity_domain.clone();
        Outlet {
            writer: ObjectWriter::new(request.returns, style.clone(), domain),
            persons: BTreeSet::new(),
            begin,
            sender: None,
            is_gone: false,
            handle,
            patience,
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
        if self.is_gone || self.patience.is_gone() {
            return Ok((Vec::new(), self.persons));
        }
        if !self.patience.lasts() {
            return Err(StoreError::Busy("the query took too long".to_owned()).into());
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
        let (before, bytes) = (self.patience.taken(), piece.len());
        self.wait(sender.send(piece))?;
        self.patience.sent(bytes, self.patience.taken().saturating_sub(before));
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
            tokio::time::timeout(self.patience.left(), sending)
        };
        let sent = futures::executor::block_on(tokio::task::unconstrained(within));
        sent.map_err(|_| soap::Gone).flatten()
    }
}
