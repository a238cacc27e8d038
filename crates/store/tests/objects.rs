//! Objects: durable before they are named, never half, never silently damaged.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use store::{ObjectKey, Store, StoreError};
use testkit::TestStore;

fn sample(size: usize) -> Vec<u8> {
    (0..size).map(|at| u8::try_from(at * at % 251).unwrap()).collect()
}

fn put(store: &Store, bytes: &[u8]) -> ObjectKey {
    store.objects().put_blocking(&mut &bytes[..]).unwrap()
}

/// Every file below the objects, temporary ones too.
fn files(store: &TestStore) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![store.directory().join("objects")];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { directories.push(path) } else { found.push(path) }
        }
    }
    found
}

#[test]
fn what_was_put_is_found_under_its_hash() {
    let store = TestStore::sqlite();
    for size in [0, 1, 70_000, 1 << 20, (5 << 20) + 17] {
        let bytes = sample(size);
        let key = put(&store, &bytes);
        assert_eq!(key.size, size as u64);
        assert_eq!(key.sha256.as_slice(), Sha256::digest(&bytes).as_slice());
        assert_eq!(store.objects().read_blocking(key).unwrap(), bytes);
        assert_eq!(fs::read(store.objects().path(&key.sha256)).unwrap(), bytes);
    }
    assert_eq!(files(&store).len(), 5);
}

#[tokio::test]
async fn streams_go_in_and_out() {
    let store = TestStore::sqlite();
    let bytes = sample(3 << 20);
    let chunks: Vec<io::Result<Bytes>> =
        bytes.chunks(10_007).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let key = store.objects().put(futures::stream::iter(chunks)).await.unwrap();
    let read: Vec<Bytes> = store.objects().get(key).await.unwrap().try_collect().await.unwrap();
    assert_eq!(read.concat(), bytes);
    assert_eq!(store.objects().size(&key.sha256).await, Ok(Some(3 << 20)));
    assert_eq!(store.objects().size(&[7; 32]).await, Ok(None));
}

#[test]
fn putting_again_changes_nothing_and_leaves_no_temporary_file() {
    let store = TestStore::sqlite();
    let bytes = sample(100_000);
    let key = put(&store, &bytes);
    let before = fs::metadata(store.objects().path(&key.sha256)).unwrap().modified().unwrap();
    assert_eq!(put(&store, &bytes), key);
    let after = fs::metadata(store.objects().path(&key.sha256)).unwrap().modified().unwrap();
    assert_eq!(before, after);
    assert_eq!(files(&store).len(), 1);
}

#[test]
fn a_torn_object_of_the_wrong_size_does_not_count_as_there() {
    let store = TestStore::sqlite();
    let bytes = sample(100_000);
    let key = put(&store, &bytes);
    fs::write(store.objects().path(&key.sha256), &bytes[..999]).unwrap();
    assert_eq!(put(&store, &bytes), key);
    assert_eq!(store.objects().read_blocking(key).unwrap(), bytes);
}

#[test]
fn damage_on_disk_is_found_when_read() {
    let store = TestStore::sqlite();
    let mut bytes = sample(100_000);
    let key = put(&store, &bytes);
    bytes[50_000] ^= 1;
    fs::write(store.objects().path(&key.sha256), &bytes).unwrap();
    let read = store.objects().read_blocking(key);
    assert!(matches!(read, Err(StoreError::Object { .. })), "{read:?}");
    fs::remove_file(store.objects().path(&key.sha256)).unwrap();
    assert!(matches!(store.objects().read_blocking(key), Err(StoreError::Object { .. })));
}

#[test]
fn a_source_that_breaks_off_leaves_nothing_and_stops_nothing() {
    struct Broken(usize);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 { Err(io::Error::other("gone")) } else { Ok(buffer.len()) }
        }
    }
    let store = TestStore::sqlite();
    let refused = store.objects().put_blocking(&mut Broken(0));
    assert!(matches!(refused, Err(StoreError::Object { .. })), "{refused:?}");
    assert!(files(&store).is_empty());
    store.check_writable().unwrap();
}

#[test]
fn half_written_objects_of_killed_processes_go_at_the_next_start_others_stay() {
    let store = TestStore::sqlite();
    let temporary = |slot: &str| store.directory().join("objects/tmp").join(slot);
    fs::create_dir_all(temporary("5")).unwrap();
    fs::write(temporary("0").join("living"), "x").unwrap();
    fs::create_dir_all(temporary("1")).unwrap();
    fs::write(temporary("1").join("killed"), "x").unwrap();
    let second = Store::open(store.config()).unwrap();
    assert!(temporary("0").join("living").exists(), "its store is open");
    assert!(!temporary("1").join("killed").exists());
    let (one, two) = (put(&store, &sample(70_000)), put(&second, &sample(80_000)));
    assert!(
        second.objects().read_blocking(one).is_ok() && store.objects().read_blocking(two).is_ok()
    );
}

#[test]
fn after_a_failed_write_neither_objects_nor_rows_are_taken() {
    let store = TestStore::sqlite();
    // A directory where the object belongs: the rename fails, as a broken disk's would.
    let bytes = sample(70_000);
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    fs::create_dir_all(store.objects().path(&hash).join("in the way")).unwrap();
    let refused = store.objects().put_blocking(&mut &bytes[..]);
    assert!(matches!(refused, Err(StoreError::Disk(_))), "{refused:?}");
    assert!(matches!(store.check_writable(), Err(StoreError::Poisoned(_))));
    let row = store.write_blocking(|tx| store::setting::set(tx, "a", "1"));
    assert!(matches!(row, Err(StoreError::Poisoned(_))), "{row:?}");
    let again = store.objects().put_blocking(&mut &sample(10)[..]);
    assert!(matches!(again, Err(StoreError::Poisoned(_))), "{again:?}");
    assert_eq!(store.read_blocking(|tx| store::setting::get(tx, "a")), Ok(None));
    assert!(
        Store::open(&store::StoreConfig {
            objects: store.directory().join("elsewhere"),
            ..store.config().clone()
        })
        .is_ok()
    );
}

#[test]
fn free_space_is_known_and_a_missing_path_is_an_error() {
    assert!(store::disk_free(Path::new("/")).unwrap() > 0);
    assert!(store::disk_free(Path::new("/no/such/place")).is_err());
}

#[tokio::test]
async fn many_may_put_the_same_at_once() {
    let store = TestStore::sqlite();
    let bytes = Bytes::from(sample(300_000));
    let puts = (0..8).map(|_| {
        let objects = store.objects().clone();
        let chunk = bytes.clone();
        async move { objects.put(futures::stream::iter([Ok(chunk)])).await }
    });
    let keys: Vec<_> = futures::stream::iter(puts).buffer_unordered(8).collect().await;
    assert!(keys.iter().all(|key| key == &keys[0] && key.is_ok()), "{keys:?}");
    assert_eq!(files(&store).len(), 1);
}

#[tokio::test]
async fn what_no_row_names_is_found_step_by_step_and_deleted() {
    for store in [TestStore::sqlite(), TestStore::postgres()] {
        let unnamed: Vec<ObjectKey> =
            [70_000, 80_000, 90_000].map(|size| put(&store, &sample(size))).to_vec();
        let is_there = |key: &ObjectKey| store.objects().is_there(key);
        let written = fs::metadata(store.objects().path(&unnamed[0].sha256)).unwrap();
        let written = written.modified().unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
        let written_us = i64::try_from(written.as_micros()).unwrap();
        let a_day_us = 1_000 * i64::try_from(model::limits::OBJECT_UNNAMED_MS).unwrap();
        let soon = model::Timestamp(written_us + a_day_us / 2);
        assert_eq!(store::sweep::walk(&store, soon, 10).await, Ok(0), "a row may still come");
        assert!(unnamed.iter().all(is_there));
        let late = model::Timestamp(written_us + 2 * a_day_us);
        for left in [2, 1, 0] {
            assert_eq!(store::sweep::walk(&store, late, 1).await, Ok(1));
            assert_eq!(unnamed.iter().filter(|key| is_there(key)).count(), left);
        }
        // After the last one the walk begins anew.
        assert_eq!(store::sweep::walk(&store, late, 1).await, Ok(0));
        let again = put(&store, &sample(70_000));
        assert_eq!(store::sweep::walk(&store, late, 1).await, Ok(1));
        assert!(!is_there(&again));
    }
}
