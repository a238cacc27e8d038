//! FEBRL: Australian records made with errors by a generator that nobody here wrote. Without its
//! column `soc_sec_id`: no hospital of Japan has such a number. Blocking, levels, estimation and
//! scoring are the product's; the Japanese gate is not asked, because FEBRL corrupts birth dates on
//! purpose, and the household cap is off, because FEBRL has no households. Nothing looks at the
//! truth before the figures are made.

use crate::figures::{Judged, figures};
use identity::linkage::{
    CandidateIndex, Comparison, Evidence, Frequencies, FrequencyCounts, HouseholdRule, MemoryIndex,
    Model, PatternCounts, Record, RecordKey, Score, Weights, compare, estimate, one_to_one,
    probe_keys, score,
};
use model::demographics::{Demographics, PersonName};
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

/// Two identities and the evidence that they are one.
type Scored = (i64, i64, i32);

/// Random pairs that the chance agreements are counted from.
const RANDOM_PAIRS: usize = 300_000;

pub fn run(files: &[String]) -> Result<(), Box<dyn Error>> {
    let data: Vec<String> = files
        .iter()
        .map(|file| Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned())
        .collect();
    let mut texts = Vec::new();
    for file in files {
        texts.push(fs::read_to_string(file)?);
    }
    println!("{{\"loaded\":{}}}", texts.len());
    let mut records = Vec::new();
    let mut truth: HashMap<i64, String> = HashMap::new();
    for (domain, text) in texts.iter().enumerate() {
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').map(str::trim).collect();
            let identity = i64::try_from(records.len())?;
            let key = RecordKey { domain: i64::try_from(domain)?, identity };
            truth.insert(identity, entity(&fields).ok_or("a row without rec_id")?);
            records.push(Record::new(key, &evidence(&fields)));
        }
    }
    let links_sources = files.len() > 1;
    let is_true = |one: i64, other: i64| truth.get(&one) == truth.get(&other);
    let true_pairs = count_true(&records, &truth, links_sources);
    let mut judged: Vec<Judged> = linked(&records, links_sources)?
        .into_iter()
        .map(|(one, other, score_millibits)| Judged {
            score_millibits,
            is_true: is_true(one, other),
        })
        .collect();
    let threshold = Model::new(2, Frequencies::default()).thresholds.automatic_millibits;
    let found = figures(&data.join("+"), records.len(), true_pairs, &mut judged, threshold);
    println!("{}", serde_json::to_string(&found)?);
    Ok(())
}

/// Pairs and their scores, by weights that the records themselves have given.
fn linked(records: &[Record], links_sources: bool) -> Result<Vec<Scored>, Box<dyn Error>> {
    let mut counts = FrequencyCounts::default();
    for record in records.iter().filter(|record| record.key.domain == 0) {
        counts.add(record);
    }
    let mut model = Model {
        household: HouseholdRule::NONE,
        ..Model::new(counts.persons(), Frequencies::new(counts))
    };
    let pairs = candidates(records, links_sources);
    let compared: Vec<Comparison> =
        pairs.iter().map(|(one, other)| compare(&records[*one], &records[*other])).collect();
    model.weights = weights(records, &pairs, &compared, links_sources, &model)?;
    let scored = scores(records, &pairs, &compared, &model);
    Ok(scored.into_iter().map(|(one, other, score)| (one, other, score.total_millibits)).collect())
}

fn weights(
    records: &[Record],
    pairs: &[(usize, usize)],
    compared: &[Comparison],
    links_sources: bool,
    initial: &Model,
) -> Result<Weights, Box<dyn Error>> {
    let scored: Vec<Scored> = scores(records, pairs, compared, initial)
        .into_iter()
        .map(|(one, other, score)| (one, other, score.total_millibits))
        .collect();
    let mut matching = PatternCounts::default();
    // Within one source a human may have many records: their best pairs alone would look too good.
    let learnt: Vec<usize> = match links_sources {
        true => one_to_one(&scored),
        false => (0..scored.len()).collect(),
    };
    for place in learnt {
        matching.add(&compared[place]);
    }
    let mut random = PatternCounts::default();
    let first_of_second = match links_sources {
        true => records.iter().position(|record| record.key.domain == 1).unwrap_or_default(),
        false => 0,
    };
    let mut state = 1_u64;
    let mut below = |bound: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % bound.max(1)
    };
    for _ in 0..RANDOM_PAIRS {
        let one = below(if links_sources { first_of_second } else { records.len() });
        let other = first_of_second + below(records.len() - first_of_second);
        if one != other {
            random.add(&compare(&records[one], &records[other]));
        }
    }
    Ok(estimate("febrl", &matching, &random, &initial.weights)?.weights)
}

fn scores(
    records: &[Record],
    pairs: &[(usize, usize)],
    compared: &[Comparison],
    model: &Model,
) -> Vec<(i64, i64, Score)> {
    pairs
        .iter()
        .zip(compared)
        .map(|((one, other), comparison)| {
            let (one, other) = (&records[*one], &records[*other]);
            (one.key.identity, other.key.identity, score(one, other, comparison, model))
        })
        .collect()
}

/// Every pair that shares a blocking key.
fn candidates(records: &[Record], links_sources: bool) -> Vec<(usize, usize)> {
    let mut index = MemoryIndex::new();
    for record in records {
        index.insert(record.clone());
    }
    let mut pairs = Vec::new();
    for (place, record) in records.iter().enumerate() {
        let Ok(holders) = index.holders(&probe_keys(record));
        for other in holders.identities {
            let other = other as usize;
            let is_wanted = !links_sources || record.key.domain != records[other].key.domain;
            if place < other && is_wanted {
                pairs.push((place, other));
            }
        }
    }
    pairs
}

fn evidence(fields: &[&str]) -> Evidence {
    let field = |place: usize| fields.get(place).copied().unwrap_or_default();
    let address: Vec<&str> = (3..7).chain([8]).map(field).filter(|part| !part.is_empty()).collect();
    Evidence {
        demographics: Demographics {
            name: PersonName { family: field(2).to_owned(), given: field(1).to_owned() },
            postal_code: field(7).to_owned(),
            address: address.join(" "),
            ..Demographics::default()
        },
        birth_digits: field(9).parse().ok(),
        ..Evidence::default()
    }
}

/// `rec-1070-dup-0` and `rec-1070-org` are entity 1070.
fn entity(fields: &[&str]) -> Option<String> {
    fields.first()?.split('-').nth(1).map(str::to_owned)
}

fn count_true(records: &[Record], truth: &HashMap<i64, String>, links_sources: bool) -> usize {
    let mut sizes: HashMap<&str, [usize; 2]> = HashMap::new();
    for record in records {
        if let Some(entity) = truth.get(&record.key.identity) {
            sizes.entry(entity).or_default()[usize::from(record.key.domain == 1)] += 1;
        }
    }
    sizes
        .values()
        .map(|[first, second]| match links_sources {
            true => first * second,
            false => first * first.saturating_sub(1) / 2,
        })
        .sum()
}
