//! The parent's side: a few children, each with one job at a time.

mod process;

use crate::WorkerError;
use bytes::Bytes;
use model::limits::{
    WORKER_ANSWER_BYTES, WORKER_CHILDREN, WORKER_JOB_BYTES, WORKER_JOB_MS, WORKER_JOBS_PER_CHILD,
    WORKER_QUEUE_JOBS,
};
use process::Process;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// What a child is: a program that calls [`crate::serve`].
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable, usually our own.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Its whole environment: nothing of the parent's is inherited.
    pub environment: Vec<(String, String)>,
}

/// How much a pool takes on. The default is the table of limits.
#[derive(Debug, Clone, Copy)]
pub struct PoolLimits {
    /// Children at once.
    pub children: usize,
    /// Jobs that wait for a child.
    pub queue: usize,
    /// Time of one job, the child's start not counted.
    pub job_time: Duration,
    /// Bytes of one answer.
    pub answer_bytes: u64,
}

impl Default for PoolLimits {
    fn default() -> PoolLimits {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        PoolLimits {
            children: processors.min(WORKER_CHILDREN as usize),
            queue: WORKER_QUEUE_JOBS as usize,
            job_time: Duration::from_millis(WORKER_JOB_MS),
            answer_bytes: WORKER_ANSWER_BYTES,
        }
    }
}

/// A few children that answer jobs. A child that dies, hangs or answers too much is ended and
/// replaced; only its own job learns of it.
#[derive(Debug)]
pub struct Pool {
    program: Program,
    limits: PoolLimits,
    /// A permit for each job that waits or runs.
    admitted: Semaphore,
    /// A permit for each job that runs.
    running: Semaphore,
    idle: Mutex<Vec<Process>>,
}

impl Pool {
    /// A pool without children; they start when jobs come.
    pub fn new(program: Program, limits: PoolLimits) -> Pool {
        Pool {
            program,
            limits,
            admitted: Semaphore::new(limits.children + limits.queue),
            running: Semaphore::new(limits.children),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Runs one job: `parts` one after the other are its bytes. A caller that no longer waits ends
    /// the job with its child.
    pub async fn run(&self, parts: &[Bytes]) -> Result<Vec<u8>, WorkerError> {
        let bytes: u64 = parts.iter().map(|part| part.len() as u64).sum();
        let length = match u32::try_from(bytes) {
            Ok(length) if bytes <= WORKER_JOB_BYTES => length,
            _ => return Err(WorkerError::JobTooLarge { bytes }),
        };
        let _admitted = self.admitted.try_acquire().map_err(|_| WorkerError::Busy)?;
        let _running = self.running.acquire().await.map_err(|_| WorkerError::Busy)?;
        let mut process = match self.take_idle() {
            Some(process) => process,
            None => Process::start(&self.program).await?,
        };
        let answer = process.run(length, parts, &self.limits).await;
        match &answer {
            Ok(_) | Err(WorkerError::Panicked) => self.put_back(process),
            Err(error) => tracing::warn!(%error, "a worker process ended"),
        }
        answer
    }

    /// A child that lives and waits.
    fn take_idle(&self) -> Option<Process> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(mut process) = idle.pop() {
            if process.lives() {
                return Some(process);
            }
        }
        None
    }

    fn put_back(&self, process: Process) {
        if process.jobs() < WORKER_JOBS_PER_CHILD {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
    }
}
