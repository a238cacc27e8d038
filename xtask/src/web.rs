//! The pages' scripts and styles: `npm ci` and esbuild, into `web/dist`.

use crate::{packages, process};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Builds `web/dist`, which the binary takes in.
pub fn build() -> Result<()> {
    packages::ensure(&[&packages::NODE, &packages::NPM])?;
    let web = process::root().join("web");
    if !is_installed(&web)? {
        eprintln!("web/node_modules does not match web/package-lock.json");
        process::run(
            process::command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&web),
        )?;
        fs::copy(web.join("package-lock.json"), web.join(INSTALLED))?;
    }
    process::run(process::command("node").arg("build.mjs").current_dir(&web))
}

/// The lock file that `node_modules` was made from.
const INSTALLED: &str = "node_modules/.installed-package-lock.json";

fn is_installed(web: &Path) -> Result<bool> {
    let lock = fs::read(web.join("package-lock.json")).context("web/package-lock.json")?;
    Ok(fs::read(web.join(INSTALLED)).is_ok_and(|installed| installed == lock))
}
