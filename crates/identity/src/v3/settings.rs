//! Who speaks HL7 v3 with this centre, and for which domains.

use crate::v2::{FeedPeer, Settings};
use ports::Caller;
use std::sync::Arc;

/// What the configuration says.
#[derive(Debug, Clone, Default)]
pub struct V3Settings {
    /// OID of our device: what messages name as their receiver.
    pub device: String,
    /// Domains, as every notation knows them.
    pub identity: Arc<Settings>,
    /// Who may send.
    pub peers: Vec<Peer>,
}

/// Whose records a peer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    /// Those that consent opens to its own facility; everybody's, for what has none.
    #[default]
    OwnFacility,
    /// Those that consent opens to a facility.
    Facility(i64),
    /// Everybody's.
    Everybody,
}

/// A system that sends to us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Peer {
    /// Its name: that of the peer whose certificate it shows, or any for a program of this
    /// machine.
    pub name: String,
    /// OID of its device (`sender/device/id`) by which it is told from others; empty for any.
    pub device: String,
    /// OIDs of the domains whose patients it may feed: it is their identity source.
    pub feeds: Vec<String>,
    /// Whether it may ask (ITI-45, ITI-47).
    pub may_query: bool,
    /// Whether feeding a patient enrols it; consent is recorded apart.
    pub enrols: bool,
    /// Whose records it sees.
    pub seen: Seen,
}

impl V3Settings {
    /// The rights of whoever a message is from: a peer by its name, a trusted program of this
    /// machine by the device that it says it is.
    pub(crate) fn sender(&self, caller: &Caller, device: &str) -> Option<FeedPeer> {
        let is_device = |one: &&Peer| one.device.is_empty() || one.device == device;
        let is_named = |one: &&Peer| match caller {
            Caller::Peer(peer) => one.name == peer.name,
            Caller::Trusted => true,
        };
        let found = self.peers.iter().filter(is_named).find(is_device)?;
        let own = match caller {
            Caller::Peer(peer) => Some(peer.facility_id),
            Caller::Trusted => None,
        };
        Some(FeedPeer {
            name: found.name.clone(),
            application: found.device.clone(),
            facility: String::new(),
            fingerprint: String::new(),
            feeds: found.feeds.clone(),
            may_query: found.may_query,
            enrols: found.enrols,
            viewer_facility_id: match found.seen {
                Seen::OwnFacility => own,
                Seen::Facility(id) => Some(id),
                Seen::Everybody => None,
            },
        })
    }
}
