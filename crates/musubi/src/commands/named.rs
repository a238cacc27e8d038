//! Whom and what the arguments of a command name.

use crate::commands::block_on;
use crate::node::Node;
use anyhow::Context;
use gateway::Source;
use identity::SameAs;
use std::collections::BTreeMap;
use store::StoreError;

/// A person, as `SOURCE:PATIENT` or as a community ID.
pub fn person(node: &Node, text: &str) -> anyhow::Result<SameAs> {
    if text.contains(':') {
        let (source, local_id) = record(node, text)?;
        return Ok(SameAs::Identity { domain_oid: source.domain.oid, local_id });
    }
    let id = text
        .parse()
        .with_context(|| format!("`{text}` is neither SOURCE:PATIENT nor a community id"))?;
    Ok(SameAs::Community(id))
}

/// One record of a patient: its source and the ID there.
pub fn record(node: &Node, text: &str) -> anyhow::Result<(Source, String)> {
    let (name, patient) = text.split_once(':').with_context(|| {
        format!("`{text}`: expected SOURCE:PATIENT, such as central:0000123456")
    })?;
    let source = source(node, name)?;
    let local_id = number(node, &source, patient)?;
    Ok((source, local_id))
}

/// A patient ID as its source's domain writes it. What is none of it is looked for as it is typed.
pub fn number(node: &Node, source: &Source, typed: &str) -> anyhow::Result<String> {
    let (domain_oid, text) = (source.domain.oid.clone(), typed.to_owned());
    let read = node.store.read_blocking(move |tx| identity::read_number(tx, &domain_oid, &text))?;
    Ok(read.unwrap_or_else(|_| typed.to_owned()))
}

/// The source of a name.
pub fn source(node: &Node, name: &str) -> anyhow::Result<Source> {
    let gateway = node.gateway()?;
    block_on(async { Ok(gateway.source(name).await?) })
}

/// The names of the sources that number their patients in each domain, by its key.
pub fn sources_of_domains(node: &Node) -> anyhow::Result<BTreeMap<i64, String>> {
    let sources =
        node.store.read_blocking(|tx| -> Result<_, StoreError> { store::source::sources(tx) })?;
    let mut names: BTreeMap<i64, String> = BTreeMap::new();
    for source in sources {
        let all = names.entry(source.domain.id).or_default();
        if !all.is_empty() {
            all.push('+');
        }
        all.push_str(&source.name);
    }
    Ok(names)
}
