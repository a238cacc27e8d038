//! How parent and child speak over two pipes: a job is its length and its bytes, an answer is one
//! octet that says what it is, its length and its bytes. Lengths are 32 bits, little endian.

use crate::ChildError;
use model::limits::WORKER_JOB_BYTES;
use std::io::{self, Read, Write};

/// Octets before the bytes of an answer.
pub const ANSWER_HEAD_BYTES: usize = 5;

/// What an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The child has limited itself and waits for jobs.
    Ready,
    /// The answer to a job.
    Answer,
    /// The job panicked.
    Panicked,
    /// The child could not limit itself; the bytes say why.
    Unlimited,
}

impl Kind {
    /// The octet of this kind.
    fn octet(self) -> u8 {
        match self {
            Kind::Ready => b'R',
            Kind::Answer => b'A',
            Kind::Panicked => b'P',
            Kind::Unlimited => b'U',
        }
    }

    /// The kind of this octet.
    fn of(octet: u8) -> Option<Kind> {
        let kinds = [Kind::Ready, Kind::Answer, Kind::Panicked, Kind::Unlimited];
        kinds.into_iter().find(|kind| kind.octet() == octet)
    }
}

/// The head of a job of `bytes`.
pub fn job_head(bytes: u32) -> [u8; 4] {
    bytes.to_le_bytes()
}

/// What an answer's head announces.
pub fn answer_head(head: [u8; ANSWER_HEAD_BYTES]) -> io::Result<(Kind, u32)> {
    let [kind, length @ ..] = head;
    let kind = Kind::of(kind).ok_or(io::ErrorKind::InvalidData)?;
    Ok((kind, u32::from_le_bytes(length)))
}

/// The next job, or nothing when the parent has closed.
pub fn read_job(mut from: impl Read, job: &mut Vec<u8>) -> Result<bool, ChildError> {
    let mut head = [0; 4];
    match from.read_exact(&mut head) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(ChildError::Pipe(error)),
    }
    let bytes = u32::from_le_bytes(head);
    if u64::from(bytes) > WORKER_JOB_BYTES {
        return Err(ChildError::JobTooLarge { bytes: bytes.into() });
    }
    job.clear();
    job.resize(bytes as usize, 0);
    from.read_exact(job).map_err(ChildError::Pipe)?;
    Ok(true)
}

/// Writes one answer.
pub fn write_answer(mut to: impl Write, kind: Kind, bytes: &[u8]) -> Result<(), ChildError> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut head = [kind.octet(), 0, 0, 0, 0];
    head[1..].copy_from_slice(&length.to_le_bytes());
    let written = to.write_all(&head).and_then(|()| to.write_all(bytes)).and_then(|()| to.flush());
    written.map_err(ChildError::Pipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut written = Vec::new();
        write_answer(&mut written, Kind::Answer, b"bytes").unwrap();
        let head = written[..ANSWER_HEAD_BYTES].try_into().unwrap();
        assert_eq!(answer_head(head).unwrap(), (Kind::Answer, 5));
        let sent = [&job_head(3)[..], b"job"].concat();
        let mut job = vec![1; 9];
        let mut pipe = &sent[..];
        assert!(read_job(&mut pipe, &mut job).unwrap());
        assert_eq!(job, b"job");
        assert!(!read_job(&mut pipe, &mut job).unwrap(), "the parent has closed");
    }

    #[test]
    fn a_length_beyond_the_limit_and_an_unknown_octet_are_refused() {
        let head = u32::MAX.to_le_bytes();
        let refused = read_job(&head[..], &mut Vec::new());
        assert!(matches!(refused, Err(ChildError::JobTooLarge { bytes: 4_294_967_295 })));
        assert!(answer_head([0; ANSWER_HEAD_BYTES]).is_err());
    }
}
