//! Where the candidates of a search come from: as few rows as its keys allow.

use crate::dicomweb::query::Wish;
use crate::found::{Eyes, Seen, each_once};
use dicomfile::tags;
use model::CommunityId;
use store::study::{
    After, StudyRow, studies_before, studies_by_accession, studies_by_uid, studies_of_identities,
};
use store::{StoreError, Tx, domain, person};

/// Candidates that were not looked at yet.
#[derive(Debug, Clone)]
pub(crate) enum Plan {
    /// These Study Instance UIDs.
    Uids(Vec<String>),
    /// An accession number.
    Accession(String),
    /// The studies of these identities, after a place.
    Identities(Vec<i64>, After),
    /// All studies before a row.
    All(i64),
    /// None.
    Over,
}

impl Plan {
    /// The way with the fewest rows.
    pub(crate) fn of(tx: &mut Tx, wish: &Wish) -> Result<Plan, StoreError> {
        if let Some(key) = wish.key(tags::STUDY_INSTANCE_UID) {
            return Ok(Plan::Uids(key.any_of().to_vec()));
        }
        if let Some(number) = wish.key(tags::PATIENT_ID).and_then(|key| key.exactly()) {
            return Ok(Plan::Identities(identities(tx, number)?, After::NOTHING));
        }
        if let Some(number) = wish.key(tags::ACCESSION_NUMBER).and_then(|key| key.exactly()) {
            return Ok(Plan::Accession(number.to_owned()));
        }
        Ok(Plan::All(i64::MAX))
    }

    /// The next candidates that may be seen, each study once, and what is left.
    pub(crate) fn next(
        self,
        tx: &mut Tx,
        eyes: &mut Eyes,
        page_rows: u32,
    ) -> Result<(Vec<Seen>, Plan), StoreError> {
        let (rows, rest) = match self {
            Plan::Uids(uids) => {
                let mut rows = Vec::new();
                for uid in &uids {
                    rows.extend(studies_by_uid(tx, uid)?);
                }
                (rows, Plan::Over)
            }
            Plan::Accession(number) => (studies_by_accession(tx, &number)?, Plan::Over),
            Plan::Identities(identities, after) => {
                let rows = studies_of_identities(tx, &identities, None, after, page_rows)?;
                let after = last(&rows, page_rows).map(StudyRow::place);
                let rest = after.map_or(Plan::Over, |after| Plan::Identities(identities, after));
                (rows, rest)
            }
            Plan::All(before) => {
                let rows = studies_before(tx, before, page_rows)?;
                let rest = last(&rows, page_rows).map_or(Plan::Over, |row| Plan::All(row.id));
                (rows, rest)
            }
            Plan::Over => (Vec::new(), Plan::Over),
        };
        Ok((each_once(eyes.all_seen(tx, rows)?), rest))
    }
}

/// The last row of a page after which there may be others.
fn last(rows: &[StudyRow], page_rows: u32) -> Option<&StudyRow> {
    rows.last().filter(|_| rows.len() >= usize::try_from(page_rows).unwrap_or(usize::MAX))
}

/// The identities that have a number in any domain, and all those of the person who has it as a
/// community ID.
fn identities(tx: &mut Tx, number: &str) -> Result<Vec<i64>, StoreError> {
    let mut found = Vec::new();
    for domain in domain::all(tx)? {
        let own = person::identities_by_local_ids(tx, domain.id, &[number.to_owned()])?;
        found.extend(own.iter().map(|identity| identity.id));
    }
    if let Ok(community_id) = number.parse::<CommunityId>()
        && let Some(whose) = access::resolve(tx, &community_id).map_err(crate::found::of_access)?
    {
        let all = person::identities_of_person(tx, whose.id)?;
        found.extend(all.iter().map(|identity| identity.id));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
