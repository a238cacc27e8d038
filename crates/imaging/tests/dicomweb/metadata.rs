//! WADO-RS metadata, out of what was made at intake.

use super::centre::{SERIES, fill, get, slice_path};
use crate::support::{STUDY, on_each_engine};

#[test]
fn metadata_are_the_same_while_a_series_waits_and_once_it_is_settled() {
    on_each_engine(async |world| {
        fill(world).await;
        let paths = [
            (format!("/dicomweb/studies/{STUDY}/metadata"), 3),
            (format!("/dicomweb/studies/{STUDY}/series/{SERIES}/metadata"), 3),
            (format!("{}/metadata", slice_path(2)), 1),
        ];
        let mut before = Vec::new();
        for (path, count) in &paths {
            let answer = get(world, path).await;
            assert_eq!(answer.header("content-type"), "application/dicom+json", "{path}");
            let json = answer.json();
            assert_eq!(json.as_array().unwrap().len(), *count, "{path}");
            before.push(json);
        }
        assert_eq!(before[2][0]["00080018"]["Value"][0], format!("{SERIES}.2"));
        assert_eq!(before[0][0]["00100010"]["Value"][0]["Ideographic"], "山田^太郎");
        world.settle_after(3_600).await;
        for ((path, _), before) in paths.iter().zip(before) {
            assert_eq!(get(world, path).await.json(), before, "{path}");
        }
    });
}

#[test]
fn metadata_need_no_object() {
    on_each_engine(async |world| {
        fill(world).await;
        std::fs::remove_dir_all(&world.objects).unwrap();
        let path = format!("/dicomweb/studies/{STUDY}/metadata");
        assert_eq!(get(world, &path).await.json().as_array().unwrap().len(), 3);
    });
}
