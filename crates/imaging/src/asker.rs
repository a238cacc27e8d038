//! Who asks: somebody signed in on the pages, or another system by its certificate.

use access::Viewer;
use http::Extensions;
use net::{PeerAddress, PeerCertificates};
use page::reader::Reader;
use ports::{Caller, PeerCaller};
use sha2::Digest as _;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{Store, StoreError, Tx, peer};

/// Who a request is from.
#[derive(Debug, Clone)]
pub enum Asker {
    /// Somebody who is signed in.
    Person(Box<Reader>),
    /// Another system.
    System(Caller),
}

/// How other systems are told from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Systems {
    /// Whether whoever comes without a certificate from this machine is believed, and sees
    /// everything.
    pub trust_loopback: bool,
}

impl Asker {
    /// Through whose eyes it sees; `None` sees everything.
    pub fn viewer(&self) -> Option<Viewer> {
        match self {
            Asker::Person(reader) => Some(reader.viewer()),
            Asker::System(caller) => caller.viewer(),
        }
    }

    /// Who it is in an audit row.
    pub fn actor(&self) -> &str {
        match self {
            Asker::Person(reader) => &reader.session.login,
            Asker::System(caller) => caller.actor(),
        }
    }

    /// Whether somebody looks, rather than a system that takes a copy.
    pub fn is_person(&self) -> bool {
        matches!(self, Asker::Person(_))
    }

    /// What it does to an image that is given to it: looks at it (110103) or takes it (110104).
    pub(crate) fn access_action(&self) -> Action {
        match self {
            Asker::Person(_) => Action::View,
            Asker::System(_) => Action::Transfer,
        }
    }

    /// Writes audit rows, one for each person concerned, or one where nobody is.
    pub(crate) fn audit(
        &self,
        tx: &mut Tx,
        (action, outcome): (Action, Outcome),
        persons: &[i64],
        detail: &serde_json::Value,
        at: model::Timestamp,
    ) -> Result<(), StoreError> {
        let account_id = match self {
            Asker::Person(reader) => Some(reader.session.account_id),
            Asker::System(_) => None,
        };
        let event = NewAuditEvent {
            at,
            actor: self.actor(),
            account_id,
            action,
            outcome,
            person_id: None,
            detail: &detail.to_string(),
        };
        audit::insert_each(tx, persons, &event)
    }
}

impl Systems {
    /// The system of a request, looked up anew for each; `None` where it is not known. A
    /// certificate decides where one was shown, also on loopback.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn asker(
        self,
        store: &Store,
        extensions: &Extensions,
    ) -> Result<Option<Asker>, StoreError> {
        let Some(certificates) = extensions.get::<PeerCertificates>() else {
            let is_local = extensions
                .get::<PeerAddress>()
                .is_some_and(|address| address.0.ip().to_canonical().is_loopback());
            let is_trusted = self.trust_loopback && is_local;
            return Ok(is_trusted.then_some(Asker::System(Caller::Trusted)));
        };
        let Some(own) = certificates.chain().first() else { return Ok(None) };
        let fingerprint: String =
            sha2::Sha256::digest(own).iter().map(|byte| format!("{byte:02x}")).collect();
        let found = store
            .read(move |tx| -> Result<_, StoreError> { peer::by_fingerprint(tx, &fingerprint) });
        let found = found.await?.filter(|found| !found.is_disabled);
        Ok(found.map(|found| {
            Asker::System(Caller::Peer(PeerCaller {
                name: found.said.name,
                facility_id: found.said.facility_id,
                may_submit: found.said.may_submit,
                may_remove: found.said.may_remove,
                is_gateway: found.said.is_gateway,
                may_change_all: found.said.may_change_all,
                source_id: found.said.source_id,
            }))
        }))
    }
}
