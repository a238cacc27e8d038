//! How a study is asked for in pieces: whole, by series, by lists of instances, one by one. What
//! came decides how it goes on, never what the server counts.

use crate::dicom::find::{Listed, Scope};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The rest of a retrieval.
#[derive(Debug)]
pub(crate) struct Split {
    /// Missing instances by series.
    missing: BTreeMap<String, BTreeSet<String>>,
    /// What is still to be asked for; the last one first.
    waiting: Vec<Scope>,
    /// Instances of one retrieval.
    list_max: usize,
    /// Instances that one retrieval may bring.
    instances_max: usize,
}

impl Split {
    /// What is to be asked for of `listed`, of which `held` is here. One retrieval brings at most
    /// `instances_max`, and names at most `list_max` instances.
    pub fn new(
        listed: &[Listed],
        held: &HashSet<String>,
        (instances_max, list_max): (usize, usize),
    ) -> Split {
        let mut missing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for one in listed {
            *sizes.entry(&one.series).or_default() += 1;
            if !held.contains(&one.instance) {
                missing.entry(one.series.clone()).or_default().insert(one.instance.clone());
            }
        }
        let all: usize = missing.values().map(BTreeSet::len).sum();
        let list_max = list_max.clamp(1, instances_max.max(1));
        let mut split = Split { missing, waiting: Vec::new(), list_max, instances_max };
        if all == 0 {
            return split;
        }
        if all == listed.len() && all <= instances_max {
            split.waiting.push(Scope::Study);
            return split;
        }
        let series: Vec<(String, usize)> = split
            .missing
            .iter()
            .rev()
            .map(|(series, missing)| (series.clone(), missing.len()))
            .collect();
        for (series, count) in series {
            if sizes.get(series.as_str()) == Some(&count) && count <= instances_max {
                split.waiting.push(Scope::Series(series));
            } else {
                split.list(&series, list_max);
            }
        }
        split
    }

    /// What is to be asked for next; `None` when nothing is left to try.
    pub fn next(&mut self) -> Option<Scope> {
        self.waiting.pop()
    }

    /// Tells what is here after `asked` was retrieved. What did not come is asked for in smaller
    /// pieces; an instance that did not come alone is given up.
    pub fn answered(&mut self, asked: Scope, held: &HashSet<String>) {
        let before = self.missing_of(&asked);
        for missing in self.missing.values_mut() {
            missing.retain(|instance| !held.contains(instance));
        }
        self.missing.retain(|_, missing| !missing.is_empty());
        let after = self.missing_of(&asked);
        if after.is_empty() {
            return;
        }
        match asked {
            Scope::Study => {
                let series: Vec<String> = self.missing.keys().rev().cloned().collect();
                for one in series {
                    let fits = self.missing.get(&one).is_some_and(|missing| {
                        missing.len() <= self.instances_max && before.len() == after.len()
                    });
                    match fits {
                        true => self.waiting.push(Scope::Series(one)),
                        false => self.list(&one, self.list_max),
                    }
                }
            }
            Scope::Series(series) => self.list(&series, self.list_max),
            Scope::Instances(series, _) if after.len() < before.len() => {
                self.waiting.push(Scope::Instances(series, after));
            }
            Scope::Instances(series, instances) if instances.len() > 1 => {
                let half = instances.len().div_ceil(2);
                for part in instances.chunks(half).rev() {
                    self.waiting.push(Scope::Instances(series.clone(), part.to_vec()));
                }
            }
            Scope::Instances(..) => {}
        }
    }

    /// Asks for the same once more: nothing was answered.
    pub fn again(&mut self, scope: Scope) {
        self.waiting.push(scope);
    }

    /// Instances that are not here.
    pub fn missing(&self) -> usize {
        self.missing.values().map(BTreeSet::len).sum()
    }

    fn missing_of(&self, scope: &Scope) -> Vec<String> {
        let of_series = |series: &String| self.missing.get(series).into_iter().flatten();
        match scope {
            Scope::Study => self.missing.values().flatten().cloned().collect(),
            Scope::Series(series) => of_series(series).cloned().collect(),
            Scope::Instances(series, asked) => {
                let missing: BTreeSet<&String> = of_series(series).collect();
                asked.iter().filter(|one| missing.contains(one)).cloned().collect()
            }
        }
    }

    /// Asks for what is missing of a series by lists.
    fn list(&mut self, series: &str, list_max: usize) {
        let Some(missing) = self.missing.get(series) else { return };
        let missing: Vec<String> = missing.iter().cloned().collect();
        for part in missing.chunks(list_max.max(1)).rev() {
            self.waiting.push(Scope::Instances(series.to_owned(), part.to_vec()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn listed(counts: &[usize]) -> Vec<Listed> {
        let series = counts.iter().enumerate();
        let one = |(series, count): (usize, &usize)| {
            (0..*count).map(move |number| Listed {
                series: format!("s{series}"),
                instance: format!("s{series}.{number:03}"),
                class: String::new(),
            })
        };
        series.flat_map(one).collect()
    }

    /// A server that brings at most `cap` instances at a time and never those that are `broken`;
    /// one that refuses sends nothing of what is larger.
    fn run(
        counts: &[usize],
        (cap, refuses): (usize, bool),
        broken: &HashSet<String>,
    ) -> (HashSet<String>, usize, Split) {
        let listed = listed(counts);
        let (mut held, mut requests) = (HashSet::new(), 0);
        let mut split = Split::new(&listed, &held, (usize::MAX, 8));
        while let Some(scope) = split.next() {
            requests += 1;
            let wanted = listed.iter().filter(|one| match &scope {
                Scope::Study => true,
                Scope::Series(series) => one.series == *series,
                Scope::Instances(_, instances) => instances.contains(&one.instance),
            });
            let wanted: Vec<String> = wanted.map(|one| one.instance.clone()).collect();
            if !refuses || wanted.len() <= cap {
                held.extend(wanted.into_iter().take(cap).filter(|one| !broken.contains(one)));
            }
            split.answered(scope, &held);
        }
        (held, requests, split)
    }

    #[test]
    fn what_is_here_is_not_asked_for_again() {
        let all = listed(&[2, 3]);
        let held: HashSet<String> = all.iter().map(|one| one.instance.clone()).collect();
        assert_eq!(Split::new(&all, &held, (100, 100)).next(), None);
        let mut rest = held.clone();
        rest.retain(|one| !one.starts_with("s1"));
        assert_eq!(Split::new(&all, &rest, (100, 100)).next(), Some(Scope::Series("s1".into())));
        rest.insert("s1.000".into());
        let missing = vec!["s1.001".to_owned(), "s1.002".to_owned()];
        let mut split = Split::new(&all, &rest, (100, 100));
        assert_eq!(split.next(), Some(Scope::Instances("s1".into(), missing)));
    }

    #[test]
    fn a_cap_that_is_known_is_kept_from_the_beginning() {
        let mut split = Split::new(&listed(&[5, 2]), &HashSet::new(), (3, 100));
        let mut scopes = Vec::new();
        while let Some(scope) = split.next() {
            scopes.push(scope);
        }
        let sizes: Vec<usize> = scopes
            .iter()
            .map(|scope| match scope {
                Scope::Instances(_, instances) => instances.len(),
                _ => 0,
            })
            .collect();
        assert_eq!(sizes, [3, 2, 0], "{scopes:?}");
        assert_eq!(scopes.last(), Some(&Scope::Series("s1".into())));
    }

    #[test]
    fn an_instance_that_never_comes_keeps_no_other_away() {
        let broken = HashSet::from(["s0.003".to_owned()]);
        let (held, _, split) = run(&[20, 4], (usize::MAX, false), &broken);
        assert_eq!((held.len(), split.missing()), (23, 1));
    }

    proptest! {
        #[test]
        fn whatever_the_cap_everything_comes_that_can_come(
            counts in prop::collection::vec(1_usize..30, 1..5),
            cap in 1_usize..40,
            refuses: bool,
            broken in prop::collection::hash_set((0_usize..5, 0_usize..30), 0..4),
        ) {
            let broken: HashSet<String> =
                broken.into_iter().map(|(series, one)| format!("s{series}.{one:03}")).collect();
            let all = listed(&counts);
            let (held, requests, split) = run(&counts, (cap, refuses), &broken);
            let can_come = all.iter().filter(|one| !broken.contains(&one.instance)).count();
            prop_assert_eq!(held.len(), can_come);
            prop_assert_eq!(split.missing(), all.len() - can_come);
            prop_assert!(requests <= 5 * all.len() + 10);
        }
    }
}
