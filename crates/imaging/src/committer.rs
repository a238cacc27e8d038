//! Group commit: instances whose bytes are durable wait together and share one transaction, so
//! that parallel associations neither wait for one another's rows nor sync each for itself.

use crate::error::ImagingError;
use crate::keep::{self, Arrived};
use model::Clock;
use model::limits::{IMAGING_COMMIT_GROUP, IMAGING_COMMIT_QUEUE};
use ports::{InstanceError, InstanceOutcome};
use std::sync::Arc;
use store::{Store, StoreError};
use tokio::sync::{mpsc, oneshot};

type Answer = Result<InstanceOutcome, ImagingError>;

/// The way to the transaction that several instances share.
#[derive(Clone)]
pub(crate) struct Committer {
    waiting: mpsc::Sender<Waiting>,
}

struct Waiting {
    arrived: Arc<Arrived>,
    answer: oneshot::Sender<Answer>,
}

impl Committer {
    /// Starts the task that commits; it ends when the last handle is gone.
    pub fn start(store: Store, clock: Arc<dyn Clock>) -> Committer {
        let queue = usize::try_from(IMAGING_COMMIT_QUEUE).unwrap_or(usize::MAX);
        let (waiting, received) = mpsc::channel(queue);
        tokio::spawn(run(store, clock, received));
        Committer { waiting }
    }

    /// Commits the rows of an instance, and answers once they are durable.
    pub async fn commit(&self, arrived: Arc<Arrived>) -> Answer {
        let (answer, committed) = oneshot::channel();
        let stopped = || ImagingError::Store(StoreError::Closed);
        self.waiting.send(Waiting { arrived, answer }).await.map_err(|_| stopped())?;
        committed.await.map_err(|_| stopped())?
    }
}

async fn run(store: Store, clock: Arc<dyn Clock>, mut received: mpsc::Receiver<Waiting>) {
    let most = usize::try_from(IMAGING_COMMIT_GROUP).unwrap_or(usize::MAX);
    let mut group = Vec::new();
    while received.recv_many(&mut group, most).await > 0 {
        let members: Vec<Arc<Arrived>> = group.iter().map(|one| one.arrived.clone()).collect();
        match commit(&store, &clock, members).await {
            Ok(answers) => {
                for (waiting, answer) in group.drain(..).zip(answers) {
                    // Whoever waited may have gone; the rows are there all the same.
                    let _ = waiting.answer.send(answer.map_err(ImagingError::from));
                }
            }
            Err(error) if group.len() == 1 => {
                group.drain(..).for_each(|waiting| drop(waiting.answer.send(Err(error.clone()))));
            }
            // One of them makes all fail: each goes alone.
            Err(_) => {
                for waiting in group.drain(..) {
                    let alone = commit(&store, &clock, vec![waiting.arrived]).await;
                    let answer = alone.and_then(|mut answers| match answers.pop() {
                        Some(answer) => answer.map_err(ImagingError::from),
                        None => Err(StoreError::Closed.into()),
                    });
                    let _ = waiting.answer.send(answer);
                }
            }
        }
    }
}

async fn commit(
    store: &Store,
    clock: &Arc<dyn Clock>,
    members: Vec<Arc<Arrived>>,
) -> Result<Vec<Result<InstanceOutcome, InstanceError>>, ImagingError> {
    let (objects, now) = (store.objects().clone(), clock.now());
    store.write_bulk(move |tx| keep::keep(tx, &objects, &members, now)).await
}
