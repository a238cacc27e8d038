//! Rows of many documents, as ITI-41 leaves them, through the store in large transactions: the
//! registry's rules are not asked. Documents come round by round over the patients, as in life,
//! so that those of one patient lie far apart.

use crate::message::{self, Names};
use crate::settings::{Failure, Settings};
use crate::tally::Tally;
use model::entry::{Abnormal, Category, TimelineEntry};
use model::item::VersionState;
use model::{CommunityId, Timestamp};
use std::time::Instant;
use store::document::{NewDocument, Settlement, bytes, metadata, patient, row, set};
use store::timeline::{self, Line};
use store::{Database, Store, StoreConfig, StoreError, Tx, person, source};

/// Documents in one transaction.
const BATCH: usize = 5_000;
/// Bytes kept of each document: queries do not read them.
const KEPT_BYTES: usize = 64;

#[derive(Clone)]
struct Job {
    domain_oid: String,
    repository_oid: String,
    source_oid: String,
}

/// Gives each patient of the file as many documents as its line says.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    let database = Database::Sqlite(settings.text("--database")?.into());
    let store = Store::open(&StoreConfig::new(database, settings.text("--objects")?.into()))?;
    let job = Job {
        domain_oid: settings.text("--domain")?.to_owned(),
        repository_oid: settings.text("--repository")?.to_owned(),
        source_oid: settings.text("--source")?.to_owned(),
    };
    let begun = Instant::now();
    let mut left: Vec<(i64, usize)> = Vec::new();
    for (id, count) in settings.patients()? {
        let job = job.clone();
        let identity = store.write_blocking(move |tx| identity(tx, &job, &id))?;
        left.push((identity, count));
    }
    let (mut batch, mut all) = (Vec::with_capacity(BATCH), 0);
    while !left.is_empty() {
        left.retain(|(_, count)| *count > 0);
        for (identity, count) in &mut left {
            *count -= 1;
            batch.push(*identity);
            if batch.len() == BATCH {
                all += write(&store, &job, &mut batch)?;
            }
        }
    }
    all += write(&store, &job, &mut batch)?;
    let times = vec![begun.elapsed(); all];
    Tally { times, wall: begun.elapsed(), ..Tally::default() }.print()
}

/// The identity in the affinity domain, made where it is not there, as the registry does.
fn identity(tx: &mut Tx, job: &Job, id: &str) -> Result<i64, StoreError> {
    let domain = job.domain_oid.as_str();
    if let Some(known) = patient::lock_community(tx, domain, id)? {
        return Ok(known.identity_id);
    }
    let unknown = || StoreError::Damaged(format!("nobody has the community ID {id}"));
    let community_id: CommunityId = id.parse().map_err(|_| unknown())?;
    let holder = person::by_community_id(tx, &community_id)?.ok_or_else(unknown)?;
    let domain_id = source::ensure_domain(tx, domain, "affinity domain")?.id;
    patient::mark_affinity(tx, domain)?;
    person::insert_identity(tx, domain_id, id, holder.id, now())?;
    let made = patient::lock_community(tx, domain, id)?;
    Ok(made.ok_or_else(unknown)?.identity_id)
}

fn write(store: &Store, job: &Job, batch: &mut Vec<i64>) -> Result<usize, Failure> {
    let (count, identities, job) = (batch.len(), std::mem::take(batch), job.clone());
    store.write_blocking(move |tx| -> Result<(), StoreError> {
        for identity in &identities {
            document(tx, &job, *identity)?;
        }
        Ok(())
    })?;
    Ok(count)
}

fn document(tx: &mut Tx, job: &Job, identity_id: i64) -> Result<(), StoreError> {
    let damaged = |error: &dyn std::fmt::Display| StoreError::Damaged(error.to_string());
    let names = Names::fresh();
    let mut entry = message::entry(&names, &job.domain_oid, &job.repository_oid)
        .map_err(|error| damaged(&error))?;
    let kept = message::content(names.objects[0].as_u128() as u64, KEPT_BYTES);
    entry.hash = "da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned();
    entry.size = 4_096;
    let new_set = message::set(&names, &job.source_oid);
    let text = set::metadata(&new_set).map_err(|error| damaged(&error))?;
    let set_id = set::insert(tx, &new_set, &text, identity_id)?
        .ok_or_else(|| damaged(&"a random uniqueId is taken"))?;
    let settlement =
        Settlement { state: VersionState::Current, deletion: None, flags: "[]".to_owned() };
    // Nobody reads the bytes; the hash only has to differ.
    let sha256: [u8; 32] = std::array::from_fn(|place| kept[place]);
    let new = NewDocument {
        entry: &entry,
        metadata: &metadata::write(&entry).map_err(|error| damaged(&error))?,
        identity_id,
        source_id: None,
        item_id: None,
        submission_set_id: set_id,
        told: VersionState::Current,
        settlement: &settlement,
        category: Category::Document.name(),
        sha256: &sha256,
        in_objects: false,
        text_verdict: "",
        created: now(),
        held: true,
        member_implied: true,
        is_restricted: false,
        rules_version: 0,
    };
    let document_id =
        row::insert(tx, &new)?.ok_or_else(|| damaged(&"a random entryUUID is taken"))?;
    bytes::insert(tx, document_id, &kept)?;
    let line = TimelineEntry {
        category: Category::Document,
        label: entry.title.clone(),
        item_count: 0,
        abnormal: Abnormal::None,
        department: String::new(),
        inpatient: None,
        until: None,
    };
    timeline::insert(
        tx,
        &Line {
            identity_id,
            document_id,
            source_id: None,
            at: entry.service_start.as_ref(),
            entry: &line,
            sha256: &sha256,
            taken: now(),
        },
    )
}

fn now() -> Timestamp {
    Timestamp(1_775_000_000 * Timestamp::SECOND_US)
}
