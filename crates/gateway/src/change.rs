//! Changing a source that is there: schedule, speed, intervals, roots, rules. A running server
//! takes it over at the source's next turn.

use crate::dicom::ImageSettings;
use crate::error::GatewayError;
use crate::place::RootRole;
use crate::settings::{HourSpan, RestrictedRule};
use crate::source::{NewSource, Source, change_settings, find_source, put_roots};
use model::Timestamp;
use serde_json::json;
use std::path::PathBuf;
use store::Tx;
use store::audit::{self, Action, NewAuditEvent, Outcome};

/// What changes; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceChange {
    /// When it may be read; empty: always.
    pub allowed_hours: Option<Vec<HourSpan>>,
    /// Files a second at most; 0: as many as go.
    pub files_per_second_max: Option<u32>,
    /// Threads that read.
    pub parallelism: Option<u32>,
    /// Seconds between two turns.
    pub follow_interval_s: Option<u32>,
    /// Seconds between two comparisons of the extended roots alone.
    pub extended_interval_s: Option<u32>,
    /// Seconds between two comparisons of everything.
    pub reconcile_interval_s: Option<u32>,
    /// Whether nobody writes it any more.
    pub frozen: Option<bool>,
    /// What of it is marked restricted. Documents taken before keep their mark.
    pub restricted: Option<Vec<RestrictedRule>>,
    /// What is said of a DICOM server alone.
    pub images: Option<ImageSettings>,
    /// Standardized roots. The first one stands for the first of before: what was read from it
    /// is looked for there.
    pub standardized: Option<Vec<PathBuf>>,
    /// Extended roots.
    pub extended: Option<Vec<PathBuf>>,
    /// Transaction roots.
    pub transaction: Option<Vec<PathBuf>>,
    /// Transaction roots of the extended storage.
    pub extended_transaction: Option<Vec<PathBuf>>,
}

/// Changes a source, with its audit record.
///
/// # Errors
/// No such source, a root is relative, or none would be left.
pub fn change_source(
    tx: &mut Tx,
    name: &str,
    change: &SourceChange,
    actor: &str,
    now: Timestamp,
) -> Result<Source, GatewayError> {
    let before = find_source(tx, name)?;
    let mut settings = before.settings.clone();
    put(&mut settings.allowed_hours, &change.allowed_hours);
    put(&mut settings.files_per_second_max, &change.files_per_second_max);
    put(&mut settings.parallelism, &change.parallelism);
    put(&mut settings.follow_interval_s, &change.follow_interval_s);
    put(&mut settings.extended_interval_s, &change.extended_interval_s);
    put(&mut settings.reconcile_interval_s, &change.reconcile_interval_s);
    put(&mut settings.frozen, &change.frozen);
    put(&mut settings.restricted, &change.restricted);
    put(&mut settings.images, &change.images);
    change_settings(tx, name, &settings)?;
    let roots = |role, change: &Option<Vec<PathBuf>>| match change {
        Some(paths) => paths.clone(),
        None => {
            before.roots.iter().filter(|it| it.role == role).map(|it| it.path.clone()).collect()
        }
    };
    let new = NewSource {
        name: before.name.clone(),
        facility_code: before.facility.code.clone(),
        domain_oid: before.domain.oid.clone(),
        standardized: roots(RootRole::Standardized, &change.standardized),
        extended: roots(RootRole::Extended, &change.extended),
        transaction: roots(RootRole::Transaction, &change.transaction),
        extended_transaction: roots(RootRole::ExtendedTransaction, &change.extended_transaction),
        settings,
    };
    put_roots(tx, &before, &new)?;
    let after = find_source(tx, name)?;
    if after != before {
        audit_change(tx, &before, &after, actor, now)?;
    }
    Ok(after)
}

fn put<T: Clone>(place: &mut T, new: &Option<T>) {
    if let Some(new) = new {
        place.clone_from(new);
    }
}

fn audit_change(
    tx: &mut Tx,
    before: &Source,
    after: &Source,
    actor: &str,
    now: Timestamp,
) -> Result<(), GatewayError> {
    let shown = |source: &Source| {
        let roots =
            source.roots.iter().map(|it| json!([it.role.name(), it.path.to_string_lossy()]));
        json!({ "settings": source.settings, "roots": roots.collect::<Vec<_>>() })
    };
    let detail = json!({ "source": after.name, "before": shown(before), "after": shown(after) });
    let event = NewAuditEvent {
        at: now,
        actor,
        account_id: None,
        action: Action::SettingChange,
        outcome: Outcome::Success,
        person_id: None,
        detail: &detail.to_string(),
    };
    Ok(audit::insert(tx, &event)?)
}
