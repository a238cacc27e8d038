//! RAD-69 Retrieve Imaging Document Set (IHE RAD TF-2 4.69): instances by study, series and
//! instance UID, each as a document of the answer, streamed one after the other.

use crate::asker::Asker;
use crate::copy::{self, Form};
use crate::desk::shown;
use crate::found::{Eyes, Resolved, Seen};
use dicomfile::is_uid;
use ebrim::names::XDSB;
use ebrim::retrieve::{
    DocumentRequest, DocumentResponse, close_document_response, open_document_response,
    open_retrieve_response,
};
use ebrim::{ErrorCode, PartContent, Problem, Status};
use model::limits::{DICOMWEB_PAGE_ROWS, IMAGING_DOCUMENTS};
use model::{Clock, Timestamp};
use ports::Caller;
use soap::{Attachment, Fault, Request, Response};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::audit::{Action, Outcome};
use store::study::{InstanceRow, instances_by_uid, instances_of_study, series_of_studies};
use store::{Store, StoreError, Tx};
use xml::{Element, Writer};

/// `wsa:Action` of the request.
pub const ACTION: &str = "urn:ihe:rad:2009:RetrieveImagingDocumentSet";
/// `wsa:Action` of the answer, which is that of ITI-43.
pub const ANSWER: &str = "urn:ihe:iti:2007:RetrieveDocumentSetResponse";

/// The namespace of the request.
const RAD: &str = "urn:ihe:rad:xdsi-b:2009";
const SECTION: &str = "RAD TF-2 4.69.4";
const MIME_TYPE: &str = "application/dicom";
/// Instances of a study up to which each is looked up by itself; more are found by going through
/// the study.
const FEW: usize = 16;

/// The WSDL of the Imaging Document Source.
pub const WSDL: &str = include_str!("rad69.wsdl");

/// Gives imaging documents.
#[derive(Clone)]
pub struct ImagingRetrieval {
    store: Store,
    clock: Arc<dyn Clock>,
    repository_oid: String,
}

/// One instance that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    study: String,
    series: String,
    document: DocumentRequest,
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    wanted: Vec<Wanted>,
    transfer_syntaxes: Vec<String>,
}

/// What a request came to, before anything of it leaves.
#[derive(Default)]
struct Found {
    given: Vec<(DocumentRequest, InstanceRow, Form)>,
    problems: Vec<Problem>,
}

impl ImagingRetrieval {
    /// The instances of a store; `repository_oid` is our repositoryUniqueId.
    pub fn new(store: Store, clock: Arc<dyn Clock>, repository_oid: String) -> ImagingRetrieval {
        ImagingRetrieval { store, clock, repository_oid }
    }

    /// Answers a Retrieve Imaging Document Set. A damaged object breaks the answer off while it is
    /// sent: it never looks whole.
    ///
    /// # Errors
    /// None of its own: what goes wrong is in the RegistryResponse.
    pub async fn retrieve_imaging_document_set(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let now = self.clock.now();
        let found = match read(request.body, &self.repository_oid) {
            Ok((asked, problems)) => {
                let asker = Asker::System(caller.clone());
                let found = self.store.write(move |tx| find(tx, &asker, &asked, &problems, now));
                found.await.unwrap_or_else(|error| {
                    tracing::error!(%error, "imaging documents could not be looked up or recorded");
                    let code = match error.is_temporary() {
                        true => ErrorCode::XdsRepositoryBusy,
                        false => ErrorCode::XdsRepositoryError,
                    };
                    let said = "the images could not be given; ask again later";
                    Found { problems: vec![Problem::new(code, SECTION, said)], ..Found::default() }
                })
            }
            Err(problem) => Found { problems: vec![problem], ..Found::default() },
        };
        Ok(self.answer(found, now))
    }

    fn answer(&self, found: Found, now: Timestamp) -> Response {
        let status = match (found.given.is_empty(), found.problems.is_empty()) {
            (_, true) => Status::Success,
            (true, false) => Status::Failure,
            (false, false) => Status::PartialSuccess,
        };
        let mut writer = Writer::new();
        open_retrieve_response(&mut writer, status, &found.problems);
        let mut response = Response::new(ANSWER);
        for (request, row, form) in found.given {
            let described = DocumentResponse {
                request,
                new_repository_oid: String::new(),
                new_unique_id: String::new(),
                mime_type: MIME_TYPE.to_owned(),
                content: PartContent::Inline(String::new()),
            };
            open_document_response(&mut writer, &described);
            let (size, bytes) = copy::of(&self.store, &row, form, now).unwrap_or_else(|error| {
                let broken = futures::stream::iter([Err(error)]);
                (None, Box::pin(broken))
            });
            let document = Attachment { content_type: MIME_TYPE.to_owned(), size, bytes };
            response = response.markup(writer.take()).document(document);
            close_document_response(&mut writer);
        }
        response.markup(writer.finish())
    }
}

/// Reads a request; documents that cannot be had by their address alone are problems already.
fn read(body: Element<'_>, own_oid: &str) -> Result<(Asked, Vec<Problem>), Problem> {
    let bad = |said: &str| Problem::new(ErrorCode::XdsRepositoryError, SECTION, said);
    if !body.is(RAD, "RetrieveImagingDocumentSetRequest") {
        return Err(bad("this is no RetrieveImagingDocumentSetRequest"));
    }
    let (mut asked, mut problems) = (Asked::default(), Vec::new());
    for study in body.children_named(RAD, "StudyRequest") {
        let study_uid = attribute(study, "studyInstanceUID");
        for series in study.children_named(RAD, "SeriesRequest") {
            let series_uid = attribute(series, "seriesInstanceUID");
            for one in series.children_named(XDSB, "DocumentRequest") {
                let document = DocumentRequest {
                    home_community_id: text(one, "HomeCommunityId"),
                    repository_oid: text(one, "RepositoryUniqueId"),
                    unique_id: text(one, "DocumentUniqueId"),
                };
                match refused(&study_uid, &series_uid, &document, own_oid) {
                    Some(problem) => problems.push(problem),
                    None => asked.wanted.push(Wanted {
                        study: study_uid.clone(),
                        series: series_uid.clone(),
                        document,
                    }),
                }
            }
        }
    }
    let count = asked.wanted.len() + problems.len();
    if count == 0 {
        return Err(bad("no document is asked for"));
    }
    if count as u64 > IMAGING_DOCUMENTS {
        let said =
            format!("{count} images are asked for and {IMAGING_DOCUMENTS} are given at once");
        return Err(bad(&said));
    }
    let lists = body.children_named(RAD, "TransferSyntaxUIDList");
    let syntaxes = lists.flat_map(|list| list.children_named(RAD, "TransferSyntaxUID"));
    asked.transfer_syntaxes = syntaxes.map(|one| one.text().trim().to_owned()).collect();
    let mut seen = std::collections::HashSet::new();
    asked.wanted.retain(|one| seen.insert(one.document.unique_id.clone()));
    Ok((asked, problems))
}

/// Why a document cannot be had by its address alone (RAD TF-2 4.69.4.2.3).
fn refused(
    study: &str,
    series: &str,
    document: &DocumentRequest,
    own_oid: &str,
) -> Option<Problem> {
    if document.repository_oid != own_oid {
        let said = format!("{} is not this repository, {own_oid}", shown(&document.repository_oid));
        return Some(Problem::new(ErrorCode::XdsUnknownRepositoryId, SECTION, said));
    }
    let is_bad = [study, series, &document.unique_id].into_iter().any(|uid| !is_uid(uid));
    is_bad.then(|| not_held(&document.unique_id))
}

fn not_held(uid: &str) -> Problem {
    let said = format!("no image {} is held here", shown(uid));
    Problem::new(ErrorCode::XdsDocumentUniqueIdError, SECTION, said)
}

/// Looks everything up and records it, in one transaction.
fn find(
    tx: &mut Tx,
    asker: &Asker,
    asked: &Asked,
    problems: &[Problem],
    now: Timestamp,
) -> Result<Found, StoreError> {
    let mut eyes = Eyes::open(tx, asker.viewer(), now)?;
    let mut found = Found { given: Vec::new(), problems: problems.to_vec() };
    let mut by_study: BTreeMap<&str, Vec<&Wanted>> = BTreeMap::new();
    for one in &asked.wanted {
        by_study.entry(&one.study).or_default().push(one);
    }
    for (study, wanted) in by_study {
        let (rows, person) = match eyes.study(tx, study)? {
            Resolved::Found(seen) => {
                let person = seen.first().map(|one| one.person_id);
                (rows_of(tx, &seen, &wanted)?, person)
            }
            Resolved::Nothing | Resolved::Ambiguous => (HashMap::new(), None),
        };
        let before = found.given.len();
        for one in &wanted {
            let uid = one.document.unique_id.as_str();
            match rows.get(uid).map(|row| (row, form_of(row, &asked.transfer_syntaxes))) {
                Some((row, Some(form))) => {
                    found.given.push((one.document.clone(), row.clone(), form));
                }
                Some((row, None)) => {
                    let said = format!(
                        "image {uid} is kept in {} and cannot be given in any transfer syntax that \
                         is asked for",
                        row.said.transfer_syntax_uid
                    );
                    found.problems.push(Problem::new(ErrorCode::XdsRepositoryError, SECTION, said));
                }
                None => found.problems.push(not_held(uid)),
            }
        }
        let given = found.given.len() - before;
        let event = match given {
            0 => (Action::Denied, Outcome::MinorFailure),
            count if count < wanted.len() => (Action::Transfer, Outcome::MinorFailure),
            _ => (Action::Transfer, Outcome::Success),
        };
        let detail = serde_json::json!({
            "transaction": "RAD-69", "study": study, "asked": wanted.len(), "given": given,
        });
        asker.audit(tx, event, person.as_slice(), &detail, now)?;
    }
    if asked.wanted.is_empty() {
        let detail = serde_json::json!({ "transaction": "RAD-69", "given": 0 });
        asker.audit(tx, (Action::Denied, Outcome::MinorFailure), &[], &detail, now)?;
    }
    Ok(found)
}

/// The instances of a study that are asked for and shown, by UID, each in its series.
fn rows_of(
    tx: &mut Tx,
    seen: &[Seen],
    wanted: &[&Wanted],
) -> Result<HashMap<String, InstanceRow>, StoreError> {
    let studies: Vec<i64> = seen.iter().map(|one| one.study.id).collect();
    let series: HashMap<i64, String> = series_of_studies(tx, &studies)?
        .into_iter()
        .map(|row| (row.id, row.series_instance_uid))
        .collect();
    let places: HashMap<&str, &str> =
        wanted.iter().map(|one| (one.document.unique_id.as_str(), one.series.as_str())).collect();
    let mut rows = HashMap::new();
    let mut keep = |row: InstanceRow| {
        let place = places.get(row.said.sop_instance_uid.as_str()).copied();
        let own = series.get(&row.series_id).map(String::as_str);
        if row.is_shown() && place.is_some() && place == own {
            rows.entry(row.said.sop_instance_uid.clone()).or_insert(row);
        }
    };
    if wanted.len() <= FEW {
        for one in wanted {
            instances_by_uid(tx, &one.document.unique_id, &studies)?
                .into_iter()
                .for_each(&mut keep);
        }
        return Ok(rows);
    }
    let page_rows = u32::try_from(DICOMWEB_PAGE_ROWS).unwrap_or(u32::MAX);
    for study in studies {
        let mut after = 0;
        loop {
            let page = instances_of_study(tx, study, after, page_rows)?;
            let Some(last) = page.last() else { break };
            after = last.id;
            page.into_iter().for_each(&mut keep);
        }
    }
    Ok(rows)
}

/// As received where that is among what is asked for, or nothing is.
fn form_of(row: &InstanceRow, transfer_syntaxes: &[String]) -> Option<Form> {
    match transfer_syntaxes.is_empty() {
        true => Some(Form::Received),
        false => {
            let mut forms: Vec<Form> =
                transfer_syntaxes.iter().filter_map(|one| Form::of(row, one, false)).collect();
            forms.sort_by_key(|form| *form != Form::Received);
            forms.into_iter().next()
        }
    }
}

fn attribute(element: Element<'_>, name: &str) -> String {
    element.attribute(name).map(str::trim).unwrap_or_default().to_owned()
}

fn text(element: Element<'_>, name: &str) -> String {
    element.child(XDSB, name).map(|one| one.text().trim().to_owned()).unwrap_or_default()
}
