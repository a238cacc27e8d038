//! People at scale, with the records that hospitals have of them: households, twins, names that
//! sound alike, variants, gaiji, moves, marriages, slips of eras, dirty numbers, and the truth.
//!
//! It streams: a household follows from the seed and its own number alone, so a region of millions
//! takes no memory. Shares and rates are assumptions (identity.md §2b), stated in [`Dirt`]; names
//! are put together from parts whose readings collide the way Japanese names do.

mod address;
mod dirt;
mod given_names;
mod household;
mod registration;
mod surnames;

pub use dirt::Dirt;
pub use registration::{DOMAINS, PopulationRecord};

use crate::random::Random;
use household::Household;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PopulationPlan {
    /// Seed of everything.
    pub seed: u64,
    /// About how many people; the last household is made whole.
    pub persons: u64,
    /// How dirty the records are.
    pub dirt: Dirt,
}

impl PopulationPlan {
    /// A region of so many people with the usual dirt.
    pub fn new(seed: u64, persons: u64) -> PopulationPlan {
        PopulationPlan { seed, persons, dirt: Dirt::USUAL }
    }

    /// Every record of every person, household by household.
    pub fn records(&self) -> Population {
        Population { plan: *self, household: 0, persons: 0, waiting: Vec::new() }
    }
}

/// The stream of records.
#[derive(Debug, Clone)]
pub struct Population {
    plan: PopulationPlan,
    household: u64,
    persons: u64,
    waiting: Vec<PopulationRecord>,
}

impl Population {
    /// How many people have been made.
    pub fn persons(&self) -> u64 {
        self.persons
    }
}

impl Iterator for Population {
    type Item = PopulationRecord;

    fn next(&mut self) -> Option<PopulationRecord> {
        while self.waiting.is_empty() {
            if self.persons >= self.plan.persons {
                return None;
            }
            let mut random = Random::new(self.plan.seed, &format!("household {}", self.household));
            let household =
                Household::new(self.household, self.persons, self.plan.dirt.twins, &mut random);
            self.persons += household.members.len() as u64;
            self.household += 1;
            for member in &household.members {
                registration::register(
                    member,
                    &household,
                    &self.plan,
                    &mut random,
                    &mut self.waiting,
                );
            }
            self.waiting.reverse();
        }
        self.waiting.pop()
    }
}
