//! `musubi init`: configuration and embedded state.

use crate::clock::SystemIds;
use crate::config::{self, Config};
use crate::node::Node;
use crate::output;
use anyhow::Context;
use model::IdSource;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Makes the directory, writes `musubi.toml`, makes the state.
pub fn run(directory: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot make {}", directory.display()))?;
    let path = directory.join("musubi.toml");
    let oid = format!("2.25.{}", SystemIds.uuid().as_u128());
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .and_then(|mut file| file.write_all(config::template(&oid).as_bytes()))
        .with_context(|| {
            format!("cannot write {} (a node that is there already is left alone)", path.display())
        })?;
    Node::create(Config::read(&path)?)?;
    output::line(format!("made {}", path.display()));
    output::line(format!("next: cd {} && musubi facility add CODE NAME", directory.display()));
    Ok(())
}
