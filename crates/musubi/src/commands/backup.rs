//! `musubi backup` and `musubi restore`: database and objects as one consistent point.

use crate::config::Config;
use crate::node::{self, Node};
use crate::output;
use std::path::Path;
use store::backup::Summary;

/// Copies the state; the server may run.
pub fn backup(node: &Node, directory: &Path) -> anyhow::Result<()> {
    let summary = node.store.back_up(directory, &mut |_| {})?;
    output::line(format!("backed up to {}: {}", directory.display(), told(&summary)));
    anyhow::ensure!(
        summary.damaged.is_empty(),
        "{} objects are missing or damaged and not in the backup: {}",
        summary.damaged.len(),
        summary.damaged.join(" ")
    );
    Ok(())
}

/// Brings a backup back into a state that does not exist yet.
pub fn restore(config_path: &Path, directory: &Path) -> anyhow::Result<()> {
    let config = Config::read(config_path)?;
    let summary = store::backup::restore(directory, &node::store_config(&config)?)?;
    output::line(format!("restored from {}: {}", directory.display(), told(&summary)));
    Ok(())
}

fn told(summary: &Summary) -> String {
    format!("{} files, {} bytes", summary.files, summary.bytes)
}
