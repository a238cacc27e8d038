//! A search, step by step.

use super::plan::Plan;
use crate::asker::Asker;
use crate::dicomweb::attributes::{Level, json_of, of_instance, of_series, of_study};
use crate::dicomweb::query::Wish;
use crate::dicomweb::refusal::Refusal;
use crate::dicomweb::web::{Ask, Web};
use crate::found::{Eyes, Seen};
use dicomfile::tags;
use model::Timestamp;
use model::limits::DICOMWEB_PAGE_ROWS;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use store::audit::{Action, Outcome};
use store::study::{SeriesRow, instances_of_series, series_of_studies};
use store::{Store, StoreError, Tx};

/// A search under way.
pub(crate) struct Search {
    store: Store,
    asker: Asker,
    now: Timestamp,
    base: Arc<str>,
    level: Level,
    wish: Arc<Wish>,
    at: At,
    skip: u64,
    left: u64,
    has_more: bool,
}

/// Where a search stands.
#[derive(Debug, Clone)]
struct At {
    plan: Plan,
    studies: VecDeque<Seen>,
    series: VecDeque<(Seen, SeriesRow)>,
    /// The last instance that was given of the first of `series`.
    instance: Option<(i64, i64)>,
}

impl Search {
    /// Plans a search and audits it, with the persons whom its keys name.
    pub(crate) async fn begin(
        web: &Web,
        ask: &Ask,
        level: Level,
        wish: Wish,
    ) -> Result<Search, Refusal> {
        let (now, wish) = (web.desk.clock.now(), Arc::new(wish));
        let detail = serde_json::json!({
            "transaction": "QIDO-RS", "level": format!("{level:?}"), "query": ask.query,
        });
        let (asker, asked, page_rows) = (ask.asker.clone(), wish.clone(), page_rows());
        let plan = web.desk.store.write(move |tx| -> Result<Plan, StoreError> {
            let plan = Plan::of(tx, &asked)?;
            let mut persons = BTreeSet::new();
            if !matches!(plan, Plan::All(_)) {
                let mut eyes = Eyes::open(tx, asker.viewer(), now)?;
                let (seen, _) = plan.clone().next(tx, &mut eyes, page_rows)?;
                persons.extend(seen.iter().map(|one| one.person_id));
            }
            let persons: Vec<i64> = persons.into_iter().collect();
            asker.audit(tx, (Action::Search, Outcome::Success), &persons, &detail, now)?;
            Ok(plan)
        });
        Ok(Search {
            store: web.desk.store.clone(),
            asker: ask.asker.clone(),
            now,
            base: ask.base.as_str().into(),
            level,
            skip: wish.offset,
            left: wish.limit.unwrap_or(u64::MAX),
            has_more: false,
            at: At {
                plan: plan.await?,
                studies: VecDeque::new(),
                series: VecDeque::new(),
                instance: None,
            },
            wish,
        })
    }

    /// Whether everything was given that was asked for, and it is known whether there is more.
    pub(crate) fn is_over(&self) -> bool {
        self.has_more || self.at.is_over()
    }

    /// Whether there are matches beyond the limit.
    pub(crate) fn has_more(&self) -> bool {
        self.has_more
    }

    /// The next matches, as JSON; perhaps none of them yet.
    pub(crate) async fn next(&mut self) -> Result<Vec<String>, Refusal> {
        let (viewer, now, at) = (self.asker.viewer(), self.now, self.at.clone());
        let (wish, base, level) = (self.wish.clone(), self.base.clone(), self.level);
        let (at, mut found) = self
            .store
            .read(move |tx| {
                let mut eyes = Eyes::open(tx, viewer, now)?;
                let mut step = Step { wish: &wish, base: &base, found: Vec::new() };
                let at = step.take(tx, &mut eyes, level, at.clone())?;
                Ok::<_, StoreError>((at, step.found))
            })
            .await?;
        self.at = at;
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(found.len());
        found.drain(..skipped);
        self.skip -= skipped as u64;
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        if found.len() > left {
            found.truncate(left);
            self.has_more = true;
        }
        self.left -= found.len() as u64;
        Ok(found)
    }
}

impl At {
    fn is_over(&self) -> bool {
        self.studies.is_empty() && self.series.is_empty() && matches!(self.plan, Plan::Over)
    }
}

/// One step.
struct Step<'a> {
    wish: &'a Wish,
    base: &'a str,
    found: Vec<String>,
}

impl Step<'_> {
    /// Reads one page of rows.
    fn take(
        &mut self,
        tx: &mut Tx,
        eyes: &mut Eyes,
        level: Level,
        mut at: At,
    ) -> Result<At, StoreError> {
        let page = usize::try_from(DICOMWEB_PAGE_ROWS).unwrap_or(usize::MAX);
        let mut reads = 0;
        while !at.is_over() && self.found.len() < page && reads < page {
            reads += 1;
            if at.series.is_empty() && at.studies.is_empty() {
                let (seen, rest) = at.plan.clone().next(tx, eyes, page_rows())?;
                at.plan = rest;
                at.studies = seen.into_iter().filter(|one| self.is_study(one)).collect();
                // One page of candidates a step, however few of them match.
                reads += page / 4;
            }
            if level == Level::Study {
                let all = std::mem::take(&mut at.studies);
                self.found.extend(all.iter().map(|one| json(self.base, one, None, None)));
                continue;
            }
            if at.series.is_empty() {
                at.series = self.series(tx, std::mem::take(&mut at.studies))?;
            }
            if level == Level::Series {
                let all = std::mem::take(&mut at.series);
                let written = all.iter().map(|(one, row)| json(self.base, one, Some(row), None));
                self.found.extend(written);
                continue;
            }
            self.instances(tx, &mut at)?;
        }
        Ok(at)
    }

    fn is_study(&self, seen: &Seen) -> bool {
        self.wish.of_level(Level::Study).all(|key| {
            // A number finds its identity, also where images have it with other zeros before.
            (key.tag == tags::PATIENT_ID && key.exactly().is_some())
                || of_study(seen, key.tag).is_some_and(|values| key.matches(&values))
        })
    }

    fn series(
        &self,
        tx: &mut Tx,
        studies: VecDeque<Seen>,
    ) -> Result<VecDeque<(Seen, SeriesRow)>, StoreError> {
        let ids: Vec<i64> = studies.iter().map(|one| one.study.id).collect();
        let mut rows = series_of_studies(tx, &ids)?;
        rows.retain(|row| {
            row.instance_count > 0
                && self
                    .wish
                    .of_level(Level::Series)
                    .all(|key| of_series(row, key.tag).is_some_and(|values| key.matches(&values)))
        });
        let mut found = VecDeque::new();
        for seen in studies {
            let own = rows.iter().filter(|row| row.study_id == seen.study.id);
            found.extend(own.map(|row| (seen.clone(), row.clone())));
        }
        Ok(found)
    }

    /// A page of the instances of the first series.
    fn instances(&mut self, tx: &mut Tx, at: &mut At) -> Result<(), StoreError> {
        let Some((seen, series)) = at.series.front() else { return Ok(()) };
        let rows = instances_of_series(tx, series.id, at.instance, page_rows())?;
        for row in &rows {
            let is_match = self
                .wish
                .of_level(Level::Instance)
                .all(|key| of_instance(row, key.tag).is_some_and(|values| key.matches(&values)));
            if is_match {
                self.found.push(json(self.base, seen, Some(series), Some(row)));
            }
        }
        at.instance = rows
            .last()
            .filter(|_| rows.len() >= usize::try_from(page_rows()).unwrap_or(usize::MAX))
            .map(|row| row.place());
        if at.instance.is_none() {
            at.series.pop_front();
        }
        Ok(())
    }
}

fn json(
    base: &str,
    seen: &Seen,
    series: Option<&SeriesRow>,
    instance: Option<&store::study::InstanceRow>,
) -> String {
    json_of(base, seen, series, instance).to_string()
}

fn page_rows() -> u32 {
    u32::try_from(DICOMWEB_PAGE_ROWS).unwrap_or(u32::MAX)
}
