//! TLS of listeners and of the way to peers: rustls with ring, TLS 1.2 and 1.3, and no
//! certificate authority trusted that the operator did not name.

use crate::NetError;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::sync::Arc;

/// A certificate with its chain and its private key.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Identity({} certificates)", self.chain.len())
    }
}

impl Identity {
    /// Reads PEM: the certificate first, then what stands between it and its root; and the key.
    ///
    /// # Errors
    /// [`NetError::Certificate`] for PEM without a certificate or a key.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Identity, NetError> {
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|error| {
            NetError::Certificate(format!("no private key in the pem: {error}"))
        })?;
        Ok(Identity { chain: certificates(chain)?, key })
    }
}

/// TLS as a listener offers it.
#[derive(Clone)]
pub struct TlsServer {
    pub(crate) config: Arc<ServerConfig>,
}

impl std::fmt::Debug for TlsServer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TlsServer")
    }
}

impl TlsServer {
    /// TLS with this certificate. With `client_roots` (PEM) a peer must show a certificate that
    /// leads to one of them (ITI-19); without, none is asked for.
    ///
    /// # Errors
    /// [`NetError::Certificate`] if key and certificate do not fit, or no root can be read.
    pub fn new(identity: Identity, client_roots: Option<&[u8]>) -> Result<TlsServer, NetError> {
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let builder = match client_roots {
            None => builder.with_no_client_auth(),
            Some(pem) => builder.with_client_cert_verifier(
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots(pem)?), provider)
                    .build()
                    .map_err(unusable)?,
            ),
        };
        let mut config =
            builder.with_single_cert(identity.chain, identity.key).map_err(unusable)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(TlsServer { config: Arc::new(config) })
    }
}

/// The certificates of a TLS peer, checked in the handshake; an extension of every request of a
/// connection whose peer showed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerCertificates(Arc<Vec<Vec<u8>>>);

impl PeerCertificates {
    /// Certificates in DER, the peer's own first, that were checked elsewhere.
    pub fn of_chain(chain: Vec<Vec<u8>>) -> PeerCertificates {
        PeerCertificates(Arc::new(chain))
    }

    pub(crate) fn of(chain: Option<&[CertificateDer<'static>]>) -> Option<PeerCertificates> {
        let chain = chain.filter(|chain| !chain.is_empty())?;
        Some(PeerCertificates(Arc::new(chain.iter().map(|one| one.to_vec()).collect())))
    }

    /// DER, the peer's own certificate first.
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.0
    }
}

/// The first certificate of a PEM text, in DER.
///
/// # Errors
/// [`NetError::Certificate`] if there is none.
pub fn certificate_of_pem(pem: &[u8]) -> Result<Vec<u8>, NetError> {
    let found = certificates(pem)?;
    let first = found.first().map(|one| one.to_vec());
    first.ok_or_else(|| NetError::Certificate("no certificate in the pem".to_owned()))
}

/// The configuration of a client: `root_pem` is all that it trusts.
pub(crate) fn client_config(
    root_pem: Option<&[u8]>,
    identity: Option<Identity>,
) -> Result<ClientConfig, NetError> {
    let trusted = root_pem.map_or_else(|| Ok(RootCertStore::empty()), roots)?;
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unusable)?
        .with_root_certificates(trusted);
    match identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => {
            builder.with_client_auth_cert(identity.chain, identity.key).map_err(unusable)
        }
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, NetError> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(pem)? {
        store.add(certificate).map_err(unusable)?;
    }
    Ok(store)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, NetError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match found {
        Ok(found) if found.is_empty() => {
            Err(NetError::Certificate("no certificate in the pem".to_owned()))
        }
        Ok(found) => Ok(found),
        Err(error) => Err(NetError::Certificate(error.to_string())),
    }
}

fn unusable(error: impl std::fmt::Display) -> NetError {
    NetError::Certificate(error.to_string())
}
