//! The community ID (統合ID): the patient ID of the XDS affinity domain.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Eleven digits, the last a Luhn check digit over the first ten; shown 4-4-3.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommunityId(String);

/// Why a text is no community ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CommunityIdError {
    /// Not eleven digits.
    #[error("a community id has eleven digits, shown as 0000-0000-000")]
    Length,
    /// The check digit does not fit: a digit was mistyped.
    #[error("the community id's check digit does not fit: compare it with the card")]
    CheckDigit,
}

impl CommunityId {
    /// The ID with serial number `serial` (0 to 9,999,999,999); larger numbers wrap.
    pub fn from_serial(serial: u64) -> CommunityId {
        let body = format!("{:010}", serial % 10_000_000_000);
        let check = luhn_check_digit(&body);
        CommunityId(format!("{body}{check}"))
    }

    /// The eleven digits without separators.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommunityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", &self.0[..4], &self.0[4..8], &self.0[8..])
    }
}

impl FromStr for CommunityId {
    type Err = CommunityIdError;

    /// Accepts the digits with or without hyphens and blanks.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
        if digits.len() != 11 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(CommunityIdError::Length);
        }
        if luhn_check_digit(&digits[..10]).to_string() != digits[10..] {
            return Err(CommunityIdError::CheckDigit);
        }
        Ok(CommunityId(digits))
    }
}

impl TryFrom<String> for CommunityId {
    type Error = CommunityIdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CommunityId> for String {
    fn from(id: CommunityId) -> String {
        id.0
    }
}

pub(crate) fn luhn_check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if place % 2 == 0 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_a_luhn_digit_and_is_shown_in_three_groups() {
        let id = CommunityId::from_serial(7_992_739_871);
        assert_eq!(id.digits(), "79927398713");
        assert_eq!(id.to_string(), "7992-7398-713");
        assert_eq!("7992-7398-713".parse(), Ok(id));
    }

    #[test]
    fn finds_every_single_mistyped_digit() {
        let good = CommunityId::from_serial(123).digits().to_owned();
        for place in 0..11 {
            for digit in b'0'..=b'9' {
                let mut typed = good.clone().into_bytes();
                if typed[place] == digit {
                    continue;
                }
                typed[place] = digit;
                let typed = String::from_utf8(typed).expect("digits");
                assert_eq!(typed.parse::<CommunityId>(), Err(CommunityIdError::CheckDigit));
            }
        }
    }
}
