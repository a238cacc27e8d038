//! Building the binaries that tasks start.

use crate::{metadata, packages, process, web};
use anyhow::{Context, Result, bail};
use std::path::PathBuf;

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Fast to build; what the tests use.
    Dev,
    /// What a centre runs, and what is measured.
    Release,
}

impl std::str::FromStr for Profile {
    type Err = std::io::Error;

    fn from_str(text: &str) -> Result<Profile, std::io::Error> {
        match text {
            "dev" => Ok(Profile::Dev),
            "release" => Ok(Profile::Release),
            _ => Err(std::io::Error::other("profiles are dev and release")),
        }
    }
}

/// Builds `musubi` with the pages' scripts in it, and gives its path.
pub fn musubi(profile: Profile) -> Result<PathBuf> {
    web::build()?;
    build("musubi", "musubi", profile)
}

/// Builds one binary and gives its path.
pub fn build(package: &str, name: &str, profile: Profile) -> Result<PathBuf> {
    packages::ensure(&[&packages::C_COMPILER])?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--locked", "--package", package, "--bin", name]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)?;
    built(name, profile)
}

/// The path of a binary that a build has made.
pub fn built(name: &str, profile: Profile) -> Result<PathBuf> {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    let path = metadata::target_directory().context("target")?.join(folder).join(name);
    match path.exists() {
        true => Ok(path),
        false => bail!("{} was not built", path.display()),
    }
}
