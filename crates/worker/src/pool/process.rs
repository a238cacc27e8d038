//! One child as its parent holds it.

use super::{PoolLimits, Program};
use crate::frame::{ANSWER_HEAD_BYTES, Kind, answer_head, job_head};
use crate::{Death, WorkerError};
use bytes::Bytes;
use model::limits::WORKER_START_MS;
use std::io;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// A child and the two pipes to it. It is killed when this is dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    to: ChildStdin,
    from: ChildStdout,
    jobs: u64,
}

/// Why a job has no answer: the pipe broke, or something that is known already.
enum Failure {
    Pipe,
    Known(WorkerError),
}

impl From<io::Error> for Failure {
    fn from(_: io::Error) -> Failure {
        Failure::Pipe
    }
}

impl Process {
    /// Starts a child and waits until it has limited itself.
    pub async fn start(program: &Program) -> Result<Process, WorkerError> {
        let failed =
            |source| WorkerError::Start { program: program.path.display().to_string(), source };
        let mut child = Command::new(&program.path)
            .args(&program.arguments)
            .env_clear()
            .envs(program.environment.iter().map(|(name, value)| (name, value)))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What a decoder says of a patient's file is nobody's to read.
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to, from) = pipes.ok_or_else(|| failed(io::ErrorKind::BrokenPipe.into()))?;
        let mut process = Process { child, to, from, jobs: 0 };
        let started = timeout(Duration::from_millis(WORKER_START_MS), process.ready()).await;
        started.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(failed)?;
        Ok(process)
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Jobs that it has had.
    pub fn jobs(&self) -> u64 {
        self.jobs
    }

    /// Sends one job of `length` bytes and waits for its answer. After an error other than a panic
    /// the child is of no use any more, and may have ended.
    pub async fn run(
        &mut self,
        length: u32,
        parts: &[Bytes],
        limits: &PoolLimits,
    ) -> Result<Vec<u8>, WorkerError> {
        self.jobs += 1;
        let exchanged = timeout(limits.job_time, self.exchange(length, parts, limits)).await;
        match exchanged {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Failure::Known(error))) => Err(error),
            Ok(Err(Failure::Pipe)) => Err(self.post_mortem(limits).await),
            Err(_) => {
                let limit_ms = u64::try_from(limits.job_time.as_millis()).unwrap_or(u64::MAX);
                Err(WorkerError::Timeout { limit_ms })
            }
        }
    }

    async fn ready(&mut self) -> io::Result<()> {
        let mut head = [0; ANSWER_HEAD_BYTES];
        self.from.read_exact(&mut head).await?;
        match answer_head(head)? {
            (Kind::Ready, 0) => Ok(()),
            (Kind::Unlimited, _) => {
                let mut why = String::new();
                (&mut self.from).take(1024).read_to_string(&mut why).await?;
                Err(io::Error::other(why))
            }
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    async fn exchange(
        &mut self,
        length: u32,
        parts: &[Bytes],
        limits: &PoolLimits,
    ) -> Result<Vec<u8>, Failure> {
        self.to.write_all(&job_head(length)).await?;
        for part in parts {
            self.to.write_all(part).await?;
        }
        self.to.flush().await?;
        let mut head = [0; ANSWER_HEAD_BYTES];
        self.from.read_exact(&mut head).await?;
        let (kind, bytes) = answer_head(head)?;
        match kind {
            Kind::Answer if u64::from(bytes) > limits.answer_bytes => {
                let limit = limits.answer_bytes;
                Err(Failure::Known(WorkerError::AnswerTooLarge { bytes: bytes.into(), limit }))
            }
            Kind::Answer => {
                let mut answer = vec![0; bytes as usize];
                self.from.read_exact(&mut answer).await?;
                Ok(answer)
            }
            Kind::Panicked => Err(Failure::Known(WorkerError::Panicked)),
            Kind::Ready | Kind::Unlimited => Err(Failure::Pipe),
        }
    }

    /// What a child died of whose pipe broke; one that still lives is ended.
    async fn post_mortem(&mut self, limits: &PoolLimits) -> WorkerError {
        if let Ok(Ok(status)) = timeout(limits.job_time, self.child.wait()).await {
            return WorkerError::Died(Death::from(status));
        }
        WorkerError::Died(Death::Signal(libc::SIGKILL))
    }
}
