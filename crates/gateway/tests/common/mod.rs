//! A storage in a temporary directory, a gateway over it, and a centre that keeps everything in
//! memory.

pub mod centre;
pub mod messages;

use centre::{Centre, Feed};
use gateway::{
    Codes, Gateway, GatewayError, NewSource, Parts, PullControl, PullCounts, QuarantineFilter,
    Source, SourceSettings,
};
use model::{Clock, CommunityId};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::StoreError;
use testkit::{CountingIds, ManualClock, TestStore};

pub const FACILITY: &str = "1310000001";
pub const DOMAIN: &str = "1.2.392.100495.20.3.51.11310000001";
pub const SOURCE: &str = "north";

/// Everything of one test.
pub struct World {
    pub store: TestStore,
    pub centre: Arc<Centre>,
    pub feed: Arc<Feed>,
    pub clock: Arc<ManualClock>,
    pub gateway: Gateway,
    pub place: tempfile::TempDir,
    serial: AtomicU64,
}

/// One file of a standardized storage, as its name says it.
#[derive(Debug, Clone)]
pub struct File {
    pub patient: String,
    pub date: String,
    pub data_type: String,
    pub key: String,
    pub sent: String,
    pub department: String,
    pub flag: String,
}

impl File {
    /// A laboratory result of 2024-01-02.
    pub fn lab(patient: &str, key: &str) -> File {
        File {
            patient: patient.into(),
            date: "20240102".into(),
            data_type: "OML-11".into(),
            key: key.into(),
            sent: "20240102090000000".into(),
            department: "01".into(),
            flag: "1".into(),
        }
    }

    pub fn with_type(mut self, data_type: &str, date: &str) -> File {
        (self.data_type, self.date) = (data_type.into(), date.into());
        self
    }

    pub fn sent(mut self, sent: &str) -> File {
        self.sent = sent.into();
        self
    }

    pub fn flag(mut self, flag: &str) -> File {
        self.flag = flag.into();
        self
    }

    pub fn name(&self) -> String {
        let File { patient, date, data_type, key, sent, department, flag } = self;
        format!("{patient}_{date}_{data_type}_{key}_{sent}_{department}_{flag}")
    }

    pub fn folder(&self) -> String {
        let patient = &self.patient;
        format!("{}/{}/{patient}/{}/{}", &patient[..3], &patient[3..6], self.date, self.data_type)
    }

    pub fn path(&self) -> String {
        format!("{}/{}", self.folder(), self.name())
    }
}

impl World {
    /// A world whose source has one standardized root.
    pub fn new() -> World {
        World::with(|_, _| {})
    }

    /// A world whose source is changed before it is added.
    pub fn with(change: impl FnOnce(&Path, &mut NewSource)) -> World {
        World::on(TestStore::sqlite(), change)
    }

    /// A world on a store.
    pub fn on(store: TestStore, change: impl FnOnce(&Path, &mut NewSource)) -> World {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("std");
        std::fs::create_dir(&root).unwrap();
        let centre = Arc::new(Centre::default());
        let feed = Arc::new(Feed::default());
        let clock = Arc::new(ManualClock::default());
        let gateway = gateway_over(&store, &centre, &feed, &clock, 1);
        let world = World { store, centre, feed, clock, gateway, place, serial: AtomicU64::new(1) };
        let mut new = NewSource {
            name: SOURCE.into(),
            facility_code: FACILITY.into(),
            domain_oid: DOMAIN.into(),
            standardized: vec![root],
            extended: Vec::new(),
            transaction: Vec::new(),
            extended_transaction: Vec::new(),
            settings: SourceSettings { stability_s: 0, ..SourceSettings::default() },
        };
        change(world.place.path(), &mut new);
        world.add_source(new);
        world
    }

    pub fn add_source(&self, new: NewSource) -> Source {
        let now = self.clock.now();
        self.store
            .write_blocking(move |tx| -> Result<Source, GatewayError> {
                if store::source::facility_by_code(tx, FACILITY)?.is_none() {
                    gateway::add_facility(tx, FACILITY, "北病院", None, "hospital", now)?;
                }
                gateway::add_source(tx, &new, now)
            })
            .unwrap()
    }

    /// Enrols a patient in the source's domain.
    pub fn enrol(&self, patient: &str) {
        let (patient, now) = (patient.to_owned(), self.clock.now());
        let community = CommunityId::from_serial(self.serial.fetch_add(1, Ordering::SeqCst));
        self.store
            .write_blocking(move |tx| -> Result<(), StoreError> {
                let domain = store::person::domain_by_oid(tx, DOMAIN)?.unwrap();
                let person = store::person::insert_person(tx, &community, now)?.unwrap();
                let identity = store::person::insert_identity(tx, domain, &patient, person, now)?;
                store::person::put_enrolment(tx, identity.unwrap(), now, "test")
            })
            .unwrap();
    }

    pub fn withdraw(&self, patient: &str) {
        let (patient, now) = (patient.to_owned(), self.clock.now());
        self.store
            .write_blocking(move |tx| -> Result<(), StoreError> {
                let found = store::person::identity_by_local_id(tx, DOMAIN, &patient)?.unwrap();
                store::person::withdraw_enrolment(tx, found.id, now, "test").map(drop)
            })
            .unwrap();
    }

    /// The standardized root.
    pub fn root(&self) -> PathBuf {
        self.place.path().join("std")
    }

    /// Writes a file below the standardized root.
    pub fn put(&self, file: &File, bytes: impl AsRef<[u8]>) -> PathBuf {
        self.put_at(&file.path(), bytes)
    }

    pub fn put_at(&self, path: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        write(&self.root().join(path), bytes)
    }

    /// Renames a file to another flag.
    pub fn reflag(&self, file: &File, flag: &str) -> File {
        let renamed = file.clone().flag(flag);
        std::fs::rename(self.root().join(file.path()), self.root().join(renamed.path())).unwrap();
        renamed
    }

    pub async fn pull(&self) -> PullCounts {
        self.try_pull().await.unwrap()
    }

    pub async fn try_pull(&self) -> Result<PullCounts, GatewayError> {
        self.gateway.pull(SOURCE, &PullControl::default()).await
    }

    /// Reasons in quarantine with the ends of their places.
    pub async fn reasons(&self) -> Vec<(String, String)> {
        let items = self.gateway.quarantine(&QuarantineFilter::default()).await.unwrap();
        let mut reasons: Vec<(String, String)> = items
            .into_iter()
            .map(|item| {
                let end = item.place.rsplit('/').next().unwrap_or_default().to_owned();
                (item.row.reason, end)
            })
            .collect();
        reasons.sort();
        reasons
    }

    /// The one reason in quarantine.
    pub async fn reason(&self) -> String {
        let reasons = self.reasons().await;
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        reasons.into_iter().next().unwrap().0
    }

    /// Everything that the gateway keeps, as text: to be searched for what must not be there.
    pub async fn everything_kept(&self) -> String {
        let items = self.gateway.quarantine(&QuarantineFilter::default()).await.unwrap();
        let report = self.gateway.source_report(SOURCE).await.unwrap();
        let database = std::fs::read(self.store.directory().join("musubi.db")).unwrap();
        let log = std::fs::read(self.store.directory().join("musubi.db-wal")).unwrap_or_default();
        format!(
            "{items:?} {report:?} {} {}",
            String::from_utf8_lossy(&database),
            String::from_utf8_lossy(&log)
        )
    }
}

/// Another gateway over the same state, as another process would have it.
pub fn gateway_over(
    store: &TestStore,
    centre: &Arc<Centre>,
    feed: &Arc<Feed>,
    clock: &Arc<ManualClock>,
    disk_free_bytes_min: u64,
) -> Gateway {
    Gateway::new(Parts {
        store: store.store(),
        sink: Arc::clone(centre) as _,
        feed: Arc::clone(feed) as _,
        clock: Arc::clone(clock) as _,
        ids: Arc::new(CountingIds::new()),
        codes: Arc::new(Codes::built_in().unwrap()),
        repository_oid: "1.3.6.1.4.1.21367.2010.1.2.1".into(),
        images: None,
        disk_directories: vec![store.directory().to_owned()],
        disk_free_bytes_min,
    })
}

/// State of the source and why.
pub async fn state(world: &World) -> (String, String) {
    let state = world.gateway.source_report(SOURCE).await.unwrap().state.unwrap();
    (state.state, state.reason)
}

pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> PathBuf {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
    path.to_owned()
}
