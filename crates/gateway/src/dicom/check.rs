//! Asking a server whether it answers (C-ECHO) and what it offers.

use crate::dicom::server::{Server, chain};
use crate::dicom::source::peer_of;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use dicomfile::uids;
use dimse::{Client, Proposal};

/// What a server offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCheck {
    /// Its address.
    pub address: String,
    /// Its AE title and ours.
    pub titles: (String, String),
    /// Each thing that was asked for, and whether it is there or what failed.
    pub steps: Vec<(&'static str, Result<(), String>)>,
}

impl ServerCheck {
    /// Whether images can be fetched from it.
    pub fn is_usable(&self) -> bool {
        let has = |name| self.steps.iter().any(|(step, found)| *step == name && found.is_ok());
        has("C-ECHO") && has("C-FIND") && (has("C-GET") || has("C-MOVE"))
    }
}

impl Gateway {
    /// Asks the DICOM server of a source whether it answers, and for what.
    ///
    /// # Errors
    /// No such source, or it is no DICOM server. That the server does not answer is no error.
    pub async fn check_images(&self, name: &str) -> Result<ServerCheck, GatewayError> {
        let source = self.source(name).await?;
        let images = self.images().ok_or_else(|| GatewayError::NoImages(name.to_owned()))?;
        let peer = self.store().read(move |tx| peer_of(tx, &source)).await?;
        let server = Server::new(&peer, &images.ae_title, images.dialer);
        let offers = [
            ("C-FIND", uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_FIND),
            ("C-GET", uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_GET),
            ("C-MOVE", uids::STUDY_ROOT_QUERY_RETRIEVE_INFORMATION_MODEL_MOVE),
        ];
        let mut classes = vec![uids::VERIFICATION];
        classes.extend(offers.iter().map(|(_, class)| *class));
        let mut steps = Vec::new();
        let proposal = Proposal::plain(&classes);
        match Client::connect(&server.dialer, &server.peer, &proposal).await {
            Err(error) => steps.push(("association", Err(chain(&error)))),
            Ok(mut client) => {
                steps.push(("association", Ok(())));
                let echo = match client.echo().await {
                    Ok(status) if status.is_done() => Ok(()),
                    Ok(status) => Err(format!("answered by status {status}")),
                    Err(error) => Err(chain(&error)),
                };
                steps.push(("C-ECHO", echo));
                for (name, class) in offers {
                    let mut contexts = client.contexts().iter();
                    let is_offered = contexts.any(|one| one.abstract_syntax == class);
                    steps.push((name, is_offered.then_some(()).ok_or("not offered".to_owned())));
                }
                // What it answered stands, however it ends.
                let _ = client.release().await;
            }
        }
        let titles = (server.peer.called, server.peer.calling);
        Ok(ServerCheck { address: server.peer.address, titles, steps })
    }
}
