//! `cargo xtask linear`: many random histories of the registry under concurrent clients, each
//! checked against the sequential model (crates/registry/tests/linear).

use crate::arguments::Arguments;
use crate::{packages, process};
use anyhow::{Result, bail};

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let engine = arguments.option::<String>("--engine")?.unwrap_or_else(|| "sqlite".to_owned());
    let histories = arguments.option::<u64>("--histories")?;
    let seed = arguments.option::<u64>("--seed")?.unwrap_or(1_000);
    arguments.finish()?;
    let (test, ordinarily) = match engine.as_str() {
        "sqlite" => ("every_history_on_sqlite", 100_000),
        "postgres" => ("every_history_on_postgresql", 1_000),
        other => bail!("no engine {other}; there are sqlite and postgres"),
    };
    packages::ensure(packages::COMPILERS)?;
    if engine == "postgres" {
        packages::ensure(&[&packages::POSTGRESQL])?;
    }
    process::run(
        process::cargo()
            .args(["test", "--locked", "--package", "registry", "--test", "all", test])
            .args(["--", "--nocapture"])
            .env("MUSUBI_LINEAR_ENGINE", &engine)
            .env("MUSUBI_LINEAR_HISTORIES", histories.unwrap_or(ordinarily).to_string())
            .env("MUSUBI_LINEAR_SEED", seed.to_string()),
    )
}
