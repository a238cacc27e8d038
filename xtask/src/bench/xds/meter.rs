//! What a process uses, as the kernel counts it.

use anyhow::{Context, Result};
use std::fs;

/// A process that is watched.
#[derive(Clone, Copy)]
pub struct Meter(pub u32);

/// What it used between two looks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Used {
    /// Processor time in seconds, user and system.
    pub cpu_s: f64,
    /// The most memory it held, beyond what it held before, in MiB.
    pub growth_mib: f64,
    /// The most memory it held, in MiB.
    pub peak_mib: f64,
}

impl Meter {
    /// What it uses while `work` runs. The kernel's high-water mark of resident memory is set
    /// back to the present before.
    pub fn during<T>(self, work: impl FnOnce() -> Result<T>) -> Result<(T, Used)> {
        fs::write(format!("/proc/{}/clear_refs", self.0), "5").context("clear_refs")?;
        let (cpu, resident) = (self.cpu_seconds()?, self.memory_mib("VmRSS:")?);
        let done = work()?;
        let peak_mib = self.memory_mib("VmHWM:")?;
        let cpu_s = self.cpu_seconds()? - cpu;
        Ok((done, Used { cpu_s, growth_mib: peak_mib - resident, peak_mib }))
    }

    fn memory_mib(self, name: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let line = status.lines().find_map(|line| line.strip_prefix(name)).context("status")?;
        let kib: f64 = line.split_whitespace().next().context("status")?.parse()?;
        Ok(kib / 1_024.0)
    }

    /// Linux counts in hundredths of a second.
    fn cpu_seconds(self) -> Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        let (_, behind_name) = stat.rsplit_once(')').context("stat")?;
        let fields: Vec<_> = behind_name.split_whitespace().collect();
        let ticks = |place: usize| -> Result<f64> {
            Ok(fields.get(place).context("stat")?.parse::<f64>()?)
        };
        Ok((ticks(11)? + ticks(12)?) / 100.0)
    }
}
