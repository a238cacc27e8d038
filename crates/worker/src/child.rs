//! The child's side: limit yourself, then answer jobs until the parent closes.

use crate::frame::{Kind, read_job, write_answer};
use crate::{ChildError, Confinement};
use std::io::{stdin, stdout};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Limits this process for good and answers jobs on its standard input with `answer` on its standard
/// output, until the parent closes. Nothing else may use the standard streams, and no other thread
/// may run.
///
/// `answer` gives the answer's bytes; a panic inside of it is told to the parent, and the next job
/// is served.
pub fn serve(
    confinement: Confinement,
    mut answer: impl FnMut(&[u8]) -> Vec<u8>,
) -> Result<(), ChildError> {
    let (mut from, mut to) = (stdin().lock(), stdout().lock());
    if let Err(error) = confinement.enter() {
        write_answer(&mut to, Kind::Unlimited, error.to_string().as_bytes())?;
        return Err(error);
    }
    write_answer(&mut to, Kind::Ready, &[])?;
    let mut job = Vec::new();
    while read_job(&mut from, &mut job)? {
        confinement.renew()?;
        // State that a panic left half done is that of one job: `answer` keeps none.
        match catch_unwind(AssertUnwindSafe(|| answer(&job))) {
            Ok(bytes) => write_answer(&mut to, Kind::Answer, &bytes)?,
            Err(_) => write_answer(&mut to, Kind::Panicked, &[])?,
        }
        // A large job's memory goes back, so that the next one has all of its own.
        job = Vec::new();
    }
    Ok(())
}
