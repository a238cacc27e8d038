//! `musubi domain …`: how patient-ID domains write their numbers.

use crate::cli::{DomainArguments, DomainCommand};
use crate::node::{self, Node};
use crate::output;
use ebrim::notation::is_oid;
use identity::{DomainChange, IdentityError, RuleChange};
use model::NumberRule;
use serde_json::json;
use store::domain::{self, Domain, DomainRule};
use store::{StoreError, Tx};

/// Lists, sets, maps.
pub fn run(node: &Node, command: DomainCommand) -> anyhow::Result<()> {
    match command {
        DomainCommand::List { json } => list(node, json),
        DomainCommand::Set(arguments) => set(node, arguments),
        DomainCommand::Map { from, to, rule } => map(node, from, to, Some(rule)),
        DomainCommand::Unmap { from, to } => map(node, from, to, None),
    }
}

fn list(node: &Node, as_json: bool) -> anyhow::Result<()> {
    let (domains, rules) = node.store.read_blocking(|tx| -> Result<_, StoreError> {
        let domains = domain::all(tx)?.into_iter().map(|one| {
            let misfits = domain::count_misfits(tx, &one)?;
            Ok((one, misfits))
        });
        Ok((domains.collect::<Result<Vec<(Domain, u64)>, StoreError>>()?, domain::rules(tx)?))
    })?;
    if as_json {
        return output::json(&to_json(&domains, &rules));
    }
    let rows: Vec<Vec<String>> = domains
        .iter()
        .map(|(one, misfits)| {
            let numbers = match one.is_affinity {
                true => "community IDs".to_owned(),
                false => one.format.to_string(),
            };
            vec![one.oid.clone(), output::printable(&one.name), numbers, misfits.to_string()]
        })
        .collect();
    output::table(&["domain", "name", "numbers", "written otherwise"], &rows);
    if !rules.is_empty() {
        output::line("");
        let rows: Vec<Vec<String>> = rules
            .into_iter()
            .map(|one| vec![one.from_oid, one.rule.to_string(), one.to_oid])
            .collect();
        output::table(&["number of", "by the rule", "gives that of"], &rows);
    }
    Ok(())
}

fn to_json(domains: &[(Domain, u64)], rules: &[DomainRule]) -> serde_json::Value {
    let domains = domains.iter().map(|(one, misfits)| {
        json!({
            "oid": one.oid, "name": one.name, "is_affinity": one.is_affinity,
            "digits": one.format.digits, "padded": one.format.is_padded,
            "check_digit": one.format.check_digit.name(), "misfits": misfits,
        })
    });
    let rules = rules
        .iter()
        .map(|one| json!({ "from": one.from_oid, "to": one.to_oid, "rule": one.rule.to_string() }));
    json!({ "domains": domains.collect::<Vec<_>>(), "rules": rules.collect::<Vec<_>>() })
}

fn set(node: &Node, arguments: DomainArguments) -> anyhow::Result<()> {
    let oid = arguments.oid;
    anyhow::ensure!(is_oid(&oid), "{oid} is no OID: digits and dots, at most 64 characters");
    anyhow::ensure!(
        oid != node.config.affinity_domain_oid(),
        "{oid} is the domain of community IDs, whose numbers are the centre's own"
    );
    let change = DomainChange {
        oid,
        name: arguments.name,
        digits: arguments.digits,
        is_padded: (arguments.pad || arguments.no_pad).then_some(arguments.pad),
        check_digit: arguments.check_digit,
        actor: node::actor(),
        now: node.now(),
    };
    let done = node.store.write_blocking(move |tx: &mut Tx| identity::set_domain(tx, &change))?;
    let domain = done.domain;
    let verb = if done.is_new { "added" } else { "set" };
    output::line(format!("{verb} domain {}: numbers {}", domain.oid, domain.format));
    if done.misfits > 0 {
        output::line(format!(
            "{} numbers that were kept before are written otherwise: they stay as they are and are \
             marked in `musubi identity show`",
            done.misfits
        ));
    }
    Ok(())
}

fn map(node: &Node, from: String, to: String, rule: Option<NumberRule>) -> anyhow::Result<()> {
    let said = match &rule {
        Some(rule) => format!("the number of {from} gives that of {to} by the rule {rule}"),
        None => format!("the number of {from} says nothing of that of {to} any more"),
    };
    let change =
        RuleChange { from_oid: from, to_oid: to, rule, actor: node::actor(), now: node.now() };
    let is_changed = node.store.write_blocking(move |tx: &mut Tx| -> Result<_, IdentityError> {
        identity::set_rule(tx, &change)
    })?;
    anyhow::ensure!(is_changed, "there is no such rule: `musubi domain list` shows them");
    output::line(said);
    Ok(())
}
