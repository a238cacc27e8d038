//! A child for the tests of the pool, whose jobs misbehave as their bytes say.

use std::hint::black_box;
use std::process::{Command, ExitCode};
use worker::{Confinement, serve};

/// Enough for a test, little enough that it is used up at once.
const CONFINEMENT: Confinement = Confinement { memory_bytes: 256 * 1024 * 1024, cpu_seconds: 1 };

fn main() -> ExitCode {
    match serve(CONFINEMENT, answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn answer(job: &[u8]) -> Vec<u8> {
    match job {
        b"panic" => std::panic::resume_unwind(Box::new("as asked")),
        b"abort" => std::process::abort(),
        b"spin" => loop {
            black_box(());
        },
        b"hang" => loop {
            std::thread::park();
        },
        b"allocate" => vec![1; 1024 * 1024 * 1024],
        b"recurse" => vec![u8::from(depth(black_box(0)) > 0)],
        b"open" => said(std::fs::read("/etc/passwd")),
        b"program" => said(Command::new("/bin/true").status()),
        b"thread" => said(std::thread::Builder::new().spawn(|| ())),
        b"environment" => std::env::vars_os().count().to_string().into_bytes(),
        b"large" => vec![0; 3 * 1024 * 1024],
        other => other.to_vec(),
    }
}

#[allow(unconditional_recursion, reason = "the test is what the end of the stack does")]
fn depth(number: u64) -> u64 {
    black_box(depth(black_box(number + 1)) + 1)
}

fn said<T>(result: std::io::Result<T>) -> Vec<u8> {
    result.map_or_else(|error| format!("{:?}", error.kind()), |_| "done".to_owned()).into_bytes()
}
