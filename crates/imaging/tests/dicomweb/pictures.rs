//! Frames, bulk data and thumbnails.

use super::centre::{From, SERIES, ask, fill, get, slice_path};
use crate::support::{STUDY, TARO, on_each_engine, slice};
use dicomfile::tags;
use http::StatusCode;
use store::study::{self, Thumbnail};

#[test]
fn frames_are_counted_from_1_and_given_as_stored() {
    on_each_engine(async |world| {
        let mut set = slice(TARO, 1);
        set.put_number(tags::BITS_ALLOCATED, 8)
            .put_number(tags::BITS_STORED, 8)
            .put_number(tags::HIGH_BIT, 7)
            .put_number(tags::SAMPLES_PER_PIXEL, 1)
            .put_number(tags::PIXEL_REPRESENTATION, 0)
            .put_str(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2")
            .put_str(tags::NUMBER_OF_FRAMES, "2")
            .put_bytes(tags::PIXEL_DATA, dicomfile::VR::OW, (0..32).collect::<Vec<u8>>());
        world.send(&set).await.unwrap();
        let both = get(world, &format!("{}/frames/2,1", slice_path(1))).await;
        let parts = both.parts();
        assert_eq!(parts[0].0, "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
        assert_eq!(parts[0].1, (16..32).collect::<Vec<u8>>());
        assert_eq!(parts[1].1, (0..16).collect::<Vec<u8>>());
        let accept = "multipart/related; type=application/octet-stream; transfer-syntax=*";
        let one = ask(world, From::Here, &format!("{}/frames/1", slice_path(1)), accept).await;
        assert_eq!(one.parts().len(), 1);
        for (frames, status) in [("0", 400), ("3", 404), ("1,3", 404), ("x", 400), ("1,,2", 400)] {
            let answer = get(world, &format!("{}/frames/{frames}", slice_path(1))).await;
            assert_eq!(answer.status, status, "{frames}");
        }
    });
}

#[test]
fn bulk_data_are_the_value_of_an_element() {
    on_each_engine(async |world| {
        fill(world).await;
        let pixels = get(world, &format!("{}/bulkdata/7FE00010", slice_path(3))).await;
        assert_eq!(pixels.parts()[0].1, [3; 32]);
        let missing = get(world, &format!("{}/bulkdata/00420011", slice_path(3))).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn thumbnails_come_from_the_store() {
    on_each_engine(async |world| {
        fill(world).await;
        let uid = format!("{SERIES}.2");
        let study_id = world.study().await.id;
        let written = world.store().write(move |tx| {
            let row = study::instances_by_uid(tx, &uid, &[study_id])?.remove(0);
            let made = Thumbnail {
                instance_id: row.id,
                jpeg: Some(b"a picture".to_vec()),
                failure: String::new(),
            };
            study::set_series_thumbnail(tx, row.series_id, row.id)?;
            study::put_thumbnail(tx, row.series_id, &made, 1)
        });
        written.await.unwrap();
        let places = [
            format!("/dicomweb/studies/{STUDY}/thumbnail"),
            format!("/dicomweb/studies/{STUDY}/series/{SERIES}/thumbnail"),
            format!("{}/thumbnail", slice_path(2)),
        ];
        for place in places {
            let answer = ask(world, From::Here, &place, "image/avif,image/*,*/*;q=0.8").await;
            assert_eq!(answer.header("content-type"), "image/jpeg", "{place}");
            assert_eq!(&answer.body[..], b"a picture", "{place}");
        }
    });
}
