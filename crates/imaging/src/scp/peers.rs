//! Who calls. An AE title is a claim that anybody may make: it counts together with the address
//! that is configured for it, or with the certificate.

use net::PeerCertificates;
use sha2::{Digest, Sha256};
use std::net::IpAddr;
use store::dicom_peer::{self, DicomPeer};
use store::{StoreError, Tx, source};

/// What a connection shows.
pub(super) struct Who {
    pub calling: String,
    pub called: String,
    pub address: IpAddr,
    /// SHA-256 of its certificate, hexadecimal.
    pub fingerprint: Option<String>,
    /// Our own title, for peers that have none of their own for us.
    pub ae_title: String,
}

/// A peer that is known.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub name: String,
    pub facility_id: i64,
    pub source_id: Option<i64>,
    /// Name of that source.
    pub source: Option<String>,
    pub may_store: bool,
    pub may_query: bool,
}

pub(super) fn fingerprint(certificates: &PeerCertificates) -> Option<String> {
    let own = certificates.chain().first()?;
    Some(Sha256::digest(own).iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(super) fn known(tx: &mut Tx, who: &Who) -> Result<Option<Known>, StoreError> {
    let peers = dicom_peer::by_ae_title(tx, &who.calling)?;
    let Some(peer) = peers.into_iter().find(|peer| is_it(peer, who)) else { return Ok(None) };
    let sources = match peer.said.source_id {
        Some(_) => source::sources(tx)?,
        None => Vec::new(),
    };
    let source = sources.into_iter().find(|source| Some(source.id) == peer.said.source_id);
    Ok(Some(Known {
        name: peer.said.name,
        facility_id: peer.said.facility_id,
        source_id: peer.said.source_id,
        source: source.map(|source| source.name),
        may_store: peer.said.may_store,
        may_query: peer.said.may_query,
    }))
}

fn is_it(peer: &DicomPeer, who: &Who) -> bool {
    let ours = match peer.said.our_ae_title.as_str() {
        "" => who.ae_title.as_str(),
        title => title,
    };
    let is_shown = match peer.said.fingerprint.as_str() {
        "" => is_from(&peer.said.host, who.address),
        expected => who.fingerprint.as_deref() == Some(expected),
    };
    !peer.is_disabled && who.called == ours && is_shown
}

/// Whether an address is the configured one. A name other than `localhost` is nobody's address:
/// who has one shows a certificate.
fn is_from(host: &str, address: IpAddr) -> bool {
    let address = address.to_canonical();
    match host.parse::<IpAddr>() {
        Ok(expected) => expected.to_canonical() == address,
        Err(_) => host == "localhost" && address.is_loopback(),
    }
}
