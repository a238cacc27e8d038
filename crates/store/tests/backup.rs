//! Backup and restore, and the dump that compares states.

use crate::common;

use common::sample;
use std::fs;
use std::path::{Path, PathBuf};
use store::backup::{self, Summary};
use store::{Database, ObjectKey, Store, StoreConfig, StoreError, setting};
use testkit::{TestStore, for_each_engine};

fn dump(store: &Store) -> String {
    store.read_blocking(store::dump::dump).unwrap()
}

/// A store with rows in every table and two objects, of which a document names one and the
/// instances name the other.
fn fill(store: &TestStore) -> [ObjectKey; 2] {
    sample::fill(store);
    let keys = [b'a', b'b'].map(|letter| {
        let bytes = vec![letter; 70_000];
        store.objects().put_blocking(&mut &bytes[..]).unwrap()
    });
    let [document, instances] = keys.map(|key| {
        let sha256 = hex::encode(key.sha256);
        match store.config().database {
            Database::Sqlite(_) => format!("x'{sha256}'"),
            Database::Postgres(_) => format!("'\\x{sha256}'"),
        }
    });
    common::run(
        store,
        &format!(
            "UPDATE left_document SET in_objects = 0;
             UPDATE quarantine SET in_objects = 0;
             UPDATE document SET in_objects = 0;
             UPDATE document SET in_objects = 1, sha256 = {document}, size = 70000 WHERE id = 1;
             UPDATE instance SET sha256 = {instances}, size = 70000;"
        ),
    );
    keys
}

fn back_up(store: &Store, to: &Path) -> Summary {
    store.back_up(to, &mut |_| ()).unwrap()
}

fn new_sqlite(directory: &Path) -> StoreConfig {
    StoreConfig::new(Database::Sqlite(directory.join("new.db")), directory.join("new-objects"))
}

fn new_postgres(directory: &Path) -> StoreConfig {
    let database = Database::Postgres(TestStore::empty_postgres());
    StoreConfig::new(database, directory.join("new-postgres-objects"))
}

fn check_restored(original: &TestStore, keys: &[ObjectKey], to: &StoreConfig, from: &Path) {
    backup::restore(from, to).unwrap();
    let restored = Store::open(to).unwrap();
    assert_eq!(dump(&restored), dump(original));
    for key in keys {
        assert_eq!(restored.objects().read_blocking(*key), original.objects().read_blocking(*key));
    }
    // New rows get new numbers: the counters came along.
    restored
        .write_blocking(|tx| store::job::enqueue(tx, "new", "new", "", model::Timestamp(0)))
        .unwrap();
}

#[test]
fn what_was_backed_up_is_restored_whole() {
    for_each_engine(|store| {
        let keys = fill(store);
        let from = store.directory().join("backup");
        let mut steps = 0;
        let made = store.back_up(&from, &mut |_| steps += 1).unwrap();
        assert_eq!((made.damaged.len(), made.files), (0, steps));
        assert_eq!(backup::verify(&from).unwrap(), made);
        match store.config().database {
            Database::Sqlite(_) => {
                check_restored(store, &keys, &new_sqlite(store.directory()), &from);
            }
            Database::Postgres(_) => {
                check_restored(store, &keys, &new_postgres(store.directory()), &from);
                check_restored(store, &keys, &new_sqlite(store.directory()), &from);
            }
        }
    });
}

#[test]
fn a_backup_under_writes_is_one_point() {
    for_each_engine(|store| {
        fn step(tx: &mut store::Tx) -> Result<(), StoreError> {
            let one = setting::get(tx, "one")?.map_or(0, |text| text.parse().unwrap()) + 1;
            setting::set(tx, "one", &format!("{one}"))?;
            setting::set(tx, "two", &format!("{one}"))
        }
        store.write_blocking(step).unwrap();
        let going = std::sync::atomic::AtomicBool::new(true);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while going.load(std::sync::atomic::Ordering::SeqCst) {
                    store.write_blocking(step).unwrap();
                }
            });
            for number in 0..5 {
                back_up(store, &store.directory().join(format!("{number}")));
            }
            going.store(false, std::sync::atomic::Ordering::SeqCst);
        });
        for number in 0..5 {
            let place = store.directory().join(format!("{number}-restored"));
            fs::create_dir(&place).unwrap();
            let to = new_sqlite(&place);
            backup::restore(&store.directory().join(format!("{number}")), &to).unwrap();
            let restored = Store::open(&to).unwrap();
            let both = restored.read_blocking(|tx| -> Result<_, StoreError> {
                Ok((setting::get(tx, "one")?, setting::get(tx, "two")?))
            });
            let (one, two) = both.unwrap();
            assert!(one.is_some() && one == two, "{one:?} {two:?}");
        }
    });
}

#[test]
fn nothing_is_overwritten() {
    let store = TestStore::sqlite();
    fill(&store);
    let from = store.directory().join("backup");
    back_up(&store, &from);
    let again = store.back_up(&from, &mut |_| ());
    assert!(again.unwrap_err().to_string().contains("not empty"));
    let onto_itself = backup::restore(&from, store.config());
    assert!(onto_itself.unwrap_err().to_string().contains("not overwritten"));
    let beside_a_log = new_sqlite(store.directory());
    fs::write(store.directory().join("new.db-wal"), "old").unwrap();
    assert!(backup::restore(&from, &beside_a_log).unwrap_err().to_string().contains("new.db-wal"));
    let elsewhere = StoreConfig {
        database: Database::Sqlite(store.directory().join("other.db")),
        ..store.config().clone()
    };
    let onto_objects = backup::restore(&from, &elsewhere);
    assert!(onto_objects.unwrap_err().to_string().contains("holds objects"));
    assert!(!store.directory().join("other.db").exists());
}

#[test]
fn rows_are_restored_only_into_an_empty_database() {
    let store = TestStore::postgres();
    fill(&store);
    let from = store.directory().join("backup");
    back_up(&store, &from);
    let to = StoreConfig { objects: store.directory().join("fresh"), ..store.config().clone() };
    let before = dump(&store);
    let refused = backup::restore(&from, &to);
    assert!(refused.unwrap_err().to_string().contains("has rows already"));
    assert_eq!(dump(&store), before);
}

#[test]
fn a_damaged_or_unfinished_backup_is_refused() {
    let store = TestStore::sqlite();
    fill(&store);
    let place = |name: &str| -> PathBuf { store.directory().join(name) };
    for (number, harm) in [harm_object as fn(&Path), harm_database, cut_manifest, remove_manifest]
        .into_iter()
        .enumerate()
    {
        let from = place(&format!("backup-{number}"));
        back_up(&store, &from);
        harm(&from);
        assert!(backup::verify(&from).is_err(), "harm {number}");
        let to = new_sqlite(&place(&format!("new-{number}")));
        assert!(backup::restore(&from, &to).is_err(), "harm {number}");
        assert!(!place(&format!("new-{number}")).exists());
    }
}

fn harm_object(from: &Path) {
    let mut path = from.join("objects");
    while path.is_dir() {
        path = fs::read_dir(path).unwrap().next().unwrap().unwrap().path();
    }
    flip(&path);
}

fn harm_database(from: &Path) {
    flip(&from.join("database.db"));
}

fn flip(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn cut_manifest(from: &Path) {
    let path = from.join("manifest.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    fs::write(path, lines[..lines.len() - 1].join("\n")).unwrap();
}

fn remove_manifest(from: &Path) {
    fs::remove_file(from.join("manifest.jsonl")).unwrap();
}

#[test]
fn a_manifest_cannot_lead_outside() {
    let store = TestStore::sqlite();
    let from = store.directory().join("backup");
    back_up(&store, &from);
    let path = from.join("manifest.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("database.db", "../musubi.db")).unwrap();
    assert!(backup::verify(&from).unwrap_err().to_string().contains("outside"));
}

#[test]
fn objects_that_are_gone_are_named_and_the_rest_is_saved() {
    let store = TestStore::sqlite();
    let [gone, harmed] = fill(&store);
    fs::remove_file(store.objects().path(&gone.sha256)).unwrap();
    flip(&store.objects().path(&harmed.sha256));
    let from = store.directory().join("backup");
    let made = back_up(&store, &from);
    let mut named = vec![hex::encode(gone.sha256), hex::encode(harmed.sha256)];
    let mut damaged = made.damaged.clone();
    named.sort();
    damaged.sort();
    assert_eq!(damaged, named);
    let to = new_sqlite(store.directory());
    assert_eq!(backup::restore(&from, &to).unwrap(), made);
    assert_eq!(dump(&Store::open(&to).unwrap()), dump(&store));
}

#[test]
fn the_dump_knows_no_numbers_and_no_clock() {
    let (one, two) = (TestStore::sqlite(), TestStore::postgres());
    sample::fill(&one);
    sample::fill(&two);
    let before = dump(&one);
    assert!(before.lines().count() > 20, "{before}");
    assert_eq!(dump(&two), before);
    sample::renumber(&one);
    assert_eq!(dump(&one), before);
}

#[test]
fn the_dump_shows_every_difference() {
    let changes = [
        "UPDATE document SET version_state = 9 WHERE id = 1",
        "UPDATE document SET deleted_us = NULL WHERE id = 1",
        "UPDATE fact SET body = 'other' WHERE document_id = 2",
        "UPDATE timeline_entry SET label = 'other' WHERE document_id = 2",
        "UPDATE identity SET person_id = 1 WHERE id = 2",
        "DELETE FROM identity_token WHERE identity_id = 1",
        "UPDATE quarantine SET reason = 'other' WHERE id = 1",
        "DELETE FROM document_bytes WHERE document_id = 1",
        "UPDATE association SET target_kind = 1, target_id = 3 WHERE id = 1",
    ];
    for change in changes {
        let store = TestStore::sqlite();
        sample::fill(&store);
        let before = dump(&store);
        common::run(&store, change);
        assert_ne!(dump(&store), before, "{change}");
    }
}
