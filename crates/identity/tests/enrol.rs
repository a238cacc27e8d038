//! Enrolment, withdrawal and consent, on both engines.

use crate::common;

use common::{CENTRAL, CLINIC, NOW, PHARMACY, PREFECTURAL, Region, request};
use identity::{ConsentRequest, EnrolRequest, IdentityError, SameAs, WithdrawRequest};
use model::entry::Category;
use model::{CommunityId, IdSource, Timestamp};
use store::person::{self, EventKind};
use store::{audit, consent};
use testkit::for_each_engine;

fn withdrawal(domain: &str, local_id: &str) -> WithdrawRequest {
    WithdrawRequest {
        domain_oid: domain.into(),
        local_id: local_id.into(),
        actor: "nakamura".into(),
        now: NOW,
        basis: "asked".into(),
    }
}

#[test]
fn makes_a_person_with_consent_for_each_viewing_facility() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let viewers = vec![CLINIC.to_owned(), PHARMACY.to_owned(), CLINIC.to_owned()];
        let outcome =
            region.try_enrol(EnrolRequest { viewers, ..request(CENTRAL, "0001") }).unwrap();
        assert!(outcome.is_new && outcome.is_enrolled_now);
        assert_eq!(outcome.consents.len(), 2);
        let open = region.open(&outcome.community_id).unwrap();
        assert_eq!(open.person_id, outcome.person_id);
        let seen = &open.decision.visibility;
        assert_eq!(seen.identities(), &[outcome.identity_id]);
        assert!(Category::ALL.iter().all(|kind| seen.permits(region.facilities[1], *kind)));
        let kinds: Vec<EventKind> = region
            .run(move |tx, _| Ok(person::events_of_identity(tx, outcome.identity_id)?))
            .unwrap()
            .iter()
            .map(|event| event.kind)
            .collect();
        assert_eq!(kinds, vec![EventKind::Created, EventKind::Enrolled]);
        let rows = region
            .run(move |tx, _| Ok(audit::of_person(tx, outcome.person_id, i64::MAX, 10)?))
            .unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].action.as_str(), rows[0].actor.as_str()), ("enrolment", "nakamura"));
    });
}

#[test]
fn doing_it_again_changes_nothing() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let first = region.enrol(CENTRAL, "0001");
        let again = region.enrol(CENTRAL, "0001");
        assert_eq!((again.person_id, again.identity_id), (first.person_id, first.identity_id));
        assert!(!again.is_new && !again.is_enrolled_now && again.consents.is_empty());
        let (events, audits) = region
            .run(move |tx, _| {
                let events = person::events_of_identity(tx, first.identity_id)?.len();
                Ok((events, audit::recent(tx, i64::MAX, 10)?.len()))
            })
            .unwrap();
        assert_eq!((events, audits), (2, 1));
        let viewers = vec![CLINIC.to_owned(), PHARMACY.to_owned()];
        let more = region.try_enrol(EnrolRequest { viewers, ..request(CENTRAL, "0001") }).unwrap();
        assert_eq!(more.consents.len(), 1);
    });
}

#[test]
fn links_to_whom_staff_name_and_refuses_to_relink() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let first = region.enrol(CENTRAL, "0001");
        let linked = region.enrol_same(PREFECTURAL, "77", &first.community_id);
        assert_eq!(linked.person_id, first.person_id);
        let events = region
            .run(move |tx, _| Ok(person::events_of_identity(tx, linked.identity_id)?))
            .unwrap();
        assert_eq!(events[0].kind, EventKind::Linked);
        assert_eq!(
            (events[0].person_before, events[0].person_after),
            (None, Some(first.person_id))
        );
        let by_identity = SameAs::Identity { domain_oid: CENTRAL.into(), local_id: "0001".into() };
        let again = region
            .try_enrol(EnrolRequest { same_as: Some(by_identity), ..request(PREFECTURAL, "77") })
            .unwrap();
        assert!(!again.is_enrolled_now);
        let other = region.enrol(CENTRAL, "0002");
        let same_as = Some(SameAs::Community(other.community_id.clone()));
        let refused = region.try_enrol(EnrolRequest { same_as, ..request(PREFECTURAL, "77") });
        let Err(IdentityError::OtherPerson { present, wanted, .. }) = refused else {
            panic!("relinked silently")
        };
        assert_eq!((present, wanted), (first.community_id.clone(), other.community_id));
        let still = region
            .run(|tx, _| Ok(person::identity_by_local_id(tx, PREFECTURAL, "77")?.unwrap()))
            .unwrap();
        assert_eq!(still.person_id, first.person_id);
    });
}

#[test]
fn leading_zeros_and_domains_tell_patients_apart() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let ids: Vec<CommunityId> = [(CENTRAL, "0001"), (CENTRAL, "1"), (PREFECTURAL, "0001")]
            .into_iter()
            .map(|(domain, local_id)| region.enrol(domain, local_id).community_id)
            .collect();
        assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
        let counts = region
            .run(|tx, _| Ok((person::count_persons(tx)?, person::count_identities(tx)?)))
            .unwrap();
        assert_eq!(counts, (3, 3));
    });
}

#[test]
fn says_what_is_wrong_with_a_request_and_stores_nothing() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let refused = |request: EnrolRequest| region.try_enrol(request).unwrap_err();
        let unknown = CommunityId::from_serial(999_999);
        let same = |same_as| EnrolRequest { same_as: Some(same_as), ..request(CENTRAL, "1") };
        assert!(matches!(refused(request("9.9", "1")), IdentityError::NoSuchDomain(_)));
        assert!(matches!(
            refused(same(SameAs::Community(unknown))),
            IdentityError::NoSuchPerson(_)
        ));
        assert!(matches!(
            refused(same(SameAs::Identity { domain_oid: CENTRAL.into(), local_id: "2".into() })),
            IdentityError::NotEnrolled { .. }
        ));
        let viewers = vec!["0000000000".to_owned()];
        assert!(matches!(
            refused(EnrolRequest { viewers, ..request(CENTRAL, "1") }),
            IdentityError::NoSuchFacility(_)
        ));
        for wrong in ["", " 1", "1\0", "a\nb", &"9".repeat(65)] {
            assert!(matches!(refused(request(CENTRAL, wrong)), IdentityError::LocalIdMalformed(_)));
        }
        let counts = region
            .run(|tx, _| Ok((person::count_persons(tx)?, audit::recent(tx, i64::MAX, 9)?.len())))
            .unwrap();
        assert_eq!(counts, (0, 0));
    });
}

#[test]
fn withdrawing_closes_at_once_and_a_later_enrolment_opens_only_what_is_said_then() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let viewers = vec![CLINIC.to_owned(), PHARMACY.to_owned()];
        let person = region.try_enrol(EnrolRequest { viewers, ..request(CENTRAL, "1") }).unwrap();
        region.enrol_same(PREFECTURAL, "77", &person.community_id);
        let withdraw = |domain: &'static str, local_id: &'static str| {
            region.run(move |tx, _| identity::withdraw(tx, &withdrawal(domain, local_id))).unwrap()
        };
        assert!(withdraw(CENTRAL, "1"));
        let open = region.open(&person.community_id).unwrap();
        assert!(!open.decision.visibility.identities().contains(&person.identity_id));
        assert!(withdraw(PREFECTURAL, "77"));
        assert!(!withdraw(PREFECTURAL, "77"));
        assert!(region.open(&person.community_id).is_none());
        let viewers = vec![PHARMACY.to_owned()];
        let again = region.try_enrol(EnrolRequest { viewers, ..request(CENTRAL, "1") }).unwrap();
        assert!(again.is_enrolled_now && !again.is_new);
        assert!(region.open(&person.community_id).is_none(), "the clinic was not named again");
        let unknown = region.run(|tx, _| identity::withdraw(tx, &withdrawal(CENTRAL, "404")));
        assert!(matches!(unknown, Err(IdentityError::NotEnrolled { .. })));
    });
}

#[test]
fn consents_are_recorded_and_withdrawn_one_by_one() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let person = region.enrol(CENTRAL, "1");
        let id = person.community_id.clone();
        let denial = ConsentRequest {
            person: id.clone(),
            discloser: Some("1300000001".into()),
            viewer: CLINIC.into(),
            categories: Some(vec![Category::Laboratory]),
            permit: false,
            from: NOW,
            until: Some(Timestamp(NOW.0 + 1)),
            basis: "form 4".into(),
            actor: "nakamura".into(),
            now: NOW,
        };
        let denied = region.run(move |tx, _| identity::record_consent(tx, &denial)).unwrap();
        let central = region.facilities[0];
        let seen = region.open(&id).unwrap().decision.visibility;
        assert!(!seen.permits(central, Category::Laboratory));
        assert!(seen.permits(central, Category::Imaging));
        let take_back = |consent_id: i64| {
            let id = id.clone();
            region
                .run(move |tx, _| identity::withdraw_consent(tx, &id, consent_id, "nakamura", NOW))
        };
        take_back(denied).unwrap();
        assert!(
            region.open(&id).unwrap().decision.visibility.permits(central, Category::Laboratory)
        );
        assert!(matches!(take_back(denied), Err(IdentityError::NoSuchConsent(_))));
        let other = region.enrol(CENTRAL, "2");
        assert!(matches!(take_back(other.consents[0]), Err(IdentityError::NoSuchConsent(_))));
        let all = id.clone();
        let withdrawn = region
            .run(move |tx, _| identity::withdraw_all_consents(tx, &all, "nakamura", NOW))
            .unwrap();
        assert_eq!(withdrawn, person.consents);
        assert!(region.open(&id).is_none());
        let rows = region.run(move |tx, _| Ok(consent::of_person(tx, person.person_id)?)).unwrap();
        assert_eq!(rows.len(), 2, "withdrawn, not removed");
    });
}

/// The same serial again and again, then others.
struct Stubborn(std::sync::atomic::AtomicU64);

impl IdSource for Stubborn {
    fn fill(&self, bytes: &mut [u8]) {
        let draw = self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        bytes.fill(0);
        if let Some(last) = bytes.last_mut() {
            *last = u8::try_from(draw.saturating_sub(5)).unwrap_or(u8::MAX);
        }
    }
}

#[test]
fn a_community_id_that_is_taken_is_drawn_again_and_not_for_ever() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let stubborn = std::sync::Arc::new(Stubborn(0.into()));
        let enrol = |local_id: &'static str, stubborn: std::sync::Arc<Stubborn>| {
            region.run(move |tx, _| {
                identity::enrol(tx, stubborn.as_ref(), &request(CENTRAL, local_id))
            })
        };
        let first = enrol("1", stubborn.clone()).unwrap();
        let second = enrol("2", stubborn).unwrap();
        assert_eq!(first.community_id, CommunityId::from_serial(0));
        assert_eq!(second.community_id, CommunityId::from_serial(1));
        let stuck = std::sync::Arc::new(Stubborn(u64::MAX.into()));
        let always = enrol("3", stuck.clone()).unwrap();
        assert_eq!(always.community_id, CommunityId::from_serial(255));
        stuck.0.store(1_000, std::sync::atomic::Ordering::SeqCst);
        assert!(matches!(enrol("4", stuck), Err(IdentityError::NoFreeCommunityId)));
    });
}
