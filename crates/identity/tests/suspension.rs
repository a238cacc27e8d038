//! Enrolments that rest, and feeds that enrol, suspend or only keep.

use crate::common;

use common::{CENTRAL, NOW, PREFECTURAL, Region, adt, request, who};
use identity::{DomainChange, FeedEnrolment, IdentityError, SuspensionRequest, WithdrawRequest};
use model::CheckDigit;
use model::demographics::Demographics;
use ports::{FeedError, IdentityFeed};
use store::{person, source};
use testkit::for_each_engine;

fn hanako() -> Demographics {
    who("山田", "花子", ("ヤマダ", "ハナコ"), "19570612", "F")
}

fn rest(local_id: &str) -> SuspensionRequest {
    SuspensionRequest {
        domain_oid: CENTRAL.into(),
        local_id: local_id.into(),
        actor: "nakamura".into(),
        now: NOW,
        basis: "form 6".into(),
    }
}

fn suspend(region: &Region<'_>, local_id: &str) -> Result<bool, IdentityError> {
    let request = rest(local_id);
    region.run(move |tx, _| identity::suspend(tx, &request))
}

fn resume(region: &Region<'_>, local_id: &str) -> Result<bool, IdentityError> {
    let request = rest(local_id);
    region.run(move |tx, _| identity::resume(tx, &request))
}

fn events(region: &Region<'_>, identity_id: i64) -> Vec<&'static str> {
    let read = region.run(move |tx, _| Ok(person::events_of_identity(tx, identity_id)?)).unwrap();
    read.iter().map(|event| event.kind.name()).collect()
}

#[test]
fn a_suspended_enrolment_is_closed_until_it_is_resumed_and_nothing_is_lost() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let outcome = region.patient(CENTRAL, "0012", hanako());
        assert!(region.open(&outcome.community_id).is_some());
        assert!(suspend(&region, "0012").unwrap());
        assert!(!suspend(&region, "0012").unwrap(), "again is no news");
        assert!(region.open(&outcome.community_id).is_none());
        assert!(region.names("山田").is_empty());
        let later = adt(CENTRAL, "0012", "20270101", hanako());
        assert!(matches!(region.say(later.clone()), Err(FeedError::NotEnrolled { .. })));
        let again = region.try_enrol(request(CENTRAL, "0012"));
        assert!(matches!(again, Err(IdentityError::Suspended { .. })), "{again:?}");

        assert!(resume(&region, "0012").unwrap());
        assert!(!resume(&region, "0012").unwrap());
        let open = region.open(&outcome.community_id).expect("consents stayed");
        assert_eq!(open.demographics.name.full(), "山田 花子");
        assert_eq!(region.say(later), Ok(()));
        let told = events(&region, outcome.identity_id);
        assert_eq!(told, ["created", "enrolled", "suspended", "resumed"]);
        let counts = region.run(|tx, _| Ok(person::count_enrolments(tx)?)).unwrap();
        assert_eq!((counts.enrolled, counts.suspended, counts.withdrawn), (1, 0, 0));
        let unknown = suspend(&region, "404");
        assert!(matches!(unknown, Err(IdentityError::NotEnrolled { .. })));
    });
}

#[test]
fn a_person_stays_open_by_the_records_that_are_not_suspended() {
    for_each_engine(|store| {
        let region = Region::new(store);
        let first = region.patient(CENTRAL, "0012", hanako());
        let second = region.enrol_same(PREFECTURAL, "77", &first.community_id);
        region.say(adt(PREFECTURAL, "77", "20260101", hanako())).unwrap();
        assert!(suspend(&region, "0012").unwrap());
        let open = region.open(&first.community_id).unwrap();
        let seen: Vec<i64> = open.identities.iter().map(|identity| identity.id).collect();
        assert_eq!(seen, [second.identity_id]);
        // The other record withdraws: what is suspended keeps its consents, and goes on with them.
        let gone = WithdrawRequest {
            domain_oid: PREFECTURAL.into(),
            local_id: "77".into(),
            actor: "nakamura".into(),
            now: NOW,
            basis: "form 5".into(),
        };
        assert!(region.run(move |tx, _| identity::withdraw(tx, &gone)).unwrap());
        assert!(region.open(&first.community_id).is_none());
        assert!(resume(&region, "0012").unwrap());
        let open = region.open(&first.community_id).unwrap();
        assert_eq!(open.identities.len(), 1);
    });
}

/// Tells of patients as a storage does: how many were enrolled, how many have no number of the
/// domain.
fn told(region: &Region<'_>, local_ids: &[&str]) -> (u64, u64) {
    let feed = identity::Feed::new(
        region.store.store(),
        std::sync::Arc::new(testkit::ManualClock::new(NOW)),
    );
    let feed = feed.enrolling(region.ids.clone());
    let local_ids = local_ids.iter().map(|id| (*id).to_owned()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let done = runtime.block_on(feed.introduce(CENTRAL.into(), local_ids, "central".into()));
    let done = done.unwrap();
    (done.enrolled, done.misfits)
}

fn set_feed(region: &Region<'_>, said: Option<FeedEnrolment>) {
    let set = region.run(move |tx, _| identity::set_feed_enrolment(tx, CENTRAL, said, ("it", NOW)));
    set.unwrap();
}

#[test]
fn a_storage_enrols_as_its_source_says_and_opens_nothing_that_people_closed() {
    for_each_engine(|store| {
        let region = Region::new(store);
        assert_eq!(told(&region, &["1"]), (0, 0), "nothing was said");
        set_feed(&region, Some(FeedEnrolment::Keeps));
        assert_eq!(told(&region, &["1"]), (0, 0));
        set_feed(&region, Some(FeedEnrolment::Suspends));
        assert_eq!(told(&region, &["1"]), (1, 0));
        set_feed(&region, Some(FeedEnrolment::Enrols));
        assert_eq!(told(&region, &["1", "2", "3"]), (2, 0));
        let gone = WithdrawRequest {
            domain_oid: CENTRAL.into(),
            local_id: "3".into(),
            actor: "nakamura".into(),
            now: NOW,
            basis: "form 5".into(),
        };
        assert!(region.run(move |tx, _| identity::withdraw(tx, &gone)).unwrap());
        assert_eq!(told(&region, &["1", "2", "3"]), (0, 0));
        let counts = region.run(|tx, _| Ok(person::count_enrolments(tx)?)).unwrap();
        assert_eq!((counts.enrolled, counts.suspended, counts.withdrawn), (1, 1, 1));
        let change = DomainChange {
            oid: CENTRAL.into(),
            digits: Some(4),
            is_padded: Some(true),
            check_digit: Some(CheckDigit::None),
            ..DomainChange::default()
        };
        let done = region.run(move |tx, _| identity::set_domain(tx, &change)).unwrap();
        assert_eq!(done.misfits, 3, "1, 2 and 3 stay as they are");
        assert_eq!(told(&region, &["0004", "5", "A"]), (1, 2), "a folder has the name it has");
        let said = region.run(|tx, _| Ok(source::feeds_of_domain(tx, CENTRAL)?)).unwrap();
        assert_eq!(said, ["enrols"]);
    });
}
