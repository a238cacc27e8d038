//! A use case on its way to a thread of the engine, and its answer back.

use crate::error::StoreError;
use crate::tx::Tx;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What is to become of a use case's changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Discard,
}

/// A use case without its types.
pub(crate) trait UseCase: Send {
    /// Runs it, keeping its result. May be called again.
    fn run(&mut self, tx: &mut Tx) -> Verdict;
    /// Answers: its own result, or the error with which its transaction ended.
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
    /// True when nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool;
}

/// Makes a use case and the receiver of its answer.
pub(crate) fn new<T, E, F>(f: F) -> (Box<dyn UseCase>, oneshot::Receiver<Result<T, E>>)
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (sender, receiver) = oneshot::channel();
    (Box::new(Case { f, result: None, sender }), receiver)
}

struct Case<T, E, F> {
    f: F,
    result: Option<Result<T, E>>,
    sender: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> UseCase for Case<T, E, F>
where
    F: FnMut(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Verdict {
        tx.renew();
        let result = match catch_unwind(AssertUnwindSafe(|| (self.f)(tx))) {
            Err(panic) => Err(E::from(StoreError::Panicked(message(&*panic)))),
            Ok(Ok(_)) if tx.fault().is_some() => {
                Err(E::from(tx.fault().cloned().unwrap_or(StoreError::Closed)))
            }
            Ok(result) => result,
        };
        let verdict = if result.is_ok() { Verdict::Keep } else { Verdict::Discard };
        self.result = Some(result);
        verdict
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        let answer = match (self.result, end) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(end)) => Err(E::from(end)),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(E::from(StoreError::Closed)),
        };
        // The receiver may be gone: a caller that no longer waits.
        let _ = self.sender.send(answer);
    }

    fn is_abandoned(&self) -> bool {
        self.sender.is_closed()
    }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    text.or(owned).unwrap_or("no message").to_owned()
}
