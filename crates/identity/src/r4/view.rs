//! A person as a Patient of FHIR.

use crate::associations::{Associations, of_persons};
use crate::r4::ask::Ask;
use crate::r4::fault::Fault;
use crate::v2::query::seen;
use fhir::{Format, Identifier, Patient};
use model::demographics::Demographics;
use sha2::{Digest, Sha256};
use store::Tx;

/// Bytes of the digest that names a version.
const VERSION_BYTES: usize = 16;

/// The patient of a person, its IDs in the wanted domains (all where none is named); `None` for
/// a person of whom nothing is seen. The version is made of what is seen, so that it changes
/// when that does, and only then.
pub(crate) fn patient(ask: &Ask, of: &Associations, wanted: &[String]) -> Option<Patient> {
    let ids = of.ids(&ask.settings, wanted);
    if ids.is_empty() {
        return None;
    }
    let identifiers = ids
        .iter()
        .map(|one| Identifier::new(ask.systems.uri_of(&one.authority.oid), one.id.clone()));
    let patient = Patient {
        id: of.person.community_id.digits().to_owned(),
        identifiers: identifiers.collect(),
        is_active: Some(true),
        demographics: demographics(of),
        ..Patient::default()
    };
    let digest = Sha256::digest(Format::Json.write(&patient.write()));
    let version = digest.iter().take(VERSION_BYTES).map(|byte| format!("{byte:02x}")).collect();
    Some(Patient { version, ..patient })
}

/// What whoever feeds sees of a person: what it feeds itself, and what it may ask for.
pub(crate) fn fed(tx: &mut Tx, ask: &Ask, person_id: i64) -> Result<Option<Patient>, Fault> {
    let visible: Vec<i64> = match ask.sender.may_query {
        true => seen(tx, ask, &[person_id])?,
        false => Vec::new(),
    }
    .iter()
    .flat_map(|one| one.identities.iter().map(|identity| identity.id))
    .collect();
    let mut found = of_persons(tx, &[person_id])?;
    for one in &mut found {
        one.identities.retain(|identity| {
            visible.contains(&identity.id) || ask.sender.feeds.contains(&identity.domain_oid)
        });
    }
    Ok(found.first().and_then(|one| patient(ask, one, &[])))
}

/// Of the identities, the one that said most recently who the patient is.
fn demographics(of: &Associations) -> Demographics {
    let newest = of.identities.iter().max_by(|one, other| {
        (one.authoritative, &one.sent).cmp(&(other.authoritative, &other.sent))
    });
    newest.map(|identity| identity.demographics.clone()).unwrap_or_default()
}
