//! A running `musubi serve`.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

/// How long a server may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long it may take to stop once told.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause between two looks at a process.
const LOOK: Duration = Duration::from_millis(20);

/// A server process, killed when dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// Takes over a started process and waits until it listens on `address`.
    pub fn started(child: Child, address: SocketAddr) -> Result<Server> {
        let mut server = Server { child, address };
        let deadline = Instant::now() + START_TIMEOUT;
        while TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_err() {
            if let Some(status) = server.child.try_wait()? {
                bail!("the server ended with {status} before it listened");
            }
            if Instant::now() > deadline {
                bail!("the server does not listen on {address}");
            }
            std::thread::sleep(LOOK);
        }
        Ok(server)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop (SIGTERM) and waits; it must end with success.
    pub fn stop(mut self) -> Result<()> {
        terminate(&self.child)?;
        let status = wait(&mut self.child, STOP_TIMEOUT)?;
        if !status.success() {
            bail!("the server ended with {status} when told to stop");
        }
        Ok(())
    }

    /// Waits until it ends by itself, or by Ctrl-C in this terminal.
    pub fn wait(mut self) -> Result<ExitStatus> {
        Ok(self.child.wait()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address of this machine on which nothing listens now.
pub fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}

fn terminate(child: &Child) -> Result<()> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).context("process id")?;
    kill_process(pid, Signal::TERM).context("cannot send SIGTERM")
}

fn wait(child: &mut Child, timeout: Duration) -> Result<ExitStatus> {
    let deadline = Instant::now() + timeout;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() > deadline {
            bail!("it did not stop within {} s", timeout.as_secs());
        }
        std::thread::sleep(LOOK);
    }
}
