//! `musubi peer check` of a system that we tell by MLLP: one real message and its acknowledgement.

use super::check::{Failure, layer_of_net, report, with_sources};
use crate::hl7;
use crate::node::Node;
use identity::{CheckError, Consumer};
use mllp::MllpError;

/// Asks a consumer of `[mllp]`, and says how far that went.
pub async fn run(node: &Node, name: &str) -> anyhow::Result<()> {
    let consumers = hl7::consumers(node)?;
    let consumer = consumers.iter().find(|consumer| consumer.name == name);
    let consumer = consumer.ok_or_else(|| anyhow::anyhow!("no consumer {name} in [mllp]"))?;
    let asked = ask(node, consumer).await?;
    let failures = report("mllp", &consumer.address, asked);
    anyhow::ensure!(failures == 0, "peer {name} does not answer as it should");
    Ok(())
}

async fn ask(node: &Node, consumer: &Consumer) -> anyhow::Result<Result<String, Failure>> {
    let settings = hl7::settings(node).await?;
    let asked = consumer.check(&settings, node.ids.as_ref(), node.now()).await;
    Ok(asked.map(|code| format!("acknowledged with {code}")).map_err(|error| layer_of(&error)))
}

fn layer_of(error: &CheckError) -> Failure {
    let detail = with_sources(error);
    let layer = match error {
        CheckError::Acknowledgement(_) => "acknowledgement",
        CheckError::Connection(error) => match error {
            MllpError::Connect(net) => layer_of_net(net),
            MllpError::Frame(_) => "framing",
            // With TLS 1.3 a server refuses our certificate only after the handshake.
            MllpError::Broken(_) if detail.contains("alert") => "certificate",
            MllpError::Broken(_) => "TCP",
            MllpError::Closed | MllpError::Timeout { .. } => "acknowledgement",
        },
    };
    Failure { layer, detail }
}
