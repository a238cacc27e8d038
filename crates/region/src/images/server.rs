//! The hospitals' DICOM servers and how they number patients.

use super::codec::Syntax;
use super::encoding::TextEncoding;
use crate::habits::{FACILITIES, SOURCES};
use crate::people::Person;
use crate::random::Random;

/// A server with its vendor's habits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServerSpec {
    pub(crate) name: &'static str,
    pub(crate) facility: usize,
    pub(crate) ae_title: &'static str,
    /// Patient-ID domain: a server's numbers are its own.
    pub(crate) domain_oid: &'static str,
    /// Storages (places in [`SOURCES`]) whose orders are performed here, the present one first.
    pub(crate) sources: &'static [usize],
    pub(crate) encoding: TextEncoding,
    pub(crate) numbering: Numbering,
    /// How sections are kept.
    pub(crate) sections: Syntax,
    /// How everything without a need of its own is kept.
    pub(crate) usual: Syntax,
}

/// How a server numbers the patients of its hospital's storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// The last digits only.
    Cut(usize),
    /// With zeros before it.
    Padded(usize),
    /// As it is.
    Same,
}

/// The servers.
pub(crate) const SERVERS: &[ServerSpec] = &[
    ServerSpec {
        name: "minato-pacs",
        facility: 0,
        ae_title: "MINATO_PACS",
        domain_oid: "1.2.392.100495.20.3.51.13119900015.2",
        sources: &[0],
        encoding: TextEncoding::Ir87,
        numbering: Numbering::Cut(6),
        sections: Syntax::ExplicitLittle,
        usual: Syntax::ExplicitLittle,
    },
    ServerSpec {
        name: "yamate-pacs",
        facility: 1,
        ae_title: "YAMATE_PACS",
        domain_oid: "1.2.392.100495.20.3.51.13119900023.2",
        sources: &[1],
        encoding: TextEncoding::Ir13And87,
        numbering: Numbering::Padded(10),
        sections: Syntax::Rle,
        usual: Syntax::ImplicitLittle,
    },
    ServerSpec {
        name: "hokubu-pacs",
        facility: 2,
        ae_title: "HOKUBU_PACS",
        domain_oid: "1.2.392.100495.20.3.51.13119900031.2",
        sources: &[3, 2],
        encoding: TextEncoding::Utf8,
        numbering: Numbering::Same,
        sections: Syntax::ExplicitLittle,
        usual: Syntax::ExplicitLittle,
    },
];

/// A patient of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Patient {
    /// Place in [`SERVERS`].
    pub(crate) server: usize,
    pub(crate) patient_id: String,
    /// Number of the person; none for somebody whom no storage knows.
    pub(crate) person: Option<u32>,
    /// Place in [`SOURCES`] and number there.
    pub(crate) storage: Option<(usize, String)>,
}

impl ServerSpec {
    pub(crate) fn facility_name(&self) -> &'static str {
        FACILITIES.get(self.facility).map_or("", |facility| facility.name)
    }

    /// What a storage's number becomes here by the rule that everybody believes in.
    pub(crate) fn number_of(&self, patient_id: &str) -> String {
        match self.numbering {
            Numbering::Cut(digits) => {
                let start = patient_id.len().saturating_sub(digits);
                patient_id.get(start..).unwrap_or(patient_id).to_owned()
            }
            Numbering::Padded(digits) => format!("{patient_id:0>digits$}"),
            Numbering::Same => patient_id.to_owned(),
        }
    }
}

/// Every patient of every server. Two numberings have a trap: where numbers are cut, one
/// patient has another number, and the cut one is a stranger's; where they are padded, two
/// patients have each other's.
pub(crate) fn patients(seed: u64, people: &[Person]) -> Vec<Patient> {
    let mut patients = Vec::new();
    for (server, spec) in SERVERS.iter().enumerate() {
        let mut here: Vec<Patient> = people.iter().filter_map(|one| known(server, one)).collect();
        match spec.numbering {
            Numbering::Cut(digits) => {
                let mut random = Random::new(seed, spec.name);
                if let Some(patient) = here.get_mut(1) {
                    let cut = patient.patient_id.clone();
                    let own = random.between(900_000, 999_999) % 10_i64.pow(digits as u32);
                    patient.patient_id = format!("{own:0digits$}");
                    here.push(Patient { server, patient_id: cut, person: None, storage: None });
                }
            }
            Numbering::Padded(_) => {
                if let [_, one, other, ..] = here.as_mut_slice() {
                    std::mem::swap(&mut one.patient_id, &mut other.patient_id);
                }
            }
            Numbering::Same => {}
        }
        patients.append(&mut here);
    }
    patients
}

/// A person as a patient of a server, by the first of its storages that knows them.
fn known(server: usize, person: &Person) -> Option<Patient> {
    let spec = SERVERS.get(server)?;
    let membership = spec.sources.iter().find_map(|source| {
        person.memberships.iter().find(|membership| membership.source == *source)
    })?;
    let is_present = spec.sources.first() == Some(&membership.source);
    let patient_id = match is_present {
        true => spec.number_of(&membership.patient_id),
        // Whoever came only before the change of vendors has a number of another series.
        false => format!("8{:0>8}", membership.patient_id),
    };
    let storage = Some((membership.source, membership.patient_id.clone()));
    Some(Patient { server, patient_id, person: Some(person.number), storage })
}

impl Patient {
    /// The name of its storage, with its number there.
    pub(crate) fn storage_name(&self) -> Option<(&'static str, &str)> {
        let (source, patient_id) = self.storage.as_ref()?;
        Some((SOURCES.get(*source)?.name, patient_id))
    }
}
