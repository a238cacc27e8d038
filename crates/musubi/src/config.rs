//! `musubi.toml`: every key, its default and its reason.

use miette::{Diagnostic, NamedSource, SourceSpan};
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// The configuration of one node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Who this centre is.
    pub region: RegionConfig,
    /// Where state is kept.
    pub storage: StorageConfig,
    /// The pages.
    pub server: ServerConfig,
    /// Enrolment.
    pub enrolment: EnrolmentConfig,
    /// Reading sources.
    pub intake: IntakeConfig,
    /// XDS for other systems.
    #[serde(default)]
    pub xds: XdsConfig,
    /// FHIR for other systems.
    #[serde(default)]
    pub fhir: FhirConfig,
    /// HL7 v2 for other systems.
    #[serde(default)]
    pub mllp: MllpConfig,
    /// DICOM for other systems.
    #[serde(default)]
    pub dicom: DicomConfig,
    /// DICOMweb for other systems.
    #[serde(default)]
    pub dicomweb: DicomwebConfig,
    /// HL7 v3 for other systems.
    #[serde(default)]
    pub pix: PixConfig,
    /// Where this node's gateway gives documents.
    #[serde(default)]
    pub centre: CentreConfig,
    /// The log.
    pub log: LogConfig,
    /// The directory that relative paths start from: the configuration file's own.
    #[serde(skip)]
    pub directory: PathBuf,
}

/// Who this centre is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionConfig {
    /// Name on the pages.
    pub name: String,
    /// OID under which this centre's sources, repository and community ID stand.
    pub oid: String,
    /// Directory with `codes.xml` and `mapping.toml`; empty: the built-in ones.
    pub codes_directory: PathBuf,
}

/// Where state is kept.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageConfig {
    /// `sqlite:PATH` or `postgres://…`.
    pub database: String,
    /// Directory of documents too large for the database.
    pub objects: PathBuf,
}

/// The pages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// `https://HOST[:PORT]` under which browsers reach the pages through a front; empty: they
    /// reach the listener itself.
    #[serde(default)]
    pub public_url: String,
    /// Addresses and networks of the proxies that tell their clients' addresses.
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// The header by which they do: `X-Forwarded-For` or `Forwarded`; empty: the first.
    #[serde(default)]
    pub forwarded_header: String,
    /// PEM of the listener's certificate and chain; empty: no TLS, loopback only.
    #[serde(default)]
    pub certificate: PathBuf,
    /// PEM of its private key.
    #[serde(default)]
    pub key: PathBuf,
}

/// Enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolmentConfig {
    /// Codes of the facilities whose users may see whom `enrol` enrols, unless it is told others.
    pub viewing_facilities: Vec<String>,
}

/// Reading sources.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeConfig {
    /// Whether `serve` follows the sources.
    pub follow: bool,
}

/// XDS for other systems: `/xds/registry` and `/xds/repository`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct XdsConfig {
    /// Address of a listener of its own; empty: the pages'.
    pub listen: String,
    /// PEM of its certificate and chain; empty: no TLS, loopback only.
    pub certificate: PathBuf,
    /// PEM of the private key.
    pub key: PathBuf,
    /// PEM of the authorities whose certificates peers show.
    pub client_roots: PathBuf,
    /// Whether whoever reaches a loopback listener without a certificate may do everything.
    pub trust_loopback: bool,
    /// `codes.xml` of the affinity domain; empty: the one of `region.codes_directory`.
    pub codes: PathBuf,
    /// Coded attributes that are not checked.
    pub unchecked: Vec<String>,
    /// OID of our home community; empty: made from `region.oid`.
    pub home_oid: String,
}

/// DICOM for other systems. Who may do what is kept beside the sources (`musubi source add`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DicomConfig {
    /// Address of the listener; empty: none.
    pub listen: String,
    /// Our AE title, where a peer has none of its own for us.
    pub ae_title: String,
    /// PEM of its certificate and chain; empty: no TLS, loopback only.
    pub certificate: PathBuf,
    /// PEM of the private key.
    pub key: PathBuf,
    /// PEM of the authorities whose certificates peers show.
    pub client_roots: PathBuf,
    /// Whether images may be sent to destinations beyond this machine without TLS.
    pub plain_allowed: bool,
}

impl Default for DicomConfig {
    fn default() -> DicomConfig {
        DicomConfig {
            listen: String::new(),
            ae_title: "MUSUBI".to_owned(),
            certificate: PathBuf::new(),
            key: PathBuf::new(),
            client_roots: PathBuf::new(),
            plain_allowed: false,
        }
    }
}

/// DICOMweb for other systems. Who may do what is kept in the database (`musubi peer add`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DicomwebConfig {
    /// Address of the listener; empty: none.
    pub listen: String,
    /// PEM of its certificate and chain; empty: no TLS, loopback only.
    pub certificate: PathBuf,
    /// PEM of the private key.
    pub key: PathBuf,
    /// PEM of the authorities whose certificates peers show.
    pub client_roots: PathBuf,
    /// Whether whoever comes without a certificate on a loopback connection is believed.
    pub trust_loopback: bool,
}

/// FHIR R4 for other systems: PIXm and PDQm at `/fhir`. Who may do what is said in [`MllpConfig`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FhirConfig {
    /// Address of the listener; empty: none.
    pub listen: String,
    /// PEM of its certificate and chain; empty: no TLS, loopback only.
    pub certificate: PathBuf,
    /// PEM of the private key.
    pub key: PathBuf,
    /// PEM of the authorities whose certificates peers show.
    pub client_roots: PathBuf,
    /// Whether peers without a certificate are believed on a loopback connection.
    pub trust_loopback: bool,
    /// Address under which clients reach `/fhir`; empty: what each request says.
    pub base: String,
    /// Addresses that name patient-ID domains beside `urn:oid:`.
    pub systems: Vec<FhirSystem>,
}

/// A patient-ID domain as FHIR names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FhirSystem {
    /// OID.
    pub oid: String,
    /// Address (`Identifier.system`).
    pub uri: String,
}

/// HL7 v2 over MLLP for other systems: PIX and PDQ.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MllpConfig {
    /// Address of the listener; empty: none.
    pub listen: String,
    /// PEM of its certificate and chain; empty: no TLS, loopback only.
    pub certificate: PathBuf,
    /// PEM of the private key.
    pub key: PathBuf,
    /// PEM of the authorities whose certificates peers show.
    pub client_roots: PathBuf,
    /// Whether peers without a certificate are believed on a loopback connection.
    pub trust_loopback: bool,
    /// MSH-3 of what we send.
    pub application: String,
    /// MSH-4 of what we send.
    pub facility: String,
    /// Namespace of the domain of community IDs; empty: none.
    pub namespace: String,
    /// Patient-ID domains with the namespaces that HL7 v2 names them by.
    pub domains: Vec<MllpDomain>,
    /// Who may send.
    pub peers: Vec<MllpPeer>,
    /// Who is told of changes of association.
    pub consumers: Vec<MllpConsumer>,
}

/// A patient-ID domain as HL7 v2 names it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MllpDomain {
    /// OID.
    pub oid: String,
    /// Namespace ID.
    #[serde(default)]
    pub namespace: String,
}

/// A system that sends to us.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MllpPeer {
    /// Its name in audit rows.
    pub name: String,
    /// MSH-3 by which it is told from others; empty: any.
    pub application: String,
    /// MSH-4, likewise.
    pub facility: String,
    /// PEM of the certificate that it shows; empty: none, on trusted loopback only.
    pub certificate: PathBuf,
    /// OIDs of the domains whose patients it feeds.
    pub feeds: Vec<String>,
    /// Whether it may ask.
    pub may_query: bool,
    /// Whether what it feeds is enrolled.
    pub enrols: bool,
    /// Code of the facility as whose viewer it sees; empty: everybody.
    pub viewer: String,
}

/// A system that we tell of changes of association (ITI-10).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MllpConsumer {
    /// Its name in audit rows.
    pub name: String,
    /// `mllp://host:port` or `mllps://host:port`.
    pub address: String,
    /// PEM of the authorities that its certificate leads to.
    pub roots: PathBuf,
    /// MSH-5.
    pub application: String,
    /// MSH-6.
    pub facility: String,
    /// OIDs of the domains whose IDs it is told; empty: all.
    pub domains: Vec<String>,
}

/// HL7 v3 over SOAP for other systems, beside XDS: `/pix/manager` and `/pdq/supplier`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PixConfig {
    /// OID of our device; empty: made from `region.oid`.
    pub device: String,
    /// Who may send, by the peers that `musubi peer add` knows.
    pub peers: Vec<PixPeer>,
    /// Who is told of changes of association (ITI-46).
    pub consumers: Vec<PixConsumer>,
}

/// What a peer may by HL7 v3.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PixPeer {
    /// Its name, as `musubi peer add` gave it.
    pub name: String,
    /// OID of its device by which it is told from others; empty: any.
    pub device: String,
    /// OIDs of the domains whose patients it feeds.
    pub feeds: Vec<String>,
    /// Whether it may ask.
    pub may_query: bool,
    /// Whether what it feeds is enrolled.
    pub enrols: bool,
    /// Code of the facility as whose viewer it sees; empty: its own; `*`: everybody.
    pub viewer: String,
    /// Address of its own PIX manager, for `musubi peer check`.
    pub manager: String,
    /// Address of its own demographics supplier, likewise.
    pub supplier: String,
    /// PEM of the authorities that their certificate leads to.
    pub roots: PathBuf,
}

/// A system that we tell of changes of association (ITI-46).
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PixConsumer {
    /// Its name in audit rows.
    pub name: String,
    /// `https://…`
    pub url: String,
    /// PEM of the authorities that its certificate leads to.
    pub roots: PathBuf,
    /// OID of its device.
    pub device: String,
    /// OIDs of the domains whose IDs it is told; empty: all.
    pub domains: Vec<String>,
}

/// Where this node's gateway gives documents.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CentreConfig {
    /// Address of a centre in another process; empty: this node is the centre.
    pub url: String,
    /// PEM of the authorities that its certificate leads to.
    pub roots: PathBuf,
    /// PEM of the certificate that we show to it.
    pub certificate: PathBuf,
    /// PEM of that certificate's private key.
    pub key: PathBuf,
}

/// The log.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogConfig {
    /// `error`, `warn`, `info`, `debug`, or filters per crate.
    pub level: String,
}

/// Why the configuration cannot be used.
#[derive(Debug, Error, Diagnostic)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    #[diagnostic(help("make one with `musubi init DIR`, or name it with --config FILE"))]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{message}")]
    #[diagnostic(help("`musubi init DIR` writes a file with every key and its reason"))]
    Content {
        /// What is wrong.
        message: String,
        /// The file.
        #[source_code]
        file: NamedSource<String>,
        /// Where.
        #[label("here")]
        span: Option<SourceSpan>,
    },
}

impl Config {
    /// Reads a configuration file.
    pub fn read(path: &Path) -> Result<Config, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let mut config: Config = toml::from_str(&text).map_err(|error| ConfigError::Content {
            message: error.message().to_owned(),
            span: error.span().map(SourceSpan::from),
            file: NamedSource::new(path.display().to_string(), text.clone()),
        })?;
        config.directory = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(config)
    }

    /// A path of the configuration, relative ones from the configuration file's directory.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.directory.join(path)
    }

    /// OID of the affinity domain: the assigning authority of community IDs.
    pub fn affinity_domain_oid(&self) -> String {
        format!("{}.1", self.region.oid)
    }

    /// repositoryUniqueId.
    pub fn repository_oid(&self) -> String {
        format!("{}.2", self.region.oid)
    }

    /// OID of our home community.
    pub fn home_oid(&self) -> String {
        match self.xds.home_oid.as_str() {
            "" => format!("{}.3", self.region.oid),
            oid => oid.to_owned(),
        }
    }

    /// OID of our device in messages of HL7 v3.
    pub fn device_oid(&self) -> String {
        match self.pix.device.as_str() {
            "" => format!("{}.4", self.region.oid),
            oid => oid.to_owned(),
        }
    }

    /// The OID of a source that has none of its own, from its name.
    pub fn source_oid(&self, name: &str) -> String {
        let named = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, self.region.oid.as_bytes());
        format!("2.25.{}", uuid::Uuid::new_v5(&named, name.as_bytes()).as_u128())
    }
}

/// The file that `musubi init` writes, with the region's new OID.
pub fn template(region_oid: &str) -> String {
    TEMPLATE.replace("@OID@", region_oid)
}

const TEMPLATE: &str = include_str!("musubi.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_file_is_a_valid_configuration_and_comments_every_key() {
        let text = template("2.25.1");
        let config: Config = toml::from_str(&text).expect("template");
        assert_eq!(config.affinity_domain_oid(), "2.25.1.1");
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.contains(" = ")) {
            let commented = number > 0 && lines[number - 1].starts_with('#');
            assert!(commented || line.starts_with('#'), "no reason above `{line}`");
        }
    }

    #[test]
    fn an_unknown_key_is_pointed_at() {
        let directory = tempfile::tempdir().expect("directory");
        let path = directory.path().join("musubi.toml");
        let text = template("2.25.1").replace("listen = ", "lisen = ");
        std::fs::write(&path, &text).expect("write");
        match Config::read(&path) {
            Err(ConfigError::Content { message, span: Some(span), .. }) => {
                assert!(message.contains("lisen"), "{message}");
                assert_eq!(&text[span.offset()..span.offset() + 5], "lisen");
            }
            other => panic!("unexpected {other:?}"),
        }
    }
}
