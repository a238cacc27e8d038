//! Bounded queues to the engine's threads, and waiting without a runtime.

use crate::case::{self, UseCase};
use crate::error::StoreError;
use crate::tx::Tx;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use tokio::sync::mpsc;

/// Who goes first where both wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rank {
    /// Somebody waits for the answer in front of a screen.
    Interactive,
    /// Work in large amounts that nobody waits for: intake.
    Bulk,
}

/// The sending end: a full queue makes callers wait.
#[derive(Clone)]
pub(crate) struct Queue {
    interactive: mpsc::Sender<Box<dyn UseCase>>,
    bulk: mpsc::Sender<Box<dyn UseCase>>,
}

/// The receiving end, shared by the threads that serve one queue.
#[derive(Clone)]
pub(crate) struct Served(Arc<Mutex<Ends>>);

struct Ends {
    interactive: mpsc::Receiver<Box<dyn UseCase>>,
    bulk: mpsc::Receiver<Box<dyn UseCase>>,
}

impl Queue {
    /// A queue for `limit` waiting use cases of each rank.
    pub(crate) fn new(limit: u64) -> (Queue, Served) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX >> 4);
        let (interactive, interactive_end) = mpsc::channel(limit);
        let (bulk, bulk_end) = mpsc::channel(limit);
        let ends = Ends { interactive: interactive_end, bulk: bulk_end };
        (Queue { interactive, bulk }, Served(Arc::new(Mutex::new(ends))))
    }

    /// Gives a use case to the threads and waits for its answer.
    pub(crate) async fn run<T, E, F>(&self, rank: Rank, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (case, answer) = case::new(f);
        let sender = match rank {
            Rank::Interactive => &self.interactive,
            Rank::Bulk => &self.bulk,
        };
        sender.send(case).await.map_err(|_| E::from(StoreError::Closed))?;
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }
}

impl Served {
    /// Waits for the next use case, interactive ones first; `None` when the store is closed.
    pub(crate) fn next(&self) -> Option<(Rank, Box<dyn UseCase>)> {
        let mut ends = self.ends();
        let ends = &mut *ends;
        block_on(poll_fn(|context| {
            let interactive = ends.interactive.poll_recv(context);
            if let Poll::Ready(Some(case)) = interactive {
                return Poll::Ready(Some((Rank::Interactive, case)));
            }
            match (ends.bulk.poll_recv(context), interactive) {
                (Poll::Ready(Some(case)), _) => Poll::Ready(Some((Rank::Bulk, case))),
                (Poll::Ready(None), Poll::Ready(None)) => Poll::Ready(None),
                _ => Poll::Pending,
            }
        }))
    }

    /// The next use case of a rank, if one waits.
    pub(crate) fn try_next(&self, rank: Rank) -> Option<Box<dyn UseCase>> {
        let mut ends = self.ends();
        let end = match rank {
            Rank::Interactive => &mut ends.interactive,
            Rank::Bulk => &mut ends.bulk,
        };
        end.try_recv().ok()
    }

    /// Whether an interactive use case waits.
    pub(crate) fn somebody_waits(&self) -> bool {
        !self.ends().interactive.is_empty()
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drives a future on this thread, inside or outside any runtime.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}
