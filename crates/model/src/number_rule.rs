//! How one server's patient number follows from another's: the EHR and the PACS of a hospital
//! write the same number with other digits.

use crate::limits::LOCAL_ID_CHARACTERS;
use std::fmt;
use std::str::FromStr;

/// The rule by which a number of one domain gives the number of another. It is evidence: whether
/// both are one patient, their demographics must say too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberRule {
    /// The same number.
    Same,
    /// With zeros before it, up to so many digits.
    Pad(u8),
    /// Without the zeros before it.
    StripZeros,
    /// With a prefix.
    AddPrefix(String),
    /// Without a prefix, which it must have.
    DropPrefix(String),
}

impl NumberRule {
    /// The number in the other domain; `None` where the rule says nothing of this one.
    pub fn apply(&self, number: &str) -> Option<String> {
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let mapped = match self {
            NumberRule::Same => number.to_owned(),
            NumberRule::Pad(digits) => {
                let wanted = usize::from(*digits);
                let fits = is_number && number.len() <= wanted;
                fits.then(|| format!("{number:0>wanted$}"))?
            }
            NumberRule::StripZeros => {
                is_number.then(|| number.trim_start_matches('0').to_owned())?
            }
            NumberRule::AddPrefix(prefix) => format!("{prefix}{number}"),
            NumberRule::DropPrefix(prefix) => number.strip_prefix(prefix.as_str())?.to_owned(),
        };
        let length = mapped.chars().count() as u64;
        (1..=LOCAL_ID_CHARACTERS).contains(&length).then_some(mapped)
    }

    /// Every number that the rule maps to `number`, at most [`LOCAL_ID_CHARACTERS`] of them.
    pub fn origins(&self, number: &str) -> Vec<String> {
        let zeros = number.len() - number.trim_start_matches('0').len();
        let candidates: Vec<String> = match self {
            NumberRule::Same => vec![number.to_owned()],
            NumberRule::Pad(_) => {
                (0..=zeros).filter_map(|from| number.get(from..)).map(str::to_owned).collect()
            }
            NumberRule::StripZeros => {
                let longest = usize::try_from(LOCAL_ID_CHARACTERS).unwrap_or(usize::MAX);
                (number.len()..=longest).map(|wanted| format!("{number:0>wanted$}")).collect()
            }
            NumberRule::AddPrefix(prefix) => {
                number.strip_prefix(prefix.as_str()).map(str::to_owned).into_iter().collect()
            }
            NumberRule::DropPrefix(prefix) => vec![format!("{prefix}{number}")],
        };
        let maps = |origin: &String| self.apply(origin).as_deref() == Some(number);
        candidates.into_iter().filter(maps).take(LOCAL_ID_CHARACTERS as usize).collect()
    }
}

impl fmt::Display for NumberRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NumberRule::Same => f.write_str("same"),
            NumberRule::Pad(digits) => write!(f, "pad:{digits}"),
            NumberRule::StripZeros => f.write_str("strip-zeros"),
            NumberRule::AddPrefix(prefix) => write!(f, "add-prefix:{prefix}"),
            NumberRule::DropPrefix(prefix) => write!(f, "drop-prefix:{prefix}"),
        }
    }
}

impl FromStr for NumberRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || {
            format!(
                "`{text}` is no rule; there are same, pad:DIGITS, strip-zeros, add-prefix:TEXT \
                 and drop-prefix:TEXT"
            )
        };
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let is_prefix = !value.is_empty()
            && value.chars().count() as u64 <= LOCAL_ID_CHARACTERS
            && !value.chars().any(char::is_control);
        match (name, value) {
            ("same", "") => Ok(NumberRule::Same),
            ("strip-zeros", "") => Ok(NumberRule::StripZeros),
            ("pad", digits) => {
                let digits: u8 = digits.parse().map_err(|_| wrong())?;
                let fits = (1..=LOCAL_ID_CHARACTERS).contains(&u64::from(digits));
                if fits { Ok(NumberRule::Pad(digits)) } else { Err(wrong()) }
            }
            ("add-prefix", prefix) if is_prefix => Ok(NumberRule::AddPrefix(prefix.to_owned())),
            ("drop-prefix", prefix) if is_prefix => Ok(NumberRule::DropPrefix(prefix.to_owned())),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_gives_the_other_number_and_finds_the_first_again() {
        for (rule, from, to) in [
            ("same", "0012", Some("0012")),
            ("pad:10", "12345678", Some("0012345678")),
            ("pad:10", "12345678901", None),
            ("pad:10", "A1", None),
            ("strip-zeros", "0012345678", Some("12345678")),
            ("strip-zeros", "0000", None),
            ("add-prefix:77-", "0098", Some("77-0098")),
            ("drop-prefix:77-", "77-0098", Some("0098")),
            ("drop-prefix:77-", "0098", None),
            ("drop-prefix:77", "77", None),
        ] {
            let read: NumberRule = rule.parse().unwrap();
            assert_eq!(read.to_string(), rule);
            assert_eq!(read.apply(from).as_deref(), to, "{rule} of {from}");
            if let Some(to) = to {
                assert!(read.origins(to).contains(&from.to_owned()), "{rule} to {to}");
            }
        }
        let stripped: NumberRule = "strip-zeros".parse().unwrap();
        assert!(stripped.origins("012").is_empty(), "no number is stripped to one with a zero");
        assert_eq!(stripped.origins("12").len(), 63);
        let padded: NumberRule = "pad:4".parse().unwrap();
        assert_eq!(padded.origins("0012"), ["0012", "012", "12"]);
    }

    #[test]
    fn what_is_no_rule_is_refused() {
        for wrong in ["", "pad", "pad:0", "pad:65", "pad:x", "same:1", "add-prefix:", "last:4"] {
            assert!(wrong.parse::<NumberRule>().is_err(), "{wrong}");
        }
    }
}
