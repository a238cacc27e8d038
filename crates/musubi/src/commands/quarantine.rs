//! `musubi quarantine …`: items that could not be read.

use crate::cli::QuarantineCommand;
use crate::commands::pull::{bar, control, summary};
use crate::commands::{block_on, time};
use crate::node::Node;
use crate::output;
use anyhow::Context;
use gateway::{Gateway, ItemBytes, QuarantineFilter, QuarantineItem};
use model::reason::Reason;
use serde_json::json;

/// Lists, shows or retries.
pub fn run(node: &Node, command: QuarantineCommand) -> anyhow::Result<()> {
    let gateway = node.gateway()?;
    match command {
        QuarantineCommand::List { source, reason, json } => {
            list(&gateway, &filter(None, source, reason.as_deref())?, json)
        }
        QuarantineCommand::Show { id } => show(&gateway, id),
        QuarantineCommand::Retry { ids, source, reason } => {
            let chosen: Vec<Option<i64>> = match ids.is_empty() {
                true => vec![None],
                false => ids.into_iter().map(Some).collect(),
            };
            for id in chosen {
                retry(&gateway, &filter(id, source.clone(), reason.as_deref())?)?;
            }
            Ok(())
        }
    }
}

fn filter(
    id: Option<i64>,
    source: Option<String>,
    reason: Option<&str>,
) -> anyhow::Result<QuarantineFilter> {
    let reason = reason
        .map(|code| {
            Reason::from_code(code).with_context(|| {
                let codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
                format!("no such reason `{code}`; expected one of {}", codes.join(", "))
            })
        })
        .transpose()?;
    Ok(QuarantineFilter { id, source, reason })
}

fn list(gateway: &Gateway, filter: &QuarantineFilter, json: bool) -> anyhow::Result<()> {
    let items = block_on(async { Ok(gateway.quarantine(filter).await?) })?;
    if json {
        let items: Vec<_> = items.iter().map(as_json).collect();
        return output::json(&items);
    }
    let rows: Vec<Vec<String>> = items
        .iter()
        .map(|QuarantineItem { row, place }| {
            vec![
                row.id.to_string(),
                row.source.clone(),
                row.reason.clone(),
                row.attempts.to_string(),
                time(row.first_us),
                output::printable(place),
                output::printable(&row.detail),
            ]
        })
        .collect();
    output::table(&["no", "source", "reason", "tries", "since", "place", "detail"], &rows);
    output::line(format!("{} items", items.len()));
    Ok(())
}

fn show(gateway: &Gateway, id: i64) -> anyhow::Result<()> {
    let (QuarantineItem { row, place }, bytes) =
        block_on(async { Ok(gateway.quarantine_show(id).await?) })?;
    output::line(format!("source   {}", row.source));
    output::line(format!("place    {}", output::printable(&place)));
    output::line(format!("patient  {}", row.patient_id));
    output::line(format!("reason   {}: {}", row.reason, output::printable(&row.detail)));
    output::line(format!("tried    {} times, since {}", row.attempts, time(row.first_us)));
    output::line(format!("size     {} bytes", row.size));
    let (origin, bytes) = match bytes {
        ItemBytes::Kept(bytes) => ("kept", bytes),
        ItemBytes::FromSource(bytes) => ("read from the source now", bytes),
    };
    let set = text::detect(&bytes);
    output::line(format!("bytes    {origin}, shown as {set:?}"));
    output::line("");
    output::line(output::printable(&text::decode(&bytes, set).text));
    Ok(())
}

fn retry(gateway: &Gateway, filter: &QuarantineFilter) -> anyhow::Result<()> {
    let bar = bar("retry")?;
    let counts = block_on(async { Ok(gateway.quarantine_retry(filter, &control(&bar)).await?) })?;
    bar.finish_and_clear();
    output::line(summary("quarantine", &counts));
    Ok(())
}

fn as_json(item: &QuarantineItem) -> serde_json::Value {
    let row = &item.row;
    json!({
        "id": row.id,
        "source": row.source,
        "place": item.place,
        "patient_id": row.patient_id,
        "reason": row.reason,
        "detail": row.detail,
        "size": row.size,
        "attempts": row.attempts,
        "first": time(row.first_us),
        "last": time(row.last_us),
    })
}
