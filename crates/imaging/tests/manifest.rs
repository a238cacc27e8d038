//! The manifest of a study.

use crate::support::*;
use dicomfile::{DataSet, scan, tags};
use model::item::VersionState;
use std::io::Read;
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

/// What a reader makes of the metadata of a series: the members of its parts with commas between
/// them, and what waits.
async fn metadata(world: &World, series_id: i64) -> (Vec<i64>, Vec<serde_json::Value>) {
    let read = move |tx: &mut store::Tx| -> Result<_, store::StoreError> {
        Ok((study::parts(tx, series_id)?, study::headers(tx, series_id, i64::MIN, 10_000)?))
    };
    let (parts, waiting) = world.store().read(read).await.unwrap();
    let counts = parts.iter().map(|part| part.instance_count).collect();
    let members: Vec<Vec<u8>> = parts
        .into_iter()
        .map(|part| part.json)
        .chain(waiting.into_iter().map(|one| one.1))
        .collect();
    let texts: Vec<String> = members
        .iter()
        .map(|member| {
            let mut text = String::new();
            flate2::read::GzDecoder::new(member.as_slice()).read_to_string(&mut text).unwrap();
            text
        })
        .collect();
    (counts, serde_json::from_str(&format!("[{}]", texts.join(","))).unwrap())
}

#[test]
fn metadata_of_a_series_are_written_once_however_it_grows() {
    on_each_engine(async |world| {
        let mut expected = 0_usize;
        for round in 0..3_i64 {
            for number in 0..7 {
                world.send(&slice(TARO, round * 7 + number + 1)).await.unwrap();
                expected += 1;
            }
            let id = world.study().await.id;
            let series = world.store().read(move |tx| study::series_of_studies(tx, &[id])).await;
            let series_id = series.unwrap()[0].id;
            let (_, before) = metadata(world, series_id).await;
            assert_eq!(before.len(), expected, "what waits is there too");
            world.settle_after(11).await;
            let (parts, objects) = metadata(world, series_id).await;
            assert_eq!(parts, vec![7; usize::try_from(round + 1).unwrap()]);
            assert_eq!(objects, before);
            let name = &objects[0]["00100010"]["Value"][0];
            assert_eq!(name["Ideographic"], "山田^太郎");
            assert_eq!(objects[expected - 1]["00200013"]["Value"][0], round * 7 + 7);
        }
    });
}
