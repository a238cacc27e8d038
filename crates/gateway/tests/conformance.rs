//! Storages that nobody here wrote, where they are at hand (`MUSUBI_CONFORMANCE_DIR`).

use crate::common;

use common::{SOURCE, World};
use gateway::PullControl;
use std::collections::BTreeMap;
use std::path::Path;

async fn pull_all(world: &World, name: &str) -> gateway::PullCounts {
    let source = world.gateway.source(name).await.unwrap();
    for patient in gateway::patients(&source).unwrap() {
        world.enrol(&patient);
    }
    world.gateway.pull(name, &PullControl::default()).await.unwrap()
}

fn over(root: &Path) -> World {
    World::with(|_, new| new.standardized = vec![root.to_owned()])
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twins_storage_is_taken_whole_and_once() {
    let Some(directory) = testkit::conformance_dir() else { return };
    let unpacked = tempfile::tempdir().unwrap();
    let tar = std::process::Command::new("tar")
        .arg("-xf")
        .arg(directory.join("ssmix2-twins.tar.xz"))
        .arg("-C")
        .arg(unpacked.path())
        .status();
    assert!(tar.unwrap().success());
    let world = over(&unpacked.path().join("ssmixtwins"));
    let counts = pull_all(&world, SOURCE).await;
    assert_eq!((counts.listed, counts.taken, counts.quarantined), (5_181, 5_181, 0));
    assert_eq!(world.centre.count(), 5_181);
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    for stored in world.centre.all() {
        *types.entry(stored.entry.type_code.code).or_default() += 1;
    }
    let expected = [
        ("ADT-00", 60),
        ("ADT-12", 1_379),
        ("ADT-22", 95),
        ("ADT-52", 95),
        ("OML-11", 1_746),
        ("OMP-01", 1_319),
        ("OMP-02", 427),
        ("PPR-01", 60),
    ];
    assert_eq!(types, expected.map(|(name, count)| (name.to_owned(), count)).into());
    let again = world.gateway.pull(SOURCE, &PullControl::default()).await.unwrap();
    assert_eq!((again.taken, again.unchanged), (0, 5_181));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_the_nho_tree_is_taken_or_waits_for_a_stated_reason() {
    let Some(directory) = testkit::conformance_dir() else { return };
    let world = over(&directory.join("ssmix2-nho/sampleData"));
    let counts = pull_all(&world, SOURCE).await;
    assert_eq!(counts.listed, 22);
    assert_eq!(counts.taken + counts.quarantined, 22);
    let reasons = world.gateway.quarantine_counts().await.unwrap();
    insta::assert_debug_snapshot!(reasons);
}
