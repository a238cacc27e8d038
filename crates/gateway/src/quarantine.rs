//! The quarantine: what waits, why, and trying again once the hospital has put it right.

use crate::beneath::RootFolder;
use crate::commit::Batch;
use crate::content;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::pass::{self, PassPlan, Patients};
use crate::place::{self, RootRole};
use crate::pull::PullControl;
use crate::session::{self, Session};
use crate::source::Source;
use crate::transactions;
use crate::workshop::{Outcome, Rejected};
use model::limits;
use model::reason::Reason;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use store::StoreError;
use store::intake::{self, PullCounts, QuarantineRow};
use store::source as rows;

/// Rows fetched at one time.
const PAGE_ROWS: u32 = 500;

/// Which items of the quarantine are meant. Nothing given: all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QuarantineFilter {
    /// Number of one item.
    pub id: Option<i64>,
    /// Name of a source.
    pub source: Option<String>,
    /// A reason.
    pub reason: Option<Reason>,
}

/// An item of the quarantine with what can be shown of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuarantineItem {
    /// The row.
    pub row: QuarantineRow,
    /// Its place as a person reads it.
    pub place: String,
}

/// The bytes of an item, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemBytes {
    /// Kept when it was put into quarantine.
    Kept(Vec<u8>),
    /// Read again from the source: what is not known to be an enrolled patient's is not kept.
    FromSource(Vec<u8>),
}

impl Gateway {
    /// The items that wait, by number.
    ///
    /// # Errors
    /// No such source or item.
    pub async fn quarantine(
        &self,
        filter: &QuarantineFilter,
    ) -> Result<Vec<QuarantineItem>, GatewayError> {
        let rows = self.quarantine_rows(filter).await?;
        let sources: BTreeMap<i64, Source> =
            self.sources().await?.into_iter().map(|source| (source.id, source)).collect();
        Ok(rows
            .into_iter()
            .map(|row| {
                let place = match sources.get(&row.source_id) {
                    Some(source) => place::shown(source, &row.place),
                    None => place::shown_bytes(&row.place),
                };
                QuarantineItem { row, place }
            })
            .collect())
    }

    /// How many items wait for which reason, by the reason's code.
    pub async fn quarantine_counts(&self) -> Result<Vec<(String, i64)>, GatewayError> {
        Ok(self.store().read(|tx| intake::quarantine_counts(tx, None)).await?)
    }

    /// One item with its bytes.
    ///
    /// # Errors
    /// No such item, or its bytes are neither kept nor readable in the source.
    pub async fn quarantine_show(
        &self,
        id: i64,
    ) -> Result<(QuarantineItem, ItemBytes), GatewayError> {
        let filter = QuarantineFilter { id: Some(id), ..QuarantineFilter::default() };
        let item = self.quarantine(&filter).await?.pop().ok_or(GatewayError::NoQuarantine(id))?;
        let kept = self.store().read(move |tx| intake::quarantine_bytes(tx, id)).await?;
        if let Some(bytes) = kept {
            return Ok((item, ItemBytes::Kept(bytes)));
        }
        let source = self.source(&item.row.source).await?;
        let (wanted, size) = (item.row.place.clone(), item.row.size);
        let read = tokio::task::spawn_blocking(move || read_from_source(&source, &wanted, size))
            .await
            .map_err(|error| GatewayError::Thread(error.to_string()))?;
        let bytes = read.map_err(|reason| GatewayError::NoBytes { id, reason })?;
        Ok((item, ItemBytes::FromSource(bytes)))
    }

    /// Tries items again. What reads well now leaves the quarantine; the rest stays, with one
    /// more attempt. Answers what became of them, unchanged neighbours not counted.
    ///
    /// # Errors
    /// No such source or item; otherwise as [`Gateway::pull`], at the first source that fails.
    pub async fn quarantine_retry(
        &self,
        filter: &QuarantineFilter,
        control: &PullControl,
    ) -> Result<PullCounts, GatewayError> {
        let mut by_source: BTreeMap<String, Vec<QuarantineRow>> = BTreeMap::new();
        for row in self.quarantine_rows(filter).await? {
            by_source.entry(row.source.clone()).or_default().push(row);
        }
        let mut all = PullCounts::default();
        for (name, rows) in by_source {
            let source = self.source(&name).await?;
            let mut session = Session::begin(self, source, "retry", &control.stop).await?;
            let worked = retry(&mut session, &rows, control).await;
            let counts = session.end(worked).await?;
            all.taken += counts.taken;
            all.quarantined += counts.quarantined;
            all.listed += i64::try_from(rows.len()).unwrap_or(i64::MAX);
        }
        Ok(all)
    }

    async fn quarantine_rows(
        &self,
        filter: &QuarantineFilter,
    ) -> Result<Vec<QuarantineRow>, GatewayError> {
        let source_id = match &filter.source {
            Some(name) => Some(self.source(name).await?.id),
            None => None,
        };
        let (id, reason) = (filter.id, filter.reason);
        let rows = self
            .store()
            .read(move |tx| -> Result<Vec<QuarantineRow>, StoreError> {
                if let Some(id) = id {
                    return Ok(intake::quarantine_by_id(tx, id)?.into_iter().collect());
                }
                let reason = reason.map(Reason::code);
                let mut all: Vec<QuarantineRow> = Vec::new();
                loop {
                    let after = all.last().map_or(0, |row| row.id);
                    let page = intake::quarantine_page(tx, source_id, reason, after, PAGE_ROWS)?;
                    if page.is_empty() {
                        return Ok(all);
                    }
                    all.extend(page);
                }
            })
            .await?;
        match (filter.id, rows.is_empty()) {
            (Some(id), true) => Err(GatewayError::NoQuarantine(id)),
            _ => Ok(rows),
        }
    }
}

/// Items in folders are tried by a pass over their patients that reads those places again;
/// records by reading them at their place.
async fn retry(
    session: &mut Session,
    rows: &[QuarantineRow],
    control: &PullControl,
) -> Result<(), GatewayError> {
    let is_record = |row: &&QuarantineRow| place::is_record(&row.place);
    let (records, items): (Vec<&QuarantineRow>, Vec<&QuarantineRow>) =
        rows.iter().partition(is_record);
    if !items.is_empty() {
        let patients: BTreeSet<String> = items.iter().map(|row| row.patient_id.clone()).collect();
        let again: HashSet<Vec<u8>> = items.iter().map(|row| row.place.clone()).collect();
        let plan = PassPlan {
            extended_only: false,
            patients: Patients::Some(patients.into_iter().collect()),
            again: again.clone(),
            progress: control.progress.clone(),
        };
        pass::run(session, plan).await?;
    }
    for row in records {
        session::check_still_allowed(&session.gateway, &session.source).await?;
        retry_record(session, row).await?;
    }
    Ok(())
}

async fn retry_record(session: &mut Session, row: &QuarantineRow) -> Result<(), GatewayError> {
    let Some(outcome) = read_record_again(session, row).await? else { return Ok(()) };
    let batch = Batch { outcomes: vec![outcome], ..Batch::default() };
    let counts = session.committer.commit(batch).await?;
    session.counts.taken += counts.taken;
    session.counts.quarantined += counts.quarantined;
    Ok(())
}

async fn read_record_again(
    session: &Session,
    row: &QuarantineRow,
) -> Result<Option<Outcome>, GatewayError> {
    let Some((role, ordinal, relative)) = place::split(&row.place) else { return Ok(None) };
    let Some(root) = session.source.root(role, ordinal).cloned() else { return Ok(None) };
    let Some((file, offset)) = place::split_record(relative) else { return Ok(None) };
    let (workshop, file) = (session.workshop.clone(), file.to_vec());
    let (domain_id, store) = (session.source.domain.id, session.gateway.store().clone());
    let read = tokio::task::spawn_blocking(move || {
        let enrolled = |patient_id: &str| {
            let patient_id = patient_id.to_owned();
            let found =
                store.read_blocking(move |tx| rows::is_enrolled(tx, domain_id, &patient_id));
            found.unwrap_or(false)
        };
        transactions::read_again(&workshop, &root, &file, offset, &enrolled)
    })
    .await
    .map_err(|error| GatewayError::Thread(error.to_string()))?;
    Ok(match read {
        Ok(Some(Outcome::Prepared(mut prepared))) => {
            prepared.was_quarantined = reason_of(&row.reason);
            Some(Outcome::Prepared(prepared))
        }
        Ok(outcome) => outcome,
        Err((reason, detail)) => Some(Outcome::Rejected(Box::new(Rejected {
            place: row.place.clone(),
            patient_id: row.patient_id.clone(),
            reason,
            detail,
            stamp: None,
            sha256: None,
            bytes: None,
            known_unique_id: String::new(),
        }))),
    })
}

/// The reason of a row; a code that is not known any more is a failure like others.
pub(crate) fn reason_of(code: &str) -> Option<Reason> {
    Some(Reason::from_code(code).unwrap_or(Reason::Failed))
}

fn read_from_source(source: &Source, wanted: &[u8], size: i64) -> Result<Vec<u8>, String> {
    let (role, ordinal, relative) =
        place::split(wanted).ok_or("its place is not one of a storage")?;
    let root = source.root(role, ordinal).ok_or("its root is no longer one of the source's")?;
    let folder = RootFolder::open(&root.path).map_err(|trouble| trouble.to_string())?;
    if role == RootRole::Extended
        && let Ok(content) = content::read(&folder, relative)
    {
        return Ok(content.primary.1.bytes);
    }
    if role.has_folders() {
        let read = folder.read(relative, limits::SSMIX2_FILE_BYTES);
        return read.map(|read| read.bytes).map_err(|trouble| trouble.to_string());
    }
    let (file, offset) = place::split_record(relative).ok_or("its place names no record")?;
    let shown = transactions::read_body(&folder, file, offset);
    match shown.map_err(|trouble| trouble.to_string())? {
        Some(body) => Ok(body),
        None => {
            let bytes = u64::try_from(size).unwrap_or(0).min(limits::TRANSACTION_RECORD_BYTES);
            let open = folder.open_file(file).map_err(|trouble| trouble.to_string())?;
            open.read_part(offset, bytes).map_err(|trouble| trouble.to_string())
        }
    }
}
