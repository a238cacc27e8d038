//! Group commit: one transaction for many use cases, each failing alone.

use super::*;
use crate::case;
use crate::migrate;
use crate::queue::Queue;
use crate::setting;
use crate::sqlite::PAGE_BYTES;
use crate::sqlite_log::MOVE_PAGES;
use std::future::Future;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use tokio::sync::oneshot::Receiver;

type Answer = Receiver<Result<(), StoreError>>;

struct Fixture {
    writer: Writer,
    commits: Arc<AtomicUsize>,
    _directory: tempfile::TempDir,
}

fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(&directory.path().join("t.db"), Poison::default()).unwrap();
    migrate::migrate(writer.tx()).unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let seen = commits.clone();
    raw(&mut writer)
        .commit_hook(Some(move || {
            seen.fetch_add(1, Ordering::SeqCst);
            false
        }))
        .unwrap();
    Fixture { writer, commits, _directory: directory }
}

fn raw(writer: &mut Writer) -> &mut rusqlite::Connection {
    match &mut writer.tx.connection {
        Connection::Sqlite(connection) => &mut connection.raw,
        Connection::Postgres(_) => unreachable!("the writer is SQLite's"),
    }
}

fn member(
    f: impl FnMut(&mut Tx) -> Result<(), StoreError> + Send + 'static,
) -> (Box<dyn UseCase>, Answer) {
    case::new(f)
}

fn set(key: &'static str) -> (Box<dyn UseCase>, Answer) {
    member(move |tx| setting::set(tx, key, "kept"))
}

fn run(
    fixture: &mut Fixture,
    members: Vec<(Box<dyn UseCase>, Answer)>,
) -> Vec<Result<(), StoreError>> {
    let (cases, answers): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    fixture.writer.run_group(cases);
    answers.into_iter().map(|mut answer| answer.try_recv().unwrap()).collect()
}

fn kept(fixture: &mut Fixture) -> Vec<String> {
    let raw = raw(&mut fixture.writer);
    let mut prepared = raw.prepare("SELECT key FROM setting ORDER BY key").unwrap();
    prepared.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_group_is_one_commit() {
    let mut fixture = fixture();
    let before = fixture.commits.load(Ordering::SeqCst);
    let answers = run(&mut fixture, vec![set("a"), set("b"), set("c")]);
    assert_eq!(answers, [Ok(()), Ok(()), Ok(())]);
    assert_eq!(fixture.commits.load(Ordering::SeqCst) - before, 1);
    assert_eq!(kept(&mut fixture), ["a", "b", "c"]);
}

#[test]
fn a_member_that_fails_or_panics_is_undone_alone() {
    let mut fixture = fixture();
    let failing = member(|tx| {
        setting::set(tx, "failing", "lost")?;
        Err(StoreError::Damaged("on purpose".to_owned()))
    });
    let panicking = member(|tx| {
        setting::set(tx, "panicking", "lost")?;
        panic!("on purpose")
    });
    let answers = run(&mut fixture, vec![set("a"), failing, set("b"), panicking, set("c")]);
    assert_eq!(answers[1], Err(StoreError::Damaged("on purpose".to_owned())));
    assert_eq!(answers[3], Err(StoreError::Panicked("on purpose".to_owned())));
    assert_eq!(kept(&mut fixture), ["a", "b", "c"]);
}

#[test]
fn a_member_cannot_hide_the_error_of_a_statement() {
    let mut fixture = fixture();
    let hiding = member(|tx| {
        setting::set(tx, "hiding", "lost")?;
        let _ = setting::set(tx, "nul", "a\0b");
        assert!(matches!(setting::get(tx, "hiding"), Err(StoreError::Aborted(_))));
        Ok(())
    });
    let answers = run(&mut fixture, vec![hiding]);
    assert!(matches!(answers[0], Err(StoreError::Nul { parameter: 2, .. })), "{answers:?}");
    assert!(kept(&mut fixture).is_empty());
}

#[test]
fn when_the_commit_fails_every_member_hears_it_and_nothing_is_kept() {
    let mut fixture = fixture();
    let dangling = member(|tx| {
        tx.control("PRAGMA defer_foreign_keys = ON")?;
        tx.control(
            "INSERT INTO submission_set (id, entry_uuid, unique_id, identity_id, submitted_us, \
             metadata) VALUES (1, x'00', 'u', 99, 0, '')",
        )
    });
    let answers = run(&mut fixture, vec![set("a"), dangling, set("b")]);
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Constraint { .. })), "{answer:?}");
    }
    assert!(kept(&mut fixture).is_empty());
    assert_eq!(run(&mut fixture, vec![set("after")]), [Ok(())]);
}

#[test]
fn a_full_disk_is_an_error_and_writing_goes_on_when_there_is_space() {
    let mut fixture = fixture();
    let limit = |pages: u32| format!("PRAGMA max_page_count = {pages}");
    raw(&mut fixture.writer).execute_batch(&limit(1)).unwrap();
    let large = || member(|tx| setting::set(tx, "large", &"x".repeat(1 << 20)));
    let answers = run(&mut fixture, vec![large()]);
    assert!(matches!(answers[0], Err(StoreError::Full(_))), "{answers:?}");
    raw(&mut fixture.writer).execute_batch(&limit(1_000_000)).unwrap();
    assert_eq!(run(&mut fixture, vec![large()]), [Ok(())]);
    assert_eq!(kept(&mut fixture), ["large"]);
}

#[test]
fn after_a_disk_error_nothing_is_written_any_more() {
    let mut fixture = fixture();
    assert_eq!(run(&mut fixture, vec![set("before")]), [Ok(())]);
    let struck = member(|tx| {
        setting::set(tx, "struck", "lost")?;
        let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_FSYNC);
        let error = rusqlite::Error::SqliteFailure(code, None);
        tx.savepoint(|tx| -> Result<(), StoreError> {
            tx.query_opt(setting::STATEMENTS[0], params!["before"], |_| {
                Err::<(), _>(sqlite::fault("struck", &error))
            })?;
            Ok(())
        })
    });
    for answer in run(&mut fixture, vec![set("a"), struck, set("b")]) {
        assert!(matches!(answer, Err(StoreError::Disk(_) | StoreError::Poisoned(_))), "{answer:?}");
    }
    let later = run(&mut fixture, vec![set("later")]);
    assert!(matches!(later[0], Err(StoreError::Poisoned(_))), "{later:?}");
    assert_eq!(kept(&mut fixture), ["before"]);
}

#[test]
fn the_log_is_moved_into_the_database_when_it_has_grown() {
    let mut fixture = fixture();
    let large =
        member(|tx| setting::set(tx, "large", &"x".repeat(MOVE_PAGES as usize * PAGE_BYTES)));
    assert_eq!(run(&mut fixture, vec![large]), [Ok(())]);
    fixture.writer.checkpoint();
    let raw = raw(&mut fixture.writer);
    let left: (i64, i64) = raw
        .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| Ok((row.get(1)?, row.get(2)?)))
        .unwrap();
    assert_eq!(left.0, left.1, "every page of the log is in the database");
    assert!(left.0 >= i64::from(MOVE_PAGES), "{left:?}");
}

#[test]
fn a_long_reading_keeps_the_log_and_nobody_from_writing() {
    let mut fixture = fixture();
    assert_eq!(run(&mut fixture, vec![set("before")]), [Ok(())]);
    let path = fixture._directory.path().join("t.db");
    let reader = sqlite::Connection::open(&path, Purpose::Read).unwrap();
    let count = || -> i64 {
        reader.raw.query_row("SELECT count(*) FROM setting", [], |row| row.get(0)).unwrap()
    };
    reader.raw.execute_batch("BEGIN").unwrap();
    assert_eq!(count(), 1);
    assert_eq!(run(&mut fixture, vec![set("beside")]), [Ok(())]);
    assert!(!fixture.writer.move_log(Due::Restart), "the snapshot needs the log");
    assert_eq!(run(&mut fixture, vec![set("after")]), [Ok(())]);
    assert_eq!(count(), 1, "one snapshot");
    reader.raw.execute_batch("ROLLBACK").unwrap();
    assert!(fixture.writer.move_log(Due::Restart));
    let waits: i64 =
        raw(&mut fixture.writer).query_row("PRAGMA busy_timeout", [], |row| row.get(0)).unwrap();
    assert_eq!(waits, i64::try_from(limits::BUSY_TIMEOUT_MS).unwrap());
}

/// Puts a use case into a queue that notes its name when it runs.
fn enqueue(queue: &Queue, rank: Rank, log: &Log, name: &'static str) {
    let log = log.clone();
    let mut sent = Box::pin(queue.run(rank, move |_| -> Result<(), StoreError> {
        log.lock().unwrap().push(name);
        Ok(())
    }));
    let mut context = Context::from_waker(Waker::noop());
    assert!(sent.as_mut().poll(&mut context).is_pending(), "it waits for its answer");
}

type Log = Arc<Mutex<Vec<&'static str>>>;

#[test]
fn a_page_goes_before_the_intake_that_waits() {
    let mut fixture = fixture();
    let (queue, served) = Queue::new(8);
    let log = Log::default();
    enqueue(&queue, Rank::Bulk, &log, "intake 1");
    enqueue(&queue, Rank::Bulk, &log, "intake 2");
    enqueue(&queue, Rank::Interactive, &log, "page");
    let mut bulk = VecDeque::new();
    let pages = fixture.writer.take(&served, &mut bulk).unwrap();
    assert_eq!((pages.len(), bulk.len()), (1, 2));
    fixture.writer.run_group(pages);
    fixture.writer.run_bulk(&mut bulk, &served);
    assert_eq!(*log.lock().unwrap(), ["page", "intake 1", "intake 2"]);
    assert!(bulk.is_empty(), "nobody waits: the group is one commit");
}

#[test]
fn intake_gives_way_after_the_member_that_runs() {
    let mut fixture = fixture();
    let (queue, served) = Queue::new(8);
    let log = Log::default();
    let (pages, seen) = (queue.clone(), log.clone());
    let first = member(move |tx| {
        enqueue(&pages, Rank::Interactive, &seen, "page");
        setting::set(tx, "intake", "kept")
    });
    let (second, mut unanswered) = set("second");
    let mut bulk = VecDeque::from([first.0, second]);
    fixture.writer.run_bulk(&mut bulk, &served);
    assert_eq!(bulk.len(), 1, "the second waits for another commit");
    assert!(unanswered.try_recv().is_err());
    assert_eq!(kept(&mut fixture), ["intake"]);

    let pages = fixture.writer.take(&served, &mut bulk).unwrap();
    fixture.writer.run_group(pages);
    assert_eq!(*log.lock().unwrap(), ["page"]);
    fixture.writer.run_bulk(&mut bulk, &served);
    assert_eq!(unanswered.try_recv().unwrap(), Ok(()));
    assert_eq!(kept(&mut fixture), ["intake", "second"]);
}

#[test]
fn a_turn_tells_whether_another_process_waits() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("t.db");
    let (ours, theirs) = (Turnstile::open(&path).unwrap(), Turnstile::open(&path).unwrap());
    let turn = ours.enter().unwrap();
    assert!(!turn.is_wanted());
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| theirs.enter().map(drop));
        while !turn.is_wanted() {
            std::thread::yield_now();
        }
        drop(turn);
        waiting.join().unwrap().unwrap();
    });
    assert!(!ours.enter().unwrap().is_wanted());
}
