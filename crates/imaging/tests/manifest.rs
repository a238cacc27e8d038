//! The manifest of a study.

use crate::support::*;
use dicomfile::{DataSet, scan, tags};
use model::item::VersionState;
use store::study;

fn read(bytes: &[u8]) -> DataSet {
    let head = scan(bytes, Some(bytes.len() as u64)).unwrap();
    let from = usize::try_from(head.data_set_offset).unwrap();
    DataSet::read(&bytes[from..], head.encoding).unwrap()
}

fn referenced(set: &DataSet) -> Vec<String> {
    let studies = set.items(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE);
    let series = studies.iter().flat_map(|one| one.items(tags::REFERENCED_SERIES_SEQUENCE));
    let instances = series.flat_map(|one| one.items(tags::REFERENCED_SOP_SEQUENCE));
    instances.map(|one| one.uid(tags::REFERENCED_SOP_INSTANCE_UID).unwrap().to_owned()).collect()
}

#[test]
fn a_quiet_study_has_a_manifest_that_a_later_one_replaces() {
    on_each_engine(async |world| {
        world.send(&slice(TARO, 1)).await.unwrap();
        assert_eq!(world.settle_after(1).await, 0, "it is not due yet");
        world.clock.set(begin().plus_us(9_000_000));
        world.send(&slice(TARO, 2)).await.unwrap();
        assert_eq!(world.settle_after(2).await, 1);
        assert!(world.sink.submitted.lock().unwrap().is_empty(), "it is not quiet");
        assert_eq!(world.settle_after(10).await, 1);
        let first = world.sink.submitted.lock().unwrap()[0].clone();
        let set = read(&first.1);
        assert_eq!(referenced(&set), [format!("{STUDY}.1.1"), format!("{STUDY}.1.2")]);
        let title = &set.items(tags::CONCEPT_NAME_CODE_SEQUENCE)[0];
        assert_eq!(title.ascii(tags::CODE_VALUE), Some("113030"));
        assert_eq!(set.uid(tags::SOP_INSTANCE_UID), Some(first.0.unique_id.as_str()));
        assert_eq!(first.0.mime_type, "application/dicom");
        assert_eq!(first.0.format_code.code, "1.2.840.10008.5.1.4.1.1.88.59");
        let events: Vec<&str> = first.0.event_codes.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(events, ["CT", "CHEST"]);
        let ids: Vec<&str> = first.0.reference_ids.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["A77", STUDY]);
        let row = world.study().await;
        assert_eq!(row.manifest_unique_id, first.0.unique_id);
        assert_eq!(row.manifest_revision, row.revision);

        assert_eq!(world.settle_after(60).await, 0, "nothing more is to be done");
        world.send(&slice(TARO, 3)).await.unwrap();
        world.settle_after(11).await;
        let second = world.sink.submitted.lock().unwrap()[1].clone();
        assert_eq!(referenced(&read(&second.1)).len(), 3);
        let (first, second) = (first.0.intake.unwrap(), second.0.intake.unwrap());
        assert_eq!(first.item, second.item, "they are versions of one item");
        assert!(first.sent < second.sent);
    });
}

#[test]
fn the_end_of_a_pull_makes_the_manifest_at_once() {
    on_each_engine(async |world| {
        world.send(&slice(TARO, 1)).await.unwrap();
        use ports::InstanceSink;
        world.archive.study_is_done(PACS, STUDY).await.unwrap();
        assert_eq!(world.settle_after(0).await, 1);
        assert_eq!(world.sink.submitted.lock().unwrap().len(), 1);
    });
}

#[test]
fn the_manifest_of_what_was_taken_back_is_taken_back() {
    on_each_engine(async |world| {
        world.send(&slice(TARO, 1)).await.unwrap();
        world.settle_after(11).await;
        let row = world.study().await;
        let now = begin();
        let hide = move |tx: &mut store::Tx| study::set_hidden(tx, row.id, Some("operator"), now);
        world.store().write(hide).await.unwrap();
        use ports::InstanceSink;
        world.archive.study_is_done(PACS, STUDY).await.unwrap();
        world.settle_after(1).await;
        let changed = world.sink.changed.lock().unwrap().clone();
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].unique_id, row.manifest_unique_id);
        assert_eq!(changed[0].state, VersionState::Deleted);
    });
}

#[test]
fn a_series_has_an_image_from_its_middle_that_stands_for_it() {
    on_each_engine(async |world| {
        for number in [5, 1, 3, 2, 4] {
            world.send(&slice(TARO, number)).await.unwrap();
        }
        world.settle_after(11).await;
        let id = world.study().await.id;
        let chosen = world.store().read(move |tx| -> Result<_, store::StoreError> {
            let series = study::series_of_studies(tx, &[id])?;
            let instance = series[0].thumbnail_instance_id.unwrap();
            study::instance_by_id(tx, instance)
        });
        assert_eq!(chosen.await.unwrap().unwrap().said.instance_number, Some(3));
    });
}
