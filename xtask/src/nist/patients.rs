//! Patients that nobody has used: one for each feed test, and one for each test of its own.

use super::allot;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;

/// Makes patients known to the server: how many, and their IDs as metadata write them.
pub type Feed = Box<dyn FnMut(usize) -> Result<Vec<String>>>;

/// How many are fed at once.
const BATCH: usize = 20;

/// The patients of a run.
pub struct Patients {
    ready: Vec<String>,
    feed: Option<Feed>,
    of_feeds: BTreeMap<String, String>,
    affinity_oid: String,
}

impl Patients {
    /// Patients that are fed when needed.
    pub fn fed(feed: Feed, affinity_oid: &str) -> Patients {
        Patients { feed: Some(feed), ..Patients::given(Vec::new(), affinity_oid) }
    }

    /// Patients that the server knows already, each used once.
    pub fn given(mut ready: Vec<String>, affinity_oid: &str) -> Patients {
        ready.reverse();
        let affinity_oid = affinity_oid.to_owned();
        Patients { ready, feed: None, of_feeds: BTreeMap::new(), affinity_oid }
    }

    /// A fresh one.
    pub fn fresh(&mut self) -> Result<String> {
        if let (true, Some(feed)) = (self.ready.is_empty(), &mut self.feed) {
            self.ready = feed(BATCH).context("feeding patients")?;
        }
        match self.ready.pop() {
            Some(patient) => Ok(patient),
            None => bail!("no fresh patient is left: give more with --patients"),
        }
    }

    /// The patient of a feed test: fresh the first time, then the same in the whole run.
    pub fn of_feed(&mut self, test: &str) -> Result<String> {
        if let Some(patient) = self.of_feeds.get(test) {
            return Ok(patient.clone());
        }
        let patient = self.fresh()?;
        self.of_feeds.insert(test.to_owned(), patient.clone());
        Ok(patient)
    }

    /// One whom nobody knows, in the same affinity domain and of the same form.
    pub fn unknown(&self) -> Result<String> {
        Ok(written(&community_id(allot::random()?), &self.affinity_oid))
    }
}

/// A patient ID as metadata write it (CX).
pub fn written(id: &str, affinity_oid: &str) -> String {
    format!("{id}^^^&{affinity_oid}&ISO")
}

/// Ten digits and the Luhn digit behind them.
fn community_id(random: u128) -> String {
    let digits = format!("{:010}", random % 10_000_000_000);
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(digit - b'0')) {
            (0, digit) if digit > 4 => digit * 2 - 9,
            (0, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_patient_is_given_once_but_a_feed_keeps_its_own() {
        let mut patients = Patients::given(vec!["a".into(), "b".into(), "c".into()], "1.2");
        assert_eq!(patients.fresh().unwrap(), "a");
        assert_eq!(patients.of_feed("15817").unwrap(), "b");
        assert_eq!(patients.of_feed("15817").unwrap(), "b");
        assert_eq!(patients.of_feed("15818").unwrap(), "c");
        assert!(patients.fresh().is_err());
    }

    #[test]
    fn unknown_patients_have_the_form_of_known_ones() {
        assert_eq!(community_id(7_992_739_871), "79927398713");
        let unknown = Patients::given(Vec::new(), "1.2").unknown().unwrap();
        assert!(unknown.ends_with("^^^&1.2&ISO") && unknown.find('^') == Some(11), "{unknown}");
    }
}
