//! Clients that submit documents by ITI-41, each on a connection of its own, one request after
//! the other.

use crate::connection::{Connection, Url};
use crate::message::{self, Names, Template};
use crate::settings::{Failure, Settings};
use crate::tally::Tally;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// What an answer to a submission must hold.
const SUCCESS: &str = "ResponseStatusType:Success";

struct Job<'a> {
    url: Url,
    template: Template,
    patients: Vec<(String, usize)>,
    size: usize,
    count: u64,
    next: &'a AtomicU64,
    /// Whether answers are a registry's, or the floor's.
    is_checked: bool,
}

/// Submits `--count` documents of `--bytes` bytes from `--clients` clients.
pub fn run(settings: &Settings) -> Result<(), Failure> {
    let next = AtomicU64::new(0);
    let job = Job {
        url: Url::parse(settings.text("--url")?)?,
        template: Template::new(settings.text("--domain")?, settings.text("--source")?)?,
        patients: settings.patients()?,
        size: settings.number("--bytes", 4_096)?,
        count: settings.number("--count", 1_000)?,
        next: &next,
        is_checked: settings.maybe("--floor").is_none(),
    };
    let clients: usize = settings.number("--clients", 8)?;
    let begun = Instant::now();
    let tallies: Result<Vec<Tally>, Failure> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(|| client(&job))).collect();
        threads.into_iter().map(|one| one.join().map_err(|_| "a client panicked")?).collect()
    });
    let mut all = Tally { wall: begun.elapsed(), ..Tally::default() };
    for one in tallies? {
        all.times.extend(one.times);
        all.bytes += one.bytes;
        if !one.unique_id.is_empty() {
            all.unique_id = one.unique_id;
        }
    }
    all.print()
}

fn client(job: &Job<'_>) -> Result<Tally, Failure> {
    let mut connection = Connection::open(&job.url)?;
    let mut tally = Tally::default();
    let (behind, mut answer) = (Template::behind(), Vec::new());
    loop {
        let number = job.next.fetch_add(1, Ordering::Relaxed);
        if number >= job.count {
            return Ok(tally);
        }
        let names = Names::fresh();
        let place = usize::try_from(number)? % job.patients.len();
        let before = job.template.before(&names, &job.patients[place].0);
        let content = message::content(number, job.size);
        let pieces = [before.as_bytes(), &content, behind.as_bytes()];
        answer.clear();
        let begun = Instant::now();
        let content_type = &job.template.content_type;
        connection.post(content_type, &pieces, &mut |bytes| answer.extend_from_slice(bytes))?;
        tally.times.push(begun.elapsed());
        tally.bytes += answer.len() as u64;
        tally.unique_id = names.document_id;
        let is_success = answer.windows(SUCCESS.len()).any(|part| part == SUCCESS.as_bytes());
        if job.is_checked && !is_success {
            return Err(String::from_utf8_lossy(&answer).into_owned().into());
        }
    }
}
