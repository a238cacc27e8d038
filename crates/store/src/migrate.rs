//! Migrations: the schema's history, applied in order, each once.

use crate::dialect;
use crate::error::StoreError;
use crate::tx::Tx;
use sha2::{Digest, Sha256};

/// Every migration, in order. A released one is never changed: its checksum is kept.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_spine", include_str!("../migrations/0001_spine.sql")),
    ("0002_xds", include_str!("../migrations/0002_xds.sql")),
    ("0003_removed_object", include_str!("../migrations/0003_removed_object.sql")),
    ("0004_rules_version", include_str!("../migrations/0004_rules_version.sql")),
    ("0005_restriction", include_str!("../migrations/0005_restriction.sql")),
    ("0006_rights", include_str!("../migrations/0006_rights.sql")),
    ("0007_identity", include_str!("../migrations/0007_identity.sql")),
    ("0008_linkage", include_str!("../migrations/0008_linkage.sql")),
    ("0009_enrolment", include_str!("../migrations/0009_enrolment.sql")),
    ("0010_imaging", include_str!("../migrations/0010_imaging.sql")),
];

statements! {
    APPLIED = "schema_migration/applied",
    INSERT = "schema_migration/insert",
}

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migration (
    name @TEXT PRIMARY KEY,
    sha256 @TEXT NOT NULL
)";

/// Brings the schema up to date in one transaction, one process at a time.
pub(crate) fn migrate(tx: &mut Tx) -> Result<(), StoreError> {
    let engine = tx.engine();
    tx.renew();
    tx.control(match engine {
        dialect::Engine::Sqlite => "BEGIN IMMEDIATE",
        // The lock's number is arbitrary; it ends with the transaction.
        dialect::Engine::Postgres => {
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock(7077081)"
        }
    })?;
    let done = apply(tx);
    tx.renew();
    tx.control(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn apply(tx: &mut Tx) -> Result<(), StoreError> {
    let engine = tx.engine();
    tx.control(&dialect::translate(TABLE, engine))?;
    let applied = tx.query(&APPLIED, &[], |row| Ok((row.text(0)?, row.text(1)?)))?;
    for (place, (name, sha256)) in applied.iter().enumerate() {
        let known = MIGRATIONS.get(place).filter(|(known, _)| known == name);
        let Some((_, text)) = known else {
            return Err(wrong(
                name,
                "this program does not know it; the database is newer: update",
            ));
        };
        if checksum(text) != *sha256 {
            return Err(wrong(
                name,
                "it was applied with another text; the database is not this program's",
            ));
        }
    }
    for (name, text) in &MIGRATIONS[applied.len()..] {
        tx.control(&dialect::translate(text, engine))
            .map_err(|error| wrong(name, &error.to_string()))?;
        tx.execute(&INSERT, params![*name, &checksum(text)])?;
    }
    Ok(())
}

fn checksum(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn wrong(name: &str, detail: &str) -> StoreError {
    StoreError::Migration { name: name.to_owned(), detail: detail.to_owned() }
}
