//! Assigning authorities in messages: domains named by OID, by namespace, or by both.

use crate::v2::settings::Settings;
use hl7v2::Component;
use model::hl7::AssigningAuthority;
use store::{StoreError, Tx, person};

/// The domain that an assigning authority (HD) names, with both of its names; `None` for one that
/// is not served here, and where its two names contradict one another.
pub(crate) fn resolve(
    tx: &mut Tx,
    settings: &Settings,
    authority: Component<'_>,
) -> Result<Option<AssigningAuthority>, StoreError> {
    let part = |number: u32| authority.subcomponent(number).text().trim().to_owned();
    match part(3).as_str() {
        "ISO" | "" => by_names(tx, settings, &part(1), &part(2)),
        _ => Ok(None),
    }
}

/// The domain of a namespace, of an OID, or of both where they agree.
pub(crate) fn by_names(
    tx: &mut Tx,
    settings: &Settings,
    namespace: &str,
    oid: &str,
) -> Result<Option<AssigningAuthority>, StoreError> {
    if oid.is_empty() {
        let found = known(settings).find(|one| !namespace.is_empty() && one.namespace == namespace);
        return Ok(found.cloned());
    }
    if oid.contains('\0') {
        return Ok(None);
    }
    let found = match known(settings).find(|one| one.oid == oid) {
        Some(found) => Some(found.clone()),
        None => person::domain_by_oid(tx, oid)?
            .map(|_| AssigningAuthority { namespace: String::new(), oid: oid.to_owned() }),
    };
    let agrees = |one: &AssigningAuthority| {
        namespace.is_empty() || one.namespace.is_empty() || one.namespace == namespace
    };
    Ok(found.filter(agrees))
}

/// A domain of ours with its namespace, where it has one.
pub(crate) fn named(settings: &Settings, oid: &str) -> AssigningAuthority {
    let found = known(settings).find(|one| one.oid == oid).cloned();
    let unnamed = || AssigningAuthority { namespace: String::new(), oid: oid.to_owned() };
    found.unwrap_or_else(unnamed)
}

fn known(settings: &Settings) -> impl Iterator<Item = &AssigningAuthority> {
    settings.domains.iter().chain(std::iter::once(&settings.affinity))
}
