//! Patient-ID domains: their names, how they write their numbers, and how the numbers of one
//! follow from those of another.

use crate::{Row, StoreError, Tx, person};
use model::{CheckDigit, NumberFormat, NumberMisfit, NumberRule};
use std::ops::ControlFlow;

crate::statements! {
    ALL = "domain/all",
    DESCRIBED_BY_OID = "domain/described_by_oid",
    SET = "domain/set",
    NUMBERS = "domain/numbers",
    PUT_RULE = "number_rule/put",
    DELETE_RULE = "number_rule/delete",
    ALL_RULES = "number_rule/all",
    RULES_OF_DOMAIN = "number_rule/of_domain",
}

/// A patient-ID domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Key.
    pub id: i64,
    /// OID of the assigning authority.
    pub oid: String,
    /// Its name on screen.
    pub name: String,
    /// Whether it is that of community IDs.
    pub is_affinity: bool,
    /// How it writes its numbers.
    pub format: NumberFormat,
}

/// How the numbers of one domain give those of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainRule {
    /// Key of the domain whose number the rule takes.
    pub from_domain_id: i64,
    /// Its OID.
    pub from_oid: String,
    /// Key of the domain whose number it gives.
    pub to_domain_id: i64,
    /// Its OID.
    pub to_oid: String,
    /// The rule.
    pub rule: NumberRule,
}

/// Every domain, by OID.
pub fn all(tx: &mut Tx) -> Result<Vec<Domain>, StoreError> {
    tx.query(&ALL, &[], domain)
}

/// The domain of an OID.
pub fn by_oid(tx: &mut Tx, oid: &str) -> Result<Option<Domain>, StoreError> {
    tx.query_opt(&DESCRIBED_BY_OID, params![oid], domain)
}

/// A patient ID as its domain writes it. Everything that comes in from outside (feeds, queries,
/// enrolment, names of folders, images) is read here. A number that was kept before the domain
/// said how it writes them stays what it was.
///
/// # Errors
/// The inner one: it is no number of the domain. Of a domain that is not known or says nothing,
/// every ID is one.
pub fn read_number(
    tx: &mut Tx,
    domain_oid: &str,
    text: &str,
) -> Result<Result<String, NumberMisfit>, StoreError> {
    if domain_oid.contains('\0') || text.contains('\0') {
        return Ok(Err(NumberMisfit::NotDigits));
    }
    let Some(domain) = by_oid(tx, domain_oid)? else { return Ok(Ok(text.to_owned())) };
    let read = domain.format.read(text);
    if read.as_deref() == Ok(text) {
        return Ok(read);
    }
    match person::identity_by_local_id(tx, domain_oid, text)? {
        Some(kept) => Ok(Ok(kept.local_id)),
        None => Ok(read),
    }
}

/// Changes name and format of a domain.
pub fn set(tx: &mut Tx, domain: &Domain) -> Result<(), StoreError> {
    let format = &domain.format;
    let values = params![
        domain.id,
        &domain.name,
        i64::from(format.digits),
        format.is_padded,
        format.check_digit.name()
    ];
    tx.execute(&SET, values).map(drop)
}

/// How many numbers of a domain are kept that are not written as its format says.
pub fn count_misfits(tx: &mut Tx, domain: &Domain) -> Result<u64, StoreError> {
    let mut misfits = 0;
    tx.for_each(&NUMBERS, params![domain.id], |row| {
        misfits += u64::from(!domain.format.fits(row.text_ref(0)?));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(misfits)
}

/// Says how the numbers of one domain give those of another, in the place of what was said before.
pub fn put_rule(tx: &mut Tx, from: i64, to: i64, rule: &NumberRule) -> Result<(), StoreError> {
    tx.execute(&PUT_RULE, params![from, to, &rule.to_string()]).map(drop)
}

/// Takes such a rule away; `false` where there is none.
pub fn delete_rule(tx: &mut Tx, from: i64, to: i64) -> Result<bool, StoreError> {
    Ok(tx.execute(&DELETE_RULE, params![from, to])? > 0)
}

/// Every rule.
pub fn rules(tx: &mut Tx) -> Result<Vec<DomainRule>, StoreError> {
    tx.query(&ALL_RULES, &[], rule)
}

/// The rules that take or give numbers of a domain.
pub fn rules_of_domain(tx: &mut Tx, domain_id: i64) -> Result<Vec<DomainRule>, StoreError> {
    tx.query(&RULES_OF_DOMAIN, params![domain_id], rule)
}

fn domain(row: &Row<'_>) -> Result<Domain, StoreError> {
    let check_digit: CheckDigit = row.text_ref(6)?.parse().map_err(StoreError::Damaged)?;
    Ok(Domain {
        id: row.int(0)?,
        oid: row.text(1)?,
        name: row.text(2)?,
        is_affinity: row.flag(3)?,
        format: NumberFormat {
            digits: u8::try_from(row.int(4)?)
                .map_err(|_| StoreError::Damaged("digits of a patient-ID domain".to_owned()))?,
            is_padded: row.flag(5)?,
            check_digit,
        },
    })
}

fn rule(row: &Row<'_>) -> Result<DomainRule, StoreError> {
    Ok(DomainRule {
        from_domain_id: row.int(0)?,
        from_oid: row.text(1)?,
        to_domain_id: row.int(2)?,
        to_oid: row.text(3)?,
        rule: row.text_ref(4)?.parse().map_err(StoreError::Damaged)?,
    })
}
