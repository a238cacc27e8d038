//! Keys and evidence made again where older rules made them, or none: after a change of the rules
//! of normalisation, or of a state that is older than record linkage.

use crate::error::IdentityError;
use crate::matching::{evidence, rematch};
use model::Timestamp;
use model::limits::LINKAGE_REBUILD_IDENTITIES;
use store::Tx;
use store::link::older_identities;
use text::key::NORMALISATION_VERSION;

/// What one step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Identities whose keys were made again.
    pub identities: u64,
    /// The last of them, where the next step goes on; `None` at the end.
    pub last: Option<i64>,
}

/// Makes keys and evidence of the next identities after one again, and settles these identities
/// anew. One transaction of bounded size; a run that is stopped loses nothing, because what is done
/// is not found again.
pub fn rebuild(tx: &mut Tx, after: i64, now: Timestamp) -> Result<Rebuilt, IdentityError> {
    let batch = i64::try_from(LINKAGE_REBUILD_IDENTITIES).unwrap_or(i64::MAX);
    let older = older_identities(tx, after, i64::from(NORMALISATION_VERSION), batch)?;
    for one in &older {
        let of = evidence::Of { identity_id: one.identity_id, domain_id: one.domain_id };
        evidence::keep(tx, of, &one.demographics, now)?;
    }
    for one in &older {
        rematch(tx, one.identity_id, now)?;
    }
    Ok(Rebuilt { identities: older.len() as u64, last: older.last().map(|one| one.identity_id) })
}
