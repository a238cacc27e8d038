//! `musubi source …`: the systems that give data.

use crate::cli::{DicomArguments, SourceArguments, SourceCommand};
use crate::commands::{block_on, source_change, source_dicom, time};
use crate::node::Node;
use crate::output;
use anyhow::Context;
use gateway::{Gateway, HourSpan, NewSource, SourceReport, SourceSettings};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Adds, lists, reports, pauses.
pub fn run(node: &Node, command: SourceCommand) -> anyhow::Result<()> {
    let gateway = node.gateway()?;
    match command {
        SourceCommand::Add(arguments) => add(node, *arguments),
        SourceCommand::Set(arguments) => source_change::run(node, *arguments),
        SourceCommand::Show { name } => source_change::show(node, &name),
        SourceCommand::List => list(&gateway),
        SourceCommand::Report { name, json } => report(&gateway, &name, json),
        SourceCommand::Pause { name } => pause(node, name, true),
        SourceCommand::Resume { name } => pause(node, name, false),
    }
}

fn add(node: &Node, arguments: SourceArguments) -> anyhow::Result<()> {
    if arguments.kind == gateway::KIND_DICOM {
        return source_dicom::add(node, arguments);
    }
    anyhow::ensure!(
        arguments.dicom == DicomArguments::default(),
        "AE titles, hosts, ports and ways of retrieval are a DICOM server's: --kind dicom"
    );
    let allowed_hours = hours(&arguments.allowed_hours)?;
    let new = NewSource {
        name: arguments.name,
        facility_code: arguments.facility,
        domain_oid: arguments.domain,
        standardized: absolute(&arguments.roots)?,
        extended: absolute(&arguments.extended_roots)?,
        transaction: absolute(&arguments.transaction_roots)?,
        extended_transaction: absolute(&arguments.extended_transaction_roots)?,
        settings: SourceSettings {
            allowed_hours,
            files_per_second_max: arguments.maximum_rate,
            parallelism: arguments.parallelism,
            frozen: arguments.frozen,
            ..SourceSettings::default()
        },
    };
    let roots = [&new.standardized, &new.extended, &new.transaction, &new.extended_transaction];
    warn_of_missing(roots.into_iter().flatten());
    let now = node.now();
    let source = node.store.write_blocking(move |tx| gateway::add_source(tx, &new, now))?;
    output::line(format!("added source {} of {}", source.name, source.facility.name));
    Ok(())
}

fn list(gateway: &Gateway) -> anyhow::Result<()> {
    let statuses = block_on(async { Ok(gateway.statuses().await?) })?;
    let rows: Vec<Vec<String>> = statuses
        .into_iter()
        .map(|status| {
            let state = match (&status.state, status.source.paused) {
                (_, true) => "paused".to_owned(),
                (None, _) => "not looked at yet".to_owned(),
                (Some(state), _) if state.reason.is_empty() => state.state.clone(),
                (Some(state), _) => format!("{}: {}", state.state, state.reason),
            };
            let newest = status.freshness.iter().map(|row| row.newest_sent_us).max();
            let contact = status.state.as_ref().and_then(|state| state.last_contact_us);
            vec![
                status.source.name,
                status.source.facility.short_name,
                status.source.kind,
                newest.map_or("—".to_owned(), time),
                contact.map_or("—".to_owned(), time),
                state,
            ]
        })
        .collect();
    output::table(&["source", "facility", "kind", "data as of", "last contact", "state"], &rows);
    Ok(())
}

fn report(gateway: &Gateway, name: &str, as_json: bool) -> anyhow::Result<()> {
    let report = block_on(async { Ok(gateway.source_report(name).await?) })?;
    if as_json {
        return output::json(&to_json(&report));
    }
    let state = report.state.as_ref().map_or("not looked at yet".to_owned(), |state| {
        format!("{} since {} {}", state.state, time(state.since_us), state.reason)
    });
    output::line(format!("{} ({}): {}", report.source.name, report.source.facility.name, state));
    output::line("");
    let pulls: Vec<Vec<String>> = report
        .pulls
        .iter()
        .map(|pull| {
            let counts = pull.counts;
            let mut row = vec![time(pull.started_us), pull.mode.clone()];
            row.extend(
                [counts.listed, counts.taken, counts.unchanged, counts.quarantined]
                    .map(|number| number.to_string()),
            );
            row.push(pull.outcome.clone());
            row
        })
        .collect();
    let head = ["pulled", "mode", "listed", "taken", "unchanged", "quarantined", "outcome"];
    output::table(&head, &pulls);
    output::line("");
    let fresh: Vec<Vec<String>> = report
        .freshness
        .iter()
        .map(|row| vec![row.category.clone(), time(row.newest_sent_us), time(row.taken_us)])
        .collect();
    output::table(&["kind", "newest data", "taken"], &fresh);
    output::line("");
    let taken: Vec<Vec<String>> = report
        .taken
        .iter()
        .map(|row| {
            vec![
                row.patient_id.clone(),
                output::printable(&row.data_type),
                row.documents.to_string(),
                time(row.first_us),
                time(row.last_us),
            ]
        })
        .collect();
    output::table(&["patient", "type", "versions", "first taken", "last taken"], &taken);
    Ok(())
}

fn to_json(report: &SourceReport) -> serde_json::Value {
    json!({
        "source": report.source.name,
        "facility": report.source.facility.code,
        "state": report.state.as_ref().map(|state| json!({
            "state": state.state, "reason": state.reason, "since": time(state.since_us),
        })),
        "freshness": report.freshness.iter().map(|row| json!({
            "category": row.category, "newest_sent": row.newest_sent, "taken": time(row.taken_us),
        })).collect::<Vec<_>>(),
        "pulls": report.pulls.iter().map(|pull| json!({
            "mode": pull.mode, "started": time(pull.started_us),
            "finished": pull.finished_us.map(time), "listed": pull.counts.listed,
            "taken": pull.counts.taken, "unchanged": pull.counts.unchanged,
            "quarantined": pull.counts.quarantined, "outcome": pull.outcome,
        })).collect::<Vec<_>>(),
        "taken": report.taken.iter().map(|row| json!({
            "patient_id": row.patient_id, "data_type": row.data_type,
            "versions": row.documents, "first": time(row.first_us), "last": time(row.last_us),
        })).collect::<Vec<_>>(),
    })
}

fn pause(node: &Node, name: String, paused: bool) -> anyhow::Result<()> {
    let wanted = name.clone();
    node.store.write_blocking(move |tx| gateway::pause(tx, &wanted, paused))?;
    output::line(format!("source {name} is {}", if paused { "paused" } else { "read again" }));
    Ok(())
}

/// Says which roots are not there: until they are, the source is down.
pub fn warn_of_missing<'a>(roots: impl Iterator<Item = &'a PathBuf>) {
    for root in roots.filter(|root| !root.is_dir()) {
        output::line(format!("{} is no directory yet: the source will be down", root.display()));
    }
}

/// Reads `--allowed-hours`.
pub fn hours(spans: &[String]) -> anyhow::Result<Vec<HourSpan>> {
    let read =
        |span: &String| span.parse().map_err(|error| anyhow::anyhow!("--allowed-hours: {error}"));
    spans.iter().map(read).collect()
}

/// Roots are kept absolute: the server may run in another directory.
pub fn absolute(roots: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    roots
        .iter()
        .map(|root: &PathBuf| {
            std::path::absolute::<&Path>(root)
                .with_context(|| format!("{}: no absolute path", root.display()))
        })
        .collect()
}
