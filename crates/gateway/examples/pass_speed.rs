#![allow(clippy::all, clippy::disallowed_methods, clippy::print_stdout, clippy::unwrap_used)]
use futures::FutureExt;
use futures::future::BoxFuture;
use gateway::*;
use model::{Clock, CommunityId, IdSource, Timestamp};
use ports::*;
use std::sync::Arc;
use store::{Store, StoreConfig, StoreError, Database};
struct Noop;
impl DocumentSink for Noop {
    fn submit(&self, s: Vec<Submission>) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>> {
        async move { s.iter().map(|_| Ok(Receipt { outcome: Outcome::Registered })).collect() }.boxed()
    }
    fn change_states(&self, s: Vec<StateChange>) -> BoxFuture<'_, Vec<Result<Receipt, SinkError>>> {
        async move { s.iter().map(|_| Ok(Receipt { outcome: Outcome::Registered })).collect() }.boxed()
    }
}
impl IdentityFeed for Noop {
    fn update(&self, s: Vec<DemographicsUpdate>) -> BoxFuture<'_, Vec<Result<(), FeedError>>> {
        async move { s.iter().map(|_| Ok(())).collect() }.boxed()
    }
}
struct C; impl Clock for C { fn now(&self) -> Timestamp { Timestamp(std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros() as i64) } }
struct I; impl IdSource for I { fn fill(&self, b: &mut [u8]) { b.fill(7) } }
#[tokio::main]
async fn main() {
    let root = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let workers: u32 = std::env::args().nth(2).unwrap().parse().unwrap();
    let dir = std::path::PathBuf::from(std::env::args().nth(3).unwrap());
    std::fs::create_dir_all(&dir).unwrap();
    let store = Store::open(&StoreConfig::new(Database::Sqlite(dir.join("m.db")), dir.join("objects"))).unwrap();
    let g = Gateway::new(Parts { store: store.clone(), sink: Arc::new(Noop), feed: Arc::new(Noop), clock: Arc::new(C), ids: Arc::new(I),
        codes: Arc::new(Codes::built_in().unwrap()), repository_oid: "1.2.3".into(), disk_directories: vec![dir.clone()], disk_free_bytes_min: 1 });
    let s = store.write_blocking(move |tx| -> Result<Source, GatewayError> {
        add_facility(tx, "1310000001", "x", None, "hospital", Timestamp(0))?;
        add_source(tx, &NewSource { name: "n".into(), facility_code: "1310000001".into(), domain_oid: "1.2.3".into(), standardized: vec![root.clone()], extended: vec![], transaction: vec![], extended_transaction: vec![], settings: SourceSettings { parallelism: workers, ..Default::default() } }, Timestamp(0))
    }).unwrap();
    let ids = patients(&s).unwrap();
    store.write_blocking(move |tx| -> Result<(), StoreError> {
        for (n, p) in ids.iter().enumerate() {
            let d = store::person::domain_by_oid(tx, "1.2.3")?.unwrap();
            let person = store::person::insert_person(tx, &CommunityId::from_serial(n as u64 + 1), Timestamp(0))?.unwrap();
            let i = store::person::insert_identity(tx, d, p, person, Timestamp(0))?.unwrap();
            store::person::put_enrolment(tx, i, Timestamp(0), "x")?;
        }
        Ok(())
    }).unwrap();
    for _ in 0..3 {
        let t = std::time::Instant::now();
        let c = g.pull("n", &PullControl::default()).await.unwrap();
        let e = t.elapsed().as_secs_f64();
        println!("{c:?} {e:.3}s {:.0}/s", c.listed as f64 / e);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!("{}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
