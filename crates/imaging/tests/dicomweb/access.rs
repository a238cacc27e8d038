//! Who sees what: what is hidden is not there, byte for byte.

use super::centre::{Answer, From, SERIES, ask, fill, peers, slice_path};
use crate::support::{STUDY, TARO, World, on_each_engine, rejection_note};
use http::StatusCode;

/// Every address of a study, and the same of one that nobody has.
fn addresses() -> Vec<(String, String)> {
    let own = [
        format!("/dicomweb/studies?StudyInstanceUID={STUDY}"),
        format!("/dicomweb/instances?StudyInstanceUID={STUDY}"),
        format!("/dicomweb/studies/{STUDY}"),
        format!("/dicomweb/studies/{STUDY}/metadata"),
        format!("/dicomweb/studies/{STUDY}/series"),
        format!("/dicomweb/studies/{STUDY}/thumbnail"),
        format!("/dicomweb/studies/{STUDY}/series/{SERIES}"),
        format!("/dicomweb/studies/{STUDY}/series/{SERIES}/metadata"),
        slice_path(1),
        format!("{}/metadata", slice_path(1)),
        format!("{}/frames/1", slice_path(1)),
        format!("{}/rendered", slice_path(1)),
        format!("{}/bulkdata/7FE00010", slice_path(1)),
        format!(
            "/wado?requestType=WADO&studyUID={STUDY}&seriesUID={SERIES}&objectUID={SERIES}.1\
             &contentType=application/dicom"
        ),
    ];
    own.map(|path| (path.clone(), path.replace(STUDY, "1.2.840.99999.7"))).to_vec()
}

async fn same_as_nothing(world: &World, from: From) {
    for (path, nowhere) in addresses() {
        let (there, not_there): (Answer, Answer) =
            (ask(world, from, &path, "").await, ask(world, from, &nowhere, "").await);
        assert_eq!(there, not_there, "{from:?} {path}");
        assert!(there.body.len() < 64, "{path}");
        assert!([204, 404].contains(&there.status.as_u16()), "{path}: {}", there.status);
    }
}

#[test]
fn what_a_peer_may_not_see_is_not_there() {
    on_each_engine(async |world| {
        fill(world).await;
        peers(world).await;
        same_as_nothing(world, From::Peer("closed")).await;
        for (path, _) in addresses() {
            // Pictures need a child process, and these slices have no attributes of pixels.
            if ["/rendered", "/thumbnail", "/frames/1", "/instances/1.2.840.99999.1.1.1/metadata"]
                .iter()
                .any(|end| path.ends_with(end))
            {
                continue;
            }
            let seen = ask(world, From::Peer("open"), &path, "").await;
            assert_eq!(seen.status, StatusCode::OK, "{path}");
        }
    });
}

#[test]
fn strangers_and_disabled_peers_learn_nothing() {
    on_each_engine(async |world| {
        fill(world).await;
        peers(world).await;
        for from in [From::Elsewhere, From::Peer("stranger"), From::Peer("disabled")] {
            for (path, nowhere) in addresses() {
                let answer = ask(world, from, &path, "").await;
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{from:?} {path}");
                assert_eq!(answer, ask(world, from, &nowhere, "").await);
            }
        }
    });
}

#[test]
fn what_a_facility_restricts_or_a_note_takes_back_is_not_there() {
    on_each_engine(async |world| {
        fill(world).await;
        peers(world).await;
        world.send(&rejection_note(TARO, &[1])).await.unwrap();
        let path = slice_path(2);
        let taken_back = ask(world, From::Peer("open"), &slice_path(1), "").await;
        assert_eq!(taken_back.status, StatusCode::NOT_FOUND);
        assert_eq!(ask(world, From::Peer("open"), &path, "").await.status, StatusCode::OK);
        let id = world.study().await.id;
        let written = world.store().write(move |tx| store::study::set_restricted(tx, id, true));
        written.await.unwrap();
        same_as_nothing(world, From::Peer("open")).await;
    });
}

#[test]
fn an_access_has_one_row_however_many_frames_it_takes_and_a_refusal_its_own() {
    on_each_engine(async |world| {
        fill(world).await;
        peers(world).await;
        // One door, as in a server: a new one would not know what it has recorded.
        let door = super::centre::door(world);
        for _ in 0..3 {
            let mut request = http::Request::builder()
                .uri(format!("{}/frames/1", slice_path(1)))
                .body(axum::body::Body::empty())
                .unwrap();
            let certificate = net::PeerCertificates::of_chain(vec![b"open".to_vec()]);
            request.extensions_mut().insert(certificate);
            let answer = tower::ServiceExt::oneshot(door.clone(), request).await.unwrap();
            assert_ne!(answer.status(), StatusCode::NOT_FOUND);
        }
        ask(world, From::Peer("closed"), &slice_path(1), "").await;
        let rows = world.store().read(|tx| store::audit::recent(tx, i64::MAX, 100)).await.unwrap();
        let of = |actor: &str| {
            let own = rows.iter().filter(|row| row.actor == actor);
            own.map(|row| (row.action.clone(), row.outcome)).collect::<Vec<_>>()
        };
        assert_eq!(of("open"), [("transfer".to_owned(), 0)]);
        assert_eq!(of("closed"), [("denied".to_owned(), 4)]);
    });
}
