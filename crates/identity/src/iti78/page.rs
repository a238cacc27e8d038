//! One page of a search: no more candidates are looked at for it than its limit, however many
//! there are in all.

use super::AFTER;
use super::criteria::Criteria;
use crate::r4::ask::Ask;
use crate::r4::fault::{Fault, bad};
use crate::r4::view;
use crate::v2::query::seen;
use fhir::{IssueCode, Patient};
use model::limits::{
    FHIR_CANDIDATES_CHUNK, FHIR_PAGE_CANDIDATES, FHIR_PAGE_DEFAULT_PATIENTS, FHIR_PAGE_PATIENTS,
};
use store::patient_query::{Lookup, persons_after};
use store::{StoreError, Tx};

/// A page.
pub(super) struct Page {
    pub patients: Vec<Patient>,
    /// The person behind whom it begins.
    pub after: Option<i64>,
    /// The person behind whom the next page begins, where there is more to look at.
    pub next: Option<i64>,
}

impl Page {
    /// Who fits, from where the request says, in the order of their persons.
    ///
    /// # Errors
    /// A parameter that cannot be one.
    pub(super) fn find(tx: &mut Tx, ask: &Ask) -> Result<Page, Fault> {
        let after = number(ask, AFTER)?.map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let wanted = number(ask, "_count")?.unwrap_or(FHIR_PAGE_DEFAULT_PATIENTS);
        if wanted == 0 {
            return Err(bad(IssueCode::NotSupported, "a search without patients is not done here"));
        }
        let wanted = usize::try_from(wanted.min(FHIR_PAGE_PATIENTS)).unwrap_or(usize::MAX);
        let criteria = Criteria::read(tx, ask)?;
        let (lookups, named) = (criteria.lookups(), criteria.persons(tx)?);
        let mut page = Page { patients: Vec::new(), after, next: None };
        let (mut last, mut looked_at) = (after.unwrap_or(i64::MIN), 0_u64);
        loop {
            let persons = candidates(tx, (&lookups, &named), last)?;
            let Some(end) = persons.last().copied() else { return Ok(page) };
            for one in seen(tx, ask, &persons)? {
                let fitting = criteria.fits(ask, &one);
                let patient = fitting.then(|| view::patient(ask, &one, &criteria.wanted)).flatten();
                let Some(patient) = patient else { continue };
                if page.patients.len() == wanted {
                    page.next = Some(last);
                    return Ok(page);
                }
                last = one.person.id;
                page.patients.push(patient);
            }
            last = end;
            looked_at += persons.len() as u64;
            if looked_at >= FHIR_PAGE_CANDIDATES {
                page.next = Some(last);
                return Ok(page);
            }
        }
    }
}

/// The next persons of whom any lookup tells, and those who are named.
fn candidates(
    tx: &mut Tx,
    (lookups, named): (&[Lookup], &[i64]),
    after: i64,
) -> Result<Vec<i64>, StoreError> {
    let mut persons: Vec<i64> = named.iter().copied().filter(|one| *one > after).collect();
    let chunk = i64::try_from(FHIR_CANDIDATES_CHUNK).unwrap_or(i64::MAX);
    for lookup in lookups {
        persons.extend(persons_after(tx, lookup, after, chunk)?);
    }
    persons.sort_unstable();
    persons.dedup();
    // Behind the shortest of several lists another lookup may know of more.
    persons.truncate(usize::try_from(chunk).unwrap_or(usize::MAX));
    Ok(persons)
}

/// A parameter that is a number; one beyond every number is the largest.
fn number(ask: &Ask, name: &str) -> Result<Option<u64>, Fault> {
    let Some(text) = ask.request.query.values(name).next() else { return Ok(None) };
    match text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(Some(text.parse().unwrap_or(u64::MAX))),
        false => Err(bad(IssueCode::Value, format!("{name} is no number"))),
    }
}
