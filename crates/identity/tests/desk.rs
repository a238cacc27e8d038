//! The desk on both engines: an effect is found out by doing the act and taking it back.

use crate::common;

use access::{Role, Viewer};
use common::{CENTRAL, NOW, PREFECTURAL, Region, who};
use futures::future::BoxFuture;
use identity::Desk;
use ports::{Act, ActRefusal, Clerk, DeskError, Effect, IdentityDesk, Order};
use std::sync::Arc;
use store::person;
use testkit::{ManualClock, TestStore, for_each_engine};

fn desk(region: &Region<'_>) -> Desk {
    Desk::new(region.store.store(), Arc::new(ManualClock::new(NOW)), region.ids.clone())
}

fn operator() -> Clerk {
    let viewer = Viewer { account_id: 1, facility_id: 1, role: Role::Operator };
    Clerk { viewer, actor: "takahashi".into() }
}

fn wait<T>(answer: BoxFuture<'_, T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(answer)
}

/// The records of each person, by their local IDs.
fn standing(region: &Region<'_>) -> Vec<(String, i64)> {
    let found = region.run(|tx, _| {
        let mut all = Vec::new();
        for (domain, local_id) in [(CENTRAL, "1"), (PREFECTURAL, "2")] {
            let record = person::identity_by_local_id(tx, domain, local_id)?.unwrap();
            let events = person::events_of_identity(tx, record.id)?.len();
            all.push((format!("{local_id}, {events} events"), record.person_id));
        }
        Ok(all)
    });
    found.unwrap()
}

fn shown(desk: &Desk, act: &Act) -> Effect {
    wait(desk.preview(operator(), act.clone())).unwrap()
}

#[test]
fn a_preview_is_what_is_done_and_changes_nothing() {
    for_each_engine(walk);
}

fn walk(store: &TestStore) {
    let region = Region::new(store);
    let desk = desk(&region);
    let man = who("山田", "太郎", ("ヤマダ", "タロウ"), "19480312", "M");
    let woman = who("川口", "花", ("カワグチ", "ハナ"), "19620705", "F");
    let one = region.patient(CENTRAL, "1", man);
    let other = region.patient(PREFECTURAL, "2", woman);
    let before = standing(&region);
    let link = |despite_differences| Act::Link {
        identity_id: other.identity_id,
        person_id: one.person_id,
        despite_differences,
    };
    let effect = shown(&desk, &link(false));
    assert_eq!(standing(&region), before, "a preview is taken back whole");
    assert!(effect.needs_despite_differences);
    assert_eq!(effect.moved, vec![other.identity_id]);

    let order = |act| Order { act, mark: effect.mark.clone(), reason: "both cards".into() };
    let refused = wait(desk.perform(operator(), order(link(false))));
    assert_eq!(refused, Err(DeskError::Refused(ActRefusal::Contradiction)));
    assert_eq!(standing(&region), before, "what is refused changes nothing");
    let done = wait(desk.perform(operator(), order(link(true)))).unwrap();
    let file = wait(desk.person(operator(), one.person_id)).unwrap();
    let joined = effect.after.iter().find(|group| group.person_id == one.person_id).unwrap();
    assert_eq!(file.records, joined.records, "what was shown is what was done");
    assert!(file.contradiction.birth && file.contradiction.sex);
    let late = wait(desk.perform(operator(), order(link(true))));
    assert_eq!(late, Err(DeskError::Changed), "the mark was of other records");

    let undo = Act::Undo { event_id: done.event_id };
    let mark = shown(&desk, &undo).mark;
    let reason = "mistaken".to_owned();
    let undone = wait(desk.perform(operator(), Order { act: undo, mark, reason })).unwrap();
    assert_eq!(undone.person_after, other.person_id);
    let file = wait(desk.person(operator(), other.person_id)).unwrap();
    let last = file.history.iter().rev().find(|step| step.event.id == done.event_id).unwrap();
    assert_eq!((last.undone_by, last.may_undo), (Some(undone.event_id), false));
}
