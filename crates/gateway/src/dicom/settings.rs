//! What differs between two DICOM servers: how images are fetched, what is left out, what a peer
//! is known to refuse. Hours, rate and associations stand among the settings of every source.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Days back of which studies are compared image by image, unless a source says otherwise.
const CORRECTION_DAYS: u32 = 30;

/// The settings of a source of kind `dicom` beside those of every source; every key has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImageSettings {
    /// How images are fetched.
    pub retrieval: Retrieval,
    /// Whether images come only when somebody asks for them; studies are listed all the same.
    pub only_when_asked: bool,
    /// Studies that are not fetched unless somebody asks for them: those of which one rule holds.
    pub left_out: Vec<LeaveOutRule>,
    /// How many answers of one C-FIND the peer is known to give at most; 0 where none is known.
    pub answers_max: u32,
    /// How many instances one C-GET or C-MOVE of the peer is known to bring at most; 0 where no
    /// such number is known.
    pub instances_max: u32,
    /// Studies of so many days back are compared image by image with what is here.
    pub correction_days: u32,
}

impl Default for ImageSettings {
    fn default() -> Self {
        ImageSettings {
            retrieval: Retrieval::Auto,
            only_when_asked: false,
            left_out: Vec::new(),
            answers_max: 0,
            instances_max: 0,
            correction_days: CORRECTION_DAYS,
        }
    }
}

impl ImageSettings {
    /// The reason of the first rule that leaves a study out.
    pub fn left_out_by(&self, study: &StudyTraits<'_>) -> Option<&str> {
        let rule = self.left_out.iter().find(|rule| rule.covers(study))?;
        Some(if rule.reason.is_empty() { "left out" } else { &rule.reason })
    }
}

/// How images are fetched from a server (PS3.4 C.4.2, C.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Retrieval {
    /// C-GET where the peer offers it, else C-MOVE.
    #[default]
    Auto,
    /// C-GET alone.
    Get,
    /// C-MOVE alone: the peer must know our AE title, address and port.
    Move,
}

impl Retrieval {
    /// Its name in settings and arguments.
    pub fn name(self) -> &'static str {
        match self {
            Retrieval::Auto => "auto",
            Retrieval::Get => "get",
            Retrieval::Move => "move",
        }
    }
}

impl fmt::Display for Retrieval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Retrieval {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Retrieval::Auto, Retrieval::Get, Retrieval::Move]
            .into_iter()
            .find(|one| one.name() == text)
            .ok_or_else(|| format!("`{text}` is none of auto, get, move"))
    }
}

/// What C-FIND tells of a study that a rule may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StudyTraits<'a> {
    /// Modalities in Study (0008,0061).
    pub modalities: &'a [String],
    /// Study Description (0008,1030).
    pub description: &'a str,
    /// Institution Name (0008,0080); empty where the peer does not tell it.
    pub institution: &'a str,
}

/// Studies that a source leaves out: every condition given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LeaveOutRule {
    /// Every modality of the study is one of these.
    pub modalities: Vec<String>,
    /// The description is one of these; one that ends in `*` matches by its beginning.
    pub descriptions: Vec<String>,
    /// The institution is told and is none of these (an imported study); `*` as above.
    pub institutions_other_than: Vec<String>,
    /// Why, for the operator and the page.
    pub reason: String,
}

impl LeaveOutRule {
    /// Whether it leaves a study out. A rule without any condition leaves nothing out.
    pub fn covers(&self, study: &StudyTraits<'_>) -> bool {
        let LeaveOutRule { modalities, descriptions, institutions_other_than: own, .. } = self;
        let has_condition = !modalities.is_empty() || !descriptions.is_empty() || !own.is_empty();
        has_condition
            && (modalities.is_empty()
                || !study.modalities.is_empty()
                    && study.modalities.iter().all(|one| modalities.contains(one)))
            && (descriptions.is_empty() || matches_any(descriptions, study.description))
            && (own.is_empty()
                || !study.institution.is_empty() && !matches_any(own, study.institution))
    }
}

impl FromStr for LeaveOutRule {
    type Err = String;

    /// Reads `modalities=US,OT;description=CD*;institution-not=北病院*;reason=WHY`; at least one
    /// condition.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` is no rule; write it as \
                 modalities=US,OT;description=CD*;institution-not=NAME*;reason=WHY, with at least \
                 one condition"
            )
        };
        let list = |value: &str| value.split(',').map(|one| one.trim().to_owned()).collect();
        let mut rule = LeaveOutRule::default();
        for part in text.split(';') {
            match part.trim().split_once('=').ok_or_else(wrong)? {
                ("modalities", value) if !value.is_empty() => rule.modalities = list(value),
                ("description", value) if !value.is_empty() => rule.descriptions = list(value),
                ("institution-not", value) if !value.is_empty() => {
                    rule.institutions_other_than = list(value);
                }
                ("reason", value) => value.clone_into(&mut rule.reason),
                _ => return Err(wrong()),
            }
        }
        let LeaveOutRule { modalities, descriptions, institutions_other_than, .. } = &rule;
        let is_empty =
            modalities.is_empty() && descriptions.is_empty() && institutions_other_than.is_empty();
        if is_empty { Err(wrong()) } else { Ok(rule) }
    }
}

impl fmt::Display for LeaveOutRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            ("modalities", &self.modalities),
            ("description", &self.descriptions),
            ("institution-not", &self.institutions_other_than),
        ];
        for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            write!(f, "{name}={};", list.join(","))?;
        }
        write!(f, "reason={}", self.reason)
    }
}

fn matches_any(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|wanted| match wanted.strip_suffix('*') {
        Some(beginning) => text.starts_with(beginning),
        None => text == wanted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_out_unless_a_rule_says_so() {
        let modalities = ["CT".to_owned(), "SR".to_owned()];
        let study = StudyTraits {
            modalities: &modalities,
            description: "CD import",
            institution: "南病院",
        };
        assert_eq!(ImageSettings::default().left_out_by(&study), None);
        let empty =
            ImageSettings { left_out: vec![LeaveOutRule::default()], ..ImageSettings::default() };
        assert_eq!(empty.left_out_by(&study), None, "a rule without a condition");
        for (rule, holds) in [
            ("modalities=CT,SR", true),
            ("modalities=CT", false),
            ("description=CD*", true),
            ("institution-not=北病院*", true),
            ("institution-not=南病院", false),
            ("modalities=CT,SR;institution-not=南病院;reason=both", false),
        ] {
            let rule: LeaveOutRule = rule.parse().unwrap();
            assert_eq!(rule.covers(&study), holds, "{rule}");
        }
        let imported: LeaveOutRule = "institution-not=北病院*".parse().unwrap();
        let untold = StudyTraits { institution: "", ..study };
        assert!(!imported.covers(&untold), "who says nothing of its institution is not imported");
    }

    #[test]
    fn a_rule_reads_as_it_is_written() {
        let rule: LeaveOutRule = "modalities=US,OT;reason=not wanted".parse().unwrap();
        assert_eq!(rule.to_string().parse(), Ok(rule));
        for wrong in ["", "reason=all of it", "modalities=", "kind=US"] {
            assert!(wrong.parse::<LeaveOutRule>().is_err(), "{wrong}");
        }
        assert_eq!("move".parse(), Ok(Retrieval::Move));
        assert!("pull".parse::<Retrieval>().is_err());
    }
}
