//! Patient (FHIR R4 8.1), as far as identity is concerned.

use crate::address::Address;
use crate::element::Element;
use crate::error::FhirError;
use crate::human_name::{self, Names};
use crate::identifier::{Identifier, Link};
use crate::time::{read_date, read_time, write_date, write_time};
use model::demographics::{Demographics, PersonName};

/// A patient as a message has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patient {
    /// `id`; empty where the sender leaves it to the receiver.
    pub id: String,
    /// `meta.versionId`; empty without one.
    pub version: String,
    /// `identifier`.
    pub identifiers: Vec<Identifier>,
    /// `active`, where it is said.
    pub is_active: Option<bool>,
    /// Name, reading, birth, sex, address, telephones, death.
    pub demographics: Demographics,
    /// Names of `use` old and maiden.
    pub former_names: Vec<PersonName>,
    /// `link`.
    pub links: Vec<Link>,
}

impl Patient {
    /// Reads a Patient. Elements that identity does not need, and unknown ones, are passed over
    /// (FHIR R4 3.2.0.9); what changes the meaning of others is refused.
    ///
    /// # Errors
    /// Another resource, a value that cannot be one, a `modifierExtension` or `implicitRules`.
    pub fn read(resource: &Element) -> Result<Patient, FhirError> {
        check_type(resource)?;
        check_understood(resource)?;
        let path = "Patient";
        let identifiers = resource.many_parts("identifier", path)?;
        let identifiers = identifiers.iter().enumerate();
        let names = Names::read(&resource.many_parts("name", path)?, "Patient.name")?;
        let address = Address::read(&resource.many_parts("address", path)?, "Patient.address")?;
        let links = resource.many_parts("link", path)?.into_iter().enumerate();
        Ok(Patient {
            id: resource.one_text("id", path)?.to_owned(),
            version: String::new(),
            identifiers: identifiers
                .map(|(at, one)| Identifier::read(one, &format!("Patient.identifier[{at}]")))
                .collect::<Result<_, _>>()?,
            is_active: boolean(resource, "active")?,
            demographics: Demographics {
                name: names.name,
                kana: names.kana,
                birth: birth(resource)?,
                sex: sex(resource.one_text("gender", path)?)?.to_owned(),
                postal_code: address.postal_code,
                address: address.line,
                phones: phones(resource)?,
                death: death(resource)?,
            },
            former_names: names.former,
            links: links
                .map(|(at, one)| Link::read(one, &format!("Patient.link[{at}]")))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Writes it, its elements in the order of their definition.
    pub fn write(&self) -> Element {
        let who = &self.demographics;
        let mut written = Element::resource("Patient").with_text("id", &self.id);
        if !self.version.is_empty() {
            let meta = Element::default().with_text("versionId", &self.version);
            written = written.with("meta", meta);
        }
        for identifier in &self.identifiers {
            written = written.with_listed("identifier", identifier.write());
        }
        if let Some(is_active) = self.is_active {
            written = written.with_boolean("active", is_active);
        }
        for name in human_name::write(&who.name, &who.kana) {
            written = written.with_listed("name", name);
        }
        for phone in who.phones.iter().filter(|phone| !phone.is_empty()) {
            let telecom = Element::default().with_text("system", "phone");
            written = written.with_listed("telecom", telecom.with_text("value", phone));
        }
        written = written
            .with_text("gender", gender(&who.sex))
            .with_text("birthDate", &who.birth.as_ref().map(write_date).unwrap_or_default())
            .with_text("deceasedDateTime", &who.death.as_ref().map(write_time).unwrap_or_default());
        let address = Address { postal_code: who.postal_code.clone(), line: who.address.clone() };
        if let Some(address) = address.write() {
            written = written.with_listed("address", address);
        }
        for link in &self.links {
            written = written.with_listed("link", link.write());
        }
        written
    }
}

/// HL7 table 0001 as FHIR's administrative-gender.
fn gender(sex: &str) -> &'static str {
    match sex {
        "M" => "male",
        "F" => "female",
        "O" | "A" => "other",
        "U" => "unknown",
        _ => "",
    }
}

/// FHIR's administrative-gender as HL7 table 0001.
fn sex(gender: &str) -> Result<&'static str, FhirError> {
    match gender {
        "" => Ok(""),
        "male" => Ok("M"),
        "female" => Ok("F"),
        "other" => Ok("O"),
        "unknown" => Ok("U"),
        _ => Err(FhirError::value("Patient.gender", "is no code of administrative-gender")),
    }
}

fn check_type(resource: &Element) -> Result<(), FhirError> {
    match resource.resource_type.as_deref() {
        Some("Patient") => Ok(()),
        found => Err(FhirError::OtherResource {
            wanted: "Patient",
            found: found.unwrap_or_default().to_owned(),
        }),
    }
}

/// What must not be passed over (FHIR R4 2.5.0.1, 2.26.3.2).
fn check_understood(resource: &Element) -> Result<(), FhirError> {
    let refused = |path: String| Err(FhirError::NotUnderstood { path });
    for name in ["implicitRules", "modifierExtension"] {
        if resource.child(name).is_some() {
            return refused(format!("Patient.{name}"));
        }
    }
    let within = ["contact", "communication", "link"];
    for child in resource.children().iter().filter(|child| within.contains(&child.name.as_str())) {
        if child.element.child("modifierExtension").is_some() {
            return refused(format!("Patient.{}.modifierExtension", child.name));
        }
    }
    Ok(())
}

fn boolean(resource: &Element, name: &str) -> Result<Option<bool>, FhirError> {
    let Some(found) = resource.one(name, "Patient")? else { return Ok(None) };
    let wrong = || FhirError::value(format!("Patient.{name}"), "true or false must stand here");
    found.boolean().ok_or_else(wrong).map(Some)
}

fn birth(resource: &Element) -> Result<Option<model::PartialTime>, FhirError> {
    match resource.one_text("birthDate", "Patient")? {
        "" => Ok(None),
        text => read_date(text)
            .map(Some)
            .ok_or_else(|| FhirError::value("Patient.birthDate", "is no date that exists")),
    }
}

/// `deceasedBoolean` alone says no day; there is nothing to keep of it.
fn death(resource: &Element) -> Result<Option<model::PartialTime>, FhirError> {
    boolean(resource, "deceasedBoolean")?;
    match resource.one_text("deceasedDateTime", "Patient")? {
        "" => Ok(None),
        text => read_time(text)
            .map(Some)
            .ok_or_else(|| FhirError::value("Patient.deceasedDateTime", "is no time that exists")),
    }
}

/// Telephones; `fax`, `email` and the rest are no telephones.
fn phones(resource: &Element) -> Result<Vec<String>, FhirError> {
    let mut phones = Vec::new();
    for (place, telecom) in resource.many_parts("telecom", "Patient")?.into_iter().enumerate() {
        let path = format!("Patient.telecom[{place}]");
        let system = telecom.one_text("system", &path)?;
        let value = telecom.one_text("value", &path)?.trim();
        let is_old = telecom.one_text("use", &path)? == "old";
        if matches!(system, "phone" | "sms") && !value.is_empty() && !is_old {
            phones.push(value.to_owned());
        }
    }
    Ok(phones)
}
