//! What was measured, as one line of JSON.

use crate::settings::Failure;
use std::time::Duration;

/// Measurements of one run.
#[derive(Default)]
pub struct Tally {
    /// Time of each request, to the last byte of its answer.
    pub times: Vec<Duration>,
    /// Bytes of the answers' bodies.
    pub bytes: u64,
    /// Of the whole run.
    pub wall: Duration,
    /// uniqueId of the last document submitted.
    pub unique_id: String,
}

impl Tally {
    /// Prints it.
    pub fn print(mut self) -> Result<(), Failure> {
        self.times.sort_unstable();
        let at = |share: f64| {
            let rank = (share * self.times.len() as f64).ceil() as usize;
            let time = self.times.get(rank.saturating_sub(1)).copied().unwrap_or_default();
            time.as_secs_f64() * 1_000.0
        };
        println!(
            "{{\"requests\":{},\"seconds\":{:.6},\"bytes\":{},\"p50_ms\":{:.4},\"p95_ms\":{:.4},\
             \"cpu_s\":{:.2},\"unique_id\":\"{}\"}}",
            self.times.len(),
            self.wall.as_secs_f64(),
            self.bytes,
            at(0.5),
            at(0.95),
            cpu_seconds()?,
            self.unique_id,
        );
        Ok(())
    }
}

/// Processor time of this process so far: user and system, in Linux's hundredths.
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name before it may hold blanks.
    let (_, behind_name) = stat.rsplit_once(')').ok_or("/proc/self/stat")?;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |place: usize| -> Result<u32, Failure> {
        Ok(fields.get(place).ok_or("/proc/self/stat")?.parse()?)
    };
    Ok(f64::from(ticks(11)? + ticks(12)?) / 100.0)
}
