//! Who speaks HL7 v2 with this centre, and for which domains.

use crate::v2::header::Header;
use model::hl7::AssigningAuthority;
use net::PeerCertificates;
use sha2::{Digest, Sha256};

/// What the configuration says.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// MSH-3 of what we send.
    pub application: String,
    /// MSH-4 of what we send.
    pub facility: String,
    /// The domain of community IDs.
    pub affinity: AssigningAuthority,
    /// Domains with the namespace by which HL7 v2 names them. Domains of sources are known also
    /// without standing here, by their OID alone.
    pub domains: Vec<AssigningAuthority>,
    /// Who may send.
    pub peers: Vec<FeedPeer>,
    /// Whether peers without a certificate are believed on a loopback connection.
    pub trust_loopback: bool,
}

/// A system that sends to us.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedPeer {
    /// Its name: the actor of audit rows and events.
    pub name: String,
    /// MSH-3 (first component) by which it is told from others; empty for any.
    pub application: String,
    /// MSH-4 (first component), likewise.
    pub facility: String,
    /// SHA-256 of the certificate that it shows, hexadecimal; empty for one that shows none.
    pub fingerprint: String,
    /// OIDs of the domains whose patients it may feed: it is their identity source.
    pub feeds: Vec<String>,
    /// Whether it may ask (ITI-9, ITI-21, ITI-22).
    pub may_query: bool,
    /// Whether feeding a patient enrols it; consent is recorded apart.
    pub enrols: bool,
    /// The facility as whose viewer it sees other patients' demographics; none sees everybody.
    pub viewer_facility_id: Option<i64>,
}

impl Settings {
    /// The peer that a message is from: by the certificate that was shown, or without one on a
    /// trusted loopback connection; of several, the one that MSH-3 and MSH-4 name.
    pub(crate) fn sender(&self, peer: &mllp::Peer, header: &Header) -> Option<&FeedPeer> {
        let shown = peer.certificates.as_ref().and_then(own_fingerprint);
        let is_local = peer.address.ip().to_canonical().is_loopback();
        let shown = match (shown, is_local && self.trust_loopback) {
            (Some(shown), _) => shown,
            (None, true) => String::new(),
            (None, false) => return None,
        };
        let fits = |wanted: &str, said: &str| wanted.is_empty() || wanted == said;
        self.peers.iter().find(|one| {
            one.fingerprint == shown
                && fits(&one.application, &header.application)
                && fits(&one.facility, &header.facility)
        })
    }
}

/// The fingerprint of a certificate in DER: its SHA-256, hexadecimal.
pub fn fingerprint(certificate: &[u8]) -> String {
    Sha256::digest(certificate).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn own_fingerprint(shown: &PeerCertificates) -> Option<String> {
    shown.chain().first().map(|own| fingerprint(own))
}
