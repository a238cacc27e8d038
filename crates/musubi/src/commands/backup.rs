//! `musubi backup` and `musubi restore`: database and objects as one consistent point.

use crate::config::Config;
use crate::node::{self, Node};
use crate::output;
use anyhow::Context;
use std::path::Path;
use store::backup::Summary;
use store::{Database, StoreError};

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
    remove_fresh_state(&config)?;
    let summary = store::backup::restore(directory, &node::store_config(&config)?)?;
    output::line(format!("restored from {}: {}", directory.display(), told(&summary)));
    Ok(())
}

/// `init` makes a state without content; only such a one may give way to a backup.
fn remove_fresh_state(config: &Config) -> anyhow::Result<()> {
    let Database::Sqlite(path) = node::store_config(config)?.database else { return Ok(()) };
    if !path.exists() {
        return Ok(());
    }
    let node = Node::create(config.clone())?;
    let facilities = node
        .store
        .read_blocking(|tx| -> Result<_, StoreError> { store::source::facilities(tx) })?;
    if !facilities.is_empty() {
        return Ok(());
    }
    drop(node);
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.clone().into_os_string();
        file.push(suffix);
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(error).with_context(|| format!("cannot remove {}", path.display()));
        }
    }
    Ok(())
}

fn told(summary: &Summary) -> String {
    format!("{} files, {} bytes", summary.files, summary.bytes)
}
