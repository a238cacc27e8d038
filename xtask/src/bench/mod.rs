//! `cargo xtask bench`: figures of the release build on this machine.

mod charset;
mod identity;
mod intake;
mod timeline;
mod xds;

use crate::arguments::Arguments;
use anyhow::{Result, bail};

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    match arguments.word().as_deref() {
        Some("charset") => charset::run(arguments),
        Some("identity") => identity::run(arguments),
        Some("intake") => intake::run(arguments),
        Some("timeline") => timeline::run(arguments),
        Some("xds") => xds::run(arguments),
        _ => bail!("benches are charset, identity, intake, timeline and xds"),
    }
}
