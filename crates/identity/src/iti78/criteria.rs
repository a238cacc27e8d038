//! Search parameters (PDQm 2:3.78.4.1.2, FHIR R4 3.1.1.4): of each one value must fit, of a
//! parameter that stands several times each.
//!
//! What fits a name, a birth date and so on is what ITI-21 says; here it is only read.

use crate::associations::Associations;
use crate::demographics::name_token;
use crate::iti21::criteria::Criteria as Fitting;
use crate::r4::ask::Ask;
use crate::r4::fault::{Fault, bad, refused};
use crate::v2::fault::Location;
use fhir::{Identifier, IssueCode, Pair, read_date};
use http::StatusCode;
use model::demographics::PersonName;
use model::limits::{FHIR_SEARCH_VALUES, QUERY_DOMAINS, SEARCH_CHARACTERS};
use model::{CommunityId, Timestamp};
use store::Tx;
use store::patient_query::Lookup;

/// What a patient must fit; all of it.
#[derive(Default)]
pub(super) struct Criteria {
    /// Demographics: of each group, one must fit.
    demographics: Vec<Vec<Fitting>>,
    /// IDs: of each group, one must be the person's.
    ids: Vec<Vec<WantedId>>,
    /// OIDs of the domains whose IDs are wanted; none for all.
    pub(super) wanted: Vec<String>,
    /// Something is asked for that nobody here has.
    is_nobody: bool,
    /// Values so far.
    count: u64,
}

/// An ID that a patient must have.
struct WantedId {
    /// OID of its domain; `None` for any.
    oid: Option<String>,
    id: String,
}

impl Criteria {
    /// Reads the parameters of a request.
    ///
    /// # Errors
    /// 400 for a value that cannot be one, and where nothing is asked for; 404 for a domain
    /// whose IDs are wanted and that is not known here.
    pub(super) fn read(tx: &mut Tx, ask: &Ask) -> Result<Criteria, Fault> {
        let mut criteria = Criteria::default();
        let mut count = 0;
        for pair in ask.request.query.pairs.iter().filter(|pair| !pair.value.trim().is_empty()) {
            if pair.name.starts_with('_') && pair.name != "_id" {
                continue;
            }
            if criteria.take(tx, ask, pair)? {
                count += 1;
            } else {
                ask.not_understood(&pair.name)?;
            }
        }
        match count {
            0 => Err(bad(IssueCode::Required, "give a name, a birth date, or a patient ID")),
            _ => Ok(criteria),
        }
    }

    /// By what persons are looked up: by IDs, else by the first parameter that an index answers,
    /// else everybody.
    pub(super) fn lookups(&self) -> Vec<Lookup> {
        if self.is_nobody {
            return Vec::new();
        }
        if let Some(group) = self.ids.first() {
            return group.iter().map(|one| Lookup::LocalId(one.id.clone())).collect();
        }
        let all = |group: &Vec<Fitting>| group.iter().map(Fitting::lookup).collect();
        let by_demographics: Option<Vec<Lookup>> = self.demographics.iter().find_map(all);
        by_demographics.unwrap_or_else(|| vec![Lookup::Everybody])
    }

    /// The persons whose community IDs the IDs may be.
    pub(super) fn persons(&self, tx: &mut Tx) -> Result<Vec<i64>, Fault> {
        let mut persons = Vec::new();
        for one in self.ids.first().into_iter().flatten().filter(|_| !self.is_nobody) {
            if let Ok(community_id) = one.id.parse::<CommunityId>() {
                persons.extend(access::resolve(tx, &community_id)?.map(|person| person.id));
            }
        }
        Ok(persons)
    }

    /// Whether a person fits: its IDs, and one of its identities all that is said of it.
    pub(super) fn fits(&self, ask: &Ask, of: &Associations) -> bool {
        let ids = of.ids(&ask.settings, &[]);
        let has = |wanted: &WantedId| {
            let is_it = |oid: &str| wanted.oid.as_deref().is_none_or(|one| one == oid);
            ids.iter().any(|one| one.id == wanted.id && is_it(&one.authority.oid))
        };
        let fits_all = |who| {
            let fits_one = |group: &Vec<Fitting>| group.iter().any(|one| one.fits(who));
            self.demographics.iter().all(fits_one)
        };
        !self.is_nobody
            && self.ids.iter().all(|group| group.iter().any(has))
            && of.identities.iter().any(|identity| fits_all(&identity.demographics))
    }

    /// Takes a parameter; `false` where it is not understood.
    fn take(&mut self, tx: &mut Tx, ask: &Ask, pair: &Pair) -> Result<bool, Fault> {
        let values = alternatives(&pair.value)?;
        self.count += values.len() as u64;
        if self.count > FHIR_SEARCH_VALUES {
            let text = format!("more than {FHIR_SEARCH_VALUES} values are asked for");
            return Err(bad(IssueCode::TooLong, text));
        }
        let is_exact = match pair.modifier.as_str() {
            "" => false,
            "exact" => true,
            // Addresses fit wherever the text stands in them.
            "contains" if pair.name.starts_with("address") => false,
            other => {
                let text = format!("modifier {other} of {} is not known here", pair.name);
                return Err(bad(IssueCode::NotSupported, text));
            }
        };
        match pair.name.as_str() {
            "_id" => self.take_ids(ask, &values),
            "identifier" => self.take_identifiers(tx, ask, &values)?,
            "active" => self.is_nobody |= !values.iter().any(|value| token(value) == "true"),
            "name" | "family" | "given" => self.take_name(&pair.name, &values, is_exact),
            "birthdate" => {
                let group: Result<_, Fault> = values.iter().map(|value| birth(value)).collect();
                self.demographics.push(group?);
            }
            "gender" => self.take_each(&values, |fitting, value| {
                let sex = match token(value) {
                    "male" => "M",
                    "female" => "F",
                    "other" => "O",
                    "unknown" => "U",
                    _ => return false,
                };
                fitting.want_sex(sex);
                true
            }),
            "address" | "address-city" | "address-state" => {
                self.take_each(&values, |fitting, value| {
                    fitting.want_address("", value);
                    true
                });
            }
            "address-postalcode" => self.take_each(&values, |fitting, value| {
                fitting.want_address(value, "");
                has_digit(value)
            }),
            "telecom" | "phone" => self.take_each(&values, |fitting, value| {
                fitting.want_phone(token(value));
                has_digit(token(value))
            }),
            // Nobody here has any of it: nobody fits, which is no mistake.
            "mothersMaidenName" | "email" | "address-country" | "deceased" => {
                self.is_nobody = true;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A group of alternatives, each a condition of its own; those are left out that nobody can
    /// fit, as `want` says.
    fn take_each(&mut self, values: &[String], want: impl Fn(&mut Fitting, &str) -> bool) {
        let group = values.iter().filter_map(|value| {
            let mut fitting = Fitting::default();
            want(&mut fitting, value).then_some(fitting)
        });
        self.demographics.push(group.collect());
    }

    fn take_name(&mut self, name: &str, values: &[String], is_exact: bool) {
        let mut group = Vec::new();
        for value in values.iter().filter(|value| !name_token(value).is_empty()) {
            let family = PersonName { family: value.clone(), given: String::new() };
            let given = PersonName { family: String::new(), given: value.clone() };
            let parts = match name {
                "family" => vec![family],
                "given" => vec![given],
                _ => vec![family, given],
            };
            group.extend(parts.iter().map(|part| {
                let mut fitting = Fitting::default();
                fitting.want_name(part, !is_exact);
                fitting
            }));
        }
        self.demographics.push(group);
    }

    fn take_ids(&mut self, ask: &Ask, values: &[String]) {
        let oid = &ask.settings.affinity.oid;
        let wanted = |value: &String| WantedId { oid: Some(oid.clone()), id: value.clone() };
        self.ids.push(values.iter().map(wanted).collect());
    }

    /// `system|value` is an ID that the patient has; `system|` a domain whose IDs are wanted
    /// (PDQm 2:3.78.4.1.2.4).
    fn take_identifiers(&mut self, tx: &mut Tx, ask: &Ask, values: &[String]) -> Result<(), Fault> {
        let mut group = Vec::new();
        let mut is_restricting = false;
        for value in values {
            let (system, id) = Identifier::parse(value);
            let domain = match system.filter(|system| !system.is_empty()) {
                Some(system) => Some(ask.domain(tx, system)?),
                None => None,
            };
            match (domain, id.is_empty()) {
                (Some(Some(authority)), true) => {
                    is_restricting = true;
                    self.wanted.push(authority.oid);
                }
                (Some(None), true) => {
                    let text = "targetSystem not found";
                    return Err(refused(StatusCode::NOT_FOUND, IssueCode::NotFound, text));
                }
                // No patient has an ID of a domain that is not known.
                (Some(None), false) => {}
                (Some(Some(authority)), false) => {
                    group.push(WantedId { oid: Some(authority.oid), id: id.to_owned() });
                }
                (None, _) => group.push(WantedId { oid: None, id: id.to_owned() }),
            }
        }
        if self.wanted.len() as u64 > QUERY_DOMAINS {
            let text = format!("more than {QUERY_DOMAINS} domains are asked for");
            return Err(bad(IssueCode::TooLong, text));
        }
        match group.is_empty() {
            true => self.is_nobody |= !is_restricting,
            false => self.ids.push(group),
        }
        Ok(())
    }
}

/// Characters of one value: a system beside what is looked for.
const IDENTIFIER_CHARACTERS: u64 = 2 * SEARCH_CHARACTERS;

/// The values between commas; a comma behind a backslash is one of the value.
fn alternatives(text: &str) -> Result<Vec<String>, Fault> {
    let mut values = vec![String::new()];
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let taken = match character {
            ',' => {
                values.push(String::new());
                continue;
            }
            '\\' => characters.next().unwrap_or('\\'),
            other => other,
        };
        if let Some(last) = values.last_mut() {
            last.push(taken);
        }
    }
    let values: Vec<String> = values.iter().map(|value| value.trim().to_owned()).collect();
    let is_long = |value: &String| value.chars().count() as u64 > IDENTIFIER_CHARACTERS;
    if values.iter().any(is_long) {
        let text = format!("a value has more than {IDENTIFIER_CHARACTERS} characters");
        return Err(bad(IssueCode::TooLong, text));
    }
    Ok(values.into_iter().filter(|value| !value.is_empty()).collect())
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|character| character.is_ascii_digit())
}

/// The code of a token; its system, where it has one, is the only one that it can be of.
fn token(value: &str) -> &str {
    value.rsplit_once('|').map_or(value, |(_, code)| code)
}

/// A birth date with its prefix (FHIR R4 3.1.1.4.7).
fn birth(value: &str) -> Result<Fitting, Fault> {
    let known = ["eq", "ge", "gt", "le", "lt"];
    let (prefix, text) = match known.into_iter().find(|prefix| value.starts_with(prefix)) {
        Some(prefix) => (prefix, value.trim_start_matches(prefix)),
        None => ("eq", value),
    };
    let wrong = || bad(IssueCode::Value, format!("birthdate {value:?} is no date"));
    let date = read_date(text).ok_or_else(wrong)?;
    let day = |at: Timestamp| format!("{:08}", at.jst_day());
    let (before, first) = (day(date.first.plus_us(-1)), day(date.first));
    let (last, after) = (day(date.end().plus_us(-1)), day(date.end()));
    let (from, to) = match prefix {
        "ge" => (first, String::new()),
        "gt" => (after, String::new()),
        "le" => (String::new(), last),
        "lt" => (String::new(), before),
        _ => (first, last),
    };
    let mut fitting = Fitting::default();
    fitting.want_birth((&from, &to), Location::new("birthdate", 1))?;
    Ok(fitting)
}
