//! Who is one person: a neighbourhood settled as a whole, so that the order in which its records
//! came does not matter.

use super::assessment::{Assessment, Standing, assess};
use super::neighbourhood::Neighbourhood;
use super::record::{Record, RecordKey};
use super::score::Millibits;
use super::veto::Veto;
use super::weights::Model;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// What a human or a feed has said about two identities; it stands above all evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tie {
    /// They are one person (a link by hand, A40).
    Same(i64, i64),
    /// They are two ("not the same", a split).
    Apart(i64, i64),
}

/// Why a pair waits for a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewReason {
    /// A veto forbids the machine to link.
    Vetoed(Veto),
    /// A condition of the gate does not hold.
    Gate,
    /// The evidence is below the threshold of automatic links.
    Score,
    /// Not everybody could be compared.
    Incomplete,
    /// Another person is nearly as likely.
    RunnerUp,
    /// A member of the one person does not agree with one of the other.
    Members,
}

/// Two groups, or a group and a record beyond the neighbourhood, that may be one person, by the pair of records that says so most strongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Identity.
    pub one: i64,
    /// Identity of the other group.
    pub other: i64,
    /// Evidence for the pair.
    pub score_millibits: Millibits,
    /// Why no machine links them.
    pub reason: ReviewReason,
}

/// Identities that are one person, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The identities.
    pub members: Vec<i64>,
}

/// A neighbourhood, settled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settlement {
    /// Every record's group, by the smallest member.
    pub groups: Vec<Group>,
    /// What a human should look at, the strongest first.
    pub reviews: Vec<Review>,
}

/// What follows for one identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is one person with these others; reviews may be open beside.
    Automatic {
        /// The other members.
        members: Vec<i64>,
        /// Open questions.
        reviews: Vec<Review>,
    },
    /// A person of its own until a human has looked.
    Review(Vec<Review>),
    /// A person of its own.
    New,
}

/// Groups a neighbourhood's records into persons. A function of the set of records, the ties and
/// the model alone.
///
/// Pairs are joined from the strongest on. A pair is joined if it may be linked automatically, if no
/// record that contradicts one side is within the margin for the other side, and if every member of
/// the one group agrees with every member of the other at least on the level of a review.
pub fn settle(found: &Neighbourhood, ties: &[Tie], model: &Model) -> Settlement {
    let mut settling = Settling::new(found, ties, model);
    for tie in ties {
        if let Tie::Same(one, other) = tie {
            settling.join(*one, *other);
        }
    }
    let mut automatic: Vec<(i64, i64)> = found
        .edges
        .iter()
        .filter(|edge| edge.assessment.standing == Standing::Automatic)
        .map(|edge| (edge.one, edge.other))
        .collect();
    automatic.sort_by_cached_key(|pair| settling.rank(*pair));
    let mut refused = HashMap::new();
    for pair in automatic {
        match settling.refusal(pair) {
            None => settling.join(pair.0, pair.1),
            Some(reason) => {
                refused.insert(pair, reason);
            }
        }
    }
    let reviews = settling.reviews(&refused);
    Settlement { groups: settling.groups(), reviews }
}

/// What a settlement says of one identity.
pub fn decide(identity: i64, settlement: &Settlement) -> Decision {
    let members: Vec<i64> = settlement
        .groups
        .iter()
        .find(|group| group.members.contains(&identity))
        .map(|group| group.members.iter().copied().filter(|one| *one != identity).collect())
        .unwrap_or_default();
    let concerned = |one: i64| one == identity || members.contains(&one);
    let reviews: Vec<Review> = settlement
        .reviews
        .iter()
        .filter(|review| concerned(review.one) || concerned(review.other))
        .copied()
        .collect();
    match (members.is_empty(), reviews.is_empty()) {
        (false, _) => Decision::Automatic { members, reviews },
        (true, false) => Decision::Review(reviews),
        (true, true) => Decision::New,
    }
}

struct Settling<'a> {
    found: &'a Neighbourhood,
    model: &'a Model,
    judged: HashMap<(i64, i64), &'a Assessment>,
    neighbours: HashMap<i64, Vec<i64>>,
    same: HashSet<(i64, i64)>,
    apart: HashSet<(i64, i64)>,
    /// The group of each record, named by any of its members.
    group_of: BTreeMap<i64, i64>,
    members: HashMap<i64, Vec<i64>>,
}

impl<'a> Settling<'a> {
    fn new(found: &'a Neighbourhood, ties: &[Tie], model: &'a Model) -> Settling<'a> {
        let mut neighbours: HashMap<i64, Vec<i64>> = HashMap::new();
        for edge in &found.edges {
            neighbours.entry(edge.one).or_default().push(edge.other);
            neighbours.entry(edge.other).or_default().push(edge.one);
        }
        let said = |wanted: fn(&Tie) -> Option<(i64, i64)>| {
            ties.iter().filter_map(wanted).map(|(one, other)| ordered(one, other)).collect()
        };
        Settling {
            found,
            model,
            judged: found
                .edges
                .iter()
                .map(|edge| ((edge.one, edge.other), &edge.assessment))
                .collect(),
            neighbours,
            same: said(|tie| match tie {
                Tie::Same(one, other) => Some((*one, *other)),
                Tie::Apart(..) => None,
            }),
            apart: said(|tie| match tie {
                Tie::Apart(one, other) => Some((*one, *other)),
                Tie::Same(..) => None,
            }),
            group_of: found.records.keys().map(|identity| (*identity, *identity)).collect(),
            members: found.records.keys().map(|identity| (*identity, vec![*identity])).collect(),
        }
    }

    /// The strongest first; ties are broken by the records' own keys, which no order of arrival
    /// changes.
    fn rank(&self, pair: (i64, i64)) -> (i64, Option<RecordKey>, Option<RecordKey>) {
        let key = |identity: i64| self.record(identity).map(|record| record.key);
        let (one, other) = (key(pair.0), key(pair.1));
        (-i64::from(self.score(pair.0, pair.1)), one.min(other), one.max(other))
    }

    fn score(&self, one: i64, other: i64) -> Millibits {
        self.judged
            .get(&ordered(one, other))
            .map_or(Millibits::MIN, |judged| judged.score.total_millibits)
    }

    /// Why a pair that may be linked by itself is not; `None` joins it.
    fn refusal(&self, (one, other): (i64, i64)) -> Option<ReviewReason> {
        if self.found.incomplete.contains(&one) || self.found.incomplete.contains(&other) {
            return Some(ReviewReason::Incomplete);
        }
        if self.has_rival(one, other) || self.has_rival(other, one) {
            return Some(ReviewReason::RunnerUp);
        }
        let (left, right) = (self.group(one), self.group(other));
        let agrees = left == right
            || self.members_of(left).iter().all(|member| {
                self.members_of(right)
                    .iter()
                    .all(|counterpart| self.is_compatible(*member, *counterpart))
            });
        (!agrees).then_some(ReviewReason::Members)
    }

    /// Whether somebody else is nearly as likely to be `one` as `other` is, and cannot be both.
    fn has_rival(&self, one: i64, other: i64) -> bool {
        let margin = self.model.thresholds.margin_millibits;
        let floor = self.score(one, other).saturating_sub(margin);
        self.neighbours.get(&one).is_some_and(|neighbours| {
            neighbours.iter().any(|rival| {
                *rival != other
                    && self.score(one, *rival) > floor
                    && !self.is_forbidden(one, *rival)
                    && !self.is_compatible(other, *rival)
            })
        })
    }

    /// Whether it is certain that two are not one.
    fn is_forbidden(&self, one: i64, other: i64) -> bool {
        let pair = ordered(one, other);
        self.apart.contains(&pair)
            || self.judged.get(&pair).is_some_and(|judged| !judged.vetoes.is_empty())
    }

    /// Whether two may stand in one group: no veto, and evidence for at least a review. Pairs that
    /// share no key are judged here.
    fn is_compatible(&self, one: i64, other: i64) -> bool {
        let pair = ordered(one, other);
        if one == other || self.same.contains(&pair) {
            return true;
        }
        if self.apart.contains(&pair) {
            return false;
        }
        if let Some(judged) = self.judged.get(&pair) {
            return judged.vetoes.is_empty() && judged.standing != Standing::Apart;
        }
        let (Some(one), Some(other)) = (self.record(one), self.record(other)) else { return false };
        let judged = assess(one, other, self.model);
        judged.vetoes.is_empty() && judged.standing != Standing::Apart
    }

    fn record(&self, identity: i64) -> Option<&Record> {
        let found = self.found.records.get(&identity).or_else(|| self.found.fringe.get(&identity));
        found.map(Arc::as_ref)
    }

    fn group(&self, identity: i64) -> i64 {
        self.group_of.get(&identity).copied().unwrap_or(identity)
    }

    fn members_of(&self, group: i64) -> &[i64] {
        self.members.get(&group).map(Vec::as_slice).unwrap_or_default()
    }

    fn join(&mut self, one: i64, other: i64) {
        let (kept, gone) = ordered(self.group(one), self.group(other));
        if kept == gone || !self.members.contains_key(&kept) {
            return;
        }
        let Some(moved) = self.members.remove(&gone) else { return };
        for member in &moved {
            self.group_of.insert(*member, kept);
        }
        self.members.entry(kept).or_default().extend(moved);
    }

    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = self
            .members
            .values()
            .map(|members| {
                let mut members = members.clone();
                members.sort_unstable();
                Group { members }
            })
            .collect();
        groups.sort_unstable_by(|one, other| one.members.cmp(&other.members));
        groups
    }

    /// The pairs between groups that a human should see, one for each two groups.
    fn reviews(&self, refused: &HashMap<(i64, i64), ReviewReason>) -> Vec<Review> {
        let mut best: BTreeMap<(i64, i64), Review> = BTreeMap::new();
        for edge in &self.found.edges {
            let pair = (edge.one, edge.other);
            let groups = ordered(self.group(edge.one), self.group(edge.other));
            let judged = &edge.assessment;
            if groups.0 == groups.1
                || judged.standing == Standing::Apart
                || self.is_settled_apart(groups)
            {
                continue;
            }
            let reason = match (refused.get(&pair), judged.vetoes.first()) {
                (Some(reason), _) => *reason,
                (None, Some(veto)) => ReviewReason::Vetoed(*veto),
                (None, None) if !judged.gate.is_passed() => ReviewReason::Gate,
                (None, None) => ReviewReason::Score,
            };
            let score_millibits = judged.score.total_millibits;
            let review = Review { one: edge.one, other: edge.other, score_millibits, reason };
            best.entry(groups)
                .and_modify(|kept| {
                    if review.score_millibits > kept.score_millibits {
                        *kept = review;
                    }
                })
                .or_insert(review);
        }
        let mut reviews: Vec<Review> = best.into_values().collect();
        reviews.sort_by_key(|review| self.rank((review.one, review.other)));
        reviews
    }

    /// Whether a human has said of any two members that they are two.
    fn is_settled_apart(&self, groups: (i64, i64)) -> bool {
        self.members_of(groups.0).iter().any(|member| {
            self.members_of(groups.1)
                .iter()
                .any(|counterpart| self.apart.contains(&ordered(*member, *counterpart)))
        })
    }
}

fn ordered(one: i64, other: i64) -> (i64, i64) {
    (one.min(other), one.max(other))
}
