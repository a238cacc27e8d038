//! `musubi withdraw`: patients take part no more.

use crate::cli::WithdrawArguments;
use crate::commands::named;
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use identity::{IdentityError, SameAs, WithdrawRequest};
use store::Tx;

/// Withdraws one by one, each in a transaction of its own.
pub fn run(node: &Node, arguments: WithdrawArguments) -> anyhow::Result<()> {
    let source = named::source(node, &arguments.source)?;
    let sources = named::sources_of_domains(node)?;
    for patient in arguments.patients {
        let request = WithdrawRequest {
            domain_oid: source.domain.oid.clone(),
            local_id: named::number(node, &source, &patient)?,
            actor: node::actor(),
            now: node.now(),
            basis: arguments.basis.clone(),
        };
        let (was_enrolled, others) = node
            .store
            .write_blocking(move |tx: &mut Tx| {
                let was_enrolled = identity::withdraw(tx, &request)?;
                let of = SameAs::Identity {
                    domain_oid: request.domain_oid.clone(),
                    local_id: request.local_id.clone(),
                };
                let person = identity::find_person(tx, &of)?;
                let mut others = store::person::identities_of_person(tx, person.id)?;
                others.retain(|other| other.enrolled);
                Ok::<_, IdentityError>((was_enrolled, others))
            })
            .with_context(|| format!("patient {patient} of source {}", source.name))?;
        output::line(match was_enrolled {
            true => format!("patient {patient} of {} takes part no more", source.name),
            false => format!("patient {patient} of {} had withdrawn before", source.name),
        });
        for other in others {
            let name = sources.get(&other.domain_id).unwrap_or(&other.domain_oid);
            output::line(format!(
                "the same person still takes part as patient {} of {name}",
                output::printable(&other.local_id)
            ));
        }
    }
    Ok(())
}
