//! `musubi limits`: the table of limits.

use crate::output;

/// Prints the table.
pub fn run() -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = model::limits::TABLE
        .iter()
        .map(|limit| vec![limit.name.to_owned(), limit.value.to_string(), limit.beyond.to_owned()])
        .collect();
    output::table(&["limit", "value", "beyond it"], &rows);
    output::line("");
    output::line("The archive has no limit: documents, studies and results are never capped.");
    Ok(())
}
