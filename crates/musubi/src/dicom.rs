//! DICOM for other systems, and the archive of images behind it.

use crate::central_sink::CentralSink;
use crate::node::Node;
use crate::xds;
use anyhow::Context;
use dimse::Server;
use gateway::Codes;
use imaging::{ManifestCodes, Scp, Settler};
use model::document::XdsCode;
use net::{ClientConfig, Dialer, Listener};
use std::net::SocketAddr;
use std::sync::Arc;

/// typeCode of a study: LOINC, Key images Document Radiology.
const STUDY_TYPE: [&str; 3] = ["55113-5", "Key images Document Radiology", "2.16.840.1.113883.6.1"];

/// What settles the studies of this node's archive, and DICOM where the configuration names an
/// address.
pub struct Dicom {
    /// Makes manifests.
    pub settler: Settler,
    /// The listener and what answers there.
    pub served: Option<(Listener, Server<Scp>)>,
}

impl Dicom {
    /// Opens the archive, and binds the address, if the configuration names one.
    ///
    /// # Errors
    /// An address, certificate or key that cannot be used.
    pub async fn open(node: &Node) -> anyhow::Result<Dicom> {
        let config = &node.config.dicom;
        let archive = node.archive();
        let sink = Arc::new(CentralSink::new(node.store.clone(), node.clock.clone()));
        let settler = Settler::new(archive.clone(), sink, codes(node)?);
        if config.listen.is_empty() {
            return Ok(Dicom { settler, served: None });
        }
        let address: SocketAddr = config
            .listen
            .parse()
            .with_context(|| format!("dicom.listen: {:?} is no address", config.listen))?;
        let security = xds::security(
            node,
            [("dicom.certificate", &config.certificate), ("dicom.key", &config.key)],
            ("dicom.client_roots", &config.client_roots),
        )?;
        let listener = Listener::bind(address, security, Server::<Scp>::listener_limits()).await?;
        let dialer = dialer(node)?;
        let affinity = node.config.affinity_domain_oid();
        let scp = Scp::new(archive, &config.ae_title, &affinity, dialer);
        Ok(Dicom { settler, served: Some((listener, Server::new(scp))) })
    }
}

/// The way to other systems' DICOM.
///
/// # Errors
/// TLS cannot be set up.
pub fn dialer(node: &Node) -> anyhow::Result<Dialer> {
    let plain_allowed = node.config.dicom.plain_allowed;
    Ok(Dialer::new(ClientConfig { plain_allowed, ..ClientConfig::default() })?)
}

/// The region's codes for manifests.
fn codes(node: &Node) -> anyhow::Result<ManifestCodes> {
    let directory = &node.config.region.codes_directory;
    let codes = match directory.as_os_str().is_empty() {
        true => Codes::built_in()?,
        false => Codes::from_directory(&node.config.resolve(directory))?,
    };
    let listed = |kind: &str, code: &str| {
        codes.find(kind, code).or_else(|| codes.list(kind).first()).cloned().unwrap_or_default()
    };
    let [code, display, scheme] = STUDY_TYPE.map(str::to_owned);
    let document_type = codes.find("typeCode", &code).cloned();
    let mut facility_types = codes.list("healthcareFacilityTypeCode").to_vec();
    facility_types.sort_by_key(|one| one.code == "other");
    Ok(ManifestCodes {
        repository_oid: node.config.repository_oid(),
        class: listed("classCode", "imaging"),
        document_type: document_type.unwrap_or(XdsCode { code, display, scheme }),
        confidentiality: listed("confidentialityCode", "N"),
        restricted: listed("confidentialityCode", "R"),
        practice_setting: listed("practiceSettingCode", "unknown"),
        facility_types,
        content_type: listed("contentTypeCode", "storage-item"),
        language: "ja-JP".to_owned(),
        facility_code_oid: gateway::FACILITY_CODE_OID.to_owned(),
    })
}
