//! An identity settled with everybody whom it could concern, and persons made what they should be.

use crate::error::IdentityError;
use crate::link::{LinkRequest, UnlinkRequest, Voice, link_as, unlink_silently};
use crate::linkage::{
    CandidateIndex as _, Edge, MODEL_VERSION, Neighbourhood, Settlement, Standing, Tie,
    neighbourhood, settle,
};
use crate::matching::index::{Looked, StoredIndex};
use crate::matching::persons::{Joining, Unit, assign, joinings, misplaced, units};
use crate::matching::questions;
use crate::matching::weights::{self, Active};
use model::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::link::{Automatic, TieKind, TieRow, delete_ties, put_automatic, put_ties, ties_among};
use store::{Tx, person};

/// Settles an identity that came or changed: links it to whom it is the same as, if that is
/// certain, asks where it is not, and takes back what machines linked before it made that doubtful.
/// Doing it again changes nothing.
pub(super) fn rematch(tx: &mut Tx, identity_id: i64, now: Timestamp) -> Result<(), IdentityError> {
    let active = weights::active(tx)?;
    let mut index = StoredIndex::new(tx);
    let Some(seed) = index.record(identity_id)? else { return Ok(()) };
    index.companions(identity_id)?;
    let found = neighbourhood(&mut index, seed, &active.model)?;
    let looked = index.into_looked();
    let concerned: BTreeSet<i64> =
        looked.members.keys().chain(found.fringe.keys()).copied().collect();
    let concerned: Vec<i64> = concerned.into_iter().collect();
    let said = if concerned.len() > 1 { ties_among(tx, &concerned)? } else { Vec::new() };
    let mut case = Case { identity_id, now, active, found, looked, said };
    case.release(tx)?;
    let (settlement, mut standing) = case.settle(tx)?;
    case.take_back(tx, &mut standing)?;
    for joining in joinings(&standing) {
        case.join(tx, &mut standing, &joining)?;
    }
    questions::refresh(tx, &case, &settlement, &standing)
}

/// A neighbourhood with what is known of it beside the records.
pub(crate) struct Case {
    /// Who came or changed.
    pub identity_id: i64,
    /// When.
    pub now: Timestamp,
    /// The weights.
    pub active: Arc<Active>,
    /// Who was compared.
    pub found: Neighbourhood,
    /// What their sources say, and where they stand.
    pub looked: Looked,
    /// What was said of them.
    pub said: Vec<TieRow>,
}

impl Case {
    /// Links that were held and agree again are links like others.
    fn release(&mut self, tx: &mut Tx) -> Result<(), IdentityError> {
        let agrees = |row: &TieRow| {
            let edge =
                self.found.edges.iter().find(|it| (it.one, it.other) == (row.one, row.other));
            edge.is_some_and(|edge| edge.assessment.standing == Standing::Automatic)
        };
        let (released, kept): (Vec<TieRow>, Vec<TieRow>) = std::mem::take(&mut self.said)
            .into_iter()
            .partition(|row| row.kind == TieKind::Held && agrees(row));
        self.said = kept;
        for row in released {
            delete_ties(tx, row.one, &[row.other])?;
        }
        Ok(())
    }

    /// Settles. A link of the identity itself that does not hold any more is held.
    fn settle(&mut self, tx: &mut Tx) -> Result<(Settlement, Vec<Unit>), IdentityError> {
        let mut standing = units(&self.looked.members);
        let mut ties = self.ties(&standing);
        let own = self.looked.members.get(&self.identity_id).map(|member| member.person_id);
        // Each round holds at least one unit more.
        for _ in 0..=standing.len() {
            let settlement = settle(&self.found, &ties, &self.active.model);
            assign(&mut standing, &settlement);
            let contradicted: Vec<(i64, i64)> = misplaced(&standing)
                .into_iter()
                .filter_map(|(at, keeper)| standing.get(at).zip(standing.get(keeper)))
                .filter(|(unit, _)| Some(unit.person_id) == own)
                .map(|(unit, keeper)| (self.named(unit), self.named(keeper)))
                .collect();
            if contradicted.is_empty() {
                return Ok((settlement, standing));
            }
            for pair in contradicted {
                self.hold(tx, pair)?;
                ties.push(Tie::Same(pair.0, pair.1));
            }
        }
        let settlement = settle(&self.found, &ties, &self.active.model);
        assign(&mut standing, &settlement);
        Ok((settlement, standing))
    }

    /// What humans and sources have said, what stands together, and links that a machine must not
    /// judge again: those of earlier weights, and those of whom not everybody could be compared.
    fn ties(&self, standing: &[Unit]) -> Vec<Tie> {
        let said = self.said.iter().map(|row| match row.kind {
            TieKind::Apart => Tie::Apart(row.one, row.other),
            TieKind::Held | TieKind::Same => Tie::Same(row.one, row.other),
        });
        let mut ties: Vec<Tie> = said.collect();
        for unit in standing {
            let members: Vec<i64> = unit.identities().collect();
            for (at, one) in members.iter().enumerate() {
                ties.extend(members.iter().skip(at + 1).map(|other| Tie::Same(*one, *other)));
            }
            if !self.is_pinned(unit) {
                continue;
            }
            let beside = standing.iter().filter(|other| other.person_id == unit.person_id);
            for other in beside.filter(|other| other.first() != unit.first()) {
                let pairs =
                    other.identities().flat_map(|one| members.iter().map(move |it| (one, *it)));
                ties.extend(pairs.map(|(one, it)| Tie::Same(one.min(it), one.max(it))));
            }
        }
        ties
    }

    fn is_pinned(&self, unit: &Unit) -> bool {
        let is_earlier = |automatic: &Automatic| automatic.model != self.active.digest;
        unit.is_automatic()
            && unit.members.iter().any(|(identity, automatic)| {
                automatic.as_ref().is_some_and(is_earlier)
                    || self.found.incomplete.contains(identity)
            })
    }

    /// By whom of a unit a tie is kept: the identity that changed, else the first that is known.
    fn named(&self, unit: &Unit) -> i64 {
        let is_known = |identity: &i64| self.found.records.contains_key(identity);
        unit.identities()
            .find(|identity| *identity == self.identity_id)
            .or_else(|| unit.identities().find(is_known))
            .unwrap_or_else(|| unit.first())
    }

    fn hold(&mut self, tx: &mut Tx, (one, other): (i64, i64)) -> Result<(), IdentityError> {
        let actor = self.actor();
        put_ties(tx, one, &[other], TieKind::Held, (&actor, self.now))?;
        let (one, other) = (one.min(other), one.max(other));
        self.said.retain(|row| (row.one, row.other) != (one, other));
        self.said.push(TieRow { one, other, kind: TieKind::Held, actor, at: self.now });
        tracing::warn!(one, other, "a link that new demographics contradict stands until reviewed");
        Ok(())
    }

    /// Takes back machines' links among others that what came has made doubtful.
    fn take_back(&mut self, tx: &mut Tx, standing: &mut [Unit]) -> Result<(), IdentityError> {
        for (at, keeper) in misplaced(standing) {
            let Some((unit, keeper)) = standing.get(at).cloned().zip(standing.get(keeper).cloned())
            else {
                continue;
            };
            match self.way_back(tx, standing, &unit)? {
                Some(events) => {
                    let person_after = self.unlink(tx, &events)?;
                    if let Some(moved) = standing.get_mut(at) {
                        moved.person_id = person_after.unwrap_or(unit.person_id);
                        moved.members.iter_mut().for_each(|(_, automatic)| *automatic = None);
                    }
                }
                None => {
                    let pair = (self.named(&unit), self.named(&keeper));
                    self.hold(tx, pair)?;
                    if let Some(held) = standing.get_mut(at) {
                        held.group = keeper.group;
                    }
                }
            }
        }
        Ok(())
    }

    /// The links of a unit, the last first, if the person before is free for it.
    fn way_back(
        &self,
        tx: &mut Tx,
        standing: &[Unit],
        unit: &Unit,
    ) -> Result<Option<Vec<i64>>, IdentityError> {
        let mut events = Vec::new();
        for (_, automatic) in unit.members.iter().rev() {
            let Some(automatic) = automatic else { return Ok(None) };
            let event = person::event_by_id(tx, automatic.event_id)?;
            let Some(before) = event.and_then(|event| event.person_before) else { return Ok(None) };
            let is_of_group = |identity: i64| {
                standing.iter().any(|one| {
                    one.group == unit.group && one.identities().any(|member| member == identity)
                })
            };
            let there = person::identities_of_person(tx, before)?;
            if there.iter().any(|one| !one.is_affinity && !is_of_group(one.id)) {
                return Ok(None);
            }
            events.push(automatic.event_id);
        }
        Ok(Some(events))
    }

    fn unlink(&self, tx: &mut Tx, events: &[i64]) -> Result<Option<i64>, IdentityError> {
        let mut person_after = None;
        for event_id in events {
            let request = UnlinkRequest {
                event_id: *event_id,
                actor: self.actor(),
                now: self.now,
                evidence: json!({ "rule": "linkage", "made_doubtful_by": self.identity_id }),
            };
            person_after = Some(unlink_silently(tx, &request)?.person_after);
        }
        Ok(person_after)
    }

    /// Brings the units of a group to one person.
    fn join(
        &self,
        tx: &mut Tx,
        standing: &mut [Unit],
        joining: &Joining,
    ) -> Result<(), IdentityError> {
        let target = person::by_id(tx, joining.person_id)?
            .ok_or_else(|| IdentityError::NoSuchPerson(joining.person_id.to_string()))?;
        for at in &joining.moved {
            let Some(unit) = standing.get(*at).cloned() else { continue };
            let evidence = self.evidence(standing, joining, &unit);
            for identity_id in unit.identities() {
                let request = LinkRequest {
                    identity_id,
                    person: target.community_id.clone(),
                    actor: self.actor(),
                    now: self.now,
                    evidence: evidence.clone(),
                };
                let Some(done) = link_as(tx, &request, Voice::Silent)? else { continue };
                let automatic = Automatic {
                    unit: unit.first(),
                    event_id: done.event_id,
                    model: self.active.digest.clone(),
                };
                put_automatic(tx, identity_id, &automatic)?;
            }
            if let Some(moved) = standing.get_mut(*at) {
                moved.person_id = joining.person_id;
            }
        }
        Ok(())
    }

    /// The strongest pair on which a link rests, field by field.
    fn evidence(&self, standing: &[Unit], joining: &Joining, unit: &Unit) -> Value {
        let others: BTreeSet<i64> = joining
            .there
            .iter()
            .chain(&joining.moved)
            .filter_map(|at| standing.get(*at))
            .filter(|other| other.first() != unit.first())
            .flat_map(Unit::identities)
            .collect();
        let members: BTreeSet<i64> = unit.identities().collect();
        let crosses = |edge: &&Edge| {
            members.contains(&edge.one) && others.contains(&edge.other)
                || members.contains(&edge.other) && others.contains(&edge.one)
        };
        let automatic = |edge: &&Edge| edge.assessment.standing == Standing::Automatic;
        let edges = self.found.edges.iter().filter(crosses).filter(automatic);
        let strongest = edges.max_by_key(|edge| edge.assessment.score.total_millibits);
        let explanation = strongest.and_then(|edge| questions::explanation(self, standing, edge));
        json!({ "rule": "linkage", "explanation": explanation })
    }

    /// The rules with their version, as the actor of what they do.
    fn actor(&self) -> String {
        format!("linkage/{MODEL_VERSION}/{}", self.active.model.weights.version())
    }
}
