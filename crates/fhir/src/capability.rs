//! CapabilityStatement (FHIR R4 2.31): what a server does for patients.

use crate::element::Element;
use crate::time::write_date;
use model::{PartialTime, Timestamp};

/// A search parameter that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchParameter {
    /// Its name.
    pub name: &'static str,
    /// `token`, `string` or `date`.
    pub kind: &'static str,
}

/// An operation that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// Its name without the dollar sign.
    pub name: &'static str,
    /// Address of its definition.
    pub definition: &'static str,
}

/// An actor of a profile, with what it needs of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Address of its requirements.
    pub instantiates: &'static str,
    /// Interactions with patients: `read`, `search-type`, `update`, `delete`.
    pub interactions: &'static [&'static str],
    /// Search parameters.
    pub search: &'static [SearchParameter],
    /// Operations on the type.
    pub operations: &'static [Operation],
    /// Whether updates and deletions are conditional on an identifier.
    pub is_conditional: bool,
}

/// What a server does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// Name of the software.
    pub software: &'static str,
    /// Its version.
    pub version: &'static str,
    /// Address of the server.
    pub base: String,
    /// When it was asked.
    pub at: Timestamp,
    /// The actors.
    pub actors: Vec<Actor>,
}

impl Capabilities {
    /// Writes it.
    pub fn write(&self) -> Element {
        let (year, month, day) = self.at.jst_date();
        let date = PartialTime::japan(&format!("{year:04}{month:02}{day:02}"));
        let mut written = Element::resource("CapabilityStatement")
            .with_text("status", "active")
            .with_text("date", &date.as_ref().map(write_date).unwrap_or_default())
            .with_text("kind", "instance");
        for actor in &self.actors {
            written = written.with_listed("instantiates", Element::text_of(actor.instantiates));
        }
        let software =
            Element::default().with_text("name", self.software).with_text("version", self.version);
        let implementation = Element::default()
            .with_text("description", "Patient identity of a health information exchange")
            .with_text("url", &self.base);
        written
            .with("software", software)
            .with("implementation", implementation)
            .with_text("fhirVersion", "4.0.1")
            .with_listed("format", Element::text_of("application/fhir+json"))
            .with_listed("format", Element::text_of("application/fhir+xml"))
            .with_listed("rest", self.rest())
    }

    fn rest(&self) -> Element {
        let security = Element::default()
            .with_text("description", "TLS with a client certificate (IHE ITI-19)");
        Element::default()
            .with_text("mode", "server")
            .with("security", security)
            .with_listed("resource", self.patient())
    }

    fn patient(&self) -> Element {
        let mut patient = Element::default().with_text("type", "Patient");
        for code in self.each(|actor| actor.interactions) {
            let interaction = Element::default().with_text("code", code);
            patient = patient.with_listed("interaction", interaction);
        }
        patient = patient.with_text("versioning", "versioned");
        if self.actors.iter().any(|actor| actor.is_conditional) {
            patient = patient
                .with_boolean("conditionalCreate", false)
                .with_boolean("conditionalUpdate", true)
                .with_text("conditionalDelete", "single");
        }
        for parameter in self.each(|actor| actor.search) {
            let search = Element::default()
                .with_text("name", parameter.name)
                .with_text("type", parameter.kind);
            patient = patient.with_listed("searchParam", search);
        }
        for operation in self.each(|actor| actor.operations) {
            let written = Element::default()
                .with_text("name", operation.name)
                .with_text("definition", operation.definition);
            patient = patient.with_listed("operation", written);
        }
        patient
    }

    /// What the actors need, each once, in order.
    fn each<T: Copy + PartialEq + 'static>(&self, of: impl Fn(&Actor) -> &'static [T]) -> Vec<T> {
        let mut all: Vec<T> = Vec::new();
        for one in self.actors.iter().flat_map(of) {
            if !all.contains(one) {
                all.push(*one);
            }
        }
        all
    }
}
