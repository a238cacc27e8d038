//! One attribute at a time out of a raw object, with the rules of its form. Each finding names
//! its object and goes into one list, so that a sender learns all of them at once.

use crate::notation;
use crate::problem::{ErrorCode, Problem};
use crate::raw::{RawClassification, RawObject};
use model::PartialTime;
use model::document::{Author, XdsCode};
use model::hl7::{PatientId, Person};

pub(crate) const REQUIRED: &str = "ITI TF-3 table 4.3.1-3";
pub(crate) const DATA_TYPES: &str = "ITI TF-3 table 4.2.3.1.7-2";
const CODES: &str = "ITI TF-3 4.2.3.1.2";
const AUTHOR: &str = "ITI TF-3 4.2.3.1.4";
const IDENTIFIERS: &str = "ITI TF-3 4.2.3.1.3";

/// The attributes of one object and what is wrong with them.
pub(crate) struct Reading<'r, 'a> {
    pub object: &'r RawObject<'a>,
    pub label: String,
    /// Whether the attributes that XDS requires must be there.
    pub strict: bool,
    pub problems: Vec<Problem>,
}

impl<'r, 'a> Reading<'r, 'a> {
    pub fn new(object: &'r RawObject<'a>, kind: &str, strict: bool) -> Reading<'r, 'a> {
        Reading { object, label: object.label(kind), strict, problems: Vec::new() }
    }

    /// Notes a metadata error of this object.
    pub fn refuse(&mut self, section: &'static str, what: impl AsRef<str>) {
        let context = format!("{}: {}", self.label, what.as_ref());
        self.problems.push(Problem::new(ErrorCode::XdsRegistryMetadataError, section, context));
    }

    /// A required attribute is there.
    pub fn require(&mut self, is_there: bool, name: &str) {
        if self.strict && !is_there {
            self.refuse(REQUIRED, format!("{name} is missing"));
        }
    }

    /// A slot of at most one value.
    pub fn single(&mut self, slot: &str) -> &'r str {
        let values = self.object.values(slot);
        if values.len() > 1 {
            self.refuse(DATA_TYPES, format!("slot {slot} has more than one value"));
        }
        values.first().copied().unwrap_or_default()
    }

    /// Every value of a slot.
    pub fn all(&self, slot: &str) -> Vec<String> {
        self.object.values(slot).into_iter().map(str::to_owned).collect()
    }

    /// A slot that holds a time.
    pub fn time(&mut self, slot: &str) -> Option<PartialTime> {
        let text = self.single(slot);
        if text.is_empty() {
            return None;
        }
        let time = notation::read_dtm(text);
        if time.is_none() {
            self.refuse(DATA_TYPES, format!("{slot} {text:?} is no DTM: YYYY[MM[DD[hh[mm[ss]]]]]"));
        }
        time
    }

    /// The one external identifier of a scheme.
    pub fn identifier(&mut self, scheme: &str, name: &str) -> &'a str {
        let mut found =
            self.object.identifiers.iter().filter(|one| one.0.eq_ignore_ascii_case(scheme));
        let value = found.next().map(|one| one.1).unwrap_or_default();
        if found.next().is_some() {
            self.refuse(IDENTIFIERS, format!("{name} stands twice"));
        }
        self.require(!value.is_empty(), name);
        value
    }

    /// patientId.
    pub fn patient_id(&mut self, scheme: &str) -> Option<PatientId> {
        let text = self.identifier(scheme, "patientId");
        self.cx(text, "patientId")
    }

    /// A text as CX.
    pub fn cx(&mut self, text: &str, name: &str) -> Option<PatientId> {
        if text.is_empty() {
            return None;
        }
        notation::read_cx(text)
            .map_err(|reason| self.refuse(DATA_TYPES, format!("{name} {text:?} {reason}")))
            .ok()
    }

    /// A text as XCN.
    pub fn person(&mut self, text: &str, name: &str) -> Person {
        let person = notation::read_xcn(text);
        if person.id.is_empty() && person.family.is_empty() && person.given.is_empty() {
            self.refuse(DATA_TYPES, format!("{name} {text:?} has neither an ID nor a name (XCN)"));
        }
        person
    }

    /// An OID.
    pub fn oid(&mut self, text: &str, name: &str) {
        if !text.is_empty() && !notation::is_oid(text) {
            self.refuse(DATA_TYPES, format!("{name} {text:?} is no OID of at most 64 characters"));
        }
    }

    /// homeCommunityId: the attribute `home`.
    pub fn home(&mut self) -> String {
        let home = self.object.attribute("home");
        if !home.is_empty() && !home.strip_prefix("urn:oid:").is_some_and(notation::is_oid) {
            self.refuse(DATA_TYPES, format!("homeCommunityId {home:?} is not urn:oid: and an OID"));
        }
        home.to_owned()
    }

    /// Every code of a scheme.
    pub fn codes(&mut self, scheme: &str, name: &str) -> Vec<XdsCode> {
        let object = self.object;
        object.classified(scheme).map(|one| self.code(one, name)).collect()
    }

    /// The one code of a scheme.
    pub fn one_code(&mut self, scheme: &str, name: &str) -> XdsCode {
        let codes = self.codes(scheme, name);
        if codes.len() > 1 {
            self.refuse(CODES, format!("{name} stands more than once"));
        }
        self.require(!codes.is_empty(), name);
        codes.into_iter().next().unwrap_or_default()
    }

    /// Every author.
    pub fn authors(&mut self, scheme: &str) -> Vec<Author> {
        let object = self.object;
        object.classified(scheme).map(|one| self.author(one)).collect()
    }

    /// Text of a language code (RFC 5646), without looking it up.
    pub fn language(&mut self, text: &str) {
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let fits = (1..=8).contains(&first.len())
            && first.bytes().all(|byte| byte.is_ascii_alphabetic())
            && parts.all(|part| {
                (1..=8).contains(&part.len())
                    && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
            });
        if !text.is_empty() && !fits {
            self.refuse(DATA_TYPES, format!("languageCode {text:?} is no language tag"));
        }
    }

    fn code(&mut self, one: &RawClassification<'_>, name: &str) -> XdsCode {
        let schemes = one.values("codingScheme");
        if one.code.is_empty() {
            self.refuse(CODES, format!("{name} has no code: nodeRepresentation is empty"));
        }
        if schemes.len() != 1 {
            self.refuse(CODES, format!("{name} {:?} needs one codingScheme", one.code));
        }
        XdsCode {
            code: one.code.to_owned(),
            display: one.name.clone(),
            scheme: schemes.first().copied().unwrap_or_default().to_owned(),
        }
    }

    fn author(&mut self, one: &RawClassification<'_>) -> Author {
        let texts = |slot| one.values(slot).into_iter().map(str::to_owned).collect::<Vec<_>>();
        let persons = one.values("authorPerson");
        if persons.len() > 1 {
            self.refuse(AUTHOR, "an author has more than one authorPerson; each is its own author");
        }
        let author = Author {
            person: persons.first().map(|text| self.person(text, "authorPerson")),
            institutions: one
                .values("authorInstitution")
                .into_iter()
                .map(|text| {
                    let organization = notation::read_xon(text);
                    if organization.name.is_empty() {
                        self.refuse(
                            DATA_TYPES,
                            format!("authorInstitution {text:?} has no name (XON)"),
                        );
                    }
                    organization
                })
                .collect(),
            roles: texts("authorRole"),
            specialties: texts("authorSpecialty"),
            telecommunications: texts("authorTelecommunication"),
        };
        if self.strict
            && author.person.is_none()
            && author.institutions.is_empty()
            && author.telecommunications.is_empty()
        {
            self.refuse(AUTHOR, "an author names neither person nor institution");
        }
        for text in &author.telecommunications {
            if text.split('^').all(str::is_empty) {
                self.refuse(DATA_TYPES, format!("authorTelecommunication {text:?} is no XTN"));
            }
        }
        author
    }
}
