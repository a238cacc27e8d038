//! `cargo xtask bench intake`: a whole storage read durably, beside the least that durable
//! intake can cost on this disk, and beside a parser that only parses.

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::centre::{self, Centre};
use crate::statistics::median;
use crate::{metadata, packages, process, python, web};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What a round measured.
#[derive(Clone, Copy)]
struct Measured {
    seconds: f64,
    peak_mib: f64,
}

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let twins = arguments.option::<PathBuf>("--twins")?;
    let rounds: usize = arguments.option("--rounds")?.unwrap_or(3);
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Release);
    arguments.finish()?;
    let archive = match (twins, std::env::var_os("MUSUBI_CONFORMANCE_DIR")) {
        (Some(archive), _) => {
            fs::canonicalize(&archive).with_context(|| archive.display().to_string())?
        }
        (None, Some(folder)) => PathBuf::from(folder).join("ssmix2-twins.tar.xz"),
        (None, None) => {
            bail!("which storage? give --twins FILE.tar.xz or set MUSUBI_CONFORMANCE_DIR")
        }
    };
    let bench = Bench::new(&archive, profile)?;
    let (mut ours, mut floor, mut parser) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        ours.push(bench.ours()?);
        floor.push(bench.floor()?);
        parser.push(bench.parser()?);
    }
    bench.print(&ours, &floor, &parser);
    Ok(())
}

struct Bench {
    directory: PathBuf,
    storage: PathBuf,
    files: usize,
    bytes: u64,
    profile: Profile,
    musubi: PathBuf,
    floor: PathBuf,
    python: PathBuf,
}

impl Bench {
    /// Builds what is measured and unpacks the storage to local disk.
    fn new(archive: &Path, profile: Profile) -> Result<Bench> {
        packages::ensure(&[&packages::XZ])?;
        web::build()?;
        binary::build(&["musubi", "testkit"], &["musubi", "intake_floor"], profile)?;
        let musubi = binary::built("musubi", profile)?;
        let floor = binary::built("intake_floor", profile)?;
        let python = python::programs()?.join("python");
        let directory = metadata::target_directory()?.join("bench-intake");
        centre::fresh(&directory)?;
        fs::create_dir(&directory)?;
        process::run(process::command("tar").arg("-xJf").arg(archive).arg("-C").arg(&directory))?;
        let storage = only_folder(&directory)?;
        // Counting also brings every file into the page cache, for all three alike.
        let (files, bytes) = count(&storage)?;
        Ok(Bench { directory, storage, files, bytes, profile, musubi, floor, python })
    }

    /// A pull of everybody into a new centre.
    fn ours(&self) -> Result<Measured> {
        let directory = self.directory.join("centre");
        centre::fresh(&directory)?;
        let centre = Centre::init(&self.musubi, &directory, None)?;
        process::run(&mut centre.command(["facility", "add", "1312345678", "計測病院"]))?;
        let words = ["source", "add", "twins", "--facility", "1312345678", "--kind", "ssmix2"];
        let mut add = centre.command(words);
        add.args(["--domain", "1.2.392.100495.20.3.51.11312345678", "--root"]).arg(&self.storage);
        process::run(&mut add)?;
        process::run(&mut centre.command(["enrol", "--source", "twins", "--all"]))?;
        let measured = measure(&mut centre.command(["pull", "--source", "twins"]))?;
        let stats = centre.stats()?;
        let documents = stats["documents"].as_object().context("stats: documents")?;
        let current: u64 = documents.values().filter_map(|states| states["current"].as_u64()).sum();
        let waiting = stats["quarantine"].as_object().map_or(0, serde_json::Map::len);
        if current != self.files as u64 || waiting != 0 {
            bail!("{} files gave {current} documents: {stats}", self.files);
        }
        Ok(measured)
    }

    /// The same files and bytes in grouped durable commits, nothing else.
    fn floor(&self) -> Result<Measured> {
        let database = self.directory.join("floor.db");
        for ending in ["", "-wal", "-shm"] {
            drop(fs::remove_file(self.directory.join(format!("floor.db{ending}"))));
        }
        measure(process::command(&self.floor).arg(&self.storage).arg(&database))
    }

    /// A parser that keeps nothing.
    fn parser(&self) -> Result<Measured> {
        let script = process::root().join("xtask/src/bench/parse_hl7.py");
        measure(process::command(&self.python).arg(script).arg(&self.storage))
    }

    fn print(&self, ours: &[Measured], floor: &[Measured], parser: &[Measured]) {
        let rate = |rounds: &[Measured]| {
            let seconds: Vec<_> = rounds.iter().map(|round| round.seconds).collect();
            self.files as f64 / median(&seconds)
        };
        let mib = self.bytes as f64 / 1_048_576.0;
        println!(
            "{} files, {mib:.1} MiB, {} build, median of {} rounds in turn",
            self.files,
            self.profile,
            ours.len()
        );
        println!(
            "{:<34}{:>9}{:>10}{:>10}{:>22}",
            "", "files/s", "seconds", "peak MiB", "musubi is"
        );
        let rows = [
            ("musubi pull, durable", ours, String::new()),
            (
                "floor: read, insert, commit",
                floor,
                format!("{:.2} of it", rate(ours) / rate(floor)),
            ),
            (
                "Python hl7: read, parse",
                parser,
                format!("{:.1} times it", rate(ours) / rate(parser)),
            ),
        ];
        for (name, rounds, ratio) in rows {
            let peak = rounds.iter().map(|round| round.peak_mib).fold(0.0, f64::max);
            let rate = rate(rounds);
            let seconds = self.files as f64 / rate;
            println!("{name:<34}{rate:>9.0}{seconds:>10.2}{peak:>10.1}{ratio:>22}");
        }
        println!("aims: 0.3 of the floor, 8 times the parser, under 150 MiB");
    }
}

/// Runs a process to its end; time of the whole process, and the most memory it held.
fn measure(command: &mut Command) -> Result<Measured> {
    let line = process::spoken(command);
    eprintln!("$ {line}");
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().context(line.clone())?;
    let (mut peak_mib, mut status) = (0.0, None);
    while status.is_none() {
        peak_mib = peak_memory_mib(&child).unwrap_or(peak_mib);
        std::thread::sleep(Duration::from_millis(2));
        status = child.try_wait()?;
    }
    let seconds = begun.elapsed().as_secs_f64();
    match status.is_some_and(|status| status.success()) {
        true => Ok(Measured { seconds, peak_mib }),
        false => bail!("`{line}` ended with {status:?}"),
    }
}

/// The kernel's own high-water mark of resident memory.
fn peak_memory_mib(child: &Child) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

fn only_folder(directory: &Path) -> Result<PathBuf> {
    let mut folders = fs::read_dir(directory)?.collect::<std::io::Result<Vec<_>>>()?;
    match (folders.pop(), folders.is_empty()) {
        (Some(folder), true) => Ok(folder.path()),
        _ => bail!("the archive must hold one folder: the storage"),
    }
}

fn count(root: &Path) -> Result<(usize, u64)> {
    let (mut files, mut bytes, mut folders) = (0, 0, vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    files += 1;
                    bytes += fs::read(&path)?.len() as u64;
                }
            }
        }
    }
    Ok((files, bytes))
}
