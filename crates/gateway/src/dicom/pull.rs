//! One pass over a DICOM server: enrolled patients one by one, several associations at one time.

use crate::dicom::numbers;
use crate::dicom::patient;
use crate::dicom::server::Associations;
use crate::dicom::turn::{Fence, Turn};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::progress::Progress;
use crate::pull::PullControl;
use crate::session::{check_paused, take_lease};
use crate::source::Source;
use futures::future::try_join_all;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::StoreError;
use store::intake::{self, PullCounts};
use store::source as rows;
use store::study;
use tokio::sync::Mutex;

/// Numbers read at one time.
const PAGE_ROWS: u32 = 500;

/// What one pass does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ImagePlan {
    /// Only patients whose studies were never listed.
    pub only_new: bool,
    /// Whether images are fetched; else studies are listed alone.
    pub fetches: bool,
    /// Whether recent studies are compared image by image.
    pub compares: bool,
}

impl ImagePlan {
    /// Everything, compared: `musubi pull`, and once a night.
    pub const ALL: ImagePlan = ImagePlan { only_new: false, fetches: true, compares: true };
    /// What is new, of everybody.
    pub const NEWS: ImagePlan = ImagePlan { only_new: false, fetches: true, compares: false };
    /// Newcomers' studies are listed at any hour, so that pages can say what can be fetched.
    pub const LIST: ImagePlan = ImagePlan { only_new: true, fetches: false, compares: false };

    fn mode(self) -> &'static str {
        if self.compares { "pull" } else { "follow" }
    }
}

impl Gateway {
    /// One pass over a DICOM server. May be dropped or killed at any moment; the next pass goes
    /// on from there.
    ///
    /// # Errors
    /// As of [`Gateway::pull`].
    pub(crate) async fn pull_images(
        &self,
        source: Source,
        plan: ImagePlan,
        control: &PullControl,
    ) -> Result<PullCounts, GatewayError> {
        let source = Arc::new(source);
        match plan.fetches {
            true => crate::session::check_allowed(self, &source)?,
            false => check_paused(&source)?,
        }
        self.check_disk()?;
        let given_back = take_lease(self, &source).await?;
        let fence = Fence::Lease(given_back.lease());
        let worked = self.under_lease(Arc::clone(&source), fence, plan, control).await;
        given_back.now().await?;
        worked
    }

    async fn under_lease(
        &self,
        source: Arc<Source>,
        fence: Fence,
        plan: ImagePlan,
        control: &PullControl,
    ) -> Result<PullCounts, GatewayError> {
        let mut turn = Turn::new(self, Arc::clone(&source), fence, &control.stop).await?;
        turn.fetches = plan.fetches;
        let (source_id, now) = (source.id, self.now());
        let mode = plan.mode();
        let pull_id = turn
            .write(move |tx| {
                // A pass that was killed has left studies as being fetched.
                study::clear_fetching(tx, source_id)?;
                intake::begin_pull(tx, source_id, mode, now.0)
            })
            .await?;
        let worked = turn.keeping(run(&turn, plan, control)).await;
        let counts = turn.counted();
        let outcome = match &worked {
            Ok(()) => "complete".to_owned(),
            Err(error) => error.to_string(),
        };
        let down = match &worked {
            Err(GatewayError::Down { reason, .. }) => Some(reason.clone()),
            _ => None,
        };
        let (is_ok, now) = (worked.is_ok(), self.now());
        let kept = turn.write(move |tx| {
            intake::update_pull(tx, pull_id, counts, Some(now.0), &outcome)?;
            study::clear_fetching(tx, source_id)?;
            match &down {
                Some(reason) => rows::set_state(tx, source_id, "down", reason, false, now.0)?,
                None if is_ok => rows::set_state(tx, source_id, "up", "", true, now.0)?,
                None => {}
            }
            if counts.taken > 0 {
                rows::item_taken(tx, source_id, now.0)?;
            }
            Ok(())
        });
        let kept = kept.await;
        worked?;
        kept?;
        Ok(counts)
    }
}

async fn run(turn: &Turn, plan: ImagePlan, control: &PullControl) -> Result<(), GatewayError> {
    if !plan.only_new {
        numbers::introduce(turn, plan.compares).await?;
    }
    let queue = Mutex::new(Patients { after: String::new(), page: VecDeque::new(), plan });
    let done = AtomicU64::new(0);
    let (domain_id, source_id) = (turn.source.domain.id, turn.source.id);
    let all = turn
        .gateway
        .store()
        .read(move |tx| -> Result<i64, StoreError> { rows::enrolled_count(tx, domain_id) });
    let all = u64::try_from(all.await?).unwrap_or(0);
    let worker = || async {
        let mut associations = Associations::new(&turn.server);
        loop {
            let next = queue.lock().await.next(turn, (domain_id, source_id)).await?;
            let Some(patient_id) = next else { break };
            turn.check().await?;
            patient::visit(turn, &mut associations, &patient_id, &plan).await?;
            let listed = done.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(tell) = &control.progress {
                let counts = turn.counted();
                let progress =
                    Progress { patients: all, patients_listed: listed, counts, batches: 0 };
                tell(&progress);
            }
        }
        associations.release().await;
        Ok::<(), GatewayError>(())
    };
    let workers = (0..turn.source.settings.associations()).map(|_| worker());
    try_join_all(workers).await.map(drop)
}

/// Whom a pass looks at, a page at a time.
struct Patients {
    after: String,
    page: VecDeque<String>,
    plan: ImagePlan,
}

impl Patients {
    async fn next(
        &mut self,
        turn: &Turn,
        (domain_id, source_id): (i64, i64),
    ) -> Result<Option<String>, GatewayError> {
        while self.page.is_empty() {
            let (after, only_new) = (self.after.clone(), self.plan.only_new);
            let read = turn.gateway.store().read(move |tx| -> Result<_, StoreError> {
                let page = rows::enrolled(tx, domain_id, &after, PAGE_ROWS)?;
                let last = page.last().cloned();
                let listed = match only_new {
                    true => intake::listed_patients(tx, source_id, &page)?,
                    false => Vec::new(),
                };
                Ok((page, last, listed))
            });
            let (mut page, last, listed) = read.await?;
            let Some(last) = last else { return Ok(None) };
            self.after = last;
            page.retain(|patient| !listed.contains(patient));
            self.page = page.into();
        }
        Ok(self.page.pop_front())
    }
}
