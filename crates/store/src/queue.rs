//! Bounded queues to the engine's threads, and waiting without a runtime.

use crate::case::{self, UseCase};
use crate::error::StoreError;
use crate::tx::Tx;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use tokio::sync::mpsc;

/// The sending end: a full queue makes callers wait.
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Box<dyn UseCase>>);

/// The receiving end, shared by the threads that serve one queue.
#[derive(Clone)]
pub(crate) struct Served(Arc<Mutex<mpsc::Receiver<Box<dyn UseCase>>>>);

impl Queue {
    /// A queue for `limit` waiting use cases.
    pub(crate) fn new(limit: u64) -> (Queue, Served) {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX >> 4);
        let (sender, receiver) = mpsc::channel(limit);
        (Queue(sender), Served(Arc::new(Mutex::new(receiver))))
    }

    /// Gives a use case to the threads and waits for its answer.
    pub(crate) async fn run<T, E, F>(&self, f: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (case, answer) = case::new(f);
        self.0.send(case).await.map_err(|_| E::from(StoreError::Closed))?;
        answer.await.unwrap_or_else(|_| Err(E::from(StoreError::Closed)))
    }
}

impl Served {
    /// Waits for the next use case; `None` when the store is closed.
    pub(crate) fn next(&self) -> Option<Box<dyn UseCase>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    /// The next use case, if one waits.
    pub(crate) fn try_next(&self) -> Option<Box<dyn UseCase>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).try_recv().ok()
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
