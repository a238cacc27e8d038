//! `musubi identity rebuild` and `model`: keys and weights of record linkage.

use crate::commands::time;
use crate::node::Node;
use crate::output;
use identity::estimation::{Version, estimate_now, versions};
use serde_json::json;

/// Versions that are shown.
const SHOWN: u32 = 20;

/// Makes keys and evidence again, step by step; stopped, it goes on the next time.
pub fn rebuild(node: &Node) -> anyhow::Result<()> {
    let (mut done, mut after) = (0, i64::MIN);
    loop {
        let now = node.now();
        let step = node.store.write_blocking(move |tx| identity::rebuild(tx, after, now))?;
        done += step.identities;
        match step.last {
            Some(last) => after = last,
            None => break,
        }
    }
    output::line(format!("keys and evidence of {done} records made again"));
    Ok(())
}

/// Prints the versions of the weights, after an estimation if that is wanted.
pub fn model(node: &Node, estimate: bool, as_json: bool) -> anyhow::Result<()> {
    if estimate && estimate_now(&node.store, node.now())?.is_none() {
        output::line("too few records share a key: no weights were estimated");
    }
    let found = node.store.read_blocking(|tx| versions(tx, SHOWN))?;
    if as_json {
        return output::json(&found.iter().map(version_json).collect::<Vec<_>>());
    }
    if !found.iter().any(|version| version.state == "active") {
        output::line("the weights that Musubi carries decide");
    }
    let rows: Vec<Vec<String>> = found
        .iter()
        .map(|version| {
            let report = &version.report;
            vec![
                version.id.to_string(),
                version.state.clone(),
                time(version.made.0),
                report.candidate_pairs.to_string(),
                format!("{} -> {}", report.before[0], report.after[0]),
                format!("{} -> {}", report.before[1], report.after[1]),
                report.refusal.clone(),
            ]
        })
        .collect();
    output::table(&["version", "state", "made", "pairs", "links", "reviews", "refused"], &rows);
    Ok(())
}

fn version_json(version: &Version) -> serde_json::Value {
    json!({
        "version": version.id,
        "state": version.state,
        "made_us": version.made.0,
        "activated_us": version.activated.map(|at| at.0),
        "report": version.report,
    })
}
