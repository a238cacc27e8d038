//! XDS for other systems: which transactions stand at which address, who asks, and the
//! description that is served there.

pub(crate) mod callers;
pub mod mask;
pub(crate) mod messages;
pub mod peer_source;
mod services;
pub mod states;

use crate::node::Node;
use crate::wire_sink::WireSink;
use anyhow::Context;
use axum::Router;
use callers::Callers;
use ebrim::Affinity;
use ebrim::affinity::CodedAttribute;
use gateway::Codes;
use messages::Messages;
use net::{ClientConfig, Identity, Limits, Listener, Security, TlsServer};
use services::{ImagesService, Parts, RegistryService, RepositoryService};
use soap::{Endpoint, Policy, SecurityPolicy, Wsdl};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// Path of the registry's transactions.
pub const REGISTRY_PATH: &str = "/xds/registry";
/// Path of the repository's transactions.
pub const REPOSITORY_PATH: &str = "/xds/repository";
/// Path of the imaging document source (RAD-69).
pub const IMAGES_PATH: &str = "/xds/images";

/// The endpoints as routes.
///
/// # Errors
/// The affinity domain's codes cannot be read.
pub fn router(node: &Node) -> anyhow::Result<Router> {
    let affinity = Arc::new(affinity(node)?);
    let parts = Parts {
        node,
        affinity,
        callers: Callers::new(
            node.store.clone(),
            node.clock.clone(),
            node.config.xds.trust_loopback,
        ),
        messages: Messages::new(node.store.clone(), node.clock.clone()),
    };
    let (registry, repository) = (RegistryService::new(&parts), RepositoryService::new(&parts));
    let images = ImagesService::new(&parts);
    let policy = || Policy { security: SecurityPolicy::Ignore, reply_addresses: Vec::new() };
    let registry = Endpoint::new(registry, node.ids.clone())
        .with_policy(policy())
        .with_wsdl(Wsdl::new(include_str!("xds/registry.wsdl")));
    let repository = Endpoint::new(repository, node.ids.clone())
        .with_policy(policy())
        .with_wsdl(Wsdl::new(include_str!("xds/repository.wsdl")));
    let images = Endpoint::new(images, node.ids.clone())
        .with_policy(policy())
        .with_wsdl(Wsdl::new(imaging::rad69::WSDL));
    Ok(Router::new()
        .route(IMAGES_PATH, images.into_route())
        .route(REGISTRY_PATH, registry.into_route())
        .route(REPOSITORY_PATH, repository.into_route()))
}

/// The listener of its own, if the configuration names one.
///
/// # Errors
/// An address, certificate or key that cannot be used.
pub async fn listener(node: &Node) -> anyhow::Result<Option<Listener>> {
    let xds = &node.config.xds;
    if xds.listen.is_empty() {
        return Ok(None);
    }
    let address: SocketAddr = xds
        .listen
        .parse()
        .with_context(|| format!("xds.listen: {:?} is no address", xds.listen))?;
    let security = security(
        node,
        [("xds.certificate", &xds.certificate), ("xds.key", &xds.key)],
        ("xds.client_roots", &xds.client_roots),
    )?;
    Ok(Some(Listener::bind(address, security, Limits::default()).await?))
}

/// The protection of a listener, by the keys of the configuration that name its certificate, its
/// private key, and the authorities of those who connect.
///
/// # Errors
/// A certificate or key that cannot be read or used.
pub fn security(
    node: &Node,
    [(certificate_key, certificate), (key_key, key)]: [(&str, &Path); 2],
    (roots_key, roots): (&str, &Path),
) -> anyhow::Result<Security> {
    if certificate.as_os_str().is_empty() {
        return Ok(Security::Plain);
    }
    let identity =
        Identity::from_pem(&read(node, certificate, certificate_key)?, &read(node, key, key_key)?)?;
    let roots = match roots.as_os_str().is_empty() {
        true => None,
        false => Some(read(node, roots, roots_key)?),
    };
    Ok(Security::Tls(TlsServer::new(identity, roots.as_deref())?))
}

/// The way to a peer: `roots` (PEM) is all that is trusted; our listener's certificate, where
/// there is one, is what we show.
///
/// # Errors
/// Certificates or a key that cannot be used.
pub fn client(node: &Node, roots: &str) -> anyhow::Result<net::Client> {
    let identity = identity(node, &node.config.xds.certificate, &node.config.xds.key)?;
    let root_pem = (!roots.is_empty()).then(|| roots.as_bytes().to_vec());
    Ok(net::Client::new(ClientConfig { root_pem, identity, ..ClientConfig::default() })?)
}

/// The sink of a centre in another process.
///
/// # Errors
/// Certificates or a key that cannot be used.
pub fn wire_sink(node: &Node, url: &str) -> anyhow::Result<WireSink> {
    let centre = &node.config.centre;
    let root_pem = match centre.roots.as_os_str().is_empty() {
        true => None,
        false => Some(read(node, &centre.roots, "centre.roots")?),
    };
    let identity = identity(node, &centre.certificate, &centre.key)?;
    let http = net::Client::new(ClientConfig { root_pem, identity, ..ClientConfig::default() })?;
    Ok(WireSink::new(soap::Client::new(http, node.ids.clone()), url, node.ids.clone()))
}

pub(crate) fn identity(
    node: &Node,
    certificate: &Path,
    key: &Path,
) -> anyhow::Result<Option<Identity>> {
    if certificate.as_os_str().is_empty() {
        return Ok(None);
    }
    let chain = read(node, certificate, "certificate")?;
    Ok(Some(Identity::from_pem(&chain, &read(node, key, "key")?)?))
}

/// The fingerprint of the first certificate of a PEM text.
///
/// # Errors
/// There is none.
pub fn fingerprint_of_pem(pem: &str) -> anyhow::Result<String> {
    let certificate = net::certificate_of_pem(pem.as_bytes())?;
    Ok(callers::fingerprint(&certificate))
}

/// The affinity domain that submissions are checked against.
fn affinity(node: &Node) -> anyhow::Result<Affinity> {
    let config = &node.config;
    let text = if !config.xds.codes.as_os_str().is_empty() {
        text(node, &config.xds.codes)?
    } else if config.region.codes_directory.as_os_str().is_empty() {
        Codes::built_in_xml().to_owned()
    } else {
        text(node, &config.region.codes_directory.join("codes.xml"))?
    };
    let mut affinity = Affinity::parse(&text).context("the affinity domain's codes.xml")?;
    for name in &config.xds.unchecked {
        let attribute = CodedAttribute::from_name(name).with_context(|| {
            let names: Vec<&str> = CodedAttribute::ALL.iter().map(|one| one.name()).collect();
            format!("xds.unchecked: `{name}` is none of {}", names.join(", "))
        })?;
        affinity.set_checked(attribute, false);
    }
    Ok(affinity)
}

fn text(node: &Node, path: &Path) -> anyhow::Result<String> {
    let path = node.config.resolve(path);
    std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

pub(crate) fn read(node: &Node, path: &Path, key: &str) -> anyhow::Result<Vec<u8>> {
    anyhow::ensure!(!path.as_os_str().is_empty(), "{key} must name a pem file");
    let path = node.config.resolve(path);
    let read = std::fs::read(&path);
    read.with_context(|| format!("{key}: cannot read {}", path.display()))
}
