//! The region's facilities and sources, as `region.json` and enrolment lists.

use crate::habits::{FACILITIES, SOURCES};
use crate::people::Person;
use crate::plan::RegionPlan;
use serde::{Deserialize, Serialize};

/// What stands where, for whoever sets up a centre over the region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The plan's seed.
    pub seed: u64,
    /// The plan's reference day.
    pub reference_day: i64,
    /// Hospitals, then clinics.
    pub facilities: Vec<Facility>,
    /// Storages, in the order in which they should be set up: enrolment lists refer to earlier
    /// sources only.
    pub sources: Vec<Source>,
}

/// A facility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facility {
    /// Ten-digit facility code.
    pub code: String,
    /// Name.
    pub name: String,
    /// `hospital` or `clinic`.
    pub facility_type: String,
    /// Address.
    pub address: String,
}

/// A source. Paths are relative to the region's directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Name.
    pub name: String,
    /// Code of its facility.
    pub facility_code: String,
    /// Always `ssmix2`.
    pub kind: String,
    /// OID of its patient-ID domain.
    pub domain_oid: String,
    /// Roots of the standardized storage.
    pub roots: Vec<String>,
    /// Root of the extended storage.
    pub extended_root: String,
    /// Root of the transaction storage, where it has one.
    pub transaction_root: Option<String>,
    /// Whether nothing new will come: the storage of a system that was replaced.
    pub is_frozen: bool,
    /// Character set of its messages.
    pub character_set: text::CharacterSet,
    /// Enrolment list: CSV with the columns `patient_id` and `same_as`; the latter is empty, or
    /// `<source>:<patient_id>` of an earlier source.
    pub enrolment: String,
}

pub(crate) fn manifest(plan: &RegionPlan) -> Manifest {
    let facilities = FACILITIES.iter().map(|facility| Facility {
        code: facility.code.to_owned(),
        name: facility.name.to_owned(),
        facility_type: facility.facility_type.to_owned(),
        address: facility.address.to_owned(),
    });
    let sources = SOURCES.iter().map(|source| {
        let below = |folder: &str| format!("{}/{folder}", source.name);
        let mut roots = vec![below("standard")];
        if source.has_undated_root {
            roots.push(below("standard-undated"));
        }
        Source {
            name: source.name.to_owned(),
            facility_code: source.facility().code.to_owned(),
            kind: "ssmix2".to_owned(),
            domain_oid: source.domain_oid.to_owned(),
            roots,
            extended_root: below("extended"),
            transaction_root: source.has_transactions.then(|| below("transaction")),
            is_frozen: source.in_use[1] < -1,
            character_set: source.set,
            enrolment: format!("enrol-{}.csv", source.name),
        }
    });
    Manifest {
        seed: plan.seed,
        reference_day: plan.reference_day,
        facilities: facilities.collect(),
        sources: sources.collect(),
    }
}

/// The enrolment list of a source: who takes part, and who is known from an earlier source.
pub(crate) fn enrolment(source: usize, people: &[Person]) -> String {
    let mut list = "patient_id,same_as\n".to_owned();
    for person in people.iter().filter(|person| person.is_enrolled) {
        let here = person.memberships.iter().find(|membership| membership.source == source);
        let Some(here) = here else { continue };
        let same_as = person
            .memberships
            .first()
            .filter(|first| first.source < source)
            .and_then(|first| Some((SOURCES.get(first.source)?.name, &first.patient_id)))
            .map(|(name, patient_id)| format!("{name}:{patient_id}"))
            .unwrap_or_default();
        list.push_str(&format!("{},{same_as}\n", here.patient_id));
    }
    list
}
