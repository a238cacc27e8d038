//! Matching of one value with a key (PS3.4 C.2.2.2, PS3.18 8.3.4).

use super::attributes::{Level, key};
use super::refusal::Refusal;
use dicomfile::{Tag, VR, is_uid, tags, vr_of};

/// What one key wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    /// Its attribute.
    pub tag: Tag,
    /// The attribute's level.
    pub level: Level,
    wanted: Wanted,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// One of these values.
    AnyOf(Vec<String>),
    /// A value between two, both included; empty is open.
    Between(String, String),
    /// A text with `*` and `?`.
    Like(String),
}

impl Key {
    /// Reads a key of a query; `None` where it says nothing (universal matching) or is none that is
    /// matched here, which `is_known` tells.
    ///
    /// # Errors
    /// A value that its attribute cannot have.
    pub(crate) fn read(name: &str, value: &str) -> Result<Option<Key>, Refusal> {
        let Some((tag, level)) = key(name) else { return Ok(None) };
        let value = value.trim();
        if value.is_empty() || value == "*" {
            return Ok(None);
        }
        let wanted = match vr_of(tag) {
            VR::UI => Wanted::AnyOf(uids(name, value)?),
            VR::DA => dates(name, value)?,
            VR::TM => times(name, value)?,
            _ if value.contains(['*', '?']) => Wanted::Like(folded(tag, value)),
            _ if tag == tags::MODALITIES_IN_STUDY => {
                Wanted::AnyOf(value.split([',', '\\']).map(str::to_owned).collect())
            }
            _ => Wanted::AnyOf(vec![folded(tag, value)]),
        };
        Ok(Some(Key { tag, level, wanted }))
    }

    /// The single value that is wanted, where there is one.
    pub(crate) fn exactly(&self) -> Option<&str> {
        match &self.wanted {
            Wanted::AnyOf(values) if values.len() == 1 => values.first().map(String::as_str),
            _ => None,
        }
    }

    /// All values of which one is wanted.
    pub(crate) fn any_of(&self) -> &[String] {
        match &self.wanted {
            Wanted::AnyOf(values) => values,
            Wanted::Between(..) | Wanted::Like(_) => &[],
        }
    }

    /// Whether one of an attribute's values is what is wanted.
    pub(crate) fn matches(&self, values: &[String]) -> bool {
        values.iter().any(|value| match &self.wanted {
            Wanted::Between(from, to) => is_between(value, from, to),
            Wanted::AnyOf(wanted) => {
                candidates(self.tag, value).iter().any(|one| wanted.contains(one))
            }
            Wanted::Like(pattern) => {
                candidates(self.tag, value).iter().any(|one| is_like(pattern, one))
            }
        })
    }
}

/// Whether a text has the form of a pattern with `*` and `?`, in time linear in both for each `*`.
pub(crate) fn is_like(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut last: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                last = Some((p, t));
                p += 1;
            }
            Some(one) if *one == '?' || text.get(t) == Some(one) => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((star, from)) = last else { return false };
                last = Some((star, from + 1));
                p = star + 1;
                t = from + 1;
            }
        }
    }
    pattern.iter().skip(p).all(|one| *one == '*')
}

/// The value, and each group of a name by itself.
fn candidates(tag: Tag, value: &str) -> Vec<String> {
    let mut all = vec![folded(tag, value)];
    if vr_of(tag) == VR::PN {
        all.extend(value.split('=').map(|group| folded(tag, group)));
    }
    all
}

/// Names are matched without regard to case and to trailing carets.
fn folded(tag: Tag, value: &str) -> String {
    match vr_of(tag) {
        VR::PN => value.trim().trim_end_matches('^').to_lowercase(),
        _ => value.trim().to_owned(),
    }
}

fn is_between(value: &str, from: &str, to: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let upper = digits.get(..to.len()).unwrap_or(&digits);
    !digits.is_empty() && digits.as_str() >= from && (to.is_empty() || upper <= to)
}

fn uids(name: &str, value: &str) -> Result<Vec<String>, Refusal> {
    let uids: Vec<String> = value.split([',', '\\']).map(|one| one.trim().to_owned()).collect();
    match uids.iter().all(|one| is_uid(one)) {
        true => Ok(uids),
        false => Err(bad(name, "is no UID")),
    }
}

fn dates(name: &str, value: &str) -> Result<Wanted, Refusal> {
    let is_date = |text: &str| text.len() == 8 && text.bytes().all(|one| one.is_ascii_digit());
    between(name, value, is_date, "is no date, YYYYMMDD, nor a range of dates")
}

fn times(name: &str, value: &str) -> Result<Wanted, Refusal> {
    let is_time = |text: &str| {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
        matches!(whole.len(), 2 | 4 | 6)
            && is_number(whole)
            && is_number(fraction)
            && fraction.len() <= 6
    };
    between(name, value, is_time, "is no time, HHMMSS, nor a range of times")
}

fn between(
    name: &str,
    value: &str,
    is_one: impl Fn(&str) -> bool,
    wrong: &str,
) -> Result<Wanted, Refusal> {
    let (from, to) = value.split_once('-').unwrap_or((value, value));
    let (from, to) = (from.trim(), to.trim());
    let is_open = |text: &str| text.is_empty() || is_one(text);
    if !is_open(from) || !is_open(to) || (from.is_empty() && to.is_empty()) {
        return Err(bad(name, wrong));
    }
    if !from.is_empty() && !to.is_empty() && from > to {
        return Err(bad(name, "ends before it begins"));
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect();
    Ok(Wanted::Between(digits(from), digits(to)))
}

fn bad(name: &str, wrong: &str) -> Refusal {
    let name: String = name.chars().take(64).collect();
    Refusal::Bad(format!("{name} {wrong}"))
}

#[cfg(test)]
mod tests {
    use super::{Key, is_like};

    fn matches(name: &str, wanted: &str, value: &str) -> bool {
        Key::read(name, wanted).unwrap().unwrap().matches(&[value.to_owned()])
    }

    #[test]
    fn ranges_are_open_at_either_end_and_never_reversed() {
        assert!(matches("StudyDate", "20260101-20260131", "20260131"));
        assert!(!matches("StudyDate", "20260101-20260131", "20260201"));
        assert!(matches("StudyDate", "-20260131", "19990101"));
        assert!(matches("00080020", "20260101-", "2026.01.01"));
        assert!(matches("StudyTime", "09-10", "103000.5"));
        assert!(!matches("StudyTime", "09-10", "110000"));
        for wrong in ["20260131-20260101", "yesterday", "-", "2026", "20260101-2026"] {
            assert!(Key::read("StudyDate", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_match_by_each_group_and_without_case() {
        let name = "Yamada^Tarou=山田^太郎=やまだ^たろう";
        assert!(matches("PatientName", "yamada^tarou", name));
        assert!(matches("PatientName", "山田*", name));
        assert!(matches("PatientName", "やまだ^たろう^", name));
        assert!(!matches("PatientName", "山本*", name));
    }

    #[test]
    fn wildcards_are_matched_without_running_away() {
        assert!(is_like("*b?c*", "aab_cc") && is_like("", "") && is_like("***", ""));
        assert!(!is_like("?", "") && !is_like("a*b", "acbc"));
        let hostile = "*a".repeat(200);
        assert!(!is_like(&hostile, &"b".repeat(10_000)));
    }

    #[test]
    fn what_says_nothing_matches_everything_and_uids_are_uids() {
        assert_eq!(Key::read("PatientID", "*").unwrap(), None);
        assert_eq!(Key::read("NoSuchThing", "1").unwrap(), None);
        assert!(matches("StudyInstanceUID", "1.2,1.3", "1.3"));
        assert!(Key::read("StudyInstanceUID", "1.2/../3").is_err());
    }
}
