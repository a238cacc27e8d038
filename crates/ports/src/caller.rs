//! Who asks over the wire: decided once per request, at the listener.

use access::{Hand, Role, Viewer};

/// The sender of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// Whoever reaches the loopback listener, where the configuration trusts it.
    Trusted,
    /// A peer that showed its certificate.
    Peer(PeerCaller),
}

/// A peer as its row says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerCaller {
    /// Its name, the actor of audit rows.
    pub name: String,
    /// The facility as whose viewer it sees.
    pub facility_id: i64,
    /// Whether it may submit and change.
    pub may_submit: bool,
    /// Whether it may remove metadata and documents for good.
    pub may_remove: bool,
    /// Whether it is a gateway of ours, whose `urn:musubi:` slots are believed.
    pub is_gateway: bool,
    /// Whether it may change and remove also what other facilities brought.
    pub may_change_all: bool,
    /// Its source, that of what it submits.
    pub source_id: Option<i64>,
}

impl Caller {
    /// Who it is in an audit row.
    pub fn actor(&self) -> &str {
        match self {
            Caller::Trusted => "xds:loopback",
            Caller::Peer(peer) => &peer.name,
        }
    }

    /// Through whose eyes it sees: a peer sees what a doctor of its facility may. `None` sees
    /// everything.
    pub fn viewer(&self) -> Option<Viewer> {
        match self {
            Caller::Trusted => None,
            Caller::Peer(peer) => Some(peer.viewer()),
        }
    }

    /// By what right it changes something.
    pub fn hand(&self) -> Hand {
        match self {
            Caller::Trusted => Hand::Centre,
            Caller::Peer(peer) if peer.is_gateway => {
                Hand::Gateway { facility_id: peer.facility_id }
            }
            Caller::Peer(peer) => Hand::Peer {
                viewer: peer.viewer(),
                source_id: peer.source_id,
                may_change_all: peer.may_change_all,
            },
        }
    }

    /// The source of what it submits.
    pub fn source_id(&self) -> Option<i64> {
        match self {
            Caller::Trusted => None,
            Caller::Peer(peer) => peer.source_id,
        }
    }

    /// Whether it may remove metadata and documents for good: a right of its own, which those
    /// who submit do not have by that.
    pub fn may_remove(&self) -> bool {
        match self {
            Caller::Trusted => true,
            Caller::Peer(peer) => peer.may_remove,
        }
    }

    /// Whether it may submit and change.
    pub fn may_submit(&self) -> bool {
        match self {
            Caller::Trusted => true,
            Caller::Peer(peer) => peer.may_submit,
        }
    }

    /// The facility of a gateway of ours: whose sources it may speak for.
    pub fn gateway_of(&self) -> Option<i64> {
        match self {
            Caller::Peer(peer) if peer.is_gateway => Some(peer.facility_id),
            _ => None,
        }
    }

    /// Whether the origin of an intake document is believed.
    pub fn is_gateway(&self) -> bool {
        match self {
            Caller::Trusted => false,
            Caller::Peer(peer) => peer.is_gateway,
        }
    }
}

impl PeerCaller {
    fn viewer(&self) -> Viewer {
        Viewer { account_id: 0, facility_id: self.facility_id, role: Role::Doctor }
    }
}
