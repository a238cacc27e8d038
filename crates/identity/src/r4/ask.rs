//! A FHIR request on its way through a use case.

use crate::asking::Asking;
use crate::r4::fault::{Fault, bad, refused};
use crate::r4::systems::Systems;
use crate::v2::domains;
use fhir::{IssueCode, Request};
use http::StatusCode;
use model::hl7::AssigningAuthority;
use std::ops::Deref;
use std::sync::Arc;
use store::{StoreError, Tx};

/// A request, who sent it, and what its use case needs.
pub(crate) struct Ask {
    pub request: Request,
    pub asking: Asking,
    pub systems: Arc<Systems>,
}

/// What is done for a request is done for whoever asks by it, in any notation.
impl Deref for Ask {
    type Target = Asking;

    fn deref(&self) -> &Asking {
        &self.asking
    }
}

impl Ask {
    /// The domain of a system that is served here.
    pub(crate) fn domain(
        &self,
        tx: &mut Tx,
        system: &str,
    ) -> Result<Option<AssigningAuthority>, StoreError> {
        match self.systems.oid_of(system) {
            Some(oid) => domains::by_names(tx, &self.settings, "", &oid),
            None => Ok(None),
        }
    }

    /// Whoever asks may do so.
    ///
    /// # Errors
    /// 403.
    pub(crate) fn check_query(&self) -> Result<(), Fault> {
        match self.sender.may_query {
            true => Ok(()),
            false => {
                let text = "the sender may not ask here";
                Err(refused(StatusCode::FORBIDDEN, IssueCode::Forbidden, text))
            }
        }
    }

    /// Parameters that are not understood are passed over, unless the sender wants to know
    /// (FHIR R4 3.1.1.2).
    ///
    /// # Errors
    /// 400 under `Prefer: handling=strict`.
    pub(crate) fn not_understood(&self, name: &str) -> Result<(), Fault> {
        match self.request.condition.is_strict {
            true => {
                let text = format!("parameter {name} is not known here");
                Err(bad(IssueCode::NotSupported, text))
            }
            false => Ok(()),
        }
    }
}
