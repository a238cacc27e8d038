//! ITI-51 Multi-Patient Stored Query: the queries that may name several patients, or none.

use crate::iti18::{Kind, Queries};
use ports::Caller;
use soap::{Fault, Request, Response};

/// `wsa:Action` of ITI-51.
pub const ACTION: &str = "urn:ihe:iti:2009:MultiPatientStoredQuery";
pub(crate) const ANSWER: &str = "urn:ihe:iti:2009:MultiPatientStoredQueryResponse";

impl Queries {
    /// Answers a Multi-Patient Stored Query (ITI-51).
    ///
    /// # Errors
    /// None of its own: what goes wrong is an AdhocQueryResponse.
    pub async fn multi_patient_query(
        &self,
        caller: &Caller,
        request: Request<'_>,
    ) -> Result<Response, Fault> {
        self.answer(Kind::ManyPatients, caller, request).await
    }
}
