//! Bundle (FHIR R4 2.36) of type searchset: patients with their scores, and where it goes on.

use crate::element::Element;
use crate::outcome::Outcome;
use crate::patient::Patient;
use crate::time::write_instant;
use model::Timestamp;

/// The extension with the grade of a match (`$match`).
const GRADE: &str = "http://hl7.org/fhir/StructureDefinition/match-grade";

/// How sure a match is (value set match-grade).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchGrade {
    /// The evidence is too small for a human to be asked.
    Unlikely,
    /// A human would be asked.
    Possible,
    /// It reaches what a machine needs, and something else forbids the machine to decide.
    Probable,
    /// A machine would link it.
    Certain,
}

/// An entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Address of the resource.
    pub full_url: String,
    /// The patient.
    pub patient: Patient,
    /// From 0 to 1 in thousandths, with the grade; none in a plain search.
    pub score: Option<(u32, MatchGrade)>,
}

/// A bundle of patients.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// `id`.
    pub id: String,
    /// When it was made.
    pub at: Timestamp,
    /// How many fit in all, where that is known.
    pub total: Option<u64>,
    /// `relation` and address.
    pub links: Vec<(&'static str, String)>,
    /// The patients.
    pub entries: Vec<Entry>,
    /// What there is to say of the search; no error.
    pub remark: Option<Outcome>,
}

impl MatchGrade {
    fn code(self) -> &'static str {
        match self {
            MatchGrade::Unlikely => "certainly-not",
            MatchGrade::Possible => "possible",
            MatchGrade::Probable => "probable",
            MatchGrade::Certain => "certain",
        }
    }
}

impl Bundle {
    /// Writes it.
    pub fn write(&self) -> Element {
        let mut written = Element::resource("Bundle")
            .with_text("id", &self.id)
            .with_text("type", "searchset")
            .with_text("timestamp", &write_instant(self.at));
        if let Some(total) = self.total {
            written = written.with_number("total", total.to_string());
        }
        for (relation, url) in &self.links {
            let link = Element::default().with_text("relation", relation).with_text("url", url);
            written = written.with_listed("link", link);
        }
        for entry in &self.entries {
            written = written.with_listed("entry", entry.write());
        }
        if let Some(remark) = &self.remark {
            let search = Element::default().with_text("mode", "outcome");
            let entry = Element::default().with("resource", remark.write()).with("search", search);
            written = written.with_listed("entry", entry);
        }
        written
    }
}

impl Entry {
    fn write(&self) -> Element {
        let mut search = Element::default();
        if let Some((_, grade)) = self.score {
            let extension =
                Element::default().with_text("url", GRADE).with_text("valueCode", grade.code());
            search = search.with_listed("extension", extension);
        }
        search = search.with_text("mode", "match");
        if let Some((thousandths, _)) = self.score {
            let thousandths = thousandths.min(1_000);
            let digits = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
            search = search.with_number("score", digits);
        }
        Element::default()
            .with_text("fullUrl", &self.full_url)
            .with("resource", self.patient.write())
            .with("search", search)
    }
}
