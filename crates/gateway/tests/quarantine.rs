//! What waits in quarantine, how it is shown, and how it gets out.

use crate::common;

use common::centre::Faults;
use common::{File, SOURCE, World, messages};
use gateway::{GatewayError, ItemBytes, PullControl, QuarantineFilter};
use model::reason::Reason;

const PATIENT: &str = "1234567";

async fn retry(world: &World, filter: QuarantineFilter) -> (i64, i64) {
    let control = PullControl::default();
    let counts = world.gateway.quarantine_retry(&filter, &control).await.unwrap();
    (counts.taken, counts.quarantined)
}

fn world() -> World {
    let world = World::new();
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "EMPTY"), "");
    world.put(&File::lab(PATIENT, "PDF"), "%PDF-1.7");
    world.put(&File::lab(PATIENT, "GOOD"), messages::lab(PATIENT, "7.0"));
    world
}

fn by_reason(reason: Reason) -> QuarantineFilter {
    QuarantineFilter { reason: Some(reason), ..QuarantineFilter::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_listed_by_source_and_reason_and_shown() {
    let world = world();
    world.pull().await;
    let all = world.gateway.quarantine(&QuarantineFilter::default()).await.unwrap();
    assert_eq!(all.len(), 2);
    let pdf = world.gateway.quarantine(&by_reason(Reason::NotHl7)).await.unwrap().remove(0);
    assert!(pdf.place.starts_with(world.root().to_str().unwrap()), "{}", pdf.place);
    assert_eq!((pdf.row.attempts, pdf.row.size), (1, 8));
    let (shown, bytes) = world.gateway.quarantine_show(pdf.row.id).await.unwrap();
    assert_eq!(shown, pdf);
    assert_eq!(bytes, ItemBytes::FromSource(b"%PDF-1.7".to_vec()));
    let counts = world.gateway.quarantine_counts().await.unwrap();
    assert_eq!(counts, [("empty".to_owned(), 1), ("not-hl7".to_owned(), 1)]);
    let none = QuarantineFilter { id: Some(99), ..QuarantineFilter::default() };
    assert!(matches!(world.gateway.quarantine(&none).await, Err(GatewayError::NoQuarantine(99))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_counts_and_one_that_reads_well_leaves() {
    let world = world();
    world.pull().await;
    let all = QuarantineFilter::default;
    assert_eq!(retry(&world, all()).await, (0, 2));
    let item = world.gateway.quarantine(&by_reason(Reason::Empty)).await.unwrap().remove(0);
    assert_eq!(item.row.attempts, 2);
    assert_eq!(retry(&world, by_reason(Reason::NotHl7)).await, (0, 1));
    world.put(&File::lab(PATIENT, "EMPTY"), messages::lab(PATIENT, "7.1"));
    let one = QuarantineFilter { id: Some(item.row.id), ..all() };
    assert_eq!(retry(&world, one).await, (1, 0));
    assert_eq!(world.reason().await, "not-hl7");
    world.put(&File::lab(PATIENT, "PDF"), messages::lab(PATIENT, "7.2"));
    let of_source = QuarantineFilter { source: Some(SOURCE.into()), ..all() };
    assert_eq!(retry(&world, of_source).await, (1, 0));
    assert_eq!(world.reasons().await, []);
    assert_eq!(world.centre.count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_hospital_puts_right_leaves_at_the_next_pull() {
    let world = world();
    world.pull().await;
    world.put(&File::lab(PATIENT, "EMPTY"), messages::lab(PATIENT, "7.1"));
    let pdf = world.root().join(File::lab(PATIENT, "PDF").path());
    std::fs::remove_file(pdf).unwrap();
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 0));
    assert_eq!(world.reasons().await, [], "a place that is no more waits for nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_fault_waits_once() {
    let world = world();
    world.pull().await;
    world.reflag(&File::lab(PATIENT, "PDF"), "2");
    world.pull().await;
    let reasons = world.reasons().await;
    assert_eq!(reasons.iter().filter(|(reason, _)| reason == "not-hl7").count(), 1);
    assert!(reasons[1].1.ends_with("_2"), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_centre_refuses_is_kept_with_its_bytes_and_blocks_nothing() {
    let world = world();
    world.put(&File::lab(PATIENT, "POISON"), messages::lab(PATIENT, "66.6"));
    world.centre.set(Faults { refuse: Some("66.6"), ..Faults::default() });
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 3));
    let item = world.gateway.quarantine(&by_reason(Reason::Refused)).await.unwrap().remove(0);
    assert!(item.row.detail.contains("XDSRegistryMetadataError"), "{}", item.row.detail);
    let (_, bytes) = world.gateway.quarantine_show(item.row.id).await.unwrap();
    assert_eq!(bytes, ItemBytes::Kept(messages::lab(PATIENT, "66.6").into_bytes()));
    assert_eq!(world.pull().await.quarantined, 0, "it is not tried again until it changes");
    world.centre.set(Faults::default());
    assert_eq!(retry(&world, by_reason(Reason::Refused)).await, (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_centre_cannot_store_is_tried_thrice_and_again_at_each_pull() {
    let world = world();
    world.put(&File::lab(PATIENT, "POISON"), messages::lab(PATIENT, "66.6"));
    world.centre.set(Faults { unavailable: Some("66.6"), ..Faults::default() });
    let counts = world.pull().await;
    assert_eq!((counts.taken, counts.quarantined), (1, 3));
    assert_eq!(world.gateway.quarantine(&by_reason(Reason::Failed)).await.unwrap().len(), 1);
    world.centre.set(Faults::default());
    assert_eq!(world.pull().await.taken, 1);
    assert!(world.gateway.quarantine(&by_reason(Reason::Failed)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volume_without_the_patient_keeps_nothing_waiting() {
    let world = World::with(|place, new| {
        common::write(&place.join("std2/readme"), "");
        new.standardized.push(place.join("std2"));
    });
    world.enrol(PATIENT);
    world.put(&File::lab(PATIENT, "PDF"), "%PDF-1.7");
    world.pull().await;
    world.reflag(&File::lab(PATIENT, "PDF"), "2");
    world.pull().await;
    assert_eq!(world.reasons().await.len(), 1, "the old name waits no more");
}
