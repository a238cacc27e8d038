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

impl std::fmt::Display for Profile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
        })
    }
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
    build(&["musubi"], &["musubi"], profile)?;
    built("musubi", profile)
}

/// Builds binaries of several packages at once, so that what they share is built once.
pub fn build(packages: &[&str], names: &[&str], profile: Profile) -> Result<()> {
    packages::ensure(packages::COMPILERS)?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--locked"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    for name in names {
        cargo.args(["--bin", name]);
    }
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)
}

/// Builds an example of a package, and gives its path.
pub fn example(package: &str, name: &str, profile: Profile) -> Result<PathBuf> {
    packages::ensure(packages::COMPILERS)?;
    let mut cargo = process::cargo();
    cargo.args(["build", "--locked", "--package", package, "--example", name]);
    if profile == Profile::Release {
        cargo.arg("--release");
    }
    process::run(&mut cargo)?;
    built(&format!("examples/{name}"), profile)
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
