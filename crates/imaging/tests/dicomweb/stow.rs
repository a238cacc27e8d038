//! STOW-RS.

use super::centre::{Answer, From, get, peers, post, slice_path};
use crate::support::{JIRO, STUDY, TARO, World, on_each_engine, sent, slice};
use dicomfile::{TransferSyntax, write_file};
use http::StatusCode;

const TYPE: &str = "multipart/related; type=\"application/dicom\"; boundary=b";

fn message(files: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    for file in files {
        body.extend_from_slice(b"--b\r\nContent-Type: application/dicom\r\n\r\n");
        body.extend_from_slice(file);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

fn file(patient: &str, number: i64) -> Vec<u8> {
    write_file(&slice(patient, number), &TransferSyntax::EXPLICIT_LITTLE).unwrap()
}

async fn store(world: &World, path: &str, files: &[Vec<u8>]) -> Answer {
    post(world, From::Peer("sender"), path, TYPE, message(files)).await
}

#[test]
fn what_is_stored_comes_back_and_each_instance_has_its_outcome() {
    on_each_engine(async |world| {
        peers(world).await;
        let all = store(world, "/dicomweb/studies", &[file(TARO, 1), file(TARO, 2)]).await;
        assert_eq!(all.status, StatusCode::OK);
        assert_eq!(all.json()["00081199"]["Value"].as_array().unwrap().len(), 2);
        let given = get(world, &slice_path(2)).await.parts().remove(0).1;
        assert!(given.ends_with(&sent(&slice(TARO, 2))));
        let some = store(world, "/dicomweb/studies", &[file(TARO, 3), file(JIRO, 4)]).await;
        assert_eq!(some.status, StatusCode::ACCEPTED);
        let failed = &some.json()["00081198"]["Value"][0];
        assert_eq!(failed["00081197"]["Value"][0], 0x0124);
        assert_eq!(failed["00081155"]["Value"][0], format!("{STUDY}.1.4"));
        let garbage = store(world, "/dicomweb/studies", &[b"no instance".to_vec()]).await;
        assert_eq!(garbage.status, StatusCode::CONFLICT);
    });
}

#[test]
fn instances_of_another_study_are_not_taken() {
    on_each_engine(async |world| {
        peers(world).await;
        let other = store(world, "/dicomweb/studies/1.2.3", &[file(TARO, 1)]).await;
        assert_eq!(other.status, StatusCode::CONFLICT);
        assert_eq!(other.json()["00081198"]["Value"][0]["00081197"]["Value"][0], 0xA900);
        assert!(world.studies().await.is_empty());
        let own = format!("/dicomweb/studies/{STUDY}");
        assert_eq!(store(world, &own, &[file(TARO, 1)]).await.status, StatusCode::OK);
    });
}

#[test]
fn whoever_may_not_submit_stores_nothing_and_messages_that_lie_are_refused() {
    on_each_engine(async |world| {
        peers(world).await;
        let body = || message(&[file(TARO, 1)]);
        for (from, status) in [
            (From::Peer("open"), StatusCode::FORBIDDEN),
            (From::Here, StatusCode::FORBIDDEN),
            (From::Peer("stranger"), StatusCode::UNAUTHORIZED),
        ] {
            let answer = post(world, from, "/dicomweb/studies", TYPE, body()).await;
            assert_eq!(answer.status, status, "{from:?}");
        }
        let sender = From::Peer("sender");
        for (content_type, status) in [
            ("application/dicom", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (
                "multipart/related; type=\"image/jpeg\"; boundary=b",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            ("multipart/related; type=\"application/dicom\"", StatusCode::BAD_REQUEST),
            (
                "multipart/related; type=\"application/dicom\"; boundary=other",
                StatusCode::BAD_REQUEST,
            ),
        ] {
            let answer = post(world, sender, "/dicomweb/studies", content_type, body()).await;
            assert_eq!(answer.status, status, "{content_type}");
        }
        assert!(world.studies().await.is_empty());
        let mut cut = body();
        cut.truncate(cut.len() - 20);
        let answer = post(world, sender, "/dicomweb/studies", TYPE, cut).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
        assert!(world.studies().await.is_empty(), "half an instance is not kept");
    });
}
