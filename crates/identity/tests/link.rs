//! Linking, unlinking and parting, on both engines; long runs of them by chance.

use crate::common;

use common::{CENTRAL, NOW, PHARMACY, PREFECTURAL, Region, request};
use identity::{
    EnrolOutcome, EnrolRequest, IdentityError, LinkOutcome, LinkRequest, PartRequest, UnlinkRequest,
};
use model::CommunityId;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use store::person;
use testkit::{TestStore, for_each_engine};

fn link(region: &Region<'_>, identity_id: i64, to: &CommunityId) -> Option<LinkOutcome> {
    let request = LinkRequest {
        identity_id,
        person: to.clone(),
        actor: "reviewer".into(),
        now: NOW,
        evidence: json!({ "rule": "test" }),
    };
    region.run(move |tx, _| identity::link(tx, &request)).unwrap()
}

fn unlink(region: &Region<'_>, event_id: i64) -> Result<LinkOutcome, IdentityError> {
    let request =
        UnlinkRequest { event_id, actor: "reviewer".into(), now: NOW, evidence: json!({}) };
    region.run(move |tx, ids| identity::unlink(tx, ids, &request))
}

fn part(region: &Region<'_>, identity_id: i64) -> Result<LinkOutcome, IdentityError> {
    let request =
        PartRequest { identity_id, actor: "reviewer".into(), now: NOW, evidence: json!({}) };
    region.run(move |tx, ids| identity::part(tx, ids, &request))
}

fn at_pharmacy(region: &Region<'_>, domain: &str, local_id: &str) -> EnrolOutcome {
    let viewers = vec![PHARMACY.to_owned()];
    region.try_enrol(EnrolRequest { viewers, ..request(domain, local_id) }).unwrap()
}

#[test]
fn a_link_joins_and_taking_it_back_restores_persons_and_consents() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let a = region.enrol(CENTRAL, "1");
        let b = at_pharmacy(&region, PREFECTURAL, "2");
        assert!(region.open(&b.community_id).is_none());
        let linked = link(&region, a.identity_id, &b.community_id).unwrap();
        assert!(linked.is_merged);
        assert_eq!(link(&region, a.identity_id, &b.community_id), None);
        let joined = region.open(&b.community_id).expect("the consent came along");
        assert_eq!(joined.identities.len(), 2);
        let by_old_card = region.open(&a.community_id).unwrap();
        assert_eq!(by_old_card.community_id, b.community_id);
        let back = unlink(&region, linked.event_id).unwrap();
        assert_eq!((back.person_before, back.person_after), (b.person_id, a.person_id));
        assert!(region.open(&b.community_id).is_none(), "its consent went back with it");
        let restored = region.open(&a.community_id).unwrap();
        assert_eq!(restored.community_id, a.community_id);
        assert_eq!(restored.identities.len(), 1);
        assert!(matches!(unlink(&region, linked.event_id), Err(IdentityError::TakenBack(_))));
        assert!(matches!(unlink(&region, back.event_id), Err(IdentityError::NotALink(_))));
        assert!(matches!(unlink(&region, 404), Err(IdentityError::NotALink(404))));
    });
}

#[test]
fn only_the_last_standing_link_is_taken_back() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let a = region.enrol(CENTRAL, "1");
        let b = region.enrol(CENTRAL, "2");
        let c = region.enrol(CENTRAL, "3");
        let first = link(&region, a.identity_id, &b.community_id).unwrap();
        let second = link(&region, a.identity_id, &c.community_id).unwrap();
        assert!(!second.is_merged);
        let refused = unlink(&region, first.event_id);
        let Err(IdentityError::Superseded { later, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(later, second.event_id);
        unlink(&region, second.event_id).unwrap();
        let back = unlink(&region, first.event_id).unwrap();
        assert_eq!(back.person_after, a.person_id);
    });
}

#[test]
fn parting_gives_a_person_of_its_own_that_nobody_sees_yet() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let a = region.enrol(CENTRAL, "1");
        let b = region.enrol_same(PREFECTURAL, "2", &a.community_id);
        let parted = part(&region, b.identity_id).unwrap();
        assert_ne!(parted.person_after, a.person_id);
        let own = region
            .run(move |tx, _| Ok(person::by_id(tx, parted.person_after)?.unwrap().community_id))
            .unwrap();
        assert!(region.open(&own).is_none());
        assert_eq!(region.open(&a.community_id).unwrap().identities.len(), 1);
        assert!(matches!(part(&region, b.identity_id), Err(IdentityError::NothingToPart(_))));
        let back = unlink(&region, parted.event_id).unwrap();
        assert_eq!(back.person_after, a.person_id);
        assert!(!back.is_merged);
        assert!(region.open(&own).is_none());
        let undone = unlink_enrolment_link(&region, b.identity_id);
        assert_ne!(undone.person_after, a.person_id);
    });
}

fn unlink_enrolment_link(region: &Region<'_>, identity_id: i64) -> LinkOutcome {
    let events = region.run(move |tx, _| Ok(person::events_of_identity(tx, identity_id)?)).unwrap();
    unlink(region, events[0].id).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    Enrol,
    EnrolSame(usize),
    Link(usize, usize),
    Unlink(usize),
    Part(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => Just(Step::Enrol),
        1 => (0_usize..9).prop_map(Step::EnrolSame),
        4 => (0_usize..9, 0_usize..9).prop_map(|(a, b)| Step::Link(a, b)),
        3 => (0_usize..20).prop_map(Step::Unlink),
        1 => (0_usize..9).prop_map(Step::Part),
    ];
    prop::collection::vec(step, 0..24)
}

/// What must hold, told independently of the store: who belongs to whom, and which links stand.
#[derive(Default)]
struct Model {
    identities: Vec<i64>,
    cards: Vec<CommunityId>,
    owner: BTreeMap<i64, i64>,
    standing: BTreeMap<i64, Vec<(i64, Option<i64>)>>,
    events: Vec<(i64, i64)>,
}

impl Model {
    fn enrolled(&mut self, outcome: EnrolOutcome, linked: Option<i64>) {
        self.identities.push(outcome.identity_id);
        self.cards.push(outcome.community_id);
        self.owner.insert(outcome.identity_id, outcome.person_id);
        self.standing.insert(outcome.identity_id, Vec::new());
        if let Some(event_id) = linked {
            self.moved(outcome.identity_id, event_id, None, outcome.person_id);
        }
    }

    fn moved(&mut self, identity: i64, event: i64, before: Option<i64>, after: i64) {
        self.owner.insert(identity, after);
        self.standing.get_mut(&identity).unwrap().push((event, before));
        self.events.push((event, identity));
    }

    fn take(&mut self, region: &Region<'_>, step: &Step, number: usize) {
        let pick = |place: usize, length: usize| (length > 0).then(|| place % length);
        match step {
            Step::Enrol => {
                let outcome = region.enrol(CENTRAL, &number.to_string());
                self.enrolled(outcome, None);
            }
            Step::EnrolSame(place) => {
                let Some(place) = pick(*place, self.cards.len()) else { return };
                let card = self.cards[place].clone();
                let local_id = number.to_string();
                let Some(target) = resolved(region, &card) else { return };
                let outcome = region.enrol_same(PREFECTURAL, &local_id, &card);
                assert_eq!(outcome.person_id, target);
                let identity_id = outcome.identity_id;
                let events = region
                    .run(move |tx, _| Ok(person::events_of_identity(tx, identity_id)?))
                    .unwrap();
                self.enrolled(outcome, Some(events[0].id));
            }
            Step::Link(identity, card) => {
                let (Some(identity), Some(card)) =
                    (pick(*identity, self.identities.len()), pick(*card, self.cards.len()))
                else {
                    return;
                };
                let identity = self.identities[identity];
                if let Some(done) = link(region, identity, &self.cards[card]) {
                    assert_eq!(done.person_before, self.owner[&identity]);
                    self.moved(
                        identity,
                        done.event_id,
                        Some(done.person_before),
                        done.person_after,
                    );
                }
            }
            Step::Unlink(event) => self.unlink(region, pick(*event, self.events.len())),
            Step::Part(identity) => {
                let Some(identity) = pick(*identity, self.identities.len()) else { return };
                let identity = self.identities[identity];
                let owner = self.owner[&identity];
                let siblings = self.owner.values().filter(|other| **other == owner).count();
                match part(region, identity) {
                    Ok(done) => {
                        assert!(siblings > 1);
                        self.moved(identity, done.event_id, Some(owner), done.person_after);
                    }
                    Err(IdentityError::NothingToPart(_)) => assert_eq!(siblings, 1),
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }

    fn unlink(&mut self, region: &Region<'_>, event: Option<usize>) {
        let Some((event_id, identity)) = event.map(|place| self.events[place]) else { return };
        let standing = self.standing.get_mut(&identity).unwrap();
        match unlink(region, event_id) {
            Ok(done) => {
                let (last, before) = standing.pop().unwrap();
                assert_eq!(last, event_id);
                assert!(before.is_none_or(|before| before == done.person_after));
                self.owner.insert(identity, done.person_after);
            }
            Err(IdentityError::Superseded { later, .. }) => {
                assert_eq!(later, standing.last().unwrap().0);
                assert_ne!(later, event_id);
            }
            Err(IdentityError::TakenBack(_)) => {
                assert!(standing.iter().all(|(standing, _)| *standing != event_id));
            }
            Err(error) => panic!("{error}"),
        }
    }

    /// Every identity belongs to exactly the person it should, and each is listed once.
    fn check(&self, region: &Region<'_>) {
        let persons: Vec<i64> = self.owner.values().copied().collect();
        let rows =
            region.run(move |tx, _| Ok(person::identities_of_persons(tx, &persons)?)).unwrap();
        let listed: BTreeMap<i64, i64> = rows.iter().map(|row| (row.id, row.person_id)).collect();
        assert_eq!(rows.len(), self.owner.len(), "an identity is listed twice or not at all");
        assert_eq!(&listed, &self.owner);
        for card in &self.cards {
            assert!(resolved(region, card).is_some(), "card {card} leads nowhere");
        }
    }
}

fn resolved(region: &Region<'_>, card: &CommunityId) -> Option<i64> {
    let card = card.clone();
    let found = region.run(move |tx, _| Ok(access::resolve(tx, &card)?)).unwrap();
    found.map(|person| person.id)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn an_identity_belongs_to_exactly_one_person_whatever_is_linked_and_taken_back(steps in steps()) {
        let store = TestStore::sqlite();
        let region = Region::new(&store);
        let mut model = Model::default();
        for (number, step) in steps.iter().enumerate() {
            model.take(&region, step, number);
            model.check(&region);
        }
    }

    #[test]
    fn taking_every_link_back_restores_the_beginning(links in prop::collection::vec((0_usize..5, 0_usize..5), 0..12)) {
        let store = TestStore::sqlite();
        let region = Region::new(&store);
        let people: Vec<EnrolOutcome> =
            (0..5).map(|number| region.enrol(CENTRAL, &number.to_string())).collect();
        let mut done = Vec::new();
        for (identity, card) in links {
            done.extend(link(&region, people[identity].identity_id, &people[card].community_id));
        }
        for outcome in done.iter().rev() {
            unlink(&region, outcome.event_id).unwrap();
        }
        for person in &people {
            let open = region.open(&person.community_id).expect("visible as in the beginning");
            prop_assert_eq!(&open.community_id, &person.community_id);
            prop_assert_eq!(open.identities.len(), 1);
            prop_assert_eq!(&open.decision.consents, &person.consents);
        }
    }
}

#[test]
fn the_identity_of_a_community_id_stays_with_whoever_has_that_id() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let a = region.enrol(CENTRAL, "1");
        let b = region.enrol(PREFECTURAL, "2");
        let (local_id, person_id) = (a.community_id.digits().to_owned(), a.person_id);
        let derived = region
            .run(move |tx, _| {
                let domain = store::source::ensure_domain(tx, "1.2.392.3", "affinity")?.id;
                store::document::patient::mark_affinity(tx, "1.2.392.3")?;
                Ok(person::insert_identity(tx, domain, &local_id, person_id, NOW)?.unwrap())
            })
            .unwrap();
        let holder = || {
            let found = store.read_blocking(move |tx| person::identity_by_id(tx, derived));
            found.unwrap().unwrap().person_id
        };
        let linked = link(&region, a.identity_id, &b.community_id).unwrap();
        assert!(linked.is_merged, "the derived identity keeps nobody apart");
        assert_eq!(holder(), b.person_id);
        let seen = region.open(&a.community_id).unwrap();
        assert_eq!(seen.identities.len(), 2, "it is no patient number of a facility");
        assert!(seen.decision.visibility.identities().contains(&derived));
        unlink(&region, linked.event_id).unwrap();
        assert_eq!(holder(), a.person_id);
        let kept = region.run(move |tx, _| {
            person::withdraw_enrolment(tx, a.identity_id, NOW, "test")?;
            Ok(person::identities_of_person(tx, a.person_id)?)
        });
        assert_eq!(kept.unwrap().len(), 2);
        assert!(region.open(&a.community_id).is_none(), "it is never enrolled by itself");
    });
}

#[test]
fn a_split_takes_the_wrong_link_back_and_old_cards_lead_home_again() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let a = region.enrol(CENTRAL, "1");
        let b = at_pharmacy(&region, PREFECTURAL, "2");
        link(&region, a.identity_id, &b.community_id).unwrap();
        let back = split(&region, a.identity_id).unwrap();
        assert_eq!((back.person_before, back.person_after), (b.person_id, a.person_id));
        assert_eq!(region.open(&a.community_id).unwrap().identities.len(), 1);
        assert!(region.open(&b.community_id).is_none(), "its consent went back with it");
        let refused = split(&region, a.identity_id);
        assert!(matches!(refused, Err(IdentityError::NothingToPart(_))));
    });
}

#[test]
fn a_split_of_what_was_never_linked_parts_it() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let a = region.enrol(CENTRAL, "1");
        let b = region.enrol_same(PREFECTURAL, "2", &a.community_id);
        let own = split(&region, a.identity_id).unwrap();
        assert_eq!(own.person_before, a.person_id);
        assert_ne!(own.person_after, b.person_id);
        assert_eq!(region.open(&a.community_id).unwrap().identities[0].id, b.identity_id);
    });
}

fn split(region: &Region<'_>, identity_id: i64) -> Result<LinkOutcome, IdentityError> {
    let request =
        PartRequest { identity_id, actor: "reviewer".into(), now: NOW, evidence: json!({}) };
    region.run(move |tx, ids| identity::split(tx, ids, &request))
}
