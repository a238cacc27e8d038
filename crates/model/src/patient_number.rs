//! How a patient-ID domain writes its numbers. Leading zeros count: nothing is added to a number
//! or taken from it but by what is configured for its domain.

use crate::community_id::luhn_check_digit;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The last digit of a number, as it follows from the others (HL7 table 0061).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CheckDigit {
    /// None, or one whose rule is not known.
    #[default]
    None,
    /// M10: modulus 10 with weights 2 and 1 (HL7 v2.5 §2.A.14.3).
    Modulus10,
    /// M11: modulus 11 with weights 2 to 7 (HL7 v2.5 §2.A.14.3).
    Modulus11,
}

impl CheckDigit {
    /// The stable name, as of HL7 table 0061; empty for none.
    pub fn name(self) -> &'static str {
        match self {
            CheckDigit::None => "",
            CheckDigit::Modulus10 => "M10",
            CheckDigit::Modulus11 => "M11",
        }
    }

    /// Whether the last of `digits`, which are ASCII digits, follows from the others.
    fn fits(self, digits: &str) -> bool {
        let Some((body, last)) = digits.split_at_checked(digits.len().saturating_sub(1)) else {
            return false;
        };
        let expected = match self {
            CheckDigit::None => return true,
            CheckDigit::Modulus10 => luhn_check_digit(body),
            CheckDigit::Modulus11 => modulus_11(body),
        };
        !body.is_empty() && last == expected.to_string()
    }
}

impl FromStr for CheckDigit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_uppercase().as_str() {
            "" | "NONE" => Ok(CheckDigit::None),
            "M10" => Ok(CheckDigit::Modulus10),
            "M11" => Ok(CheckDigit::Modulus11),
            _ => Err(format!("`{text}` is no rule of a check digit; there are M10, M11 and none")),
        }
    }
}

/// How the numbers of a domain are written. The default takes any ID as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NumberFormat {
    /// How many digits a number has; 0 for IDs of any length and of any characters.
    pub digits: u8,
    /// Whether a shorter number is the same as that with zeros before it.
    pub is_padded: bool,
    /// What the last digit says.
    pub check_digit: CheckDigit,
}

/// Why a text is no number of its domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NumberMisfit {
    /// Something else than the digits 0 to 9.
    #[error("a number of this domain has digits only")]
    NotDigits,
    /// Not as many digits as the domain's numbers have.
    #[error("a number of this domain has {digits} digits")]
    Length {
        /// How many those are.
        digits: u8,
    },
    /// A digit was mistyped, or two changed places.
    #[error("the check digit does not fit: a digit is mistyped")]
    CheckDigit,
}

impl NumberFormat {
    /// The number as the domain writes it: as it came, or padded where that is configured.
    ///
    /// # Errors
    /// It is no number of the domain; nothing is guessed.
    pub fn read(&self, text: &str) -> Result<String, NumberMisfit> {
        let is_constrained = self.digits > 0 || self.check_digit != CheckDigit::None;
        if !is_constrained {
            return Ok(text.to_owned());
        }
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NumberMisfit::NotDigits);
        }
        let (digits, wanted) = (self.digits, usize::from(self.digits));
        let number = match text.len() {
            length if digits == 0 || length == wanted => text.to_owned(),
            length if length < wanted && self.is_padded => format!("{text:0>wanted$}"),
            _ => return Err(NumberMisfit::Length { digits }),
        };
        match self.check_digit.fits(&number) {
            true => Ok(number),
            false => Err(NumberMisfit::CheckDigit),
        }
    }

    /// Whether a number that is kept is written as the domain writes its numbers.
    pub fn fits(&self, number: &str) -> bool {
        self.read(number).is_ok_and(|read| read == number)
    }
}

impl fmt::Display for NumberFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if self.digits > 0 {
            parts.push(format!("{} digits", self.digits));
        }
        if self.is_padded {
            parts.push("zeros before shorter ones".to_owned());
        }
        if self.check_digit != CheckDigit::None {
            parts.push(format!("check digit {}", self.check_digit.name()));
        }
        match parts.is_empty() {
            true => f.write_str("any"),
            false => f.write_str(&parts.join(", ")),
        }
    }
}

fn modulus_11(body: &str) -> u32 {
    let weighed = body.bytes().rev().zip((2..=7).cycle());
    let sum: u32 = weighed.map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(digits: u8, is_padded: bool, check_digit: CheckDigit) -> NumberFormat {
        NumberFormat { digits, is_padded, check_digit }
    }

    #[test]
    fn nothing_is_changed_but_by_the_configured_padding() {
        let any = NumberFormat::default();
        for text in ["0012", "12", "A-7", "１２"] {
            assert_eq!(any.read(text).as_deref(), Ok(text));
        }
        let strict = format(8, false, CheckDigit::None);
        assert_eq!(strict.read("00000012").as_deref(), Ok("00000012"));
        assert_eq!(strict.read("12"), Err(NumberMisfit::Length { digits: 8 }));
        assert_eq!(strict.read("0000000012"), Err(NumberMisfit::Length { digits: 8 }));
        let padded = format(8, true, CheckDigit::None);
        assert_eq!(padded.read("12").as_deref(), Ok("00000012"));
        assert_eq!(padded.read("0000000012"), Err(NumberMisfit::Length { digits: 8 }));
        for text in ["", " 12", "1２", "1234567A", "-1"] {
            assert_eq!(padded.read(text), Err(NumberMisfit::NotDigits), "{text:?}");
        }
        assert!(padded.fits("00000012") && !padded.fits("12"));
    }

    #[test]
    fn a_check_digit_finds_a_mistyped_digit() {
        // The examples of HL7 v2.5 §2.A.14.3, each with its digit behind it.
        let m10 = format(0, false, CheckDigit::Modulus10);
        for number in ["123455", "4010", "99994", "999999998"] {
            assert_eq!(m10.read(number).as_deref(), Ok(number));
        }
        let m11 = format(8, true, CheckDigit::Modulus11);
        assert_eq!(m11.read("12345674").as_deref(), Ok("12345674"));
        for wrong in ["12345675", "12345764", "11345674"] {
            assert_eq!(m11.read(wrong), Err(NumberMisfit::CheckDigit), "{wrong}");
        }
        assert_eq!(m10.read("5"), Err(NumberMisfit::CheckDigit), "no number before it");
    }

    #[test]
    fn rules_read_as_they_are_written() {
        for rule in [CheckDigit::None, CheckDigit::Modulus10, CheckDigit::Modulus11] {
            assert_eq!(rule.name().parse(), Ok(rule));
        }
        assert!("M12".parse::<CheckDigit>().is_err());
        let written = format(10, true, CheckDigit::Modulus10).to_string();
        assert_eq!(written, "10 digits, zeros before shorter ones, check digit M10");
    }
}
