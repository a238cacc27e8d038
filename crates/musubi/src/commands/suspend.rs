//! `musubi suspend` and `musubi resume`: an enrolment rests, or goes on.

use crate::cli::SuspendArguments;
use crate::commands::named;
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use identity::SuspensionRequest;
use store::Tx;

/// What is done to an enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It rests.
    Suspend,
    /// It goes on.
    Resume,
}

/// Changes one by one, each in a transaction of its own.
pub fn run(node: &Node, arguments: SuspendArguments, change: Change) -> anyhow::Result<()> {
    let source = named::source(node, &arguments.source)?;
    for patient in arguments.patients {
        let request = SuspensionRequest {
            domain_oid: source.domain.oid.clone(),
            local_id: named::number(node, &source, &patient)?,
            actor: node::actor(),
            now: node.now(),
            basis: arguments.basis.clone(),
        };
        let is_changed = node
            .store
            .write_blocking(move |tx: &mut Tx| match change {
                Change::Suspend => identity::suspend(tx, &request),
                Change::Resume => identity::resume(tx, &request),
            })
            .with_context(|| format!("patient {patient} of source {}", source.name))?;
        let said = match (change, is_changed) {
            (Change::Suspend, true) => "is suspended: nothing is taken or shown, all is kept",
            (Change::Suspend, false) => "was suspended before",
            (Change::Resume, true) => "takes part again: what came meanwhile is read now",
            (Change::Resume, false) => "was not suspended",
        };
        output::line(format!("patient {patient} of {} {said}", source.name));
    }
    Ok(())
}
