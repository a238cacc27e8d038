//! The loop of `musubi serve`: every source is followed at its own interval, within its hours.

use crate::dicom::KIND_DICOM;
use crate::error::GatewayError;
use crate::follow::FollowMode;
use crate::gateway::Gateway;
use crate::pull::PullControl;
use crate::source::Source;
use crate::stop::Stop;
use model::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use store::StoreError;
use store::intake;
use tokio::task::{Id, JoinSet};

/// How often the list of sources is looked at: commands may add one while the server runs.
const TICK: Duration = Duration::from_secs(5);
/// How often it is looked whether somebody asked for a study.
const WANTED_TICK: Duration = Duration::from_secs(1);
/// Sources followed at one time.
const SOURCES_AT_ONCE: usize = 4;

impl Gateway {
    /// Follows every source until it is asked to stop. A source that cannot be read costs a line
    /// in the log and its mark "down", and is tried again at its next turn.
    pub async fn run(&self, stop: Stop) {
        let mut due: BTreeMap<i64, Timestamp> = BTreeMap::new();
        let mut extended_due: BTreeMap<i64, Timestamp> = BTreeMap::new();
        let mut working: HashMap<Id, i64> = HashMap::new();
        let mut turns: JoinSet<()> = JoinSet::new();
        let (gateway, asked) = (self.clone(), stop.clone());
        let wishes = tokio::spawn(async move { gateway.run_wanted(asked).await });
        while !stop.is_asked() {
            match self.sources().await {
                Ok(sources) => {
                    for source in sources {
                        let is_due = due.get(&source.id).is_none_or(|at| *at <= self.now());
                        // Newcomers' studies are listed at any hour; nothing else is done then.
                        let is_listed = source.kind == KIND_DICOM && self.images().is_some();
                        let is_read =
                            source.kind != KIND_DICOM && source.settings.allows(self.now());
                        let may = !source.paused && (is_listed || is_read);
                        let is_free = !working.values().any(|id| *id == source.id)
                            && turns.len() < SOURCES_AT_ONCE;
                        if is_due && may && is_free {
                            let source_id = source.id;
                            due.insert(source_id, self.next_turn(&source));
                            let news = self.news(&source, &mut extended_due);
                            let (gateway, stop) = (self.clone(), stop.clone());
                            let turn =
                                turns.spawn(async move { gateway.turn(source, news, stop).await });
                            working.insert(turn.id(), source_id);
                        }
                    }
                }
                Err(error) => tracing::error!(%error, "the sources cannot be read"),
            }
            tokio::select! {
                () = stop.asked() => {}
                () = tokio::time::sleep(TICK) => {}
                Some(ended) = turns.join_next_with_id(), if !turns.is_empty() => {
                    let id = match ended {
                        Ok((id, ())) => id,
                        Err(error) => {
                            tracing::error!(%error, "following a source ended early");
                            error.id()
                        }
                    };
                    working.remove(&id);
                }
            }
        }
        while turns.join_next().await.is_some() {}
        if let Err(error) = wishes.await {
            tracing::error!(%error, "fetching what was asked for ended early");
        }
    }

    /// Fetches what somebody asks for, until it is asked to stop.
    async fn run_wanted(&self, stop: Stop) {
        while !stop.is_asked() {
            match self.fetch_wanted(&stop).await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => tracing::error!(%error, "what was asked for cannot be read"),
            }
            tokio::select! {
                () = stop.asked() => {}
                () = tokio::time::sleep(WANTED_TICK) => {}
            }
        }
    }

    /// One turn at a source.
    async fn turn(&self, source: Source, news: FollowMode, stop: Stop) {
        let control = PullControl { stop, progress: None };
        let mode = match self.needs_comparison(&source).await {
            Ok(true) => FollowMode::Reconcile,
            Ok(false) => news,
            Err(error) => {
                tracing::error!(source = source.name, %error, "the pulls of a source cannot be read");
                return;
            }
        };
        match self.follow_once(&source.name, mode, &control).await {
            Ok(counts) if counts.taken + counts.quarantined > 0 => tracing::info!(
                source = source.name,
                taken = counts.taken,
                quarantined = counts.quarantined,
                "followed"
            ),
            Ok(_) | Err(GatewayError::Stopped) => {}
            Err(error @ GatewayError::Busy(_)) => {
                tracing::debug!(source = source.name, %error, "another process follows it");
            }
            Err(error) => tracing::warn!(source = source.name, %error, "a source was not followed"),
        }
    }

    /// Whether the last complete comparison of a source is too long ago.
    async fn needs_comparison(&self, source: &Source) -> Result<bool, GatewayError> {
        let follows_news = source.kind == KIND_DICOM || source.transaction_roots().next().is_some();
        if !follows_news || source.settings.frozen {
            return Ok(false);
        }
        let (source_id, now) = (source.id, self.now());
        let interval_us = i64::from(source.settings.reconcile_interval_s) * Timestamp::SECOND_US;
        let last = self
            .store()
            .read(move |tx| -> Result<_, StoreError> { intake::last_complete_pull(tx, source_id) });
        Ok(last.await?.is_none_or(|at_us| now.0 - at_us >= interval_us))
    }

    /// How the news of a source are looked for in this turn. The extended roots have an interval
    /// of their own: comparing folders costs the hospital's server more than reading records.
    fn news(&self, source: &Source, extended_due: &mut BTreeMap<i64, Timestamp>) -> FollowMode {
        let now = self.now();
        if extended_due.get(&source.id).is_some_and(|at| *at > now) {
            return FollowMode::News;
        }
        let interval = i64::from(source.settings.extended_interval_s.max(1));
        extended_due.insert(source.id, now.plus_us(interval * Timestamp::SECOND_US));
        FollowMode::NewsAndExtended
    }

    fn next_turn(&self, source: &Source) -> Timestamp {
        let interval = i64::from(source.settings.follow_interval_s.max(1));
        self.now().plus_us(interval * Timestamp::SECOND_US)
    }
}
