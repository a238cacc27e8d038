//! Children that misbehave: each is known by what it did, and the next job is served.

use bytes::Bytes;
use std::path::PathBuf;
use std::time::Duration;
use worker::{Death, Pool, PoolLimits, Program, WorkerError};

fn pool(limits: PoolLimits) -> Pool {
    let program = Program {
        path: PathBuf::from(env!("CARGO_BIN_EXE_worker_child")),
        arguments: Vec::new(),
        environment: vec![("ONE".to_owned(), "1".to_owned())],
    };
    Pool::new(program, limits)
}

fn one_child() -> Pool {
    pool(PoolLimits { children: 1, ..PoolLimits::default() })
}

async fn run(pool: &Pool, job: &'static [u8]) -> Result<Vec<u8>, WorkerError> {
    pool.run(&[Bytes::from_static(job)]).await
}

async fn assert_serves(pool: &Pool) {
    assert_eq!(run(pool, b"the next one").await.unwrap(), b"the next one");
}

#[tokio::test]
async fn a_job_is_bytes_in_and_bytes_out() {
    let pool = one_child();
    let parts = [Bytes::from_static(b"in "), Bytes::from(vec![b'x'; 1_000_000])];
    let answer = pool.run(&parts).await.unwrap();
    assert_eq!(answer.len(), 1_000_003);
    assert!(answer.starts_with(b"in xx"));
    assert_eq!(run(&pool, b"").await.unwrap(), b"");
}

#[tokio::test]
async fn a_child_that_dies_is_known_by_its_death_and_replaced() {
    let pool = one_child();
    for (job, death) in [
        (&b"abort"[..], Death::Aborted),
        (b"allocate", Death::Aborted),
        (b"recurse", Death::Aborted),
        (b"spin", Death::ProcessorTime),
    ] {
        match run(&pool, job).await {
            Err(WorkerError::Died(found)) => assert_eq!(found, death),
            other => panic!("{other:?}"),
        }
        assert_serves(&pool).await;
    }
}

#[tokio::test]
async fn a_panic_costs_its_job_alone() {
    let pool = one_child();
    assert!(matches!(run(&pool, b"panic").await, Err(WorkerError::Panicked)));
    assert_serves(&pool).await;
}

#[tokio::test]
async fn a_child_that_hangs_or_answers_too_much_is_ended() {
    let limits = PoolLimits {
        children: 1,
        job_time: Duration::from_millis(300),
        answer_bytes: 1024 * 1024,
        ..PoolLimits::default()
    };
    let pool = pool(limits);
    assert!(matches!(run(&pool, b"hang").await, Err(WorkerError::Timeout { limit_ms: 300 })));
    assert_serves(&pool).await;
    let answer = run(&pool, b"large").await;
    assert!(matches!(answer, Err(WorkerError::AnswerTooLarge { bytes: 3_145_728, .. })));
    assert_serves(&pool).await;
}

#[tokio::test]
async fn a_job_reaches_no_file_no_program_and_nothing_of_the_parent() {
    let pool = one_child();
    assert_eq!(run(&pool, b"open").await.unwrap(), b"PermissionDenied");
    assert_eq!(run(&pool, b"program").await.unwrap(), b"PermissionDenied");
    assert_eq!(run(&pool, b"thread").await.unwrap(), b"PermissionDenied");
    assert_eq!(run(&pool, b"environment").await.unwrap(), b"1");
}

#[tokio::test]
async fn jobs_beyond_the_queue_are_told_at_once() {
    let limits = PoolLimits {
        children: 1,
        queue: 1,
        job_time: Duration::from_millis(300),
        ..PoolLimits::default()
    };
    let pool = pool(limits);
    let (first, second, third) =
        tokio::join!(run(&pool, b"hang"), run(&pool, b"waits"), run(&pool, b"too many"));
    assert!(matches!(first, Err(WorkerError::Timeout { .. })));
    assert_eq!(second.unwrap(), b"waits");
    assert!(matches!(third, Err(WorkerError::Busy)));
}

#[tokio::test]
async fn a_caller_that_leaves_frees_its_place() {
    let pool = one_child();
    assert_serves(&pool).await;
    let left = tokio::time::timeout(Duration::from_millis(50), run(&pool, b"hang")).await;
    assert!(left.is_err());
    assert_serves(&pool).await;
}

#[tokio::test]
async fn a_program_that_is_none_is_told() {
    let program =
        Program { path: "/nowhere".into(), arguments: Vec::new(), environment: Vec::new() };
    let pool = Pool::new(program, PoolLimits::default());
    assert!(matches!(run(&pool, b"job").await, Err(WorkerError::Start { .. })));
    let program =
        Program { path: "/bin/true".into(), arguments: Vec::new(), environment: Vec::new() };
    let pool = Pool::new(program, PoolLimits::default());
    assert!(matches!(run(&pool, b"job").await, Err(WorkerError::Start { .. })));
}
