//! Sources of kind `dicom`: a hospital's DICOM server, and the peer under whose titles it is
//! spoken to.

use crate::error::GatewayError;
use crate::settings::SourceSettings;
use crate::source::{NewSource, Source, find_source, insert};
use model::Timestamp;
use store::Tx;
use store::dicom_peer::{self, DicomPeer, NewDicomPeer};

/// The kind of a source that is a DICOM server.
pub const KIND_DICOM: &str = "dicom";

/// Seconds between two listings of a new DICOM source: a query for each enrolled patient.
const FOLLOW_INTERVAL_S: u32 = 3_600;

/// A DICOM server that is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDicomSource {
    /// Its name, unique in the region; its peer has it too.
    pub name: String,
    /// Code of its facility.
    pub facility_code: String,
    /// OID of the domain in which it numbers patients: the server's own, seldom that of the EHR.
    pub domain_oid: String,
    /// Its AE title.
    pub ae_title: String,
    /// The AE title by which it knows us; empty for the configured one.
    pub our_ae_title: String,
    /// Host name or address where it listens, and from where it sends.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether it is spoken to by TLS (PS3.15 B.1).
    pub is_tls: bool,
    /// SHA-256 of the certificate that it shows, hexadecimal; empty for none.
    pub fingerprint: String,
    /// Its settings.
    pub settings: SourceSettings,
}

impl NewDicomSource {
    /// The settings that a DICOM source begins with.
    pub fn settings() -> SourceSettings {
        SourceSettings { follow_interval_s: FOLLOW_INTERVAL_S, ..SourceSettings::default() }
    }
}

/// What changes of a server's address; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PeerChange {
    /// Its AE title.
    pub ae_title: Option<String>,
    /// The AE title by which it knows us.
    pub our_ae_title: Option<String>,
    /// Host name or address.
    pub host: Option<String>,
    /// Its port.
    pub port: Option<u16>,
    /// Whether it is spoken to by TLS.
    pub is_tls: Option<bool>,
}

/// Adds a DICOM server as a source, with the peer that may send us what we ask it for.
///
/// # Errors
/// As of [`crate::add_source`]; an AE title is none (PS3.5 6.2: 1 to 16 characters), no host.
pub fn add_dicom_source(
    tx: &mut Tx,
    new: &NewDicomSource,
    now: Timestamp,
) -> Result<Source, GatewayError> {
    check_title("AE title", &new.ae_title)?;
    if !new.our_ae_title.is_empty() {
        check_title("our AE title", &new.our_ae_title)?;
    }
    check_host(&new.host)?;
    let plain = NewSource {
        name: new.name.clone(),
        facility_code: new.facility_code.clone(),
        domain_oid: new.domain_oid.clone(),
        standardized: Vec::new(),
        extended: Vec::new(),
        transaction: Vec::new(),
        extended_transaction: Vec::new(),
        settings: new.settings.clone(),
    };
    let source = insert(tx, KIND_DICOM, &plain, &[], now)?;
    let peer = NewDicomPeer {
        name: new.name.clone(),
        ae_title: new.ae_title.trim().to_owned(),
        our_ae_title: new.our_ae_title.trim().to_owned(),
        host: new.host.trim().to_owned(),
        port: new.port,
        fingerprint: new.fingerprint.to_ascii_lowercase(),
        is_tls: new.is_tls,
        facility_id: source.facility.id,
        source_id: Some(source.id),
        may_store: true,
        may_query: false,
    };
    dicom_peer::insert(tx, &peer, now)?
        .ok_or_else(|| GatewayError::Exists { what: "DICOM peer", name: new.name.clone() })?;
    Ok(source)
}

/// Changes where a source's server is and under which titles it is spoken to. What it may do
/// stays.
///
/// # Errors
/// No such source or peer; a title or host that is none.
pub fn change_peer(
    tx: &mut Tx,
    source_name: &str,
    change: &PeerChange,
    now: Timestamp,
) -> Result<DicomPeer, GatewayError> {
    let source = find_source(tx, source_name)?;
    let before = peer_of(tx, &source)?;
    let mut said = before.said;
    if let Some(title) = &change.ae_title {
        check_title("AE title", title)?;
        title.trim().clone_into(&mut said.ae_title);
    }
    if let Some(title) = &change.our_ae_title {
        check_title("our AE title", title)?;
        title.trim().clone_into(&mut said.our_ae_title);
    }
    if let Some(host) = &change.host {
        check_host(host)?;
        host.trim().clone_into(&mut said.host);
    }
    said.port = change.port.unwrap_or(said.port);
    said.is_tls = change.is_tls.unwrap_or(said.is_tls);
    dicom_peer::delete(tx, before.id)?;
    let id = dicom_peer::insert(tx, &said, now)?
        .ok_or_else(|| GatewayError::Exists { what: "DICOM peer", name: said.name.clone() })?;
    dicom_peer::set_disabled(tx, id, before.is_disabled)?;
    peer_of(tx, &source)
}

/// The peer that is asked for a source's images.
///
/// # Errors
/// The source has none.
pub fn peer_of(tx: &mut Tx, source: &Source) -> Result<DicomPeer, GatewayError> {
    dicom_peer::of_source(tx, source.id)?.into_iter().next().ok_or_else(|| GatewayError::Invalid {
        what: "source",
        value: source.name.clone(),
        problem: "it has no DICOM peer; is it of kind dicom?".to_owned(),
    })
}

/// PS3.5 6.2, AE: at most 16 characters of the default repertoire, no backslash, not only blanks.
fn check_title(what: &'static str, title: &str) -> Result<(), GatewayError> {
    let title = title.trim();
    let is_good = (1..=16).contains(&title.len())
        && title.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'\\');
    match is_good {
        true => Ok(()),
        false => Err(GatewayError::Invalid {
            what,
            value: title.to_owned(),
            problem: "1 to 16 characters of ASCII without a backslash are expected".to_owned(),
        }),
    }
}

fn check_host(host: &str) -> Result<(), GatewayError> {
    let is_good = !host.trim().is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:_".contains(&byte));
    match is_good {
        true => Ok(()),
        false => Err(GatewayError::Invalid {
            what: "host",
            value: host.to_owned(),
            problem: "a host name or an address is expected".to_owned(),
        }),
    }
}
