//! ITI-61 Register On-Demand Document Entry: entries whose bytes are made when they are asked for.

use crate::iti42::{Changes, answer};
use ebrim::{ErrorCode, Problem, Submission, Transaction};
use ports::Caller;
use soap::{Fault, Request, Response};

/// `wsa:Action` of ITI-61.
pub const ACTION: &str = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntry";
const ANSWER: &str = "urn:ihe:iti:2010:RegisterOnDemandDocumentEntryResponse";

impl Changes {
    /// Answers a Register On-Demand Document Entry.
    ///
    /// # Errors
    /// None of its own: what goes wrong is a RegistryResponse.
    pub async fn register_on_demand(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        let transaction = Transaction::RegisterOnDemand;
        let problems = self.register(transaction, "ITI-61", caller, request).await;
        Ok(answer(ANSWER, &problems))
    }
}

/// An on-demand entry names the repository that makes its documents; ours makes none.
pub(crate) fn none_is_made_here(submission: &Submission, own: &str) -> Vec<Problem> {
    let ours = submission.documents.iter().filter(|one| one.object.repository_oid == own);
    ours.map(|one| {
        let context = format!(
            "DocumentEntry {}: repository {own} makes no documents on demand; name the one that does",
            one.id
        );
        Problem::new(ErrorCode::XdsRegistryMetadataError, "ITI TF-2 3.61.4.1.2", context)
    })
    .collect()
}
