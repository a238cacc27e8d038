//! Who asks: the peer whose certificate was shown, or whoever is trusted on this machine.

use http::StatusCode;
use model::Clock;
use net::PeerCertificates;
use ports::{Caller, PeerCaller};
use sha2::Digest as _;
use soap::Fault;
use std::sync::Arc;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{Store, StoreError, peer};

/// Decides who a request is from.
#[derive(Clone)]
pub(crate) struct Callers {
    store: Store,
    clock: Arc<dyn Clock>,
    trusts_loopback: bool,
}

/// Who a request is from.
pub(crate) struct Sender {
    /// For the transaction.
    pub caller: Caller,
    /// Row of the peer, where it is one.
    pub peer_id: Option<i64>,
}

impl Callers {
    pub(crate) fn new(store: Store, clock: Arc<dyn Clock>, trusts_loopback: bool) -> Callers {
        Callers { store, clock, trusts_loopback }
    }

    /// The sender of a request, looked up anew for each. A certificate decides, where one was shown, also on loopback.
    ///
    /// # Errors
    /// A fault that says no more than that the sender is not known.
    pub(crate) async fn sender(&self, peer: &soap::Peer) -> Result<Sender, Fault> {
        if let Some(certificates) = &peer.certificates {
            return self.shown(certificates).await;
        }
        let is_local = peer.address.is_some_and(|one| one.ip().to_canonical().is_loopback());
        match self.trusts_loopback && is_local {
            true => Ok(Sender { caller: Caller::Trusted, peer_id: None }),
            false => Err(unknown()),
        }
    }

    async fn shown(&self, certificates: &PeerCertificates) -> Result<Sender, Fault> {
        let own = certificates.chain().first().ok_or_else(unknown)?;
        let fingerprint = fingerprint(own);
        let asked = fingerprint.clone();
        let found = self
            .store
            .read(move |tx| -> Result<_, StoreError> { peer::by_fingerprint(tx, &asked) })
            .await
            .map_err(|error| {
                tracing::error!(%error, "peers could not be read");
                Fault::receiver()
            })?;
        let Some(found) = found else {
            tracing::warn!(fingerprint, "a certificate was shown that no peer has");
            return Err(unknown());
        };
        if found.is_disabled {
            self.refuse(&found.said.name).await;
            return Err(unknown());
        }
        let caller = Caller::Peer(PeerCaller {
            name: found.said.name,
            facility_id: found.said.facility_id,
            may_submit: found.said.may_submit,
            may_remove: found.said.may_remove,
            is_gateway: found.said.is_gateway,
            may_change_all: found.said.may_change_all,
            source_id: found.said.source_id,
        });
        Ok(Sender { caller, peer_id: Some(found.id) })
    }
}

impl Callers {
    /// Records that a disabled peer asked. It learns no more than a stranger does.
    async fn refuse(&self, name: &str) {
        tracing::warn!(peer = name, "a disabled peer was refused");
        let (at, actor) = (self.clock.now(), name.to_owned());
        let written = self.store.write(move |tx| -> Result<(), StoreError> {
            let event = NewAuditEvent {
                at,
                actor: &actor,
                account_id: None,
                action: Action::Denied,
                outcome: Outcome::MinorFailure,
                person_id: None,
                detail: r#"{"refused":"the peer is disabled"}"#,
            };
            audit::insert(tx, &event)
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "a refused peer could not be audited");
        }
    }
}

/// The fingerprint of a certificate in DER: its SHA-256, hexadecimal.
pub(crate) fn fingerprint(certificate: &[u8]) -> String {
    sha2::Sha256::digest(certificate).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unknown() -> Fault {
    Fault::sender("the sender of this message is not known here").with_status(StatusCode::FORBIDDEN)
}
