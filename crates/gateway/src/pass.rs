//! One complete pass over the folders of enrolled patients: a listing thread, reading threads,
//! and the writing side, joined by bounded queues.

use crate::commit::{Batch, Gone};
use crate::error::GatewayError;
use crate::lister::Lister;
use crate::listing::Candidate;
use crate::newcomers;
use crate::progress::{Progress, ProgressFn};
use crate::session::{self, Session};
use crate::workshop::{Outcome, Workshop};
use futures::stream::{FuturesUnordered, StreamExt};
use model::limits;
use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use store::intake::{self, FileRow, PullCounts};
use tokio::sync::mpsc;

/// Items submitted together.
const BATCH_ITEMS: usize = 512;
/// Batches on their way at one time: while one is written the next are made, and the ledger of
/// the one before is kept.
const BATCHES: usize = 3;
/// Groups of candidates handed to a reading thread at one time.
pub(crate) const GROUPS_AT_ONCE: usize = 16;

/// Which patients a pass looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Patients {
    /// Every enrolled one.
    #[default]
    All,
    /// Enrolled ones whose folders were never read to the end.
    New,
    /// These, if they are enrolled.
    Some(Vec<String>),
}

/// What a pass does beside the usual.
#[derive(Clone, Default)]
pub(crate) struct PassPlan {
    pub patients: Patients,
    /// Only the extended roots are looked at; nobody's folders are read to the end by it.
    pub extended_only: bool,
    /// Places that are read again although they did not change.
    pub again: HashSet<Vec<u8>>,
    pub progress: Option<ProgressFn>,
}

/// From the reading side to the writing side.
#[derive(Debug)]
pub(crate) enum Event {
    /// A patient's folders were listed.
    Listed { patient_id: String, items: i64, is_new: bool, complete: bool },
    /// Places that are no longer there.
    Gone(Gone),
    /// A version was dealt with.
    Outcome(Outcome),
    /// The number of patients to look at.
    Patients(u64),
    /// Listing ended early.
    Failed(GatewayError),
}

/// The reading threads of a pass, joined at its end.
struct Threads(Vec<JoinHandle<()>>);

/// Runs a pass to its end.
pub(crate) async fn run(session: &mut Session, plan: PassPlan) -> Result<(), GatewayError> {
    if plan.patients == Patients::All && !plan.extended_only {
        newcomers::introduce(session).await?;
    }
    let (events, mut received) = mpsc::channel(limits::INTAKE_QUEUE_ITEMS as usize);
    let threads = start(session, &plan, events)?;
    let mut pass = Pass { session, progress: Progress::default(), plan, completed: Vec::new() };
    let worked = pass.write_all(&mut received).await;
    // The threads end once nobody takes their events any more.
    drop(received);
    if worked.is_err() {
        pass.session.workshop.budget.close();
    }
    let joined = threads.join().await;
    worked?;
    joined?;
    if pass.session.workshop.stop.is_asked() {
        return Err(GatewayError::Stopped);
    }
    pass.mark_completed().await
}

struct Pass<'a> {
    session: &'a mut Session,
    plan: PassPlan,
    progress: Progress,
    /// Patients whose folders were listed to the end for the first time.
    completed: Vec<String>,
}

impl Pass<'_> {
    async fn write_all(
        &mut self,
        received: &mut mpsc::Receiver<Event>,
    ) -> Result<(), GatewayError> {
        let renew_every = Duration::from_millis(limits::LEASE_MS / 3);
        let mut commits = FuturesUnordered::new();
        let mut open = true;
        let mut ended = None;
        let mut events = Vec::with_capacity(BATCH_ITEMS);
        while open || !commits.is_empty() {
            let room = BATCH_ITEMS - events.len();
            tokio::select! {
                biased;
                Some(done) = commits.next(), if !commits.is_empty() => {
                    self.add(done?).await?;
                    if ended.is_none() {
                        ended = self.check_allowed().await?;
                        open &= ended.is_none();
                    }
                }
                count = received.recv_many(&mut events, room), if open && room > 0 => {
                    open = count > 0;
                }
                () = tokio::time::sleep(renew_every) => self.session.committer.renew().await?,
            }
            // A database that has nothing to do takes what there is; one that is busy is given
            // full batches, which cost it less.
            let is_due = match commits.len() {
                0 => !events.is_empty(),
                1..BATCHES => events.len() == BATCH_ITEMS || !open && !events.is_empty(),
                _ => false,
            };
            if is_due {
                let full = Vec::with_capacity(BATCH_ITEMS);
                let batch = self.batch(std::mem::replace(&mut events, full))?;
                let committer = Arc::clone(&self.session.committer);
                commits.push(async move { committer.commit(batch).await });
            }
        }
        ended.map_or(Ok(()), Err)
    }

    /// Why the pass has to end here, if it has to: its source is paused or its hours are over.
    /// What is on its way is written all the same; the next pass goes on from there.
    async fn check_allowed(&self) -> Result<Option<GatewayError>, GatewayError> {
        match session::check_still_allowed(&self.session.gateway, &self.session.source).await {
            Ok(()) => Ok(None),
            Err(error @ (GatewayError::Paused(_) | GatewayError::OutsideHours { .. })) => {
                Ok(Some(error))
            }
            Err(error) => Err(error),
        }
    }

    fn batch(&mut self, events: Vec<Event>) -> Result<Batch, GatewayError> {
        let mut batch = Batch::default();
        for event in events {
            match event {
                Event::Outcome(outcome) => batch.outcomes.push(outcome),
                Event::Gone(gone) => batch.gone.push(gone),
                Event::Patients(count) => self.progress.patients = count,
                Event::Failed(error) => return Err(error),
                Event::Listed { patient_id, items, is_new, complete } => {
                    self.progress.patients_listed += 1;
                    self.session.counts.listed += items;
                    if is_new && complete {
                        self.completed.push(patient_id);
                    }
                }
            }
        }
        Ok(batch)
    }

    async fn add(&mut self, done: PullCounts) -> Result<(), GatewayError> {
        let counts = &mut self.session.counts;
        counts.taken += done.taken;
        counts.unchanged += done.unchanged;
        counts.quarantined += done.quarantined;
        self.progress.counts = *counts;
        if let Some(tell) = &self.plan.progress {
            tell(&self.progress);
        }
        self.progress.batches += 1;
        if self.progress.batches.is_multiple_of(16) {
            self.session.gateway.check_disk()?;
            self.session.keep_counts().await?;
        }
        Ok(())
    }

    /// Notes whose folders were read to the end, so that following them may rely on it.
    async fn mark_completed(&mut self) -> Result<(), GatewayError> {
        let now = self.session.gateway.now();
        for page in self.completed.chunks(500) {
            let (patients, source_id) = (page.to_vec(), self.session.source.id);
            let marked = self.session.gateway.store().write(move |tx| {
                let mark = FileRow {
                    path: intake::COMPLETED_MARK.to_vec(),
                    size: 0,
                    modified_us: now.0,
                    outcome: "listed".to_owned(),
                    unique_id: String::new(),
                };
                patients
                    .iter()
                    .try_for_each(|patient| intake::put_file(tx, source_id, patient, &mark))
            });
            marked.await?;
        }
        Ok(())
    }
}

fn start(
    session: &Session,
    plan: &PassPlan,
    events: mpsc::Sender<Event>,
) -> Result<Threads, GatewayError> {
    let workers = session.source.settings.workers();
    let (groups, taken) = sync_channel::<Vec<Vec<Candidate>>>(workers * 2);
    let taken = Arc::new(Mutex::new(taken));
    let mut threads = Threads(Vec::with_capacity(workers + 1));
    for _ in 0..workers {
        let (workshop, taken) = (Arc::clone(&session.workshop), Arc::clone(&taken));
        let events = events.clone();
        threads.spawn("gateway-reader", move || read_groups(&workshop, &taken, &events))?;
    }
    let lister = Lister::new(session, plan);
    threads.spawn("gateway-lister", move || list(lister, &groups, &events))?;
    Ok(threads)
}

fn read_groups(
    workshop: &Workshop,
    groups: &Mutex<Receiver<Vec<Vec<Candidate>>>>,
    events: &mpsc::Sender<Event>,
) {
    loop {
        let next = groups.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return };
        for group in chunk {
            let mut listening = true;
            workshop.process(group, &mut |outcome| {
                listening = events.blocking_send(Event::Outcome(outcome)).is_ok();
                listening
            });
            if !listening || workshop.stop.is_asked() {
                return;
            }
        }
    }
}

fn list(
    mut lister: Lister,
    groups: &SyncSender<Vec<Vec<Candidate>>>,
    events: &mpsc::Sender<Event>,
) {
    let ended = lister.run(&mut |event| events.blocking_send(event).is_ok(), &mut |chunk| {
        groups.send(chunk).is_ok()
    });
    if let Err(error) = ended {
        // Nobody listens any more only where the pass has ended for another reason.
        let _ = events.blocking_send(Event::Failed(error));
    }
}

impl Threads {
    fn spawn(
        &mut self,
        name: &str,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), GatewayError> {
        let builder = std::thread::Builder::new().name(name.to_owned());
        let handle =
            builder.spawn(work).map_err(|error| GatewayError::Thread(error.to_string()))?;
        self.0.push(handle);
        Ok(())
    }

    async fn join(self) -> Result<(), GatewayError> {
        let joined = tokio::task::spawn_blocking(move || {
            let ended: Vec<_> = self.0.into_iter().map(JoinHandle::join).collect();
            ended.iter().all(Result::is_ok)
        });
        match joined.await {
            Ok(true) => Ok(()),
            Ok(false) => Err(GatewayError::Thread("it panicked".to_owned())),
            Err(error) => Err(GatewayError::Thread(error.to_string())),
        }
    }
}
