//! A small region: two hospitals, each with a source and domain, and two clinics.

use access::{OpenPerson, Opened, Role, Viewer};
use identity::{EnrolOutcome, EnrolRequest, Feed, IdentityError, SameAs, Search, SearchQuery};
use model::demographics::{Demographics, PersonName};
use model::{CommunityId, PartialTime, Timestamp};
use ports::{DemographicsUpdate, FeedError, IdentityFeed, SearchPage};
use std::sync::Arc;
use store::source::{self, FacilityRow, SourceRow};
use store::{StoreError, Tx};
use testkit::{CountingIds, ManualClock, TestStore};

pub const CENTRAL: &str = "1.2.392.1";
pub const PREFECTURAL: &str = "1.2.392.2";
pub const CLINIC: &str = "1300000003";
pub const PHARMACY: &str = "1300000004";
pub const NOW: Timestamp = Timestamp(1_900_000_000_000_000);

pub struct Region<'a> {
    pub store: &'a TestStore,
    pub ids: Arc<CountingIds>,
    pub feed: Feed,
    /// Keys of the facilities, in the order of their codes.
    pub facilities: Vec<i64>,
}

impl<'a> Region<'a> {
    pub fn new(store: &'a TestStore) -> Region<'a> {
        let facilities = store.write_blocking(found).unwrap();
        let clock = Arc::new(ManualClock::new(NOW));
        let feed = Feed::new(store.store(), clock);
        Region { store, ids: Arc::new(CountingIds::new()), feed, facilities }
    }

    /// Runs a use case.
    pub fn run<T: Send + 'static>(
        &self,
        mut case: impl FnMut(&mut Tx, &CountingIds) -> Result<T, IdentityError> + Send + 'static,
    ) -> Result<T, IdentityError> {
        let ids = Arc::clone(&self.ids);
        self.store.write_blocking(move |tx| case(tx, &ids))
    }

    pub fn enrol(&self, domain: &str, local_id: &str) -> EnrolOutcome {
        self.try_enrol(request(domain, local_id)).unwrap()
    }

    pub fn enrol_same(&self, domain: &str, local_id: &str, same: &CommunityId) -> EnrolOutcome {
        let same_as = Some(SameAs::Community(same.clone()));
        self.try_enrol(EnrolRequest { same_as, ..request(domain, local_id) }).unwrap()
    }

    pub fn try_enrol(&self, request: EnrolRequest) -> Result<EnrolOutcome, IdentityError> {
        self.run(move |tx, ids| identity::enrol(tx, ids, &request))
    }

    pub fn say(&self, update: DemographicsUpdate) -> Result<(), FeedError> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.feed.update(vec![update])).remove(0)
    }

    /// Enrols and says who it is.
    pub fn patient(&self, domain: &str, local_id: &str, who: Demographics) -> EnrolOutcome {
        let outcome = self.enrol(domain, local_id);
        self.say(adt(domain, local_id, "20260101", who)).unwrap();
        outcome
    }

    /// A doctor of the clinic.
    pub fn doctor(&self) -> Viewer {
        Viewer { account_id: 1, facility_id: self.facilities[2], role: Role::Doctor }
    }

    pub fn open(&self, id: &CommunityId) -> Option<OpenPerson> {
        let (viewer, id) = (self.doctor(), id.clone());
        let opened =
            self.run(move |tx, _| Ok(access::open_person(tx, &viewer, &id, NOW)?)).unwrap();
        match opened {
            Opened::Open(person) => Some(*person),
            Opened::Closed { .. } => None,
        }
    }

    pub fn search(&self, text: &str) -> SearchPage {
        self.search_as(self.doctor(), text, None)
    }

    pub fn search_as(&self, viewer: Viewer, text: &str, after: Option<CommunityId>) -> SearchPage {
        let query = SearchQuery::read(text).unwrap();
        let search = Search { viewer, query, after, now: NOW };
        self.run(move |tx, _| identity::search(tx, &search)).unwrap()
    }

    /// The names found, in order.
    pub fn names(&self, text: &str) -> Vec<String> {
        let page = self.search(text);
        assert_eq!(page.found_count, page.persons.len());
        page.persons.into_iter().map(|found| found.person.demographics.name.full()).collect()
    }
}

pub fn request(domain: &str, local_id: &str) -> EnrolRequest {
    EnrolRequest {
        domain_oid: domain.into(),
        local_id: local_id.into(),
        same_as: None,
        viewers: vec![CLINIC.into()],
        actor: "nakamura".into(),
        now: NOW,
        basis: "form 3".into(),
    }
}

pub fn who(family: &str, given: &str, kana: (&str, &str), birth: &str, sex: &str) -> Demographics {
    let name =
        |family: &str, given: &str| PersonName { family: family.into(), given: given.into() };
    Demographics {
        name: name(family, given),
        kana: name(kana.0, kana.1),
        birth: PartialTime::japan(birth).ok(),
        sex: sex.into(),
        ..Demographics::default()
    }
}

pub fn adt(domain: &str, local_id: &str, sent: &str, who: Demographics) -> DemographicsUpdate {
    DemographicsUpdate {
        domain_oid: domain.into(),
        local_id: local_id.into(),
        demographics: who,
        sent: sent.into(),
        authoritative: true,
    }
}

fn found(tx: &mut Tx) -> Result<Vec<i64>, StoreError> {
    let mut keys = Vec::new();
    for number in 1..=4 {
        let facility = FacilityRow {
            id: 0,
            code: format!("130000000{number}"),
            name: format!("facility {number}"),
            short_name: number.to_string(),
            facility_type: "hospital".into(),
            mark: 0,
        };
        keys.push(source::insert_facility(tx, &facility, NOW.0)?.unwrap());
    }
    for (place, oid) in [CENTRAL, PREFECTURAL].into_iter().enumerate() {
        let domain = source::ensure_domain(tx, oid, oid)?;
        let code = format!("130000000{}", place + 1);
        let source = SourceRow {
            id: 0,
            name: oid.into(),
            kind: "ssmix2".into(),
            oid: format!("{oid}.9"),
            settings: "{}".into(),
            paused: false,
            facility: source::facility_by_code(tx, &code)?.unwrap(),
            domain,
        };
        source::insert_source(tx, &source, &[], NOW.0)?.unwrap();
    }
    Ok(keys)
}
