//! Parameters of a stored query and how their values are written (ITI TF-2 3.18.4.1.2.3.5).

use super::{CodeAsked, CodeGroups, ObjectIds, Pattern, Span};
use crate::ids::uuid_of;
use crate::names::RIM;
use crate::notation;
use crate::problem::{ErrorCode, Problem};
use crate::raw::slots;
use model::Timestamp;
use model::document::{Availability, DocumentKind};
use model::hl7::PatientId;
use model::limits::{QUERY_PATTERNS, QUERY_VALUE_CHARACTERS, QUERY_VALUES};
use xml::Element;

const VALUES: &str = "ITI TF-2 3.18.4.1.2.3.5";
const NUMBER: &str = "ITI TF-2 3.18.4.1.3";
const CODES: &str = "ITI TF-2 3.18.4.1.2.3.4";

/// The parameters of one query: name and values of each slot, in order.
pub(super) struct Parameters {
    slots: Vec<(String, Vec<String>)>,
    pub problems: Vec<Problem>,
}

impl Parameters {
    /// Those of an AdhocQuery.
    pub fn of(query: Element<'_>) -> Parameters {
        debug_assert_eq!(query.namespace(), RIM);
        let mut problems = Vec::new();
        let mut read = Vec::new();
        for slot in slots(query) {
            let mut values = Vec::new();
            for value in &slot.values {
                if !push_values(value, &mut values) {
                    let context = format!("parameter {}: a text without its closing '", slot.name);
                    problems.push(Problem::new(ErrorCode::XdsRegistryError, VALUES, context));
                }
            }
            if let Err(context) = within_limits(slot.name, &values) {
                problems.push(Problem::new(ErrorCode::XdsRegistryError, VALUES, context));
                values.clear();
            }
            read.push((slot.name.to_owned(), values));
        }
        Parameters { slots: read, problems }
    }

    /// Each slot of a name: values within one are alternatives, slots must all be met.
    pub fn groups(&self, name: &str) -> Vec<Vec<String>> {
        let groups = self.slots.iter().filter(|slot| is_name(&slot.0, name));
        groups.map(|slot| slot.1.clone()).filter(|values| !values.is_empty()).collect()
    }

    /// The values of a parameter that stands once at most.
    pub fn list(&mut self, name: &str) -> Vec<String> {
        let mut groups = self.groups(name);
        if groups.len() > 1 {
            self.number(format!("parameter {name} stands {} times; once is allowed", groups.len()));
        }
        if groups.is_empty() { Vec::new() } else { groups.swap_remove(0) }
    }

    /// The one value of a parameter.
    pub fn one(&mut self, name: &str) -> Option<String> {
        let values = self.list(name);
        if values.len() > 1 {
            self.number(format!("parameter {name} has {} values; one is allowed", values.len()));
        }
        values.into_iter().next()
    }

    /// Notes a required parameter that is not there.
    pub fn require(&mut self, is_there: bool, name: &str) {
        if !is_there {
            let context = format!("parameter {name} is missing");
            self.problems.push(Problem::new(
                ErrorCode::XdsStoredQueryMissingParam,
                NUMBER,
                context,
            ));
        }
    }

    /// Codes, any of which.
    pub fn codes(&mut self, name: &str) -> Vec<CodeAsked> {
        let values = self.list(name);
        self.read_codes(name, values)
    }

    /// Groups of codes.
    pub fn code_groups(&mut self, name: &str) -> CodeGroups {
        let groups = self.groups(name);
        groups.into_iter().map(|values| self.read_codes(name, values)).collect()
    }

    /// Statuses; unknown ones are ignored, and none left is as if none was given.
    pub fn statuses(&mut self, name: &str) -> Vec<Availability> {
        let values = self.list(name);
        let statuses: Vec<_> =
            values.iter().filter_map(|value| Availability::from_urn(value)).collect();
        self.require(!statuses.is_empty(), name);
        statuses
    }

    /// Statuses of a parameter that may be absent.
    pub fn optional_statuses(&mut self, name: &str) -> Vec<Availability> {
        let values = self.list(name);
        values.iter().filter_map(|value| Availability::from_urn(value)).collect()
    }

    /// `$XDSDocumentEntryType`: Stable where it is not given.
    pub fn kinds(&mut self) -> Vec<DocumentKind> {
        let values = self.list("$XDSDocumentEntryType");
        match values.is_empty() {
            true => vec![DocumentKind::Stable],
            false => values
                .iter()
                .filter_map(|value| DocumentKind::from_urn(&value.to_ascii_lowercase()))
                .collect(),
        }
    }

    /// Both ends of a span of time.
    pub fn span(&mut self, name: &str) -> Span {
        Span { from: self.time(&format!("{name}From")), to: self.time(&format!("{name}To")) }
    }

    /// Patterns, any of which.
    pub fn patterns(&mut self, name: &str) -> Vec<Pattern> {
        let values = self.list(name);
        if values.len() as u64 > QUERY_PATTERNS {
            let context = format!(
                "parameter {name} has {} patterns; {QUERY_PATTERNS} are read",
                values.len()
            );
            self.malformed(VALUES, context);
            return Vec::new();
        }
        values.into_iter().map(Pattern).collect()
    }

    /// The one patient.
    pub fn patient(&mut self, name: &str) -> PatientId {
        let text = self.one(name);
        self.require(text.is_some(), name);
        text.and_then(|text| self.read_patient(name, &text)).unwrap_or_default()
    }

    /// Any number of patients.
    pub fn patients(&mut self, name: &str) -> Vec<PatientId> {
        let texts = self.list(name);
        texts.iter().filter_map(|text| self.read_patient(name, text)).collect()
    }

    /// Objects by one of several parameters, exactly one of which is there. `names` are those
    /// of entryUUID, uniqueId and, where it may be asked for, logicalID.
    pub fn ids(&mut self, names: &[&str], is_single: bool) -> ObjectIds {
        let given: Vec<usize> =
            (0..names.len()).filter(|index| !self.groups(names[*index]).is_empty()).collect();
        if given.len() > 1 {
            self.number(format!("only one of {} is allowed", names.join(", ")));
        }
        self.require(!given.is_empty(), &names.join(" or "));
        let index = given.first().copied().unwrap_or(0);
        let values = match is_single {
            true => self.one(names[index]).into_iter().collect(),
            false => self.list(names[index]),
        };
        match index {
            1 => ObjectIds::UniqueIds(values),
            2 => ObjectIds::LogicalIds(uuids(&values)),
            _ => ObjectIds::Uuids(uuids(&values)),
        }
    }

    /// The objects of `$uuid`.
    pub fn uuids(&mut self) -> Vec<uuid::Uuid> {
        let values = self.list("$uuid");
        self.require(!values.is_empty(), "$uuid");
        uuids(&values)
    }

    /// Notes a value that is not what it should be.
    pub fn malformed(&mut self, section: &'static str, context: String) {
        self.problems.push(Problem::new(ErrorCode::XdsRegistryError, section, context));
    }

    fn number(&mut self, context: String) {
        self.problems.push(Problem::new(ErrorCode::XdsStoredQueryParamNumber, NUMBER, context));
    }

    fn time(&mut self, name: &str) -> Option<Timestamp> {
        let text = self.one(name)?;
        let time = notation::read_dtm(&text);
        if time.is_none() {
            self.malformed(VALUES, format!("parameter {name}: {text:?} is no DTM"));
        }
        time.map(|time| time.first)
    }

    fn read_patient(&mut self, name: &str, text: &str) -> Option<PatientId> {
        notation::read_cx(text)
            .map_err(|reason| {
                self.malformed(VALUES, format!("parameter {name}: {text:?} {reason}"));
            })
            .ok()
    }

    fn read_codes(&mut self, name: &str, values: Vec<String>) -> Vec<CodeAsked> {
        let mut codes = Vec::with_capacity(values.len());
        for value in values {
            match value.split_once("^^") {
                Some((code, scheme)) if !code.is_empty() && !scheme.is_empty() => {
                    codes.push(CodeAsked { code: code.to_owned(), scheme: scheme.to_owned() });
                }
                _ => self.malformed(
                    CODES,
                    format!("parameter {name}: {value:?} is not of the form code^^codingScheme"),
                ),
            }
        }
        codes
    }
}

/// Every value is compared with every row, and nobody writes more by hand.
fn within_limits(name: &str, values: &[String]) -> Result<(), String> {
    if values.len() as u64 > QUERY_VALUES {
        return Err(format!(
            "parameter {name} has {} values; {QUERY_VALUES} are read",
            values.len()
        ));
    }
    let is_long = |value: &String| value.chars().count() as u64 > QUERY_VALUE_CHARACTERS;
    match values.iter().any(is_long) {
        true => Err(format!(
            "parameter {name} has a value of more than {QUERY_VALUE_CHARACTERS} characters"
        )),
        false => Ok(()),
    }
}

fn uuids(values: &[String]) -> Vec<uuid::Uuid> {
    values.iter().filter_map(|value| uuid_of(value)).collect()
}

/// Names are exact, but consumers write the one of GetAll in both cases.
fn is_name(given: &str, name: &str) -> bool {
    given == name || (name == "$patientId" && given.eq_ignore_ascii_case(name))
}

/// Reads the content of one `Value`: texts in `'…'` with `''` for the sign itself, numbers bare,
/// one or more within `(…)`, divided by commas; blanks and line breaks between them say nothing.
/// False where a text does not end.
fn push_values(value: &str, values: &mut Vec<String>) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',');
    let mut rest = value.trim_start_matches(is_between);
    while let Some(first) = rest.chars().next() {
        if first != '\'' {
            let end = rest.find(is_between).unwrap_or(rest.len());
            values.push(rest[..end].to_owned());
            rest = rest[end..].trim_start_matches(is_between);
            continue;
        }
        let mut text = String::new();
        rest = &rest[1..];
        loop {
            let Some(end) = rest.find('\'') else { return false };
            text.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => {
                    text.push('\'');
                    rest = more;
                }
                None => break,
            }
        }
        values.push(text.trim().to_owned());
        rest = rest.trim_start_matches(is_between);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{push_values, within_limits};
    use model::limits::{QUERY_VALUE_CHARACTERS, QUERY_VALUES};

    fn values(text: &str) -> Vec<String> {
        let mut values = Vec::new();
        assert!(push_values(text, &mut values), "{text}");
        values
    }

    #[test]
    fn values_have_a_number_and_a_length() {
        let of = |count: u64, characters: u64| {
            let value = "医".repeat(usize::try_from(characters).unwrap());
            within_limits("$x", &vec![value; usize::try_from(count).unwrap()])
        };
        assert_eq!(of(QUERY_VALUES, 1), Ok(()));
        assert_eq!(of(1, QUERY_VALUE_CHARACTERS), Ok(()));
        assert!(of(QUERY_VALUES + 1, 1).is_err());
        assert!(of(1, QUERY_VALUE_CHARACTERS + 1).is_err());
    }

    #[test]
    fn reads_texts_numbers_and_lists_with_any_blanks() {
        assert_eq!(values("'a'"), ["a"]);
        assert_eq!(values(" 20041224 "), ["20041224"]);
        assert_eq!(values("('a',\n   'b' , 'O''Brien (x, y)')"), ["a", "b", "O'Brien (x, y)"]);
        assert_eq!(values("''"), [""]);
        assert_eq!(values("()"), Vec::<String>::new());
        assert!(!push_values("'open", &mut Vec::new()));
    }
}
