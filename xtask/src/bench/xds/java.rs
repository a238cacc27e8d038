//! A registry in Java beside us: in memory, built by Maven out of IPF's published components.

use super::Plan;
use crate::server::{self, Server};
use crate::{http, process};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// How long its routes may take after it listens.
const ROUTES_TIMEOUT: Duration = Duration::from_secs(120);

/// A built registry, or why there is none.
pub type Found = std::result::Result<Java, String>;

/// Where its classes are.
pub struct Java {
    target: PathBuf,
}

/// Builds it.
pub fn built(plan: &Plan) -> Found {
    match build(&plan.directory) {
        Ok(target) => Ok(Java { target }),
        Err(error) => Err(format!("{error:#}")),
    }
}

fn build(directory: &Path) -> Result<PathBuf> {
    let project = directory.join("java");
    let sources = process::root().join("xtask/src/bench/xds_java");
    process::run(process::command("cp").arg("-r").arg(&sources).arg(&project))?;
    crate::packages::ensure(&[&crate::packages::JAVA])?;
    let target = project.join("target");
    let mut maven = process::command("mvn");
    maven.current_dir(&project).args(["-B", "-q", "-ntp", "-DincludeScope=runtime"]);
    maven.arg(format!("-DoutputDirectory={}", target.join("dependency").display()));
    process::run(maven.args(["package", "dependency:copy-dependencies"]))?;
    Ok(target)
}

impl Java {
    /// Starts it.
    pub fn start(&self) -> Result<Server> {
        let address = server::free_address()?;
        let target = self.target.display();
        let mut java = process::command("java");
        java.args(["-Xmx4g", "-cp", &format!("{target}/classes:{target}/dependency/*")]);
        java.args(["bench.Registry", &format!("--server.port={}", address.port())]);
        java.args(["--server.address=127.0.0.1", "--logging.level.root=warn"]);
        java.args(["--management.endpoint.health.probes.enabled=true"]);
        java.args(["--server.tomcat.max-keep-alive-requests=-1"]);
        java.args(["--spring.main.banner-mode=off", "--spring.application.name=bench"]);
        let child = java.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let server = Server::started(child.context("cannot start java")?, address)?;
        // It listens before its routes are there.
        let deadline = Instant::now() + ROUTES_TIMEOUT;
        let path = "/actuator/health/readiness";
        while http::Client::new(address).get(path)?.status != 200 {
            if Instant::now() > deadline {
                bail!("the registry in Java does not become ready");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(server)
    }
}

/// The address of one of its transactions.
pub fn url(server: &Server, transaction: u32) -> String {
    format!("http://{}/services/xds-iti{transaction}", server.address)
}
