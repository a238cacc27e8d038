//! Patient-ID domains: how they write their numbers, and the one function by which a number that
//! comes in is read.

use crate::error::IdentityError;
use model::limits::{DOMAIN_NAME_CHARACTERS, LOCAL_ID_CHARACTERS};
use model::{CheckDigit, NumberRule, Timestamp};
use serde_json::json;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::domain::{self, Domain};
use store::{Tx, source};

pub use store::domain::read_number;

/// What changes of a domain; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DomainChange {
    /// Its OID; a domain that is new is made.
    pub oid: String,
    /// Its name on screen.
    pub name: Option<String>,
    /// How many digits its numbers have; 0 for IDs of any length and of any characters.
    pub digits: Option<u8>,
    /// Whether a shorter number is the same as that with zeros before it.
    pub is_padded: Option<bool>,
    /// What the last digit says.
    pub check_digit: Option<CheckDigit>,
    /// Who says so.
    pub actor: String,
    /// When.
    pub now: Timestamp,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainOutcome {
    /// The domain as it is now.
    pub domain: Domain,
    /// It was not known before.
    pub is_new: bool,
    /// Numbers kept from before that are not written as the domain writes them: they stay as they
    /// are, and are told apart wherever they are shown.
    pub misfits: u64,
}

/// How the numbers of one domain give those of another, from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleChange {
    /// OID of the domain whose number the rule takes.
    pub from_oid: String,
    /// OID of the domain whose number it gives.
    pub to_oid: String,
    /// The rule; `None` takes it away.
    pub rule: Option<NumberRule>,
    /// Who says so.
    pub actor: String,
    /// When.
    pub now: Timestamp,
}

/// Changes a domain, with its audit record.
///
/// # Errors
/// Padding without a number of digits, more digits than an ID may have, an empty name; the domain
/// of community IDs, whose numbers are the centre's own.
pub fn set_domain(tx: &mut Tx, change: &DomainChange) -> Result<DomainOutcome, IdentityError> {
    let wrong = |problem| IdentityError::DomainSetting { oid: change.oid.clone(), problem };
    let before = domain::by_oid(tx, &change.oid)?;
    let is_new = before.is_none();
    let mut after = match before {
        Some(before) => before,
        None => {
            source::ensure_domain(tx, &change.oid, change.name.as_deref().unwrap_or(&change.oid))?;
            let made = domain::by_oid(tx, &change.oid)?;
            made.ok_or_else(|| IdentityError::NoSuchDomain(change.oid.clone()))?
        }
    };
    if after.is_affinity {
        return Err(wrong("its numbers are the centre's own community IDs"));
    }
    if let Some(name) = &change.name {
        let length = name.chars().count() as u64;
        let fits = (1..=DOMAIN_NAME_CHARACTERS).contains(&length)
            && !name.trim().is_empty()
            && !name.chars().any(char::is_control);
        if !fits {
            return Err(wrong("its name is empty, too long, or holds control characters"));
        }
        name.trim().clone_into(&mut after.name);
    }
    let format = &mut after.format;
    format.digits = change.digits.unwrap_or(format.digits);
    format.is_padded = change.is_padded.unwrap_or(format.is_padded && format.digits > 0);
    format.check_digit = change.check_digit.unwrap_or(format.check_digit);
    if format.is_padded && format.digits == 0 {
        return Err(wrong("zeros can only be put before a number whose digits are known"));
    }
    if u64::from(format.digits) > LOCAL_ID_CHARACTERS {
        return Err(wrong("a patient ID has at most 64 characters"));
    }
    domain::set(tx, &after)?;
    let detail = json!({
        "domain": after.oid, "name": after.name, "digits": after.format.digits,
        "padded": after.format.is_padded, "check_digit": after.format.check_digit.name(),
    });
    audit_setting(tx, &change.actor, change.now, &detail)?;
    let misfits = domain::count_misfits(tx, &after)?;
    Ok(DomainOutcome { domain: after, is_new, misfits })
}

/// Says how the numbers of one domain give those of another, or takes that back, with its audit
/// record. `false` where there was nothing to take back.
///
/// # Errors
/// A domain is not known, or both are the same.
pub fn set_rule(tx: &mut Tx, change: &RuleChange) -> Result<bool, IdentityError> {
    let mut known = |oid: &str| {
        domain::by_oid(tx, oid)?.ok_or_else(|| IdentityError::NoSuchDomain(oid.to_owned()))
    };
    let (from, to) = (known(&change.from_oid)?, known(&change.to_oid)?);
    if from.id == to.id {
        let problem = "a rule leads from one domain to another";
        return Err(IdentityError::DomainSetting { oid: from.oid, problem });
    }
    let is_changed = match &change.rule {
        Some(rule) => {
            domain::put_rule(tx, from.id, to.id, rule)?;
            true
        }
        None => domain::delete_rule(tx, from.id, to.id)?,
    };
    if is_changed {
        let rule = change.rule.as_ref().map(ToString::to_string);
        let detail = json!({ "from_domain": from.oid, "to_domain": to.oid, "rule": rule });
        audit_setting(tx, &change.actor, change.now, &detail)?;
    }
    Ok(is_changed)
}

pub(crate) fn audit_setting(
    tx: &mut Tx,
    actor: &str,
    now: Timestamp,
    detail: &serde_json::Value,
) -> Result<(), IdentityError> {
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
