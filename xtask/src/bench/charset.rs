//! `cargo xtask bench charset`: names that nobody here chose, in every coding under every
//! declaration, read by bytes alone and with evidence: right, flagged, silently wrong.

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::{metadata, process, python};
use anyhow::{Context, Result};
use std::fs::File;

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let names: u32 = arguments.option("--names")?.unwrap_or(3_000);
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Dev);
    arguments.finish()?;
    let python = python::programs()?.join("python");
    let script = process::root().join("xtask/src/bench/charset_names.py");
    let path = metadata::target_directory()?.join("charset-names.jsonl");
    let made = File::create(&path).with_context(|| path.display().to_string())?;
    let mut maker = process::command(python);
    process::run(maker.arg(script).arg(names.to_string()).stdout(made))?;
    let bench = binary::example("dicomfile", "charset_bench", profile)?;
    process::run(process::command(bench).stdin(File::open(&path)?))?;
    println!(
        "{names} values a row, encoded by Python; aims: none silently wrong in both, at most 5 % \
         flagged over all with study and identity"
    );
    Ok(())
}
