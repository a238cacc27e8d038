//! An answer of any size: a thread of the store reads rows and writes XML, the network takes it
//! piece by piece. A small answer is whole before it leaves; a large one waits for its reader,
//! and breaks off if the reader is gone, too slow, or its time is over.

use crate::patience::{Interest, Patience};
use crate::share::Share;
use crate::stored_query::{self, Asker, Object, QueryError};
use crate::xml_answer::ObjectWriter;
use bytes::Bytes;
use ebrim::query::QueryRequest;
use futures::StreamExt;
use model::Clock;
use model::limits::{QUERY_ANSWER_BYTES, QUERY_READER_MS};
use soap::{BodySender, BodyStream};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Store, StoreError};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

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

/// What a query came to.
pub(crate) struct Answered {
    pub answer: Answer,
    /// The persons whose objects were found or asked for so far: of a streamed answer, those of
    /// its first piece.
    pub persons: BTreeSet<i64>,
    /// The end of a streamed answer.
    pub end: Option<End>,
}

/// The end of a streamed answer, which waits for its audit.
pub(crate) struct End {
    persons: Persons,
    /// Comes when the query is over.
    over: JoinHandle<Option<BodySender>>,
}

/// The persons of an answer that is being made.
type Persons = Arc<Mutex<BTreeSet<i64>>>;

impl End {
    /// Waits until the query is over, however it ended; gives the persons of all that was read.
    pub(crate) async fn over(self) -> (BTreeSet<i64>, Option<BodySender>) {
        let sender = self.over.await.ok().flatten();
        (known(&self.persons), sender)
    }
}

/// Runs a query, on the asker's share of the threads. Dropped, it stops the query.
pub(crate) async fn answer(
    (store, share): (&Store, Share),
    request: Arc<QueryRequest>,
    asker: Asker,
    style: Style,
    clock: Arc<dyn Clock>,
) -> Result<Answered, QueryError> {
    let (begin, begun) = oneshot::channel();
    let begin = Arc::new(Mutex::new(Some(begin)));
    let persons = Persons::default();
    let (handle, store, found) = (Handle::current(), store.clone(), persons.clone());
    let (patience, interest) = Patience::begin(clock);
    let reading = tokio::spawn(async move {
        let read = store
            .read_streamed(move |tx| -> Result<(Vec<u8>, Option<BodySender>), QueryError> {
                let ways = (begin.clone(), handle.clone(), patience.clone());
                let mut out = Outlet::new(&request, &asker, &style, found.clone(), ways);
                let lasts = || patience.lasts();
                let asked = stored_query::run_while(&lasts, tx, &request, &asker, &mut |one| {
                    out.take(one)
                })?;
                out.concerns(asked.persons);
                out.end()
            })
            .await;
        drop(share);
        read
    });
    if let Ok(stream) = begun.await {
        let so_far = known(&persons);
        let over = tokio::spawn(async move {
            match reading.await {
                Ok(Ok((_, sender))) => sender,
                Ok(Err(error)) => {
                    tracing::error!(%error, "a query broke off while it was answered");
                    None
                }
                Err(_) => None,
            }
        });
        let end = Some(End { persons, over });
        return Ok(Answered {
            answer: Answer::Streamed(kept(stream, interest)),
            persons: so_far,
            end,
        });
    }
    match reading.await {
        Ok(Ok((bytes, _))) => {
            Ok(Answered { answer: Answer::Whole(bytes), persons: known(&persons), end: None })
        }
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

/// Says that a streamed answer is whole.
pub(crate) async fn finish(sender: BodySender) {
    let within = Duration::from_millis(QUERY_READER_MS);
    let ended = tokio::time::timeout(within, sender.finish()).await;
    tracing::debug!(complete = matches!(ended, Ok(Ok(()))), "a streamed answer ended");
}

fn known(persons: &Persons) -> BTreeSet<i64> {
    persons.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

type Begin = Arc<Mutex<Option<oneshot::Sender<BodyStream>>>>;

/// Where objects become pieces of the answer.
struct Outlet {
    writer: ObjectWriter,
    persons: Persons,
    /// The last one that was noted: documents of a person follow one another.
    last: Option<i64>,
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
        persons: Persons,
        (begin, handle, patience): (Begin, Handle, Patience),
    ) -> Outlet {
        let domain = asker.affinity_domain.clone();
        Outlet {
            writer: ObjectWriter::new(request.returns, style.clone(), domain),
            persons,
            last: None,
            begin,
            sender: None,
            is_gone: false,
            handle,
            patience,
        }
    }

    fn take(&mut self, object: Object<'_>) -> ControlFlow<()> {
        let person = match object {
            Object::Document(row) => Some(row.person_id),
            Object::Set(row) => Some(row.person_id),
            Object::Folder(_) | Object::Association(_) => None,
        };
        if person.is_some() && person != self.last {
            self.last = person;
            self.concerns(person);
        }
        self.writer.write(object);
        if self.writer.len() as u64 >= QUERY_ANSWER_BYTES && self.send().is_err() {
            self.is_gone = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Notes whose objects an answer holds, or whose were asked for.
    fn concerns(&self, persons: impl IntoIterator<Item = i64>) {
        self.persons.lock().unwrap_or_else(PoisonError::into_inner).extend(persons);
    }

    /// Ends the answer; gives all of it where none of it left, or what says that it is whole.
    fn end(mut self) -> Result<(Vec<u8>, Option<BodySender>), QueryError> {
        self.writer.close();
        if self.is_gone || self.patience.is_gone() {
            return Ok((Vec::new(), None));
        }
        if !self.patience.lasts() {
            return Err(StoreError::Busy("the query took too long".to_owned()).into());
        }
        if self.sender.is_none() {
            return Ok((self.writer.take(), None));
        }
        let sent = self.send();
        Ok((Vec::new(), self.sender.take().filter(|_| sent.is_ok())))
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
        let handed = begin.ok_or(soap::Gone)?.send(stream);
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
