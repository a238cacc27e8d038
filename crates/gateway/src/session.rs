//! One worker's turn at a source: the lease is taken, the roots are looked at, the state is
//! kept, and at the end the lease is given back, also when the work is dropped half-way.

use crate::beneath::RootFolder;
use crate::budget::{ByteBudget, Throttle};
use crate::commit::Committer;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::holder;
use crate::place::RootRole;
use crate::source::Source;
use crate::stop::Stop;
use crate::transactions;
use crate::workshop::Workshop;
use model::limits;
use std::collections::HashMap;
use std::sync::Arc;
use store::intake::{self, CursorRow, PullCounts};
use store::lease::{self, Lease};
use store::source as rows;
use store::{Store, StoreError, Tx};

/// A source under lease, with its roots open.
pub(crate) struct Session {
    pub gateway: Gateway,
    pub source: Arc<Source>,
    pub workshop: Arc<Workshop>,
    pub committer: Arc<Committer>,
    pub pull_id: i64,
    pub counts: PullCounts,
    given_back: GiveBack,
}

/// Gives a lease back when dropped.
pub(crate) struct GiveBack {
    store: Store,
    lease: Lease,
    budget: Arc<ByteBudget>,
    is_done: bool,
}

impl GiveBack {
    /// The lease.
    pub fn lease(&self) -> Lease {
        self.lease.clone()
    }

    /// Gives the lease back before anything else happens.
    pub async fn now(mut self) -> Result<(), StoreError> {
        let lease = self.lease.clone();
        self.store.write(move |tx| lease::release(tx, &lease)).await?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for GiveBack {
    fn drop(&mut self) {
        self.budget.close();
        if self.is_done {
            return;
        }
        let (store, lease) = (self.store.clone(), self.lease.clone());
        // On a thread of its own: the drop may happen inside the runtime, which must not wait.
        // Should it fail, the lease ends by itself.
        let _ = std::thread::Builder::new().name("gateway-release".to_owned()).spawn(move || {
            let _ = store.write_blocking(move |tx| lease::release(tx, &lease));
        });
    }
}

impl Session {
    /// Takes the lease on a source and opens its roots. `mode` stands in the row of the pull.
    ///
    /// # Errors
    /// The source is paused, outside its hours, busy or down, or the disk is too full.
    pub async fn begin(
        gateway: &Gateway,
        source: Source,
        mode: &'static str,
        stop: &Stop,
    ) -> Result<Session, GatewayError> {
        check_allowed(gateway, &source)?;
        gateway.check_disk()?;
        let source = Arc::new(source);
        let given_back = take_lease(gateway, &source).await?;
        let (lease, budget) = (given_back.lease.clone(), Arc::clone(&given_back.budget));
        let roots = match open_roots(gateway, &source).await {
            Ok(roots) => roots,
            Err(error) => {
                given_back.now().await?;
                return Err(error);
            }
        };
        let (source_id, now) = (source.id, gateway.now());
        let pull_id =
            gateway.store().write(move |tx| intake::begin_pull(tx, source_id, mode, now.0)).await?;
        let workshop = Arc::new(Workshop {
            source: Arc::clone(&source),
            codes: gateway.codes(),
            repository_oid: gateway.repository_oid().to_owned(),
            clock: gateway.clock(),
            roots,
            throttle: Throttle::new(source.settings.files_per_second_max),
            budget,
            stop: stop.clone(),
        });
        let committer = Committer { gateway: gateway.clone(), source: Arc::clone(&source), lease };
        Ok(Session {
            gateway: gateway.clone(),
            source,
            workshop,
            committer: Arc::new(committer),
            pull_id,
            counts: PullCounts::default(),
            given_back,
        })
    }

    /// Keeps how the turn ended and gives the lease back before answering.
    pub async fn end(
        mut self,
        result: Result<(), GatewayError>,
    ) -> Result<PullCounts, GatewayError> {
        let outcome = match &result {
            Ok(()) => "complete".to_owned(),
            Err(error) => error.to_string(),
        };
        // A storage that went away in the midst of a turn is as down as one that was not there.
        let down = match &result {
            Err(GatewayError::Down { reason, .. }) => Some(reason.clone()),
            _ => None,
        };
        let (pull_id, counts, now) = (self.pull_id, self.counts, self.gateway.now());
        let (source_id, lease) = (self.source.id, self.committer.lease.clone());
        let kept = self
            .gateway
            .store()
            .write(move |tx| -> Result<(), StoreError> {
                intake::update_pull(tx, pull_id, counts, Some(now.0), &outcome)?;
                if let Some(reason) = &down {
                    rows::set_state(tx, source_id, "down", reason, false, now.0)?;
                }
                lease::release(tx, &lease)
            })
            .await;
        self.given_back.is_done = kept.is_ok();
        result?;
        kept?;
        Ok(counts)
    }

    /// Keeps the counters while the turn goes on.
    pub async fn keep_counts(&self) -> Result<(), GatewayError> {
        let (pull_id, counts) = (self.pull_id, self.counts);
        let kept = self
            .gateway
            .store()
            .write(move |tx| intake::update_pull(tx, pull_id, counts, None, "running"))
            .await;
        Ok(kept?)
    }
}

/// Whether an operator lets the source be read.
pub(crate) fn check_paused(source: &Source) -> Result<(), GatewayError> {
    match source.paused {
        true => Err(GatewayError::Paused(source.name.clone())),
        false => Ok(()),
    }
}

/// Whether the source may be read now.
pub(crate) fn check_allowed(gateway: &Gateway, source: &Source) -> Result<(), GatewayError> {
    check_paused(source)?;
    if !source.settings.allows(gateway.now()) {
        let hours: Vec<String> =
            source.settings.allowed_hours.iter().map(ToString::to_string).collect();
        return Err(GatewayError::OutsideHours {
            source_name: source.name.clone(),
            hours: hours.join(", "),
        });
    }
    Ok(())
}

/// Whether the source may still be read, by what an operator says of it now: it may have been
/// paused since the turn began.
pub(crate) async fn check_still_allowed(
    gateway: &Gateway,
    source: &Source,
) -> Result<(), GatewayError> {
    check_allowed(gateway, &gateway.source(&source.name).await?)
}

/// Takes the lease in a task of its own: should the caller be dropped while the database works,
/// the lease that is taken all the same is given back.
pub(crate) async fn take_lease(
    gateway: &Gateway,
    source: &Arc<Source>,
) -> Result<GiveBack, GatewayError> {
    let (gateway, source) = (gateway.clone(), Arc::clone(source));
    tokio::spawn(async move {
        let (name, own) = (format!("source/{}", source.id), gateway.holder().to_owned());
        let now = gateway.now();
        let until = now.plus_us(limits::LEASE_MS as i64 * 1_000);
        let taken = gateway
            .store()
            .write(move |tx: &mut Tx| -> Result<Option<Lease>, StoreError> {
                if let Some(lease) = lease::acquire(tx, &name, &own, now, until)? {
                    return Ok(Some(lease));
                }
                match lease::holder(tx, &name, now)? {
                    Some((other, _)) if holder::is_dead(&other) => {
                        lease::take_over(tx, &name, &other, &own, until)
                    }
                    _ => Ok(None),
                }
            })
            .await?;
        let lease = taken.ok_or_else(|| GatewayError::Busy(source.name.clone()))?;
        Ok(GiveBack {
            store: gateway.store().clone(),
            lease,
            budget: ByteBudget::new(limits::INTAKE_QUEUE_BYTES),
            is_done: false,
        })
    })
    .await
    .map_err(|error| GatewayError::Thread(error.to_string()))?
}

/// Opens the roots of the storage. One that is missing or holds nothing marks the source down:
/// that is how a share looks that is not mounted, and never means that all was deleted. A
/// transaction root may be empty until something was read from it.
async fn open_roots(
    gateway: &Gateway,
    source: &Arc<Source>,
) -> Result<HashMap<(RootRole, u32), RootFolder>, GatewayError> {
    let (source_id, now) = (source.id, gateway.now());
    let opening = Arc::clone(source);
    let cursors = gateway.store().read(move |tx| intake::cursors(tx, source_id)).await?;
    let opened = tokio::task::spawn_blocking(move || try_open_roots(&opening, &cursors))
        .await
        .map_err(|error| GatewayError::Thread(error.to_string()))?;
    let (state, reason) = match &opened {
        Ok(_) => ("up", String::new()),
        Err(reason) => ("down", reason.clone()),
    };
    let is_up = opened.is_ok();
    gateway
        .store()
        .write(move |tx| rows::set_state(tx, source_id, state, &reason, is_up, now.0))
        .await?;
    opened.map_err(|reason| GatewayError::Down { source_name: source.name.clone(), reason })
}

fn try_open_roots(
    source: &Source,
    cursors: &[CursorRow],
) -> Result<HashMap<(RootRole, u32), RootFolder>, String> {
    let mut roots = HashMap::new();
    for root in &source.roots {
        let shown = root.path.display();
        let opened = RootFolder::open(&root.path)
            .map_err(|trouble| format!("the {} root {shown}: {trouble}", root.role))?;
        let is_empty = opened
            .is_empty()
            .map_err(|trouble| format!("the {} root {shown}: {trouble}", root.role))?;
        let number = transactions::cursor_number(root);
        let was_read =
            number.is_some_and(|number| cursors.iter().any(|it| it.root_ordinal == number));
        if is_empty && (root.role.has_folders() || was_read) {
            return Err(format!("the {} root {shown} is empty; is the share mounted?", root.role));
        }
        roots.insert((root.role, root.ordinal), opened);
    }
    Ok(roots)
}
