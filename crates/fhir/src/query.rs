//! Parameters in an address or a form (FHIR R4 3.1.1.3).

use crate::outcome::{Issue, IssueCode, Outcome};
use http::StatusCode;
use model::limits::{FHIR_PARAMETER_CHARACTERS, FHIR_PARAMETERS};
use std::fmt;

/// One parameter: `name:modifier=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Its name.
    pub name: String,
    /// What stands behind a colon in its name; empty without one.
    pub modifier: String,
    /// Its value.
    pub value: String,
}

/// Parameters in order; a name may stand several times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// The parameters.
    pub pairs: Vec<Pair>,
}

impl fmt::Display for Pair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.modifier.is_empty() { "" } else { ":" };
        write!(formatter, "{}{colon}{}={}", self.name, self.modifier, self.value)
    }
}

impl Query {
    /// Reads what stands behind the question mark, or a form.
    ///
    /// # Errors
    /// 400 for more or longer parameters than are taken, and for bytes that are no UTF-8.
    pub fn read(text: &str) -> Result<Query, Outcome> {
        let mut pairs = Vec::new();
        for part in text.split('&').filter(|part| !part.is_empty()) {
            if pairs.len() as u64 >= FHIR_PARAMETERS {
                return Err(refused(format!("more than {FHIR_PARAMETERS} parameters")));
            }
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (decoded(name)?, decoded(value)?);
            let (name, modifier) = name.split_once(':').unwrap_or((&name, ""));
            pairs.push(Pair { name: name.to_owned(), modifier: modifier.to_owned(), value });
        }
        Ok(Query { pairs })
    }

    /// The values of a name that are not empty.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let named = self.pairs.iter().filter(move |pair| pair.name == name);
        named.map(|pair| pair.value.as_str()).filter(|value| !value.is_empty())
    }

    /// The parameters as an address has them, those left out that are named.
    pub fn without(&self, left_out: &[&str]) -> String {
        let kept = self.pairs.iter().filter(|pair| !left_out.contains(&pair.name.as_str()));
        let written: Vec<String> = kept
            .map(|pair| {
                let colon = if pair.modifier.is_empty() { "" } else { ":" };
                let name = format!("{}{colon}{}", encoded(&pair.name), encoded(&pair.modifier));
                format!("{name}={}", encoded(&pair.value))
            })
            .collect();
        written.join("&")
    }
}

/// A text as it stands in an address: everything but letters, digits and `-._~` by percent.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

pub(crate) fn decoded(text: &str) -> Result<String, Outcome> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let value = digit(rest.next()).zip(digit(rest.next()));
                let value = value.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
                value.ok_or_else(|| refused("a percent sign without two digits".to_owned()))?
            }
            byte => byte,
        });
    }
    let text =
        String::from_utf8(bytes).map_err(|_| refused("a parameter is no UTF-8".to_owned()))?;
    if text.contains('\0') {
        return Err(refused("a parameter has a character that no text has".to_owned()));
    }
    match text.chars().count() as u64 > FHIR_PARAMETER_CHARACTERS {
        true => Err(refused(format!("more than {FHIR_PARAMETER_CHARACTERS} characters"))),
        false => Ok(text),
    }
}

fn refused(text: String) -> Outcome {
    Outcome::refusal(StatusCode::BAD_REQUEST, Issue::error(IssueCode::Invalid, text))
}
