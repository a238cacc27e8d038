//! Regions of synthetic people, linked by the product's code over an index in memory, beside their
//! truth. Every record is settled once with everybody concerned, which is what any order of
//! arrival leads to.

use identity::linkage::{
    Evidence, Frequencies, FrequencyCounts, Insurance, MemoryIndex, Model, Record, RecordKey,
    Review, ReviewReason, Settlement, Veto, neighbourhood, settle,
};
use region::population::{PopulationPlan, PopulationRecord};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::error::Error;
use std::sync::Arc;

/// What became of one or more regions.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    seed: u64,
    persons: u64,
    records: u64,
    /// Pairs of records of one person in two domains: what could be linked.
    true_pairs: u64,
    /// Pairs that ended in one person.
    automatic_pairs: u64,
    /// Of them, pairs of two people.
    false_pairs: u64,
    /// Of the false, within one household.
    false_in_household: u64,
    /// Of the false, with a twin in it.
    false_with_twin: u64,
    /// Questions to a human.
    reviews: u64,
    /// Of them, about one person.
    reviews_true: u64,
    /// Of them, about two patient numbers in one hospital.
    reviews_same_domain: u64,
    /// Records whose keys too many hold.
    incomplete: u64,
    recall_before_review: f64,
    /// Reviews for every automatic pair.
    review_share: f64,
    /// 95 % upper bound of the rate of false links: 3/n where none was seen.
    false_rate_bound: f64,
    review_reasons: BTreeMap<String, u64>,
    /// The first false links, as compared.
    false_examples: Vec<String>,
}

const FALSE_EXAMPLES: usize = 20;

/// What was compared of a record.
fn shown(record: Option<Arc<Record>>) -> String {
    let text = |characters: &[char]| characters.iter().collect::<String>();
    record.map_or_else(String::new, |record| {
        format!(
            "{} {} {} {} {} {} {:?} {:x}/{}",
            text(&record.family.writing),
            text(&record.given.writing),
            text(&record.given.reading),
            record.birth,
            record.sex,
            record.house_number,
            record.telephones,
            record.insurance,
            record.branch
        )
    })
}

/// `SEED:PERSONS` for each region.
pub fn run(regions: &[String]) -> Result<(), Box<dyn Error>> {
    let mut all = Outcome::default();
    for region in regions {
        let (seed, persons) = region.split_once(':').ok_or("regions are SEED:PERSONS")?;
        let outcome = linked(&PopulationPlan::new(seed.parse()?, persons.parse()?));
        println!("{}", serde_json::to_string(&outcome)?);
        all.add(&outcome);
    }
    all.derive();
    println!("{}", serde_json::to_string(&serde_json::json!({ "pooled": all }))?);
    Ok(())
}

/// What the truth says of an identity.
#[derive(Clone, Copy)]
struct Truth {
    person: u64,
    household: u64,
    is_twin: bool,
    domain: u32,
}

fn linked(plan: &PopulationPlan) -> Outcome {
    let mut counts = FrequencyCounts::default();
    let mut index = MemoryIndex::new();
    let mut truth: Vec<Truth> = Vec::new();
    let mut stream = plan.records();
    for found in stream.by_ref() {
        let identity = i64::try_from(truth.len()).unwrap_or(i64::MAX);
        let key = RecordKey { domain: i64::from(found.domain), identity };
        truth.push(Truth {
            person: found.person,
            household: found.household,
            is_twin: found.is_twin,
            domain: found.domain,
        });
        let is_counted = found.domain == 1;
        let record = Record::new(key, &evidence(found));
        // One domain's patients are persons, but for the few with two numbers.
        if is_counted {
            counts.add(&record);
        }
        index.insert(record);
    }
    let model = Model::new(stream.persons(), Frequencies::new(counts));
    let mut outcome = Outcome {
        seed: plan.seed,
        persons: stream.persons(),
        records: truth.len() as u64,
        true_pairs: true_pairs(&truth),
        ..Outcome::default()
    };
    let mut is_settled = vec![false; truth.len()];
    for identity in 0..truth.len() {
        if is_settled[identity] {
            continue;
        }
        let Some(record) = index.record(identity as i64) else { continue };
        let Ok(found) = neighbourhood(&mut index, Arc::clone(&record), &model);
        let settlement = settle(&found, &[], &model);
        for member in found.records.keys() {
            is_settled[*member as usize] = true;
        }
        outcome.incomplete += found.incomplete.len() as u64;
        outcome.count(&settlement, &truth, &index);
    }
    outcome.derive();
    outcome
}

fn evidence(record: PopulationRecord) -> Evidence {
    Evidence {
        demographics: record.demographics,
        former_names: record.former_names,
        insurance: Insurance::parse(&record.insurance),
        ..Evidence::default()
    }
}

fn true_pairs(truth: &[Truth]) -> u64 {
    let mut domains: HashMap<u64, Vec<u32>> = HashMap::new();
    for one in truth {
        domains.entry(one.person).or_default().push(one.domain);
    }
    let pairs = |domains: &Vec<u32>| {
        let pairs = domains
            .iter()
            .enumerate()
            .flat_map(|(at, domain)| domains.iter().skip(at + 1).map(move |other| domain != other));
        pairs.filter(|is_counted| *is_counted).count() as u64
    };
    domains.values().map(pairs).sum()
}

impl Outcome {
    fn count(&mut self, settlement: &Settlement, truth: &[Truth], index: &MemoryIndex) {
        for group in &settlement.groups {
            for (at, one) in group.members.iter().enumerate() {
                for other in group.members.iter().skip(at + 1) {
                    let is_false = self.count_pair(truth[*one as usize], truth[*other as usize]);
                    if is_false && self.false_examples.len() < FALSE_EXAMPLES {
                        let shown = [one, other].map(|identity| shown(index.record(*identity)));
                        self.false_examples.push(shown.join(" | "));
                    }
                }
            }
        }
        // A question between two neighbourhoods is found from both: counted at its first identity's.
        let members: HashSet<i64> =
            settlement.groups.iter().flat_map(|group| group.members.iter().copied()).collect();
        for review in settlement.reviews.iter().filter(|review| members.contains(&review.one)) {
            self.count_review(review, truth);
        }
    }

    fn count_pair(&mut self, one: Truth, other: Truth) -> bool {
        self.automatic_pairs += 1;
        let is_false = one.person != other.person;
        if is_false {
            self.false_pairs += 1;
            self.false_in_household += u64::from(one.household == other.household);
            self.false_with_twin += u64::from(one.is_twin || other.is_twin);
        }
        is_false
    }

    fn count_review(&mut self, review: &Review, truth: &[Truth]) {
        let [one, other] = [review.one, review.other].map(|identity| truth[identity as usize]);
        let is_true = one.person == other.person;
        self.reviews += 1;
        self.reviews_true += u64::from(is_true);
        let is_same_domain = review.reason == ReviewReason::Vetoed(Veto::SameDomain);
        self.reviews_same_domain += u64::from(is_same_domain);
        let reason = format!("{:?}{}", review.reason, if is_true { "" } else { ", two people" });
        *self.review_reasons.entry(reason).or_default() += 1;
    }

    fn add(&mut self, other: &Outcome) {
        self.persons += other.persons;
        self.records += other.records;
        self.true_pairs += other.true_pairs;
        self.automatic_pairs += other.automatic_pairs;
        self.false_pairs += other.false_pairs;
        self.false_in_household += other.false_in_household;
        self.false_with_twin += other.false_with_twin;
        self.reviews += other.reviews;
        self.reviews_true += other.reviews_true;
        self.reviews_same_domain += other.reviews_same_domain;
        self.incomplete += other.incomplete;
        let room = FALSE_EXAMPLES.saturating_sub(self.false_examples.len());
        self.false_examples.extend(other.false_examples.iter().take(room).cloned());
        for (reason, count) in &other.review_reasons {
            *self.review_reasons.entry(reason.clone()).or_default() += count;
        }
    }

    fn derive(&mut self) {
        let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
        let right = self.automatic_pairs - self.false_pairs;
        self.recall_before_review = share(right, self.true_pairs);
        self.review_share = share(self.reviews, self.automatic_pairs);
        // Poisson: 3/n for none, and about so much for the first few.
        let most = self.false_pairs as f64 + 3.0 + 1.7 * (self.false_pairs as f64).sqrt();
        self.false_rate_bound = most / self.automatic_pairs.max(1) as f64;
    }
}
