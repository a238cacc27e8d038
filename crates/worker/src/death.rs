//! How a child died, as its parent sees it.

use std::fmt;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

/// How a child died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// It used up its processor time.
    ProcessorTime,
    /// It aborted: no memory was left within its limit, or its stack was used up.
    Aborted,
    /// It read or wrote memory that it does not have.
    MemoryFault,
    /// Another signal ended it.
    Signal(i32),
    /// It ended by itself, without an answer.
    Exited(i32),
}

impl From<ExitStatus> for Death {
    fn from(status: ExitStatus) -> Death {
        match status.signal() {
            Some(libc::SIGXCPU) => Death::ProcessorTime,
            Some(libc::SIGABRT) => Death::Aborted,
            Some(libc::SIGSEGV | libc::SIGBUS) => Death::MemoryFault,
            Some(signal) => Death::Signal(signal),
            None => Death::Exited(status.code().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Death {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Death::ProcessorTime => formatter.write_str("its processor time was used up"),
            Death::Aborted => formatter.write_str("its memory or stack was used up"),
            Death::MemoryFault => formatter.write_str("it touched memory that it does not have"),
            Death::Signal(signal) => write!(formatter, "signal {signal}"),
            Death::Exited(code) => write!(formatter, "it ended with {code}"),
        }
    }
}
