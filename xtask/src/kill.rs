//! `cargo xtask kill`: `kill -9` at random moments of a pull, then a pull to the end; the state
//! must be the one of an undisturbed run.

use crate::arguments::Arguments;
use crate::binary::{self, Profile};
use crate::centre::{self, Centre};
use crate::cluster::Cluster;
use crate::region::{Region, Wanted};
use crate::statistics::Sequence;
use crate::{metadata, process};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Kills that came after the end of the pull are drawn again; more than these mean that the
/// pull has become much faster than the undisturbed one.
const MISSES: u32 = 20;

/// Pause between two looks at a pull.
const LOOK: Duration = Duration::from_millis(1);

/// The task.
pub fn run(mut arguments: Arguments) -> Result<()> {
    let runs: u32 = arguments.option("--runs")?.unwrap_or(50);
    let mut wanted = Wanted::default();
    wanted.seed = arguments.option("--seed")?.unwrap_or(wanted.seed);
    wanted.patients = arguments.option("--patients")?.unwrap_or(wanted.patients);
    let profile = arguments.option("--profile")?.unwrap_or(Profile::Dev);
    let engine: String = arguments.option("--engine")?.unwrap_or_else(|| "both".to_owned());
    arguments.finish()?;
    let engines: &[&str] = match engine.as_str() {
        "both" => &["sqlite", "postgres"],
        "sqlite" => &["sqlite"],
        "postgres" => &["postgres"],
        _ => bail!("engines are sqlite, postgres and both"),
    };
    let binary = binary::musubi(profile)?;
    let directory = metadata::target_directory()?.join("kill");
    centre::fresh(&directory)?;
    fs::create_dir(&directory)?;
    let region = Region::make(&binary, &directory.join("region"), wanted)?;
    for engine in engines {
        let mut sequence = Sequence(wanted.seed);
        Bed::new(&binary, &region, &directory.join(engine), engine)?.kill(runs, &mut sequence)?;
    }
    Ok(())
}

/// Where the pulls of one engine are killed: a centre with everybody enrolled and nothing read
/// yet, which every run begins from. Identifiers drawn at random are therefore the same in all.
struct Bed<'a> {
    region: &'a Region,
    engine: &'a str,
    directory: PathBuf,
    cluster: Option<Cluster>,
    prepared: Centre,
}

impl<'a> Bed<'a> {
    fn new(
        binary: &Path,
        region: &'a Region,
        directory: &Path,
        engine: &'a str,
    ) -> Result<Bed<'a>> {
        fs::create_dir(directory)?;
        let mut cluster = (engine == "postgres").then(Cluster::start).transpose()?;
        let database =
            cluster.as_mut().map(|cluster| cluster.database("prepared", None)).transpose()?;
        let prepared = Centre::init(binary, &directory.join("prepared"), database.as_deref())?;
        prepared.add(region)?;
        prepared.enrol(region)?;
        Ok(Bed { region, engine, directory: directory.to_owned(), cluster, prepared })
    }

    /// A fresh copy of the prepared centre.
    fn centre(&mut self, name: &str) -> Result<Centre> {
        let database = match &mut self.cluster {
            Some(cluster) => Some(cluster.database(name, Some("prepared"))?),
            None => None,
        };
        self.prepared.copy_to(&self.directory.join(name), database.as_deref())
    }

    fn kill(&mut self, runs: u32, sequence: &mut Sequence) -> Result<()> {
        let undisturbed = self.centre("undisturbed")?;
        let begun = Instant::now();
        undisturbed.pull(self.region)?;
        let whole = begun.elapsed();
        let expected = undisturbed.dump()?;
        if expected.lines().count() < 100 {
            bail!("the dump has only {} lines: nothing to compare", expected.lines().count());
        }
        let mut misses = 0;
        let mut run = 0;
        while run < runs {
            let after = Duration::from_micros(sequence.below(whole.as_micros() as u64));
            let name = format!("run_{run}_{misses}");
            let centre = self.centre(&name)?;
            let Some(source) = self.pull_killed(&centre, after)? else {
                misses += 1;
                if misses > MISSES {
                    bail!("{misses} pulls ended before they were killed");
                }
                continue;
            };
            self.pull_to_the_end(&centre)?;
            self.compare(&expected, &centre.dump()?, &name)?;
            run += 1;
            println!(
                "{}: run {run} of {runs}, killed in {source} after {after:?}: same state",
                self.engine
            );
            fs::remove_dir_all(self.directory.join(&name))?;
        }
        println!(
            "{}: {runs} pulls killed at random moments of {whole:?}, {runs} ended in the \
             undisturbed state ({} lines)",
            self.engine,
            expected.lines().count()
        );
        Ok(())
    }

    /// Pulls source by source and kills the pull that runs `after` the first began. Gives that
    /// source; nothing if all had ended.
    fn pull_killed(&self, centre: &Centre, after: Duration) -> Result<Option<&str>> {
        let begun = Instant::now();
        for source in &self.region.sources {
            let mut pull = centre.command(["pull", "--source", &source.name]);
            let mut child = pull.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
            loop {
                if begun.elapsed() >= after {
                    child.kill()?;
                    // Signal 9 leaves no exit code; a code means that it had ended by itself.
                    return Ok(child.wait()?.code().is_none().then_some(&source.name));
                }
                match child.try_wait()? {
                    Some(status) if status.success() => break,
                    Some(status) => bail!("{} ended with {status}", process::spoken(&pull)),
                    None => std::thread::sleep(LOOK),
                }
            }
        }
        Ok(None)
    }

    fn pull_to_the_end(&self, centre: &Centre) -> Result<()> {
        let mut pulls = self.region.sources.iter();
        pulls.try_for_each(|source| {
            process::output(&mut centre.command(["pull", "--source", &source.name])).map(drop)
        })
    }

    fn compare(&self, expected: &str, found: &str, name: &str) -> Result<()> {
        if expected == found {
            return Ok(());
        }
        let paths = ["expected", "found"].map(|kind| self.directory.join(format!("{name}.{kind}")));
        fs::write(&paths[0], expected)?;
        fs::write(&paths[1], found)?;
        let differing = expected.lines().zip(found.lines()).find(|(left, right)| left != right);
        let (left, right) = differing.context("one state has more lines than the other")?;
        bail!(
            "{name}: another state than undisturbed\n  expected {left}\n  found    {right}\nsee {} and {}",
            paths[0].display(),
            paths[1].display()
        )
    }
}
