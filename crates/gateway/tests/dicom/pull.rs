//! One pull: what comes, what is left, what a cap or a broken association costs.

use super::world::{HANAKO, PACS, TARO, World, gateway_over, images, study_of};
use dicomfile::tags;
use gateway::{FollowMode, GatewayError, LeaveOutRule, PullControl, PullCounts, Retrieval, Stop};
use model::{Clock, Timestamp};
use store::StoreError;
use store::study::StudyState;

fn counts(listed: i64, taken: i64, unchanged: i64, quarantined: i64) -> PullCounts {
    PullCounts { listed, taken, unchanged, quarantined }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_the_enrolled_comes_once_and_nothing_of_others() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[12, 5]));
    world.pacs.state().sets.extend(study_of(TARO, "1.2.2", &[1]));
    world.pacs.state().sets.extend(study_of(HANAKO, "1.2.3", &[4]));
    assert_eq!(world.pull().await, counts(2, 2, 0, 0));
    let studies = world.studies(TARO);
    let states: Vec<_> = studies.iter().map(|one| (one.state(), one.instance_count)).collect();
    assert_eq!(states, [(StudyState::Held, 1), (StudyState::Held, 17)]);
    assert_eq!(studies[0].told.instances, Some(1));
    assert_eq!(world.pacs.state().sent, 18, "nothing of others, nothing twice");
    assert_eq!(world.pull().await, counts(2, 0, 2, 0));
    assert_eq!(world.pacs.state().sent, 18);
    assert_eq!(world.pacs.asked_numbers(), [TARO], "only numbers of the server's own domain");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_c_get_is_asked_by_c_move() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().has_no_get = true;
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[6]));
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
    assert_eq!(world.studies(TARO)[0].instance_count, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_of_instances_is_met_by_asking_for_parts() {
    for (retrieval, known) in [(Retrieval::Get, 0), (Retrieval::Move, 0), (Retrieval::Get, 7)] {
        let settings = images(|images| {
            images.retrieval = retrieval;
            images.instances_max = known;
        });
        let world = World::with(settings).await;
        world.enrol(TARO, 11);
        world.pacs.state().instances_max = Some(7);
        world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[20, 3, 9]));
        assert_eq!(world.pull().await, counts(1, 1, 0, 0), "{retrieval} {known}");
        assert_eq!(world.shown(&world.studies(TARO)[0]).len(), 32);
        assert_eq!(world.pacs.state().sent, 32, "nothing came twice");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_studies_than_one_answer_holds_are_asked_for_by_days() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().answers_max = Some(3);
    for number in 1..=11 {
        let mut sets = study_of(TARO, &format!("1.2.{number}"), &[1]);
        sets[0].put_str(tags::STUDY_DATE, &format!("201901{number:02}"));
        world.pacs.state().sets.extend(sets);
    }
    world.plain.clock.set(Timestamp(1_767_225_600 * Timestamp::SECOND_US));
    world.pull().await;
    assert_eq!(world.studies(TARO).len(), 11);
    assert_eq!(world.pacs.asked_numbers(), [TARO]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_never_comes_leaves_a_partly_held_study_with_its_numbers() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().broken = Some("1.2.1.1.3".into());
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[5]));
    assert_eq!(world.pull().await, counts(1, 0, 0, 0));
    let study = world.studies(TARO).remove(0);
    assert_eq!((study.state(), study.instance_count), (StudyState::Partly, 4));
    assert_eq!(study.told.instances, Some(5));
    let missing = world.gateway.missing_images(PACS, "", 10).await.unwrap();
    assert_eq!((missing[0].local_id.as_str(), missing[0].instances), (TARO, 1));
    let report = world.gateway.image_report(PACS).await.unwrap().estimate;
    assert_eq!((report.told_instances, report.held_instances), (5, 4));
    world.pacs.state().broken = None;
    assert_eq!(world.pull().await, counts(1, 1, 0, 0));
    assert_eq!(world.studies(TARO)[0].state(), StudyState::Held);
    assert!(world.gateway.missing_images(PACS, "", 10).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_breaks_off_and_goes_away_is_down_and_the_next_pull_goes_on() {
    let world = World::new().await;
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[10]));
    world.pacs.state().breaks_after = Some(0);
    let error = world.try_pull().await.unwrap_err();
    assert!(matches!(error, GatewayError::Down { .. }), "{error}");
    let study = world.studies(TARO).remove(0);
    assert_eq!((study.state(), study.instance_count), (StudyState::Known, 0));
    // It breaks off after each fourth: the rest is asked for again, what came is not.
    world.pacs.state().breaks_after = Some(4);
    world.pull().await;
    assert_eq!(world.studies(TARO)[0].state(), StudyState::Held);
    assert_eq!(world.pacs.state().sent, 10);
    world.pacs.state().is_gone = true;
    let error = world.try_pull().await.unwrap_err().to_string();
    assert!(error.contains("refused the association"), "{error}");
    let state = world.gateway.statuses().await.unwrap();
    let state = state.iter().find(|one| one.source.name == PACS).unwrap().state.clone();
    assert_eq!(state.unwrap().state, "down");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_that_is_dropped_anywhere_ends_in_the_state_of_one_that_was_not() {
    for stop_at in [1, 4, 9, 17] {
        let world = World::with(|settings| settings.parallelism = 2).await;
        world.enrol(TARO, 11);
        world.enrol(HANAKO, 12);
        world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[6, 6]));
        world.pacs.state().sets.extend(study_of(HANAKO, "1.2.2", &[8]));
        let (gateway, pacs) = (world.gateway.clone(), world.pacs.clone());
        let pulling = async move { gateway.pull(PACS, &PullControl::default()).await };
        let reached = async move {
            while pacs.state().sent < stop_at {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = pulling => {}
            () = reached => {}
        }
        // As another process would, once the first one's lease is over.
        world.plain.clock.advance_us(3_600 * Timestamp::SECOND_US);
        let next = gateway_over(&world.plain, &world.archive);
        next.pull(PACS, &PullControl::default()).await.unwrap();
        for (patient, count) in [(TARO, 12), (HANAKO, 8)] {
            let study = world.studies(patient).remove(0);
            assert_eq!((study.state(), study.instance_count), (StudyState::Held, count));
            assert_eq!(world.shown(&study).len(), usize::try_from(count).unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_or_waits_to_be_asked_for_is_listed_and_comes_when_somebody_asks() {
    let rule: LeaveOutRule = "modalities=CT;reason=CT are not wanted".parse().unwrap();
    for is_rule in [true, false] {
        let rule = rule.clone();
        let settings = images(move |images| match is_rule {
            true => images.left_out = vec![rule],
            false => images.only_when_asked = true,
        });
        let world = World::with(settings).await;
        world.enrol(TARO, 11);
        let mut sets = study_of(TARO, "1.2.1", &[3]);
        for set in &mut sets {
            set.put_str(tags::MODALITIES_IN_STUDY, "CT");
        }
        world.pacs.state().sets.extend(sets);
        world.pull().await;
        let study = world.studies(TARO).remove(0);
        assert_eq!((study.state(), world.pacs.state().sent), (StudyState::Known, 0));
        assert_eq!(study.left_out_by.is_empty(), !is_rule);
        let (id, now) = (study.id, world.plain.clock.now());
        let asked = world.plain.store.write_blocking(move |tx| -> Result<(), StoreError> {
            store::study::set_wanted(tx, id, Some(now))?;
            store::job::enqueue(tx, "study-fetch", &id.to_string(), "{}", now)
        });
        asked.unwrap();
        assert_eq!(world.gateway.fetch_wanted(&Stop::new()).await.unwrap(), 1);
        let study = world.studies(TARO).remove(0);
        assert_eq!((study.state(), study.wanted), (StudyState::Held, None));
        assert_eq!(world.gateway.fetch_wanted(&Stop::new()).await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_of_the_hours_newcomers_are_listed_and_nothing_is_fetched() {
    let night = |settings: &mut gateway::SourceSettings| {
        settings.allowed_hours = vec!["22:00-23:00".parse().unwrap()];
    };
    let world = World::with(night).await;
    // Noon in Japan.
    world.plain.clock.set(Timestamp((1_767_225_600 + 3 * 3_600) * Timestamp::SECOND_US));
    world.enrol(TARO, 11);
    world.pacs.state().sets.extend(study_of(TARO, "1.2.1", &[3]));
    let pulled = world.try_pull().await;
    assert!(matches!(pulled, Err(GatewayError::OutsideHours { .. })), "{pulled:?}");
    let control = PullControl::default();
    world.gateway.follow_once(PACS, FollowMode::News, &control).await.unwrap();
    assert_eq!(world.studies(TARO)[0].state(), StudyState::Known);
    assert_eq!(world.pacs.state().sent, 0);
    let asked = world.pacs.state().asked.len();
    world.gateway.follow_once(PACS, FollowMode::News, &control).await.unwrap();
    assert_eq!(world.pacs.state().asked.len(), asked, "whoever was listed waits for the night");
    world.plain.clock.advance_us(10 * 3_600 * Timestamp::SECOND_US + 60_000_000);
    world.gateway.follow_once(PACS, FollowMode::News, &control).await.unwrap();
    assert_eq!(world.studies(TARO)[0].state(), StudyState::Held);
}
