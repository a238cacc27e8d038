//! ITI-61 Register On-Demand Document Entry: entries whose bytes are made when they are asked for.

use crate::iti42::{Changes, answer};
use ebrim::Transaction;
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
