//! A region fed through the product's own use case into a database: what was linked, beside the
//! truth, and how long one more record takes, beside a durable commit of the same rows.

use identity::linkage::{Evidence, Record, RecordKey, index_keys};
use identity::{EnrolRequest, IdentityError, review};
use model::limits::REVIEW_PAGE_ROWS;
use model::{CommunityId, IdSource, Timestamp};
use ports::DemographicsUpdate;
use region::population::{PopulationPlan, PopulationRecord};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;
use store::link::{NewEvidence, members_of_persons, put_evidence};
use store::person::{self, NewDemographics, Said};
use store::source::ensure_domain;
use store::{Database, Store, StoreConfig, StoreError, Tx};
use testkit::CountingIds;
use text::key::NORMALISATION_VERSION;

/// Records in one transaction while the region is filled.
const BATCH: usize = 200;
/// Every so many single records a floor is measured.
const FLOOR_EVERY: usize = 2;
const NOW: Timestamp = Timestamp(1_900_000_000_000_000);

/// What was found.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    engine: String,
    records: usize,
    fill_seconds: f64,
    add_ms_p50: f64,
    add_ms_p99: f64,
    add_ms_most: f64,
    floor_ms_p50: f64,
    floor_ms_p99: f64,
    true_pairs: u64,
    automatic_pairs: u64,
    false_pairs: u64,
    false_in_household: u64,
    false_with_twin: u64,
    recall_before_review: f64,
    reviews: i64,
    alarms: i64,
    reviews_true: u64,
    reviews_in_household: u64,
    reviews_with_twin: u64,
    /// Reviews for every automatic pair.
    review_share: f64,
}

/// What the truth says of an identity.
#[derive(Clone, Copy)]
struct Truth {
    person: u64,
    household: u64,
    is_twin: bool,
    domain: u32,
}

/// `DATABASE SEED:PERSONS ADDS`: the database as `sqlite:PATH` or `postgres://…`, empty; how many
/// of the region's records are added one by one in the end.
pub fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let [database, region, adds] = arguments else {
        return Err("usage: linkage_bench stored DATABASE SEED:PERSONS ADDS".into());
    };
    let (seed, persons) = region.split_once(':').ok_or("regions are SEED:PERSONS")?;
    let mut records: Vec<PopulationRecord> =
        PopulationPlan::new(seed.parse()?, persons.parse()?).records().collect();
    let single = records.split_off(records.len().saturating_sub(adds.parse()?));
    let objects = tempfile::tempdir()?;
    let store = open(database, objects.path())?;
    let ids = Arc::new(CountingIds::new());
    let mut filled = Filled::default();
    let begun = Instant::now();
    for (number, some) in records.chunks(BATCH).enumerate() {
        filled.take(&store, &ids, some)?;
        if number % 500 == 0 {
            eprintln!("{} records, {:.0} s", filled.truth.len(), begun.elapsed().as_secs_f64());
        }
    }
    let mut outcome = Outcome {
        engine: format!("{:?}", store.engine()),
        fill_seconds: begun.elapsed().as_secs_f64(),
        ..Outcome::default()
    };
    let (mut took, mut floor) = (Vec::new(), Vec::new());
    for (number, record) in single.into_iter().enumerate() {
        if number % FLOOR_EVERY == 0 {
            floor.push(bare(&store, &ids, number, &record)?);
        }
        let begun = Instant::now();
        filled.take(&store, &ids, std::slice::from_ref(&record))?;
        took.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    outcome.records = filled.truth.len();
    [outcome.add_ms_p50, outcome.add_ms_p99, outcome.add_ms_most] =
        [0.5, 0.99, 1.0].map(|share| quantile(&mut took, share));
    [outcome.floor_ms_p50, outcome.floor_ms_p99] =
        [0.5, 0.99].map(|share| quantile(&mut floor, share));
    outcome.count_pairs(&store, &filled)?;
    outcome.count_reviews(&store, &filled)?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}

fn open(database: &str, objects: &Path) -> Result<Store, Box<dyn Error>> {
    let database = match database.split_once(':') {
        Some(("sqlite", path)) => Database::Sqlite(PathBuf::from(path)),
        _ => Database::Postgres(database.to_owned()),
    };
    Ok(Store::open(&StoreConfig::new(database, objects.to_owned()))?)
}

/// A region in a database.
#[derive(Default)]
struct Filled {
    truth: Vec<Truth>,
    place: HashMap<i64, usize>,
}

impl Filled {
    /// Feeds records in one transaction, as an identity source does.
    fn take(
        &mut self,
        store: &Store,
        ids: &Arc<CountingIds>,
        records: &[PopulationRecord],
    ) -> Result<(), Box<dyn Error>> {
        let first = self.truth.len();
        let updates: Vec<DemographicsUpdate> = records
            .iter()
            .enumerate()
            .map(|(at, record)| DemographicsUpdate {
                domain_oid: domain(record.domain),
                local_id: (first + at).to_string(),
                demographics: record.demographics.clone(),
                sent: "20260101".to_owned(),
                authoritative: true,
            })
            .collect();
        let ids = Arc::clone(ids);
        let made = store.write_blocking(move |tx| fed(tx, &ids, &updates))?;
        for (at, (identity_id, record)) in made.into_iter().zip(records).enumerate() {
            self.place.insert(identity_id, first + at);
            self.truth.push(Truth {
                person: record.person,
                household: record.household,
                is_twin: record.is_twin,
                domain: record.domain,
            });
        }
        Ok(())
    }

    fn pair(&self, one: i64, other: i64) -> Option<(Truth, Truth)> {
        let truth = |identity: i64| self.truth.get(*self.place.get(&identity)?).copied();
        Some((truth(one)?, truth(other)?))
    }
}

fn domain(number: u32) -> String {
    format!("1.2.392.{number}")
}

fn fed(
    tx: &mut Tx,
    ids: &CountingIds,
    updates: &[DemographicsUpdate],
) -> Result<Vec<i64>, IdentityError> {
    let mut made = Vec::with_capacity(updates.len());
    for update in updates {
        ensure_domain(tx, &update.domain_oid, &update.domain_oid)?;
        let enrolment = EnrolRequest {
            domain_oid: update.domain_oid.clone(),
            local_id: update.local_id.clone(),
            same_as: None,
            viewers: Vec::new(),
            actor: "bench".to_owned(),
            now: NOW,
            basis: "bench".to_owned(),
        };
        made.push(identity::enrol(tx, ids, &enrolment)?.identity_id);
        identity::take_demographics(tx, std::slice::from_ref(update), NOW)?;
    }
    Ok(made)
}

/// The least that adding can cost: the same rows, written durably without a look at anybody.
fn bare(
    store: &Store,
    ids: &Arc<CountingIds>,
    number: usize,
    record: &PopulationRecord,
) -> Result<f64, Box<dyn Error>> {
    let ids = Arc::clone(ids);
    let said = record.demographics.clone();
    let begun = Instant::now();
    store.write_blocking(move |tx| -> Result<(), StoreError> {
        let mut serial = [0_u8; 8];
        ids.fill(&mut serial);
        let id = CommunityId::from_serial(u64::from_be_bytes(serial));
        let lost = || StoreError::Damaged("a row was not written".to_owned());
        let person_id = person::insert_person(tx, &id, NOW)?.ok_or_else(lost)?;
        // A domain that nobody else has: the floor's rows are compared with nobody.
        let domain_id = ensure_domain(tx, "1.2.392.99", "floor")?.id;
        let local_id = number.to_string();
        let identity_id = person::insert_identity(tx, domain_id, &local_id, person_id, NOW)?;
        let identity_id = identity_id.ok_or_else(lost)?;
        person::put_enrolment(tx, identity_id, NOW, "bench")?;
        let new = NewDemographics {
            identity_id,
            demographics: &said,
            sent: "20260101",
            authoritative: true,
            said: &Said::default(),
            birth_day: None,
            tokens: &identity::tokens(&said),
        };
        person::set_demographics(tx, &new, NOW)?;
        let evidence = Evidence { demographics: said.clone(), ..Evidence::default() };
        let key = RecordKey { domain: domain_id, identity: identity_id };
        // Keys of nobody: as many, elsewhere.
        let keys: Vec<i64> = index_keys(&Record::new(key, &evidence))
            .into_iter()
            .map(|key| key.0.wrapping_mul(3).wrapping_add(number as i64))
            .collect();
        let text = serde_json::to_string(&evidence).map_err(|_| lost())?;
        let norm_version = i64::from(NORMALISATION_VERSION);
        let new =
            NewEvidence { identity_id, domain_id, norm_version, evidence: &text, keys: &keys };
        put_evidence(tx, &new, NOW)
    })?;
    Ok(begun.elapsed().as_secs_f64() * 1_000.0)
}

impl Outcome {
    fn count_pairs(&mut self, store: &Store, filled: &Filled) -> Result<(), Box<dyn Error>> {
        let identities: Vec<i64> = filled.place.keys().copied().collect();
        let mut persons: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
        for some in identities.chunks(1_000) {
            let some = some.to_vec();
            for member in store.read_blocking(move |tx| members_of_persons(tx, &some))? {
                persons.entry(member.person_id).or_default().push(member.identity_id);
            }
        }
        for members in persons.values_mut() {
            members.sort_unstable();
            members.dedup();
            for (at, one) in members.iter().enumerate() {
                for other in members.iter().skip(at + 1) {
                    let Some((one, other)) = filled.pair(*one, *other) else { continue };
                    self.automatic_pairs += 1;
                    if one.person != other.person {
                        self.false_pairs += 1;
                        self.false_in_household += u64::from(one.household == other.household);
                        self.false_with_twin += u64::from(one.is_twin || other.is_twin);
                    }
                }
            }
        }
        let mut people: HashMap<u64, Vec<u32>> = HashMap::new();
        for truth in &filled.truth {
            people.entry(truth.person).or_default().push(truth.domain);
        }
        for domains in people.values() {
            for (at, one) in domains.iter().enumerate() {
                let others = domains.iter().skip(at + 1).filter(|other| *other != one);
                self.true_pairs += others.count() as u64;
            }
        }
        let right = self.automatic_pairs - self.false_pairs;
        self.recall_before_review = right as f64 / self.true_pairs.max(1) as f64;
        Ok(())
    }

    fn count_reviews(&mut self, store: &Store, filled: &Filled) -> Result<(), Box<dyn Error>> {
        let mut after = None;
        loop {
            let page = store.read_blocking(move |tx| review::list(tx, after, REVIEW_PAGE_ROWS))?;
            (self.reviews, self.alarms) = (page.open_count, page.alarm_count);
            for line in page.reviews {
                let pair = filled.pair(line.one.identity_id, line.other.identity_id);
                let Some((one, other)) = pair else { continue };
                self.reviews_true += u64::from(one.person == other.person);
                self.reviews_in_household += u64::from(one.household == other.household);
                self.reviews_with_twin += u64::from(one.is_twin || other.is_twin);
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        self.review_share = self.reviews as f64 / self.automatic_pairs.max(1) as f64;
        Ok(())
    }
}

/// The smallest value that at least this share does not exceed.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (share * values.len() as f64).ceil() as usize;
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0.0)
}
