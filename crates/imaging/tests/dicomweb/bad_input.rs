//! Requests that make no sense.

use super::centre::{fill, get, slice_path};
use crate::support::{STUDY, on_each_engine};
use http::StatusCode;

#[test]
fn requests_that_make_no_sense_are_refused() {
    on_each_engine(async |world| {
        fill(world).await;
        let bad = [
            "/dicomweb/studies?StudyDate=20260131-20260101".to_owned(),
            "/dicomweb/studies?StudyDate=yesterday".to_owned(),
            "/dicomweb/studies?StudyInstanceUID=../../etc".to_owned(),
            "/dicomweb/studies?limit=-1".to_owned(),
            "/dicomweb/studies?offset=many".to_owned(),
            format!("/dicomweb/studies?{}", "PatientID=1&".repeat(5_000)),
            "/dicomweb/studies/none/series".to_owned(),
            format!("{}/frames/0", slice_path(1)),
            format!("{}/rendered?viewport=0,0", slice_path(1)),
            format!("{}/rendered?viewport=a", slice_path(1)),
            format!("{}/rendered?window=40,-1", slice_path(1)),
            format!("{}/bulkdata/pixels", slice_path(1)),
            "/wado".to_owned(),
            "/wado?requestType=WADO&studyUID=x".to_owned(),
        ];
        for path in bad {
            let answer = get(world, &path).await;
            let shown: String = path.chars().take(80).collect();
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{shown}");
        }
        let nowhere = [
            "/dicomweb/studies/none",
            "/dicomweb/studies/1.2.3/metadata",
            "/dicomweb/nothing",
            "/dicomweb/studies/%00",
        ];
        for path in nowhere {
            assert_eq!(get(world, path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        let path = format!("/dicomweb/studies/{STUDY}/metadata");
        assert_eq!(get(world, &path).await.status, StatusCode::OK, "and goes on");
    });
}
