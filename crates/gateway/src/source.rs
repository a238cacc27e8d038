//! Facilities and sources: adding, finding, pausing. A source is not a facility: an old and a
//! new storage of one hospital are two sources of it.

use crate::error::GatewayError;
use crate::place::RootRole;
use crate::settings::SourceSettings;
use model::Timestamp;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;
use store::source::{self as rows, DomainRow, FacilityRow, RootRow, SourceRow};
use store::{StoreError, Tx};
use uuid::Uuid;

/// The kind of a source that is an SS-MIX2 storage.
pub const KIND_SSMIX2: &str = "ssmix2";

/// OID of the ten-digit facility codes (医療機関コード).
pub const FACILITY_CODE_OID: &str = "1.2.392.100495.20.3.23";

/// A source, ready to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Surrogate id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its OID, from which its documents' uniqueIds are made.
    pub oid: String,
    /// What it is: `ssmix2` or `dicom`.
    pub kind: String,
    /// Whether an operator paused it.
    pub paused: bool,
    /// Schedule, speed, rules.
    pub settings: SourceSettings,
    /// The facility it belongs to.
    pub facility: FacilityRow,
    /// The domain in which it numbers patients.
    pub domain: DomainRow,
    /// Its roots, by role and number.
    pub roots: Vec<Root>,
}

/// A root of a source. Several standardized roots are volumes of one storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// What it is for.
    pub role: RootRole,
    /// Number among the roots of its role, from 0.
    pub ordinal: u32,
    /// Where it is mounted.
    pub path: PathBuf,
}

/// A source that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Its name, unique in the region.
    pub name: String,
    /// Code of its facility.
    pub facility_code: String,
    /// OID of the domain in which it numbers patients; the domain is made if it is new.
    pub domain_oid: String,
    /// Standardized roots, one a volume.
    pub standardized: Vec<PathBuf>,
    /// Extended roots.
    pub extended: Vec<PathBuf>,
    /// Transaction roots.
    pub transaction: Vec<PathBuf>,
    /// Transaction roots of the extended storage.
    pub extended_transaction: Vec<PathBuf>,
    /// Its settings.
    pub settings: SourceSettings,
}

impl Source {
    /// The root of a role and number.
    pub fn root(&self, role: RootRole, ordinal: u32) -> Option<&Root> {
        self.roots.iter().find(|root| root.role == role && root.ordinal == ordinal)
    }

    /// The roots below which patients' folders stand.
    pub fn storage_roots(&self) -> impl Iterator<Item = &Root> {
        self.roots.iter().filter(|root| root.role.has_folders())
    }

    /// Whether records tell of the standardized storage only: what changes in the extended one is
    /// found by comparing its folders.
    pub fn compares_extended(&self) -> bool {
        let has = |role| self.roots.iter().any(|root| root.role == role);
        has(RootRole::Transaction) && has(RootRole::Extended) && !has(RootRole::ExtendedTransaction)
    }

    /// The roots of the transaction storages.
    pub fn transaction_roots(&self) -> impl Iterator<Item = &Root> {
        self.roots.iter().filter(|root| !root.role.has_folders())
    }
}

/// Adds a facility. `short` is what fits into a narrow column, the beginning of the name if it is
/// not given; `facility_type` a code of the region's list (`hospital`, `clinic`, …).
///
/// # Errors
/// The code is not ten digits, or taken.
pub fn add_facility(
    tx: &mut Tx,
    code: &str,
    name: &str,
    short: Option<&str>,
    facility_type: &str,
    now: Timestamp,
) -> Result<FacilityRow, GatewayError> {
    let code_is_good = code.len() == 10 && code.bytes().all(|byte| byte.is_ascii_digit());
    if !code_is_good {
        return Err(invalid(
            "facility code",
            code,
            "ten digits are expected: prefecture 2, table of fees 1, institution 7",
        ));
    }
    if name.trim().is_empty() {
        return Err(invalid("facility name", name, "it is empty"));
    }
    let facility = FacilityRow {
        id: 0,
        code: code.to_owned(),
        name: name.trim().to_owned(),
        short_name: short.map_or_else(|| short_name(name.trim()), |short| short.trim().to_owned()),
        facility_type: facility_type.to_owned(),
        mark: 0,
    };
    rows::insert_facility(tx, &facility, now.0)?
        .ok_or_else(|| GatewayError::Exists { what: "facility", name: code.to_owned() })?;
    rows::facility_by_code(tx, code)?.ok_or_else(|| GatewayError::NoFacility(code.to_owned()))
}

/// Adds a source. Its roots need not be there yet: whether they are is found when it is pulled.
/// Its OID is made from domain, facility and name, so that a region that is built
/// again gives its documents the same uniqueIds.
///
/// # Errors
/// No such facility, the name is taken, a root is relative, or the OID is none.
pub fn add_source(tx: &mut Tx, new: &NewSource, now: Timestamp) -> Result<Source, GatewayError> {
    let roots = root_rows(new)?;
    insert(tx, KIND_SSMIX2, new, &roots, now)
}

/// Adds a source of any kind.
pub(crate) fn insert(
    tx: &mut Tx,
    kind: &str,
    new: &NewSource,
    roots: &[RootRow],
    now: Timestamp,
) -> Result<Source, GatewayError> {
    if new.name.trim().is_empty() || new.name.contains(char::is_control) {
        return Err(invalid("source name", &new.name, "it is empty or holds control characters"));
    }
    if !is_oid(&new.domain_oid) {
        return Err(invalid(
            "domain",
            &new.domain_oid,
            "an OID is expected, such as 1.2.392.100495.20.3.51.11310000001",
        ));
    }
    let facility = rows::facility_by_code(tx, &new.facility_code)?
        .ok_or_else(|| GatewayError::NoFacility(new.facility_code.clone()))?;
    let domain = rows::ensure_domain(tx, &new.domain_oid, &new.name)?;
    let oid_name = format!("source|{}|{}|{}", new.domain_oid, new.facility_code, new.name);
    let oid = oid_of(Uuid::new_v5(&Uuid::NAMESPACE_OID, oid_name.as_bytes()));
    let row = SourceRow {
        id: 0,
        name: new.name.clone(),
        kind: kind.to_owned(),
        oid,
        settings: new.settings.to_json()?,
        paused: false,
        facility,
        domain,
    };
    rows::insert_source(tx, &row, roots, now.0)?
        .ok_or_else(|| GatewayError::Exists { what: "source", name: new.name.clone() })?;
    find_source(tx, &new.name)
}

/// The source of a name.
///
/// # Errors
/// [`GatewayError::NoSource`], or its settings do not read.
pub fn find_source(tx: &mut Tx, name: &str) -> Result<Source, GatewayError> {
    let row = rows::source_by_name(tx, name)?.filter(is_read);
    let row = row.ok_or_else(|| GatewayError::NoSource(name.to_owned()))?;
    complete(tx, row)
}

/// Every source that is read, by name.
pub fn all_sources(tx: &mut Tx) -> Result<Vec<Source>, GatewayError> {
    rows::sources(tx)?.into_iter().filter(is_read).map(|row| complete(tx, row)).collect()
}

/// Puts other roots in the place of a source's; only a storage has some.
pub(crate) fn put_roots(tx: &mut Tx, source: &Source, new: &NewSource) -> Result<(), GatewayError> {
    if source.kind != KIND_SSMIX2 {
        return Ok(());
    }
    Ok(rows::replace_roots(tx, source.id, &root_rows(new)?)?)
}

/// Changes the settings of a source.
pub fn change_settings(
    tx: &mut Tx,
    name: &str,
    settings: &SourceSettings,
) -> Result<(), GatewayError> {
    let source = find_source(tx, name)?;
    Ok(rows::update_settings(tx, source.id, &settings.to_json()?)?)
}

/// Pauses a source or lets it go on.
pub fn pause(tx: &mut Tx, name: &str, paused: bool) -> Result<(), GatewayError> {
    let source = find_source(tx, name)?;
    Ok(rows::update_paused(tx, source.id, paused)?)
}

/// `2.25.` and the decimal digits of a UUID (ITU-T X.667).
pub fn oid_of(uuid: Uuid) -> String {
    format!("2.25.{}", uuid.as_u128())
}

/// Nothing is read out of a peer's source: it gives by itself.
fn is_read(row: &SourceRow) -> bool {
    row.kind != rows::KIND_PEER
}

fn complete(tx: &mut Tx, row: SourceRow) -> Result<Source, GatewayError> {
    let roots = rows::roots(tx, row.id)?
        .into_iter()
        .map(|root| {
            let role = RootRole::from_name(&root.role).ok_or_else(|| {
                StoreError::Damaged(format!("role `{}` of a root of {}", root.role, row.name))
            })?;
            let ordinal = u32::try_from(root.ordinal)
                .map_err(|_| StoreError::Damaged(format!("a root's number of {}", row.name)))?;
            Ok(Root { role, ordinal, path: PathBuf::from(OsString::from_vec(root.path)) })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Source {
        id: row.id,
        settings: SourceSettings::from_json(&row.name, &row.settings)?,
        name: row.name,
        oid: row.oid,
        kind: row.kind,
        paused: row.paused,
        facility: row.facility,
        domain: row.domain,
        roots,
    })
}

fn root_rows(new: &NewSource) -> Result<Vec<RootRow>, GatewayError> {
    let by_role = [
        (RootRole::Standardized, &new.standardized),
        (RootRole::Extended, &new.extended),
        (RootRole::Transaction, &new.transaction),
        (RootRole::ExtendedTransaction, &new.extended_transaction),
    ];
    let mut rows = Vec::new();
    for (role, paths) in by_role {
        for (ordinal, path) in (0_i64..).zip(paths) {
            if !path.is_absolute() {
                return Err(invalid(
                    "root",
                    &path.display().to_string(),
                    "an absolute path is expected: the server may start in another directory",
                ));
            }
            let path = path.as_os_str().as_bytes().to_vec();
            rows.push(RootRow { role: role.name().to_owned(), ordinal, path });
        }
    }
    if rows.is_empty() {
        return Err(invalid("source", &new.name, "it has no root; give at least one directory"));
    }
    Ok(rows)
}

fn short_name(name: &str) -> String {
    name.chars().take(8).collect()
}

fn is_oid(text: &str) -> bool {
    let arcs: Vec<&str> = text.split('.').collect();
    text.len() <= 64
        && arcs.len() >= 2
        && arcs.iter().all(|arc| {
            !arc.is_empty()
                && arc.bytes().all(|byte| byte.is_ascii_digit())
                && (arc.len() == 1 || !arc.starts_with('0'))
        })
}

fn invalid(what: &'static str, value: &str, problem: &str) -> GatewayError {
    GatewayError::Invalid { what, value: value.to_owned(), problem: problem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oids_are_told_from_other_texts() {
        assert!(is_oid("1.2.392.100495.20.3.51.11310000001"));
        for wrong in ["", "1", "1..2", "1.02", "1.a", "urn:oid:1.2", "1.2."] {
            assert!(!is_oid(wrong), "{wrong}");
        }
        assert_eq!(oid_of(Uuid::from_u128(7)), "2.25.7");
    }
}
