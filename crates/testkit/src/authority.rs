//! Certificates for tests.

use net::Identity;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::fs;
use std::path::Path;

/// A certificate authority of a test.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// What an authority issued.
#[derive(Debug)]
pub struct Issued {
    /// The certificate as PEM.
    pub certificate_pem: String,
    /// Its private key as PEM.
    pub key_pem: String,
    /// The certificate as DER.
    pub der: Vec<u8>,
}

impl Authority {
    /// A new authority, which nobody trusts yet.
    ///
    /// # Panics
    /// Where no key can be made.
    pub fn new() -> Authority {
        let mut params = named("authority of a test", Vec::new());
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Authority(CertifiedIssuer::self_signed(params, key()).expect("an authority"))
    }

    /// Its own certificate as PEM.
    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A certificate for a host, with a key of its own.
    ///
    /// # Panics
    /// The name is none of a host.
    pub fn issue(&self, host: &str) -> Issued {
        let key = key();
        let params = named(host, vec![host.to_owned()]);
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        Issued {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            der: certificate.der().to_vec(),
        }
    }

    /// What a host shows, and its certificate as DER.
    ///
    /// # Panics
    /// As [`Authority::issue`].
    pub fn identity(&self, host: &str) -> (Identity, Vec<u8>) {
        let issued = self.issue(host);
        (issued.identity(), issued.der)
    }

    /// Writes NAME.pem and NAME.key for a host, and authority.pem.
    ///
    /// # Panics
    /// As [`Authority::issue`], and where a file cannot be written.
    pub fn write(&self, directory: &Path, name: &str, host: &str) {
        let issued = self.issue(host);
        let write = |name: String, text: &[u8]| {
            fs::write(directory.join(name), text).expect("a file of a certificate");
        };
        write(format!("{name}.pem"), issued.certificate_pem.as_bytes());
        write(format!("{name}.key"), issued.key_pem.as_bytes());
        write("authority.pem".to_owned(), &self.pem());
    }
}

impl Default for Authority {
    fn default() -> Authority {
        Authority::new()
    }
}

impl Issued {
    /// Certificate and key together.
    ///
    /// # Panics
    /// They do not fit.
    pub fn identity(&self) -> Identity {
        Identity::from_pem(self.certificate_pem.as_bytes(), self.key_pem.as_bytes())
            .expect("a certificate and its key")
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

/// Subject and issuer differ, or some clients take a certificate for one that signed itself.
fn named(common_name: &str, hosts: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(hosts).expect("names of hosts");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params
}
