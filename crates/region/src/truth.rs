//! What the region knows of itself, for tests to compare with.

use model::item::VersionState;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The truth about a region: everybody, every stored version, every laboratory value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Truth {
    /// The plan's seed.
    pub seed: u64,
    /// The plan's reference day.
    pub reference_day: i64,
    /// Everybody, bystanders included.
    pub persons: Vec<PersonTruth>,
    /// Every stored version, ordered by source, patient and path.
    pub documents: Vec<DocumentTruth>,
    /// Sums by source.
    pub sources: BTreeMap<String, SourceTruth>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonTruth {
    /// Number from 0.
    pub number: u32,
    /// People of one household share family name, address and telephone.
    pub household: u32,
    /// Whether they are on the enrolment lists.
    pub is_enrolled: bool,
    /// Family name; a hospital that cannot write a variant uses the common form.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Reading of the family name in katakana.
    pub family_kana: String,
    /// Reading of the given name in katakana.
    pub given_kana: String,
    /// `YYYYMMDD`.
    pub birth: String,
    /// `M` or `F`.
    pub sex: String,
    /// Postal code.
    pub postal_code: String,
    /// Address as one line.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// The numbers hospitals have given them.
    pub identities: Vec<IdentityTruth>,
}

/// A person's record in a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityTruth {
    /// Name of the source.
    pub source: String,
    /// The local number.
    pub patient_id: String,
    /// Whether the source holds an allergy record (ADT-61) of them.
    pub has_allergy_record: bool,
}

/// One stored version of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentTruth {
    /// Name of the source.
    pub source: String,
    /// Number of the person.
    pub person: u32,
    /// Whether the person takes part.
    pub is_enrolled: bool,
    /// The local number.
    pub patient_id: String,
    /// `standardized` or `extended`.
    pub storage: model::item::Storage,
    /// Data type, or the whole name of the data-kind folder.
    pub data_type: String,
    /// `YYYYMMDD` or `-`.
    pub care_date: String,
    /// 特定キー.
    pub order_key: String,
    /// 発生日時, 17 digits.
    pub sent: String,
    /// 診療科 as in the name; `-` for none.
    pub department: String,
    /// By its condition flag.
    pub state: VersionState,
    /// Whether it is the message by which its item was deleted.
    pub is_delete_message: bool,
    /// Path of the file, or of the content folder, from the region's directory; bytes that are
    /// not UTF-8 appear as U+FFFD.
    pub path: String,
    /// How many facts of each kind the document holds, whatever its state.
    pub facts: BTreeMap<String, u32>,
    /// Laboratory values in the order of the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lab_values: Vec<LabValue>,
}

/// One value of OML-11.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabValue {
    /// JLAC10, empty where the system does not send it.
    pub jlac10: String,
    /// The hospital's code, empty where the system does not send it.
    pub local_code: String,
    /// Name of the item.
    pub name: String,
    /// OBX-5.
    pub value: String,
    /// OBX-6, first component.
    pub unit: String,
    /// OBX-7.
    pub reference_range: String,
    /// OBX-8.
    pub flag: String,
    /// OBX-11.
    pub status: String,
    /// SPM-17, `YYYYMMDDHHMM`.
    pub collected: String,
}

/// Sums of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SourceTruth {
    /// Of those who take part.
    pub enrolled: Counts,
    /// Of everybody.
    pub everybody: Counts,
}

/// Sums, as `musubi stats` gives them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Identities (local numbers).
    pub identities: u32,
    /// Stored versions by data type and state.
    pub documents: BTreeMap<String, StateCounts>,
    /// Facts of current documents by kind.
    pub facts: BTreeMap<String, u32>,
}

/// Stored versions by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StateCounts {
    /// Flag 1.
    pub current: u32,
    /// Flag 2.
    pub deprecated: u32,
    /// Flag 0, delete messages included.
    pub deleted: u32,
}

impl Counts {
    /// Adds another source's sums.
    pub fn add(&mut self, other: &Counts) {
        self.identities += other.identities;
        for (data_type, counts) in &other.documents {
            let sum = self.documents.entry(data_type.clone()).or_default();
            sum.current += counts.current;
            sum.deprecated += counts.deprecated;
            sum.deleted += counts.deleted;
        }
        for (kind, count) in &other.facts {
            *self.facts.entry(kind.clone()).or_default() += count;
        }
    }

    fn count(&mut self, document: &DocumentTruth) {
        let sum = self.documents.entry(document.data_type.clone()).or_default();
        match document.state {
            VersionState::Current => sum.current += 1,
            VersionState::Deprecated => sum.deprecated += 1,
            VersionState::Deleted => sum.deleted += 1,
        }
        if document.state == VersionState::Current {
            for (kind, count) in &document.facts {
                *self.facts.entry(kind.clone()).or_default() += count;
            }
        }
    }
}

impl Truth {
    /// The sums over several sources, of those who take part or of everybody.
    pub fn counts(&self, is_enrolled_only: bool) -> Counts {
        let mut sum = Counts::default();
        for source in self.sources.values() {
            sum.add(if is_enrolled_only { &source.enrolled } else { &source.everybody });
        }
        sum
    }

    /// How many people take part.
    pub fn enrolled_persons(&self) -> usize {
        self.persons.iter().filter(|person| person.is_enrolled).count()
    }

    /// Current laboratory results of one local number.
    pub fn lab_values<'a>(
        &'a self,
        source: &'a str,
        patient_id: &'a str,
    ) -> impl Iterator<Item = (&'a DocumentTruth, &'a LabValue)> {
        self.documents
            .iter()
            .filter(move |document| {
                document.source == source
                    && document.patient_id == patient_id
                    && document.state == VersionState::Current
            })
            .flat_map(|document| document.lab_values.iter().map(move |value| (document, value)))
    }

    pub(crate) fn sum_up(&mut self) {
        self.sources.clear();
        for person in &self.persons {
            for identity in &person.identities {
                let sums = self.sources.entry(identity.source.clone()).or_default();
                sums.everybody.identities += 1;
                sums.enrolled.identities += u32::from(person.is_enrolled);
            }
        }
        for document in &self.documents {
            let sums = self.sources.entry(document.source.clone()).or_default();
            sums.everybody.count(document);
            if document.is_enrolled {
                sums.enrolled.count(document);
            }
        }
    }
}
