//! `cargo xtask fuzz`: feeds the readers of what strangers send, guided by coverage. libFuzzer on
//! the stable compiler: its own coverage pass, and libFuzzer's C++ compiled beside it.

use crate::arguments::Arguments;
use crate::{metadata, packages, process};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// As `fuzz::Target` names them.
const TARGETS: [&str; 9] = [
    "xml_budget",
    "mtom",
    "ebrim_submission",
    "ebrim_query",
    "mllp",
    "hl7",
    "hl7v3",
    "dicom_association",
    "dicom_scan",
];

const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// For how long one input may keep a target: seconds on the clock, of which a busy machine may give
/// the fuzzer few.
const STANDSTILL: &str = "-timeout=180";

/// What of a target is kept in the repository: it is replayed in every run of the tests.
const KEPT_FILES: usize = 90;
const KEPT_BYTES: u64 = 240 * 1024;

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let target = arguments.option::<String>("--target")?;
    let minutes = arguments.option::<u32>("--minutes")?.unwrap_or(10);
    let keeps = arguments.flag("--keep");
    arguments.finish()?;
    let targets = match &target {
        Some(name) if TARGETS.contains(&name.as_str()) => vec![name.as_str()],
        Some(name) => bail!("no target {name}; there are {}", TARGETS.join(", ")),
        None => TARGETS.to_vec(),
    };
    packages::ensure(packages::COMPILERS)?;
    let guided = built()?;
    for target in targets {
        let folder = metadata::target_directory()?.join("fuzz-work").join(target);
        begin(target, &folder)?;
        feed(&guided, target, &folder, minutes)?;
        if keeps {
            keep(&guided, target, &folder)?;
        }
    }
    Ok(())
}

/// The fuzzer, in a folder of its own: no other build has its flags.
fn built() -> Result<PathBuf> {
    let folder = metadata::target_directory()?.join("fuzz");
    // Named, so that build scripts and macros are built without the flags.
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    process::run(
        process::cargo()
            .args(["build", "--locked", "--package", "fuzz", "--features", "guided"])
            .args(["--bin", "guided", "--target", &triple, "--target-dir"])
            .arg(&folder)
            // The checks of the dev profile, the speed of a release.
            .env("CARGO_PROFILE_DEV_OPT_LEVEL", "3")
            .env("RUSTFLAGS", COVERAGE.join(" ")),
    )?;
    Ok(folder.join(triple).join("debug/guided"))
}

/// Seeds, dictionary and the kept inputs, beside what earlier runs found.
fn begin(target: &str, folder: &Path) -> Result<()> {
    let corpus = folder.join("corpus");
    fs::create_dir_all(folder.join("found"))?;
    process::run(
        process::cargo()
            .args(["run", "--quiet", "--locked", "--package", "fuzz", "--bin", "seeds", "--"])
            .arg(target)
            .args([&corpus, &folder.join("words")]),
    )?;
    for path in files(&kept_folder(target))? {
        let name = path.file_name().context("a kept input without a name")?;
        fs::copy(&path, corpus.join(name))?;
    }
    Ok(())
}

/// Feeds it for so long; 0 minutes replay what there is.
fn feed(guided: &Path, target: &str, folder: &Path, minutes: u32) -> Result<()> {
    let found = folder.join("found");
    let mut command = fuzzer(guided, target);
    command
        .arg(folder.join("corpus"))
        .arg(format!("-dict={}", folder.join("words").display()))
        .arg(format!("-artifact_prefix={}/", found.display()))
        .arg(match minutes {
            0 => "-runs=0".to_owned(),
            minutes => format!("-max_total_time={}", u64::from(minutes) * 60),
        })
        .args(["-max_len=65536", STANDSTILL, "-rss_limit_mb=1024", "-print_final_stats=1"]);
    process::run(&mut command).with_context(|| {
        let (shown, kept) = (found.display(), kept_folder(target));
        format!(
            "{target}: the input is in {shown}; mend it, and put the input into {}",
            kept.display()
        )
    })
}

/// Of the fewest inputs that cover what all of them cover, writes as many as may be kept.
fn keep(guided: &Path, target: &str, folder: &Path) -> Result<()> {
    let least = folder.join("least");
    if least.exists() {
        fs::remove_dir_all(&least)?;
    }
    fs::create_dir_all(&least)?;
    let mut command = fuzzer(guided, target);
    command.arg("-set_cover_merge=1").arg(&least).arg(folder.join("corpus"));
    process::run(command.args(["-max_len=8192", STANDSTILL, "-rss_limit_mb=1024"]))?;
    let mut inputs = Vec::new();
    for path in files(&least)? {
        inputs.push((fs::metadata(&path)?.len(), path));
    }
    inputs.sort();
    let kept = kept_folder(target);
    for path in files(&kept)? {
        fs::remove_file(path)?;
    }
    fs::create_dir_all(&kept)?;
    let (all, mut left, mut count) = (inputs.len(), KEPT_BYTES, 0);
    // Short and long ones alike: the long ones go deepest.
    let stride = all.div_ceil(KEPT_FILES).max(1);
    for (bytes, path) in inputs.into_iter().step_by(stride) {
        let Some(rest) = left.checked_sub(bytes) else { break };
        let name = path.file_name().context("an input without a name")?;
        fs::copy(&path, kept.join(name))?;
        (left, count) = (rest, count + 1);
    }
    println!("{target}: {count} of {all} inputs kept, {} bytes", KEPT_BYTES - left);
    Ok(())
}

fn fuzzer(guided: &Path, target: &str) -> Command {
    let mut command = process::command(guided);
    command.env("MUSUBI_FUZZ_TARGET", target);
    command
}

fn kept_folder(target: &str) -> PathBuf {
    process::root().join("fuzz/corpus").join(target)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_kept_inputs_within_the_limits() {
        let mut all: Vec<_> = files(&process::root().join("fuzz/corpus")).unwrap();
        all.sort();
        let mut named: Vec<_> = TARGETS.map(kept_folder).into();
        named.sort();
        assert_eq!(all, named);
        for folder in named {
            let inputs = files(&folder).unwrap();
            let bytes: u64 = inputs.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
            // Inputs of mended faults are put beside those of the last run.
            assert!((10..=KEPT_FILES + 10).contains(&inputs.len()), "{folder:?}");
            assert!(bytes <= KEPT_BYTES + 16 * 1024, "{folder:?}: {bytes} bytes");
        }
    }
}
