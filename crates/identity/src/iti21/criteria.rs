//! QPD-3: pairs of a field's name and its value (ITI TF-2 3.21.4.1.2.2).

use crate::demographics::name_token;
use crate::v2::domains;
use crate::v2::fault::{Fault, Location, Refusal};
use crate::v2::request::Request;
use hl7v2::{Field, Repetition};
use model::PartialTime;
use model::demographics::{Demographics, PersonName};
use model::limits::{PDQ_PARAMETERS, SEARCH_CHARACTERS};
use store::Tx;
use store::patient_query::Lookup;

/// Day of an open end, `YYYYMMDD`.
const LAST_DAY: i64 = 99_991_231;

/// What a patient must fit; all of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Criteria {
    /// Names, all of which must fit.
    names: Vec<WantedName>,
    /// First and last day, `YYYYMMDD`.
    birth: Option<(i64, i64)>,
    sex: Option<String>,
    postal_code: Option<String>,
    /// Parts of the address, folded.
    address: Vec<Wanted>,
    phone: Option<String>,
    /// PID-3.1.
    pub(crate) id: Option<String>,
    /// OID of the domain of `id` (PID-3.4).
    pub(crate) domain_oid: Option<String>,
    /// Further IDs that the patient must have, each with the OID of its domain.
    pub(crate) other_ids: Vec<(String, String)>,
    /// Something is asked for that nobody here has.
    is_nobody: bool,
}

/// A name, as far as it is given.
#[derive(Debug, Clone, Default)]
struct WantedName {
    family: Option<Wanted>,
    given: Option<Wanted>,
}

/// A folded text; its beginning only where the asker wrote an asterisk.
#[derive(Debug, Clone)]
struct Wanted {
    key: String,
    is_beginning: bool,
}

impl Wanted {
    fn read(text: &str) -> Wanted {
        let (text, is_beginning) = match text.strip_suffix('*') {
            Some(text) => (text, true),
            None => (text, false),
        };
        Wanted { key: name_token(text), is_beginning }
    }

    fn fits(&self, folded: &str) -> bool {
        if self.is_beginning { folded.starts_with(&self.key) } else { folded == self.key }
    }
}

impl Criteria {
    /// Reads QPD-3.
    ///
    /// # Errors
    /// AE for a parameter that is not known, a value that cannot be one, or none at all.
    pub(super) fn read(
        tx: &mut Tx,
        request: &Request,
        field: Field<'_>,
    ) -> Result<Criteria, Fault> {
        let place = Location::new("QPD", 1).field(3);
        let mut criteria = Criteria::default();
        let mut domain: Option<Domain<'_>> = None;
        for (at, repetition) in (1_u32..).zip(field.repetitions()) {
            if u64::from(at) > PDQ_PARAMETERS {
                let text = format!("more than {PDQ_PARAMETERS} parameters");
                return Err(Refusal::error("102", place, text).into());
            }
            let place = place.repetition(at);
            let name = repetition.component(1).text();
            let value = repetition.component(2).text().trim().to_owned();
            if name.is_empty() || value.is_empty() {
                continue;
            }
            if value.chars().count() as u64 > SEARCH_CHARACTERS || value.contains('\0') {
                let text = format!("a value has more than {SEARCH_CHARACTERS} characters");
                return Err(Refusal::error("102", place, text).into());
            }
            match name.as_ref() {
                "@PID.3.4" | "@PID.3.4.1" | "@PID.3.4.2" | "@PID.3.4.3" => {
                    domain.get_or_insert_with(|| Domain::at(place)).take(&name, repetition);
                }
                name => criteria.take(name, &value, place)?,
            }
        }
        if let Some(domain) = domain {
            criteria.domain_oid = Some(domain.resolve(tx, request)?);
        }
        criteria.check(place)?;
        Ok(criteria)
    }

    /// Something must be there to look patients up by. `place` is that of the parameters.
    pub(crate) fn check(&self, place: Location) -> Result<(), Refusal> {
        match self.lookup() {
            None if !self.is_nobody => {
                let text = "give at least a name, a birth date, or a patient ID";
                Err(Refusal::error("101", place, text))
            }
            _ => Ok(()),
        }
    }

    /// A name that must fit, by those of its parts that are given; their beginnings only where
    /// `is_beginning` says so, or an asterisk.
    pub(crate) fn want_name(&mut self, name: &PersonName, is_beginning: bool) {
        let part = |text: &str| {
            let mut wanted = Wanted::read(text);
            wanted.is_beginning |= is_beginning;
            (!wanted.key.is_empty()).then_some(wanted)
        };
        self.names.push(WantedName { family: part(&name.family), given: part(&name.given) });
    }

    /// The birth day lies within a span, its ends as digits; an empty end is open.
    pub(crate) fn want_birth(
        &mut self,
        (from, to): (&str, &str),
        place: Location,
    ) -> Result<(), Refusal> {
        let read = |digits: &str| {
            PartialTime::japan(digits)
                .map_err(|_| Refusal::error("102", place, format!("{digits:?} is no date")))
        };
        let first = if from.is_empty() { 0 } else { read(from)?.jst_day() };
        let last = if to.is_empty() { LAST_DAY } else { read(to)?.end().plus_us(-1).jst_day() };
        self.birth = Some((first, last));
        Ok(())
    }

    /// The sex, of table 0001.
    pub(crate) fn want_sex(&mut self, sex: &str) {
        self.sex = Some(sex.to_owned());
    }

    /// The place of residence: digits of the postal code, parts of the address.
    pub(crate) fn want_address(&mut self, postal_code: &str, line: &str) {
        if !postal_code.is_empty() {
            self.postal_code = Some(digits(postal_code));
        }
        self.address.extend(line.split_whitespace().map(Wanted::read));
    }

    /// The telephone, by its digits.
    pub(crate) fn want_phone(&mut self, phone: &str) {
        self.phone = Some(digits(phone));
    }

    /// Something is asked for that nobody here has.
    pub(crate) fn want_nobody(&mut self) {
        self.is_nobody = true;
    }

    /// By what to look persons up: the narrowest of what was given.
    pub(crate) fn lookup(&self) -> Option<Lookup> {
        if self.is_nobody {
            return None;
        }
        if let Some(id) = &self.id {
            return Some(Lookup::LocalId(id.clone()));
        }
        if let Some((first, last)) = self.birth {
            return Some(Lookup::BirthDay(first, last));
        }
        let name = self.names.first()?;
        let key = match (&name.family, &name.given) {
            (Some(family), Some(given)) if !family.is_beginning => {
                name_token(&format!("{}{}", family.key, given.key))
            }
            (Some(family), _) => family.key.clone(),
            (None, given) => given.as_ref()?.key.clone(),
        };
        (!key.is_empty()).then_some(Lookup::Name(key))
    }

    /// Whether demographics fit.
    pub(crate) fn fits(&self, who: &Demographics) -> bool {
        let names = [&who.name, &who.kana];
        let day = crate::demographics::birth_day(who);
        let has_phone = |wanted: &String| who.phones.iter().any(|one| digits(one) == *wanted);
        let address = name_token_whole(&who.address);
        self.names.iter().all(|wanted| names.iter().any(|name| wanted.fits(name)))
            && self.birth.is_none_or(|(from, to)| day.is_some_and(|day| day >= from && day <= to))
            && self.sex.as_ref().is_none_or(|sex| *sex == who.sex)
            && self.postal_code.as_ref().is_none_or(|code| *code == digits(&who.postal_code))
            && self.address.iter().all(|part| address.contains(&part.key))
            && self.phone.as_ref().is_none_or(has_phone)
    }

    /// The one name of HL7 v2, made where it is not there yet.
    fn name(&mut self) -> &mut WantedName {
        if self.names.is_empty() {
            self.names.push(WantedName::default());
        }
        &mut self.names[0]
    }

    fn take(&mut self, name: &str, value: &str, place: Location) -> Result<(), Refusal> {
        match name {
            "@PID.3" | "@PID.3.1" => self.id = Some(value.to_owned()),
            "@PID.5" | "@PID.5.1" | "@PID.5.1.1" => self.name().family = Some(Wanted::read(value)),
            "@PID.5.2" => self.name().given = Some(Wanted::read(value)),
            "@PID.7" | "@PID.7.1" => self.want_birth((value, value), place)?,
            "@PID.8" => self.sex = Some(value.to_owned()),
            "@PID.11.1" | "@PID.11.1.1" | "@PID.11.2" | "@PID.11.3" | "@PID.11.4" | "@PID.11.8" => {
                self.address.push(Wanted::read(value))
            }
            "@PID.11.5" => self.postal_code = Some(digits(value)),
            "@PID.13" | "@PID.13.1" | "@PID.13.12" => self.phone = Some(digits(value)),
            // No account numbers, no mothers' names: nobody fits, which is no mistake.
            name if name.starts_with("@PID.18") || name.starts_with("@PID.6") => {
                self.is_nobody = true;
            }
            name => {
                let text = format!("parameter {name} is not known here");
                return Err(Refusal::error("204", place, text));
            }
        }
        Ok(())
    }
}

impl WantedName {
    fn fits(&self, name: &PersonName) -> bool {
        let (family, given) = (name_token(&name.family), name_token(&name.given));
        // A sender with one component for the whole name has the given name behind the family's.
        let is_whole = given.is_empty();
        let family_fits =
            |wanted: &Wanted| wanted.fits(&family) || (is_whole && family.starts_with(&wanted.key));
        let given_fits =
            |wanted: &Wanted| wanted.fits(&given) || (is_whole && family.ends_with(&wanted.key));
        self.family.as_ref().is_none_or(family_fits) && self.given.as_ref().is_none_or(given_fits)
    }
}

/// The domain of an asked ID, put together from its parameters.
struct Domain<'a> {
    place: Location,
    whole: Option<Repetition<'a>>,
    namespace: String,
    oid: String,
}

impl<'a> Domain<'a> {
    fn at(place: Location) -> Domain<'a> {
        Domain { place, whole: None, namespace: String::new(), oid: String::new() }
    }

    fn take(&mut self, name: &str, repetition: Repetition<'a>) {
        let value = || repetition.component(2).text().trim().to_owned();
        match name {
            "@PID.3.4" => self.whole = Some(repetition),
            "@PID.3.4.1" => self.namespace = value(),
            "@PID.3.4.2" => self.oid = value(),
            _ => {}
        }
    }

    fn resolve(self, tx: &mut Tx, request: &Request) -> Result<String, Fault> {
        let found = match self.whole {
            Some(whole) => domains::resolve(tx, &request.settings, whole.component(2))?,
            None => domains::by_names(tx, &request.settings, &self.namespace, &self.oid)?,
        };
        let text = "the assigning authority of the asked ID is not known here";
        let unknown = || Refusal::error("204", self.place, text);
        Ok(found.ok_or_else(unknown)?.oid)
    }
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// An address folded like a name, whatever its length.
fn name_token_whole(text: &str) -> String {
    let pieces: Vec<char> = text.chars().collect();
    let size = usize::try_from(SEARCH_CHARACTERS).unwrap_or(64);
    pieces.chunks(size).map(|piece| name_token(&piece.iter().collect::<String>())).collect()
}
