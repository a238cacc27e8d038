//! What a server changes after the pull.

use super::world::{HANAKO, TARO, World, slice, study_of};
use dicomfile::tags;
use store::study::StudyState;

#[tokio::test(flavor = "multi_thread")]
async fn a_study_that_is_another_patient_s_now_is_hidden_at_once_and_comes_back_when_it_does() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    world.pull().await;
    for set in &mut world.pacs.state().sets {
        set.put_str(tags::PATIENT_ID, HANAKO);
    }
    world.pull().await;
    let study = world.studies(TARO).remove(0);
    assert_eq!((study.state(), study.hidden_reason.as_str()), (StudyState::Hidden, "moved"));
    let place = "dicom/study/1.2.1".to_owned();
    assert_eq!(world.quarantine().await, [("study-moved".to_owned(), place)]);
    assert_eq!(world.pacs.asked_numbers(), [TARO]);
    for set in &mut world.pacs.state().sets {
        set.put_str(tags::PATIENT_ID, TARO);
    }
    world.pull().await;
    assert_eq!(world.studies(TARO)[0].state(), StudyState::Held);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_study_that_is_gone_and_an_empty_server_delete_nothing() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    world.pacs.state().sets.extend(study_of(TARO, "1.2.2", &[2]));
    world.pull().await;
    let all = std::mem::take(&mut world.pacs.state().sets);
    world.pull().await;
    for study in world.studies(TARO) {
        assert_eq!(study.state(), StudyState::Held);
        assert!(study.disappeared.is_some());
        assert!(!world.shown(&study).is_empty());
    }
    world.pacs.state().sets = all;
    world.pull().await;
    assert!(world.studies(TARO).iter().all(|study| study.disappeared.is_none()));
}

#[tokio::test(flavor = "multi_thread")]
async fn replaced_instances_are_hidden_once_the_new_ones_are_here() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    world.pull().await;
    {
        let mut state = world.pacs.state();
        state.sets.remove(0);
        state.sets.push(slice(TARO, "1.2.1", 1, 9));
    }
    // Studies of the last days only are compared image by image.
    world.plain.clock.set(model::PartialTime::japan("20240110").unwrap().first);
    world.pull().await;
    let study = world.studies(TARO).remove(0);
    assert_eq!(world.shown(&study), ["1.2.1.1.2", "1.2.1.1.3", "1.2.1.1.9"]);
    assert_eq!((study.state(), study.instance_count), (StudyState::Held, 3));
    let place = "dicom/study/1.2.1".to_owned();
    assert_eq!(world.quarantine().await, [("instances-replaced".to_owned(), place)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_instances_than_are_here_take_nothing_away() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    world.pull().await;
    world.pacs.state().sets.truncate(1);
    world.pull().await;
    let study = world.studies(TARO).remove(0);
    assert_eq!((world.shown(&study).len(), study.state()), (3, StudyState::Held));
    assert!(world.quarantine().await.is_empty());
}
