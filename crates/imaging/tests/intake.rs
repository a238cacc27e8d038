//! Instances that come in: what is kept of them, and of which nothing is.

use crate::support::{self, *};
use bytes::Bytes;
use dicomfile::{Encoding, VR, tags, write_file};
use model::limits::IMAGING_HEAD_BYTES;
use model::reason::Reason;
use ports::{InstanceError, InstanceOrigin, InstanceOutcome};
use store::intake;
use store::study::{self, InstanceRow, StudyState};

async fn instances(world: &World) -> Vec<InstanceRow> {
    let ids: Vec<i64> = world.studies().await.iter().map(|study| study.id).collect();
    let mut all = Vec::new();
    for id in ids {
        let read = move |tx: &mut store::Tx| study::all_instances_of_study(tx, id, i64::MIN, 100);
        all.extend(world.store().read(read).await.unwrap());
    }
    all
}

async fn reasons(world: &World) -> Vec<(String, String, bool)> {
    let read = |tx: &mut store::Tx| intake::quarantine_page(tx, None, None, 0, 100);
    let page = world.store().read(read).await.unwrap();
    page.into_iter().map(|one| (one.reason, one.patient_id, one.sha256.is_some())).collect()
}

#[test]
fn what_came_is_given_back_byte_for_byte_and_once_is_enough() {
    on_each_engine(async |world| {
        let (set, other) = (slice(TARO, 1), slice(TARO, 2));
        let first = world.send(&set).await.unwrap();
        assert_eq!(first.outcome, InstanceOutcome::Stored);
        assert_eq!(first.study_instance_uid, STUDY);
        let again = world.send(&set).await.unwrap();
        assert_eq!(again.outcome, InstanceOutcome::AlreadyThere);
        world.send(&other).await.unwrap();

        let kept = instances(world).await;
        assert_eq!(kept.len(), 2);
        assert_eq!(world.files(), 2);
        let object = world.store().objects().read_blocking(kept[0].object().unwrap());
        let object = object.unwrap();
        let from = usize::try_from(kept[0].said.data_set_offset).unwrap();
        assert_eq!(object[from..], sent(&set));
        assert_eq!(&object[128..132], b"DICM");
        let pixels = usize::try_from(kept[0].said.pixel_offset.unwrap()).unwrap();
        assert_eq!(object[pixels..pixels + 32], [1; 32]);

        let study = world.study().await;
        assert_eq!(study.state(), StudyState::Held);
        assert_eq!((study.series_count, study.instance_count, study.image_count), (1, 2, 2));
        assert_eq!(study.said.description, "胸部CT");
        assert_eq!(study.said.modalities, ["CT"]);
        assert_eq!(study.said.body_parts, ["CHEST"]);
        assert_eq!(study.said.day, 20_260_105);
        assert_eq!(study.revision, 2, "the repetition changed nothing");
    });
}

#[test]
fn of_nobody_who_takes_part_nothing_is_kept() {
    on_each_engine(async |world| {
        for patient in [JIRO, "77777", "", "00123\\00999"] {
            let refused = world.send(&slice(patient, 1)).await;
            assert_eq!(refused, Err(InstanceError::NotEnrolled), "{patient}");
        }
        let mut stranger = slice(TARO, 1);
        let mut qualifiers = dicomfile::DataSet::new();
        qualifiers
            .put_str(tags::UNIVERSAL_ENTITY_ID, "1.2.392.4444")
            .put_str(tags::UNIVERSAL_ENTITY_ID_TYPE, "ISO");
        stranger.put_sequence(tags::ISSUER_OF_PATIENT_ID_QUALIFIERS_SEQUENCE, vec![qualifiers]);
        let refused = world.send(&stranger).await;
        assert_eq!(refused, Err(InstanceError::NotEnrolled), "the number of another domain");
        assert!(world.studies().await.is_empty());
        assert_eq!(world.files(), 0);
        assert!(reasons(world).await.is_empty());
    });
}

#[test]
fn another_patients_image_is_never_taken_for_whom_was_asked() {
    on_each_engine(async |world| {
        let set = slice(TARO, 1);
        let asked = InstanceOrigin { asked_patient: Some("00124".into()), ..origin(&set) };
        let refused = world.give(&asked, sent(&set)).await;
        assert_eq!(refused, Err(InstanceError::OtherPatient));
        assert!(world.studies().await.is_empty());
        assert_eq!(world.files(), 0);
        let expected = (Reason::PatientMismatch.code().to_owned(), "00124".to_owned(), false);
        assert_eq!(reasons(world).await, [expected]);

        let asked = InstanceOrigin { asked_patient: Some(TARO.into()), ..origin(&set) };
        assert_eq!(world.give(&asked, sent(&set)).await.unwrap().outcome, InstanceOutcome::Stored);
    });
}

#[test]
fn other_bytes_of_one_uid_are_both_kept_and_the_last_is_shown() {
    on_each_engine(async |world| {
        let (first, mut second) = (slice(TARO, 1), slice(TARO, 1));
        second.put_bytes(tags::PIXEL_DATA, VR::OW, vec![9; 64]);
        world.send(&first).await.unwrap();
        let outcome = world.send(&second).await.unwrap().outcome;
        assert_eq!(outcome, InstanceOutcome::OtherBytes);
        let kept = instances(world).await;
        let shown: Vec<bool> = kept.iter().map(InstanceRow::is_shown).collect();
        assert_eq!(shown, [false, true]);
        let study = world.study().await;
        assert_eq!((study.instance_count, study.variant_count), (1, 1));
        assert_eq!(study.total_bytes, kept[1].said.size);
        // The earlier bytes again bring nothing back.
        let again = world.send(&first).await.unwrap().outcome;
        assert_eq!(again, InstanceOutcome::AlreadyThere);
        assert!(instances(world).await[1].is_shown());
    });
}

#[test]
fn what_cannot_be_read_waits_in_quarantine_with_its_bytes_where_it_is_of_a_patient() {
    on_each_engine(async |world| {
        let mut cut = sent(&slice(TARO, 1));
        cut.truncate(200);
        let set = slice(TARO, 1);
        let unknown = world.give(&origin(&set), cut.clone()).await.unwrap();
        let not_dicom = InstanceOutcome::Quarantined(Reason::NotDicom.code());
        assert_eq!(unknown.outcome, not_dicom);
        assert_eq!(world.files(), 0, "whose it is cannot be known");
        let asked = InstanceOrigin { asked_patient: Some(TARO.into()), ..origin(&set) };
        assert_eq!(world.give(&asked, cut).await.unwrap().outcome, not_dicom);
        assert_eq!(world.files(), 1);

        let mut placeless = slice(TARO, 2);
        placeless.remove(tags::STUDY_INSTANCE_UID);
        let outcome = world.send(&placeless).await.unwrap().outcome;
        let missing = InstanceOutcome::Quarantined(Reason::IdentifiersMissing.code());
        assert_eq!(outcome, missing);
        assert_eq!(world.files(), 2);
        let patients: Vec<String> = reasons(world).await.into_iter().map(|one| one.1).collect();
        assert_eq!(patients, [TARO, TARO]);
        assert_eq!(store::sweep::sweep(world.store()).await.unwrap(), 0, "their objects are named");
    });
}

#[test]
fn a_rejection_note_hides_what_is_here_and_what_still_comes() {
    on_each_engine(async |world| {
        for number in [1, 2] {
            world.send(&slice(TARO, number)).await.unwrap();
        }
        world.send(&rejection_note(TARO, &[2, 3])).await.unwrap();
        let late = world.send(&slice(TARO, 3)).await.unwrap();
        assert_eq!(late.outcome, InstanceOutcome::Hidden);
        let kept = instances(world).await;
        let hidden: Vec<&str> = kept
            .iter()
            .filter(|one| !one.is_shown())
            .map(|one| one.hidden_reason.as_str())
            .collect();
        assert_eq!(hidden, ["rejected-for-quality"; 2]);
        let study = world.study().await;
        assert_eq!((study.instance_count, study.image_count), (2, 1), "one slice and the note");
    });
}

#[test]
fn large_instances_and_long_headers_are_streamed_and_let_go_where_they_are_not_taken() {
    on_each_engine(async |world| {
        let beyond = usize::try_from(IMAGING_HEAD_BYTES).unwrap() + 4_096;
        let mut large = slice(TARO, 1);
        large.put_bytes(tags::PIXEL_DATA, VR::OW, vec![7; 3 * beyond]);
        let mut long = slice(TARO, 2);
        long.put_bytes(tags::ICC_PROFILE, VR::OB, vec![1; beyond]);
        for set in [&large, &long] {
            assert_eq!(world.send(set).await.unwrap().outcome, InstanceOutcome::Stored);
        }
        for (row, set) in instances(world).await.iter().zip([&large, &long]) {
            let object = world.store().objects().read_blocking(row.object().unwrap()).unwrap();
            let from = usize::try_from(row.said.data_set_offset).unwrap();
            assert!(object[from..] == sent(set));
            let pixels = usize::try_from(row.said.pixel_offset.unwrap()).unwrap();
            let pixel = set.bytes(tags::PIXEL_DATA).unwrap();
            assert!(object[pixels..pixels + pixel.len()] == *pixel);
        }
        for set in [&mut large, &mut long] {
            set.put_str(tags::PATIENT_ID, JIRO);
            assert_eq!(world.send(set).await, Err(InstanceError::NotEnrolled));
        }
        assert_eq!(world.files(), 2);
    });
}

#[test]
fn a_file_is_kept_as_it_is_and_a_bare_data_set_gets_a_head() {
    on_each_engine(async |world| {
        let set = slice(TARO, 1);
        let file = write_file(&set, &dicomfile::TransferSyntax::IMPLICIT_LITTLE).unwrap();
        let from_outside = InstanceOrigin { announced: None, ..origin(&set) };
        world.give(&from_outside, Bytes::from(file.clone())).await.unwrap();
        let bare = Bytes::from(slice(TARO, 2).write(Encoding::ExplicitLittle).unwrap());
        world.give(&from_outside, bare.clone()).await.unwrap();
        let kept = instances(world).await;
        let read = |row: &InstanceRow| {
            world.store().objects().read_blocking(row.object().unwrap()).unwrap()
        };
        assert_eq!(read(&kept[0]), file);
        let with_head = read(&kept[1]);
        assert_eq!(&with_head[128..132], b"DICM");
        assert!(with_head.ends_with(&bare));
    });
}

#[test]
fn many_at_once_are_each_there_once() {
    on_each_engine(async |world| {
        let sending = (0..40).map(|number| async move {
            world.send(&slice(TARO, number % 30)).await.unwrap().outcome
        });
        let outcomes = futures::future::join_all(sending).await;
        let stored = outcomes.iter().filter(|one| **one == InstanceOutcome::Stored).count();
        assert_eq!(stored, 30);
        let study = world.study().await;
        assert_eq!((study.series_count, study.instance_count), (1, 30));
        let series =
            world.store().read(move |tx| study::series_of_studies(tx, &[study.id])).await.unwrap();
        assert_eq!(series[0].instance_count, 30);
    });
}

#[test]
fn a_copy_at_another_hospital_is_tied_to_the_original() {
    on_each_engine(async |world| {
        let copy = slice(support::TARO_ELSEWHERE, 1);
        let elsewhere = InstanceOrigin { source: OTHER_PACS.into(), ..origin(&copy) };
        world.give(&elsewhere, sent(&copy)).await.unwrap();
        world.send(&slice(TARO, 1)).await.unwrap();
        let studies = world.studies().await;
        assert_eq!(studies.len(), 2);
        assert_eq!(studies[0].copy_of, Some(studies[1].id), "it came first and is the copy");
        assert_eq!(studies[1].copy_of, None);
    });
}
