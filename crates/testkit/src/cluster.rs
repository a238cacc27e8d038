//! A temporary PostgreSQL cluster, one for each test process.
//!
//! It listens on a Unix socket only and syncs nothing. A shell beside the test process waits on
//! a pipe from it; when the process ends in whatever way, the pipe closes and the shell stops
//! the server and removes its directory.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;
use store::{Database, Store, StoreConfig};
use tokio_postgres::NoTls;

const USER: &str = "musubi";
const TEMPLATE: &str = "musubi_template";
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How much of the server's log is kept for the message of a failed start.
const LOG_BYTES: usize = 64 * 1024;

/// The watching shell: `$1` the server's process, `$2` the directory.
const WATCH: &str = r#"cat >/dev/null
kill -QUIT "$1" 2>/dev/null
n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt 50 ]; do n=$((n+1)); sleep 0.1; done
kill -KILL "$1" 2>/dev/null
rm -rf "$2""#;

/// The running cluster of this process.
pub(crate) struct Cluster {
    directory: PathBuf,
    databases: AtomicU64,
    // Held so that the watching shell ends the server when this process ends.
    _watch: ChildStdin,
}

/// The cluster of this process; the first caller starts it.
pub(crate) fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    match CLUSTER.get_or_init(start) {
        Ok(cluster) => cluster,
        Err(error) => panic!("no PostgreSQL for the tests: {error}"),
    }
}

impl Cluster {
    /// The connection string of a fresh database with the current schema.
    pub(crate) fn fresh_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::SeqCst);
        let name = format!("test_{number}");
        self.administer(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
            .unwrap_or_else(|error| panic!("cannot create database {name}: {error}"));
        self.connection(&name)
    }

    /// The connection string of a database without any table.
    pub(crate) fn empty_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::SeqCst);
        let name = format!("empty_{number}");
        self.administer(&format!("CREATE DATABASE {name}"))
            .unwrap_or_else(|error| panic!("cannot create database {name}: {error}"));
        self.connection(&name)
    }

    fn connection(&self, database: &str) -> String {
        format!("host={} user={USER} dbname={database}", self.directory.display())
    }

    /// Runs SQL in the database `postgres`, on a thread of its own: callers may be inside a
    /// runtime.
    fn administer(&self, sql: &str) -> Result<(), String> {
        let connection = self.connection("postgres");
        std::thread::scope(|scope| {
            let done = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.map_err(|error| error.to_string())?.block_on(async {
                    let (client, driver) = tokio_postgres::connect(&connection, NoTls)
                        .await
                        .map_err(|error| error.to_string())?;
                    let driving = tokio::spawn(driver);
                    let done = client.batch_execute(sql).await;
                    drop(client);
                    let _ = driving.await;
                    done.map_err(|error| format!("{error}: {:?}", error.as_db_error()))
                })
            });
            done.join().unwrap_or_else(|_| Err("the administering thread panicked".to_owned()))
        })
    }

    fn make_template(&self) -> Result<(), String> {
        self.administer(&format!("CREATE DATABASE {TEMPLATE}"))?;
        let objects = self.directory.join("objects");
        let database = Database::Postgres(self.connection(TEMPLATE));
        let config = StoreConfig { readers: 1, writers: 1, ..StoreConfig::new(database, objects) };
        Store::open(&config).map(drop).map_err(|error| error.to_string())
    }
}

fn start() -> Result<Cluster, String> {
    let binaries = binaries()?;
    // Short, because the path of a socket may have 107 bytes.
    let directory = tempfile::Builder::new()
        .prefix("musubi-pg-")
        .tempdir_in("/tmp")
        .map_err(|error| format!("a directory in /tmp: {error}"))?
        .keep();
    give_away(&directory)?;
    let data = directory.join("data");
    let text = |path: &Path| path.to_string_lossy().into_owned();
    run(unprivileged(&binaries.join("initdb"))
        .args(["--pgdata", &text(&data), "--username", USER, "--auth", "trust", "--no-sync"])
        // A default collation unlike "C", so that a text column without @TEXT is found out.
        .args(["--encoding", "UTF8", "--locale", "C", "--locale-provider", "icu"])
        .args(["--icu-locale", "ja"]))?;
    let mut server = unprivileged(&binaries.join("postgres"))
        .args(["-D", &text(&data), "-k", &text(&directory), "-c", "listen_addresses="])
        .args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=300"])
        .args(["-c", "autovacuum=off", "-c", "shared_buffers=64MB", "-c", "max_wal_size=4GB"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("postgres: {error}"))?;
    let watch = watch(server.id(), &directory)?;
    let cluster = Cluster { directory, databases: AtomicU64::new(0), _watch: watch };
    wait_until_ready(server.stderr.take())?;
    cluster.make_template()?;
    Ok(cluster)
}

/// Waits until the server's log says so. Its log is read on, because a full pipe would stop it.
fn wait_until_ready(log: Option<ChildStderr>) -> Result<(), String> {
    let log = log.ok_or_else(|| "postgres has no standard error".to_owned())?;
    let (sender, ready) = sync_channel(1);
    std::thread::spawn(move || {
        let mut seen = String::new();
        for line in BufReader::new(log).lines().map_while(Result::ok) {
            if line.contains("ready to accept connections") {
                // Nobody listens any more if it took too long.
                let _ = sender.try_send(Ok(()));
            }
            if seen.len() < LOG_BYTES {
                seen.push_str(&line);
                seen.push('\n');
            }
        }
        let _ = sender.try_send(Err(format!("the server ended: {seen}")));
    });
    ready
        .recv_timeout(START_TIMEOUT)
        .unwrap_or_else(|_| Err(format!("the server was not ready within {START_TIMEOUT:?}")))
}

/// Where `initdb` and `postgres` are: on the PATH or where Debian keeps them.
fn binaries() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
        versions.sort();
        places.extend(versions.into_iter().rev().map(|version| version.join("bin")));
    }
    places
        .into_iter()
        .find(|place| place.join("initdb").exists() && place.join("postgres").exists())
        .ok_or_else(|| {
            "initdb and postgres are neither on the PATH nor below /usr/lib/postgresql; \
             install them: apt-get install --no-install-recommends postgresql"
                .to_owned()
        })
}

/// PostgreSQL refuses to run as root; as root it runs as `nobody`.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

fn give_away(directory: &Path) -> Result<(), String> {
    if !is_root() {
        return Ok(());
    }
    run(Command::new("chown").arg("nobody:nogroup").arg(directory))
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn watch(server: u32, directory: &Path) -> Result<ChildStdin, String> {
    use std::os::unix::process::CommandExt;
    let mut shell = Command::new("sh")
        .args(["-c", WATCH, "watch", &server.to_string()])
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Its own group: the interrupt that ends the tests must not end it first.
        .process_group(0)
        .spawn()
        .map_err(|error| format!("sh: {error}"))?;
    shell.stdin.take().ok_or_else(|| "sh has no standard input".to_owned())
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)))
}

/// Makes a database for another process in this process's cluster, a copy of `template` if one
/// is named, and gives its address as a URL.
pub fn database_for_others(name: &str, template: Option<&str>) -> Result<String, String> {
    let cluster = cluster();
    let template = template.unwrap_or("template0");
    cluster.administer(&format!("CREATE DATABASE {name} TEMPLATE {template}"))?;
    let socket = cluster.directory.to_string_lossy().replace('/', "%2F");
    Ok(format!("postgres://{USER}@{socket}/{name}"))
}
