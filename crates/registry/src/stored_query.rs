//! Stored queries (ITI TF-2 3.18.4.1.2.3, 3.51) answered object by object: nothing of a found
//! document is kept but what its associations need, so that an answer of any size is made in
//! little memory.
//!
//! Whoever asks is a [`Viewer`] or the centre itself; what a viewer may not see is, in every
//! query, as if it were not there.

mod accept;
mod by_id;
mod contents;
mod find;
mod run;
mod selection;
pub(crate) mod sight;

use crate::error::RegistryError;
use access::Viewer;
use ebrim::query::{FindDocuments, FindFolders, QueryRequest, ReturnType, StoredQuery};
use ebrim::{ErrorCode, Problem};
use model::Timestamp;
use run::Run;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use store::document::stored_query::Link;
use store::document::{EntryRow, FolderRow, SetRow};
use store::{StoreError, Tx};
use thiserror::Error;

/// Who asks, and when.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Through whose eyes; `None` sees everything.
    pub viewer: Option<Viewer>,
    /// OID of the affinity domain: patientIds of other domains are of nobody here.
    pub affinity_domain: String,
    /// Now: consent begins and ends.
    pub now: Timestamp,
}

/// A found object.
#[derive(Debug, Clone, Copy)]
pub enum Object<'a> {
    /// A DocumentEntry.
    Document(&'a EntryRow),
    /// A SubmissionSet; always Approved.
    Set(&'a SetRow),
    /// A Folder.
    Folder(&'a FolderRow),
    /// An Association.
    Association(&'a Link),
}

/// What a query came to beside its objects.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The persons whose objects were asked for, for the audit.
    pub persons: BTreeSet<i64>,
}

/// Why a query was not answered, or not to its end.
#[derive(Debug, Error)]
pub enum QueryError {
    /// A rule; nothing was visited.
    #[error(transparent)]
    Refused(#[from] Problem),
    /// The registry failed.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

impl From<StoreError> for QueryError {
    fn from(error: StoreError) -> QueryError {
        QueryError::Registry(error.into())
    }
}

impl From<access::AccessError> for QueryError {
    fn from(error: access::AccessError) -> QueryError {
        match error {
            access::AccessError::Store(error) => error.into(),
            other => StoreError::Damaged(other.to_string()).into(),
        }
    }
}

/// Gives each object that fits a query to `visit`, documents first, until it breaks.
///
/// # Errors
/// [`QueryError::Refused`] before the first object only.
pub fn run(
    tx: &mut Tx,
    request: &QueryRequest,
    asker: &Asker,
    visit: &mut dyn FnMut(Object<'_>) -> ControlFlow<()>,
) -> Result<Asked, QueryError> {
    run_while(&|| true, tx, request, asker, visit)
}

/// [`run`] for as long as the answer is wanted: that is asked for each row, also of those that do
/// not fit. Whoever does not want it any more does not take what came for the whole.
///
/// # Errors
/// As of [`run`].
pub fn run_while(
    is_wanted: &dyn Fn() -> bool,
    tx: &mut Tx,
    request: &QueryRequest,
    asker: &Asker,
    visit: &mut dyn FnMut(Object<'_>) -> ControlFlow<()>,
) -> Result<Asked, QueryError> {
    let mut run = Run::new(tx, request, asker, (is_wanted, visit));
    match &request.query {
        StoredQuery::FindDocuments(query)
        | StoredQuery::FindDocumentsByReferenceId(query)
        | StoredQuery::FindDocumentsForMultiplePatients(query)
        | StoredQuery::FindDocumentsByReferenceIdForMultiplePatients(query) => {
            find_documents(&mut run, query)?;
        }
        StoredQuery::FindFolders(query) | StoredQuery::FindFoldersForMultiplePatients(query) => {
            find_folders(&mut run, query)?;
        }
        StoredQuery::FindSubmissionSets(query) => find::submission_sets(&mut run, query)?,
        StoredQuery::GetAll(query) => find::all(&mut run, query)?,
        by_id => {
            let selection = match by_id {
                StoredQuery::GetDocuments(ids) => by_id::documents(&mut run, ids, false)?,
                StoredQuery::GetDocumentsAndAssociations(ids) => {
                    by_id::documents(&mut run, ids, true)?
                }
                StoredQuery::GetFolders(ids) => by_id::folders(&mut run, ids)?,
                StoredQuery::GetAssociations(uuids) => by_id::associations(&mut run, uuids)?,
                StoredQuery::GetSubmissionSets(uuids) => by_id::submission_sets(&mut run, uuids)?,
                StoredQuery::GetFoldersForDocument(ids) => by_id::folders_of(&mut run, ids)?,
                StoredQuery::GetRelatedDocuments(query) => by_id::related(&mut run, query)?,
                StoredQuery::GetSubmissionSetAndContents(query) => {
                    contents::of_set(&mut run, query)?
                }
                StoredQuery::GetFolderAndContents(query) => contents::of_folder(&mut run, query)?,
                _ => return Ok(run.asked()),
            };
            if request.returns == ReturnType::LeafClass {
                one_patient(&selection.persons)?;
            }
            selection.emit(&mut run)?;
            run.persons.extend(selection.persons);
        }
    }
    Ok(run.asked())
}

fn find_documents(run: &mut Run<'_, '_>, query: &FindDocuments) -> Result<(), QueryError> {
    for_each_patient(run, &query.patients, |run, person| {
        find::documents(run, person, query, &mut |_| ())
    })
}

fn find_folders(run: &mut Run<'_, '_>, query: &FindFolders) -> Result<(), QueryError> {
    for_each_patient(run, &query.patients, |run, person| find::folders(run, person, query))
}

/// Asks for each patient, a merged one once; for every person where none is named (ITI-51).
fn for_each_patient(
    run: &mut Run<'_, '_>,
    patients: &[model::hl7::PatientId],
    mut ask: impl FnMut(&mut Run<'_, '_>, i64) -> Result<(), QueryError>,
) -> Result<(), QueryError> {
    if patients.is_empty() {
        return run.each_person(&mut ask);
    }
    let mut asked = BTreeSet::new();
    for patient in patients {
        let Some(person) = run.person(patient)? else { continue };
        if asked.insert(person) {
            run.persons.insert(person);
            ask(run, person)?;
        }
        if run.is_over() {
            break;
        }
    }
    Ok(())
}

/// A whole answer by ids is of one patient (ITI TF-2 3.18.4.1.3).
fn one_patient(persons: &BTreeSet<i64>) -> Result<(), Problem> {
    match persons.len() {
        0 | 1 => Ok(()),
        _ => Err(Problem::new(
            ErrorCode::XdsResultNotSinglePatient,
            "ITI TF-2 3.18.4.1.3",
            "the objects asked for are of several patients: ask for each patient's by themselves, \
             or for ObjectRef",
        )),
    }
}
