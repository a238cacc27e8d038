//! What can go wrong with a job, and with a child.

use crate::Death;
use model::limits::{WORKER_JOB_BYTES, WORKER_QUEUE_JOBS};
use std::io;
use thiserror::Error;

/// Why a job has no answer. The pool goes on with the next job in every case.
#[derive(Debug, Error)]
pub enum WorkerError {
    /// More jobs wait than the queue holds.
    #[error("{WORKER_QUEUE_JOBS} jobs wait already: try again later")]
    Busy,
    /// The job has more bytes than [`WORKER_JOB_BYTES`].
    #[error("a job of {bytes} bytes, the limit is {WORKER_JOB_BYTES}")]
    JobTooLarge {
        /// Bytes of the job.
        bytes: u64,
    },
    /// The answer has more bytes than the pool's limit; the child was ended.
    #[error("an answer of {bytes} bytes, the limit is {limit}")]
    AnswerTooLarge {
        /// Bytes that the child announced.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// No child could be started, or it could not limit itself.
    #[error("no worker process could be started from {program}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The job took longer than its time; the child was ended.
    #[error("no answer within {limit_ms} ms")]
    Timeout {
        /// The limit.
        limit_ms: u64,
    },
    /// The job panicked; the child goes on.
    #[error("the job failed inside of its process")]
    Panicked,
    /// The child died of the job.
    #[error("the job ended its process: {0}")]
    Died(Death),
}

/// Why a child ends before its parent wanted it to.
#[derive(Debug, Error)]
pub enum ChildError {
    /// A resource limit could not be set.
    #[error("cannot limit {what}")]
    Limit {
        /// The resource.
        what: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The filter of system calls could not be set.
    #[error("cannot give up system calls")]
    Filter(#[from] seccompiler::Error),
    /// The filter of system calls cannot be made for this machine.
    #[error("cannot make the filter of system calls")]
    FilterMade(#[from] seccompiler::BackendError),
    /// The parent cannot be spoken with.
    #[error("the parent's pipe broke")]
    Pipe(#[source] io::Error),
    /// The parent sent what is no job.
    #[error("a job of {bytes} bytes was announced, the limit is {WORKER_JOB_BYTES}")]
    JobTooLarge {
        /// Bytes announced.
        bytes: u64,
    },
}
