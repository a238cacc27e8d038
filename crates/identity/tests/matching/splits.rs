//! A split after a wrong link: right at once, told, readable, and not linked again.

use super::{community_id, fed, fed_at, person_of, yamada};
use crate::common::{NOW, Region};
use identity::review;
use identity::{PartRequest, SameAs};
use model::demographics::Demographics;
use serde_json::json;
use store::person::EventKind;
use store::{job, notification_consumer};
use testkit::for_each_engine;

#[test]
fn what_was_split_is_not_linked_again_by_the_next_message() {
    for_each_engine(|store| {
        let region = Region::new(store);
        region.run(|tx, _| Ok(notification_consumer::set(tx, &["portal".to_owned()])?)).unwrap();
        let one = fed(&region, 1, "1", yamada());
        let own_card = community_id(&region, one);
        let other = fed(&region, 2, "77", yamada());
        let (person_one, third) = (person_of(&region, one), fed(&region, 3, "9", yamada()));
        assert_eq!([other, third].map(|it| person_of(&region, it)), [person_one; 2]);
        let parting = PartRequest {
            identity_id: other,
            actor: "sato".to_owned(),
            now: NOW,
            evidence: json!({ "reason": "a namesake" }),
        };
        region.run(move |tx, ids| identity::split(tx, ids, &parting)).unwrap();
        let apart = person_of(&region, other);
        assert_ne!(apart, person_of(&region, one));
        assert_eq!(community_id(&region, one), own_card);
        let keys: Vec<String> = region
            .run(|tx, _| Ok(job::waiting(tx, 100)?))
            .unwrap()
            .into_iter()
            .map(|job| job.key)
            .collect();
        assert!([apart, person_one].iter().all(|id| keys.contains(&id.to_string())), "{keys:?}");
        let moved = Demographics { phones: vec!["0859-20-5555".to_owned()], ..yamada() };
        fed_at(&region, 2, "77", ("20260201", moved.clone()));
        fed_at(&region, 1, "1", ("20260202", moved));
        assert_eq!(person_of(&region, other), apart, "the split stands");
        assert_eq!(person_of(&region, third), person_of(&region, one));
        assert_eq!(region.run(|tx, _| review::list(tx, None, 9)).unwrap().open_count, 0);
        let of = SameAs::Community(community_id(&region, other));
        let history = region.run(move |tx, _| identity::person_history(tx, &of)).unwrap();
        let kinds: Vec<EventKind> = history.events.iter().map(|event| event.kind).collect();
        assert!(kinds.ends_with(&[EventKind::Linked, EventKind::Unlinked]), "{kinds:?}");
        assert!(history.events.iter().any(|event| event.evidence.contains("a namesake")));
    });
}
