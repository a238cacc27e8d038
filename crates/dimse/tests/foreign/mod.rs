//! Peers that know nothing of ours: DCMTK, pynetdicom and Orthanc, each as client and as server.

mod dcmtk;
mod orthanc;
mod pynetdicom;
mod tls;

use crate::archive::{Kept, slice};
use dimse::{Client, DimseError, Peer, Proposal};
use net::Dialer;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// How long a foreign server may take to start, in milliseconds.
const START_MS: u64 = 60_000;

/// A foreign server; ended with the test.
struct Foreign(Child);

impl Foreign {
    fn start(command: &mut Command) -> Foreign {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Foreign(quiet.spawn().unwrap())
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Why a test is skipped, where this program is not there.
fn missing(program: &str) -> bool {
    let known =
        ["/usr/bin", "/usr/sbin"].iter().any(|folder| Path::new(folder).join(program).exists());
    if !known {
        println!("skipped: no {program}; `cargo xtask test` installs dcmtk and orthanc");
    }
    !known
}

/// A port that was free just now.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn peer(title: &str, port: u16) -> Peer {
    Peer {
        address: format!("dicom://127.0.0.1:{port}"),
        called: title.to_owned(),
        calling: "MUSUBI".to_owned(),
        times: dimse::Times::default(),
    }
}

/// Associates with a foreign server as soon as it listens.
async fn connect(dialer: &Dialer, peer: &Peer, proposal: &Proposal) -> Client {
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let started = async {
        loop {
            ticks.tick().await;
            match Client::connect(dialer, peer, proposal).await {
                Err(DimseError::Connect(_)) => {}
                other => return other.unwrap(),
            }
        }
    };
    tokio::time::timeout(Duration::from_millis(START_MS), started).await.unwrap()
}

/// Runs a foreign client to its end, while our server goes on.
async fn run(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// As [`run`], and it says that it went well.
async fn succeeds(command: Command) -> String {
    let shown = format!("{command:?}");
    let output = run(command).await;
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{shown}: {said}");
    said
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).env("TCP_NODELAY", "1");
    command
}

/// Slices as files.
fn files(folder: &Path, count: u32, pixel_bytes: usize) -> Vec<(PathBuf, Kept)> {
    let all = (1..=count).map(|number| {
        let kept = slice(number, pixel_bytes);
        let path = folder.join(format!("{number}.dcm"));
        let file = [kept.instance.file_head().unwrap(), kept.bytes.to_vec()].concat();
        std::fs::write(&path, file).unwrap();
        (path, kept)
    });
    all.collect()
}
