//! `xtask/tidy-exceptions.toml`: what may break a rule, each with its reason.

use super::Violation;
use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct Exceptions {
    #[serde(default)]
    exception: Vec<Exception>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// Name of the rule.
    rule: String,
    /// The file, or a folder with `/` at its end.
    path: String,
    /// Must stand in the violation's message, if given: a function's name, for instance.
    #[serde(default)]
    about: String,
    /// Why.
    reason: String,
}

impl Exceptions {
    pub fn parse(text: &str) -> Result<Exceptions> {
        toml::from_str(text).context("xtask/tidy-exceptions.toml")
    }

    /// The violations that nothing excuses, and a violation for each exception that excuses
    /// nothing or says no reason.
    pub fn apply(&self, violations: Vec<Violation>) -> Vec<Violation> {
        let mut used = vec![false; self.exception.len()];
        let mut left: Vec<_> = violations
            .into_iter()
            .filter(|violation| {
                let excuse = self.exception.iter().position(|one| one.excuses(violation));
                excuse.inspect(|number| used[*number] = true).is_none()
            })
            .collect();
        for (exception, used) in self.exception.iter().zip(used) {
            let fault = match used {
                false => "excuses nothing: take it out",
                true if exception.reason.trim().len() < 10 => "says no reason",
                true => continue,
            };
            let message = format!("exception for `{}` {} {fault}", exception.rule, exception.about);
            left.push(Violation::new("exception", &exception.path, 0, message));
        }
        left
    }
}

impl Exception {
    fn excuses(&self, violation: &Violation) -> bool {
        let in_place = match self.path.ends_with('/') {
            true => violation.path.starts_with(&self.path),
            false => violation.path == self.path,
        };
        in_place && violation.rule == self.rule && violation.message.contains(&self.about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str =
        "[[exception]]\nrule = \"unwrap\"\npath = \"a.rs\"\nreason = \"a true invariant\"\n";

    #[test]
    fn an_exception_excuses_its_file_only() {
        let list = Exceptions::parse(LIST).unwrap();
        let violation = |path| Violation::new("unwrap", path, 1, String::new());
        assert!(list.apply(vec![violation("a.rs")]).is_empty());
        assert_eq!(list.apply(vec![violation("a.rs"), violation("b.rs")]).len(), 1);
    }

    #[test]
    fn an_exception_that_excuses_nothing_is_a_violation() {
        assert_eq!(Exceptions::parse(LIST).unwrap().apply(Vec::new()).len(), 1);
    }
}
