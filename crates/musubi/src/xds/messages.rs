//! The last messages of each peer, kept masked so that an integrator can be helped without
//! seeing a patient.

use super::callers::Sender;
use super::mask::mask;
use model::Clock;
use model::limits::{PEER_MESSAGE_BYTES, PEER_MESSAGES};
use soap::{Fault, Request, Response};
use std::sync::Arc;
use store::peer::{self, NewMessage};
use store::{Store, StoreError};

/// Where messages are kept.
#[derive(Clone)]
pub(crate) struct Messages {
    store: Store,
    clock: Arc<dyn Clock>,
}

/// A request that is being answered.
pub(crate) struct Begun {
    peer_id: i64,
    action: String,
    request: String,
}

impl Messages {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>) -> Messages {
        Messages { store, clock }
    }

    /// Remembers a peer's request; those of this machine are nobody's to help with.
    pub(crate) fn begin(&self, sender: &Sender, request: &Request<'_>) -> Option<Begun> {
        Some(Begun {
            peer_id: sender.peer_id?,
            action: request.action.clone(),
            request: shortened(&mask(begun(request.envelope))),
        })
    }

    /// Keeps it with its answer. Nobody waits for that, and its failure is only logged.
    pub(crate) fn end(&self, begun_message: Option<Begun>, answer: &Result<Response, Fault>) {
        let Some(message) = begun_message else { return };
        let (outcome, answer) = match answer {
            Ok(response) => {
                let markup = String::from_utf8_lossy(response.first_markup()).into_owned();
                let outcome = ["PartialSuccess", "Failure", "Success"]
                    .into_iter()
                    .find(|one| begun(&markup).contains(&format!("ResponseStatusType:{one}\"")))
                    .or_else(|| acknowledged(begun(&markup)));
                (outcome.unwrap_or("answered"), shortened(&mask(begun(&markup))))
            }
            Err(fault) => ("fault", fault.reason().to_owned()),
        };
        let (store, at) = (self.store.clone(), self.clock.now());
        tokio::spawn(async move {
            let written = store.write_bulk(move |tx| -> Result<(), StoreError> {
                let new = NewMessage {
                    peer_id: message.peer_id,
                    at,
                    action: &message.action,
                    outcome,
                    request: &message.request,
                    answer: &answer,
                };
                peer::insert_message(tx, &new, i64::try_from(PEER_MESSAGES).unwrap_or(i64::MAX))
            });
            if let Err(error) = written.await {
                tracing::warn!(%error, "a peer's message could not be kept");
            }
        });
    }
}

/// The code of an acknowledgement of HL7 v3.
fn acknowledged(markup: &str) -> Option<&'static str> {
    ["AA", "AE", "AR", "CA", "CE", "CR"]
        .into_iter()
        .find(|code| markup.contains(&format!("<typeCode code=\"{code}\"/>")))
}

/// As much of a text as is looked at.
fn begun(text: &str) -> &str {
    let limit = usize::try_from(PEER_MESSAGE_BYTES).unwrap_or(usize::MAX);
    text.get(..text.floor_char_boundary(limit)).unwrap_or_default()
}

fn shortened(text: &str) -> String {
    begun(text).replace('\0', "\u{FFFD}")
}
