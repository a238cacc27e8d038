//! What is asked before two records are joined, and what is seen of a person, on both engines.

use crate::common;

use common::{CENTRAL, NOW, PREFECTURAL, Region, adt, who};
use identity::{Candidate, IdentityError, SameAs};
use model::demographics::Demographics;
use store::audit;
use store::person::EventKind;
use testkit::for_each_engine;

fn taro() -> Demographics {
    who("山田", "太郎", ("ヤマダ", "タロウ"), "19480312", "M")
}

fn check(
    region: &Region<'_>,
    local_id: &str,
    demographics: Option<Demographics>,
    same_as: SameAs,
) -> Result<(), IdentityError> {
    let candidate =
        Candidate { domain_oid: PREFECTURAL.into(), local_id: local_id.into(), demographics };
    region.run(move |tx, _| identity::check_agreement(tx, &candidate, &same_as))
}

#[test]
fn a_record_that_contradicts_a_known_one_is_refused_with_what_differs() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let known = region.patient(CENTRAL, "1", taro());
        let same_as = SameAs::Community(known.community_id.clone());
        assert!(check(&region, "2", None, same_as.clone()).is_ok(), "nothing is known yet");
        assert!(check(&region, "2", Some(taro()), same_as.clone()).is_ok());
        let namesake = who("山田", "太郎", ("ヤマダ", "タロウ"), "19620705", "F");
        let refused = check(&region, "2", Some(namesake.clone()), same_as.clone()).unwrap_err();
        let said = refused.to_string();
        for words in [PREFECTURAL, CENTRAL, "19620705", "19480312", "F and M", "--despite"] {
            assert!(said.contains(words), "{words}: {said}");
        }
        region.patient(PREFECTURAL, "3", namesake);
        let kept = check(&region, "3", None, same_as);
        assert!(matches!(kept, Err(IdentityError::Contradiction { .. })), "by what is kept of it");
        let nobody = SameAs::Identity { domain_oid: CENTRAL.into(), local_id: "404".into() };
        let unknown = check(&region, "2", None, nobody);
        assert!(matches!(unknown, Err(IdentityError::NotEnrolled { .. })));
    });
}

#[test]
fn a_person_is_shown_with_its_contradictions_and_its_history() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let first = region.patient(CENTRAL, "1", taro());
        let second = region.enrol_same(PREFECTURAL, "2", &first.community_id);
        let of = SameAs::Identity { domain_oid: PREFECTURAL.into(), local_id: "2".into() };
        let show = || {
            let of = of.clone();
            region.run(move |tx, _| identity::person_record(tx, &of, "nakamura", NOW)).unwrap()
        };
        assert!(!show().contradiction.is_any());
        let other = Demographics { sex: "F".into(), ..taro() };
        region.say(adt(PREFECTURAL, "2", "20260102", other)).unwrap();
        let record = show();
        assert_eq!(record.person.id, first.person_id);
        let ids: Vec<i64> = record.identities.iter().map(|identity| identity.id).collect();
        assert_eq!(ids, vec![first.identity_id, second.identity_id]);
        assert!(record.contradiction.sex && !record.contradiction.birth);
        let (history, rows) = region
            .run(move |tx, _| {
                let history = identity::person_history(tx, &of)?;
                Ok((history, audit::recent(tx, i64::MAX, 1)?))
            })
            .unwrap();
        assert_eq!((rows[0].action.as_str(), rows[0].person_id), ("view", Some(first.person_id)));
        let kinds: Vec<(i64, EventKind)> =
            history.events.iter().map(|event| (event.identity_id, event.kind)).collect();
        let expected = vec![
            (first.identity_id, EventKind::Created),
            (first.identity_id, EventKind::Enrolled),
            (second.identity_id, EventKind::Linked),
            (second.identity_id, EventKind::Enrolled),
        ];
        assert_eq!(kinds, expected);
        assert_eq!(history.community_ids[&first.person_id], first.community_id);
    });
}
