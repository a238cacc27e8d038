//! What may differ between two sources of one facility: schedule, speed, rules. Kept as JSON in
//! the row of the source.

use crate::dicom::ImageSettings;
use crate::error::GatewayError;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The settings of a source; every key has a default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SourceSettings {
    /// When the storage may be read, in Japan's time, such as `20:00-06:00`. Empty: always.
    pub allowed_hours: Vec<HourSpan>,
    /// Files (of a DICOM server: instances) read per second at most; 0: as many as go.
    pub files_per_second_max: u32,
    /// Threads that read and examine, 0: two; of a DICOM server its associations, 0: four.
    pub parallelism: u32,
    /// A file changed less than this ago may still be being written: it is read last in a pass,
    /// after that many seconds.
    pub stability_s: u32,
    /// Seconds between two looks at the transaction storage (or, without one, between two
    /// directory comparisons).
    pub follow_interval_s: u32,
    /// Seconds between two comparisons of the extended roots alone, of a source whose transaction
    /// storage tells nothing of them.
    pub extended_interval_s: u32,
    /// Seconds between two directory comparisons of a source that has a transaction storage:
    /// renames and re-exports bypass it.
    pub reconcile_interval_s: u32,
    /// A storage that is no longer written: it is read for newly enrolled patients and never
    /// raises a freshness alarm.
    pub frozen: bool,
    /// What of this source is marked `R` (restricted), beside the region's rules.
    pub restricted: Vec<RestrictedRule>,
    /// What is said of a DICOM server alone.
    pub images: ImageSettings,
}

impl Default for SourceSettings {
    fn default() -> Self {
        SourceSettings {
            allowed_hours: Vec::new(),
            files_per_second_max: 0,
            parallelism: 0,
            stability_s: 2,
            follow_interval_s: 60,
            extended_interval_s: 600,
            reconcile_interval_s: 86_400,
            frozen: false,
            restricted: Vec::new(),
            images: ImageSettings::default(),
        }
    }
}

impl SourceSettings {
    /// Reads the JSON of a source's row; an unknown key is an error that names it.
    pub fn from_json(source: &str, json: &str) -> Result<SourceSettings, GatewayError> {
        serde_json::from_str(json)
            .map_err(|error| GatewayError::Settings { source_name: source.to_owned(), error })
    }

    /// The JSON of a source's row.
    pub fn to_json(&self) -> Result<String, GatewayError> {
        serde_json::to_string(self)
            .map_err(|error| GatewayError::Settings { source_name: String::new(), error })
    }

    /// Whether the storage may be read at `now`.
    pub fn allows(&self, now: Timestamp) -> bool {
        self.allowed_hours.is_empty() || self.allowed_hours.iter().any(|span| span.covers(now))
    }

    /// Associations with a DICOM server at one time: servers that answer late need several.
    pub fn associations(&self) -> usize {
        match self.parallelism {
            0 => 4,
            given => (given as usize).min(64),
        }
    }

    /// Threads that read and examine.
    pub fn workers(&self) -> usize {
        match self.parallelism {
            0 => 2,
            given => (given as usize).min(64),
        }
    }
}

/// Documents that a source wants restricted (公開除外): every condition given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RestrictedRule {
    /// Department codes of the file name; one that ends in `*` matches by its beginning.
    pub departments: Vec<String>,
    /// Data types; for the extended storage the beginning of the data-kind folder's name.
    pub data_types: Vec<String>,
    /// Why, for the operator.
    pub reason: String,
}

impl FromStr for RestrictedRule {
    type Err = String;

    /// Reads `departments=02*,03;types=OMP;reason=WHY`; at least one of the first two.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` is no rule; write it as departments=02*,03;types=OMP;reason=WHY, with \
                 departments, types or both"
            )
        };
        let list = |value: &str| value.split(',').map(|one| one.trim().to_owned()).collect();
        let mut rule = RestrictedRule::default();
        for part in text.split(';') {
            match part.trim().split_once('=').ok_or_else(wrong)? {
                ("departments", value) if !value.is_empty() => rule.departments = list(value),
                ("types", value) if !value.is_empty() => rule.data_types = list(value),
                ("reason", value) => value.clone_into(&mut rule.reason),
                _ => return Err(wrong()),
            }
        }
        let has_condition = !rule.departments.is_empty() || !rule.data_types.is_empty();
        if has_condition { Ok(rule) } else { Err(wrong()) }
    }
}

impl RestrictedRule {
    /// Whether it restricts a document. A rule without any condition restricts everything.
    pub fn covers(&self, department: &str, data_type: &str) -> bool {
        let department_fits = self.departments.is_empty()
            || self.departments.iter().any(|wanted| match wanted.strip_suffix('*') {
                Some(beginning) => department.starts_with(beginning),
                None => department == wanted,
            });
        let type_fits = self.data_types.is_empty()
            || self.data_types.iter().any(|wanted| data_type.starts_with(wanted.as_str()));
        department_fits && type_fits
    }
}

/// A span of the day in Japan, written `HH:MM-HH:MM`; one that ends before it begins goes over
/// midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HourSpan {
    from_minute: u16,
    to_minute: u16,
}

impl HourSpan {
    /// How long it is, in minutes.
    pub fn minutes(self) -> u16 {
        match self.from_minute <= self.to_minute {
            true => self.to_minute - self.from_minute,
            false => 24 * 60 - self.from_minute + self.to_minute,
        }
    }

    /// Whether `now` lies in it.
    pub fn covers(self, now: Timestamp) -> bool {
        let (hour, minute) = now.jst_hour_minute();
        let at = u16::try_from(hour * 60 + minute).unwrap_or(0);
        if self.from_minute <= self.to_minute {
            (self.from_minute..self.to_minute).contains(&at)
        } else {
            at >= self.from_minute || at < self.to_minute
        }
    }
}

impl FromStr for HourSpan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let minute = |part: &str| -> Option<u16> {
            let (hour, minute) = part.trim().split_once(':')?;
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            (hour * 60 + minute <= 24 * 60 && minute < 60).then_some(hour * 60 + minute)
        };
        text.split_once('-')
            .and_then(|(from, to)| {
                Some(HourSpan { from_minute: minute(from)?, to_minute: minute(to)? })
            })
            .ok_or_else(|| format!("`{text}` is no span of hours; write it as 22:00-06:00"))
    }
}

impl fmt::Display for HourSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.from_minute, self.to_minute);
        write!(f, "{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

impl TryFrom<String> for HourSpan {
    type Error = String;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<HourSpan> for String {
    fn from(span: HourSpan) -> String {
        span.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::PartialTime;

    fn at(time: &str) -> Timestamp {
        PartialTime::japan(&format!("20260801{time}")).unwrap().first
    }

    #[test]
    fn a_span_may_go_over_midnight() {
        let night: HourSpan = "20:00-06:00".parse().unwrap();
        assert!(night.covers(at("2000")) && night.covers(at("0559")));
        assert!(!night.covers(at("0600")) && !night.covers(at("1959")));
        let noon: HourSpan = "12:00-13:30".parse().unwrap();
        assert!(noon.covers(at("1329")) && !noon.covers(at("1330")));
        assert_eq!(night.to_string(), "20:00-06:00");
        assert!("8-9".parse::<HourSpan>().is_err() && "25:00-01:00".parse::<HourSpan>().is_err());
    }

    #[test]
    fn unknown_keys_are_named() {
        let settings = SourceSettings::from_json("s", r#"{"allowed_hours":["20:00-06:00"]}"#);
        assert!(!settings.unwrap().allows(at("1200")));
        let error = SourceSettings::from_json("s", r#"{"paralelism":3}"#).unwrap_err();
        assert!(format!("{error:?}").contains("paralelism"));
        assert_eq!(SourceSettings::from_json("s", "{}").unwrap(), SourceSettings::default());
    }

    #[test]
    fn a_rule_holds_when_every_condition_given_holds() {
        let rule = RestrictedRule {
            departments: vec!["02*".into()],
            data_types: vec!["OMP".into()],
            reason: "精神科の処方".into(),
        };
        assert!(rule.covers("021", "OMP-01"));
        assert!(!rule.covers("01", "OMP-01") && !rule.covers("02", "OML-11"));
        assert!(RestrictedRule::default().covers("", ""));
        let written = "departments=02*;types=OMP;reason=精神科の処方".parse();
        assert_eq!(written, Ok(rule));
        for wrong in ["", "reason=all of it", "departments=", "types", "kind=OMP"] {
            assert!(wrong.parse::<RestrictedRule>().is_err(), "{wrong}");
        }
    }
}
