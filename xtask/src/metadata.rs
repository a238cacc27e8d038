//! What cargo knows about the workspace.

use crate::process;
use anyhow::{Context, Result};
use serde_json::Value;
use std::path::PathBuf;

/// The workspace's own packages; needs no registry.
pub fn read() -> Result<Value> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let text = process::output(process::cargo().args(arguments))?;
    serde_json::from_str(&text).context("cargo metadata")
}

/// The folder that cargo builds into; what tasks make stands there too.
pub fn target_directory() -> Result<PathBuf> {
    let metadata = read()?;
    metadata["target_directory"].as_str().map(PathBuf::from).context("cargo metadata: no target")
}
