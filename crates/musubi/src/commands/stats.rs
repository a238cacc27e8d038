//! `musubi stats` and `musubi dump`.

use crate::node::Node;
use crate::output;
use registry::RegistryError;
use store::StoreError;

/// Prints the counts.
pub fn run(node: &Node, json: bool) -> anyhow::Result<()> {
    let stats =
        node.store.read_blocking(|tx| -> Result<_, RegistryError> { registry::stats(tx) })?;
    if json {
        return output::json(&stats);
    }
    let documents: Vec<Vec<String>> = stats
        .documents
        .iter()
        .map(|(data_type, counts)| {
            let numbers = [counts.current, counts.deprecated, counts.deleted];
            let mut row = vec![data_type.clone()];
            row.extend(numbers.iter().map(ToString::to_string));
            row
        })
        .collect();
    output::table(&["documents", "current", "deprecated", "deleted"], &documents);
    output::line("");
    let count = |(name, number): (&String, &u64)| vec![name.clone(), number.to_string()];
    output::table(&["facts", "number"], &stats.facts.iter().map(count).collect::<Vec<_>>());
    output::line("");
    output::line(format!("identities {}, persons {}", stats.identities, stats.persons));
    let counts = stats.enrolments;
    output::line(format!(
        "enrolled {}, suspended {}, withdrawn {}",
        counts.enrolled, counts.suspended, counts.withdrawn
    ));
    output::line("");
    output::table(
        &["quarantine", "items"],
        &stats.quarantine.iter().map(count).collect::<Vec<_>>(),
    );
    Ok(())
}

/// Prints the state for comparing.
pub fn dump(node: &Node) -> anyhow::Result<()> {
    let text = node.store.read_blocking(|tx| -> Result<_, StoreError> { store::dump::dump(tx) })?;
    output::line(text);
    Ok(())
}
