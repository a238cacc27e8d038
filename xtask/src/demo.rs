//! `cargo xtask demo`: a synthetic region, pulled and served; with `--check` unattended, and its
//! pages are asserted on.

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::centre::{self, Account, Centre};
use crate::region::{Region, Wanted};
use crate::server::{self, Server};
use crate::{check, metadata, pacs, process};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// The port of musubi.toml's default.
const PORT: u16 = 8470;

/// What to make.
pub struct Plan {
    /// Folder below the target directory.
    pub name: &'static str,
    /// The region.
    pub wanted: Wanted,
    /// Port; a free one if not given.
    pub port: Option<u16>,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { name: "demo", wanted: Wanted::default(), port: None }
    }
}

/// A served region.
pub struct Demo {
    /// What was written into its storages.
    pub region: Region,
    /// The centre that pulled them.
    pub centre: Centre,
    /// The running server.
    pub server: Server,
    /// The account of a doctor in a clinic.
    pub account: Account,
    /// What `musubi stats --json` counted before images came.
    pub stats: Value,
    /// The hospitals' DICOM servers, while they run.
    pub servers: Vec<Server>,
}

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let is_check = arguments.flag("--check");
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Release);
    let mut plan = Plan { port: arguments.option("--port")?, ..Plan::default() };
    plan.wanted.images = true;
    plan.wanted.seed = arguments.option("--seed")?.unwrap_or(plan.wanted.seed);
    plan.wanted.patients = arguments.option("--patients")?.unwrap_or(plan.wanted.patients);
    arguments.finish()?;
    let binary = binary::musubi(profile)?;
    if is_check {
        return check(&binary, &plan);
    }
    plan.port = plan.port.or(Some(PORT));
    let demo = served(&binary, &plan)?;
    introduce(&demo, &binary);
    let status = demo.server.wait()?;
    match status.success() {
        true => Ok(()),
        false => bail!("the server ended with {status}"),
    }
}

/// Makes and serves the region, asserts on its pages, stops the server.
pub fn check(binary: &Path, plan: &Plan) -> Result<()> {
    let demo = served(binary, plan)?;
    check::demo(&demo)?;
    demo.server.stop().context("stopping the server")?;
    println!("demo: the pages show what the hospitals wrote; the server stopped cleanly");
    Ok(())
}

/// Makes the region, pulls it and serves it.
pub fn served(binary: &Path, plan: &Plan) -> Result<Demo> {
    let directory = metadata::target_directory()?.join(plan.name);
    centre::fresh(&directory)?;
    fs::create_dir(&directory)?;
    let address = match plan.port {
        Some(port) => SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        None => server::free_address()?,
    };
    let region = Region::make(binary, &directory.join("region"), plan.wanted)?;
    let centre = Centre::init(binary, &directory.join("centre"), None)?;
    centre.add(&region)?;
    centre.enrol(&region)?;
    centre.pull(&region)?;
    let stats = centre.stats()?;
    let servers = match plan.wanted.images {
        true => pacs::pull(binary, &region, &centre)?,
        false => Vec::new(),
    };
    let clinic = region.clinic()?;
    let account = centre.add_doctor("sato", "佐藤 恵", &clinic.code)?;
    let server = centre.serve(address)?;
    Ok(Demo { region, centre, server, account, stats, servers })
}

fn introduce(demo: &Demo, binary: &Path) {
    let Account { login, password, totp_secret, provisioning_url } = &demo.account;
    let binary = process::spoken(&process::command(binary));
    println!(
        "
Musubi serves the region at   http://{}

  account         {login}
  password        {password}
  second factor   {totp_secret}
                  (into an authenticator, or as {provisioning_url})
  code now        {binary} user code {totp_secret}

Ctrl-C stops it.
",
        demo.server.address
    );
}
