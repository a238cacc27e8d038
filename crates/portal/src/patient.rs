//! The open patient: who it is, what may be seen, and the banner that every page carries.

use crate::facility::{Facility, for_patient, group};
use crate::facts;
use crate::reader::Reader;
use crate::refusal::Kind;
use access::{OpenPerson, Opened, Visibility};
use model::Contradiction;
use model::demographics::Demographics;
use model::entry::Category;
use model::fact::{FactBody, Status};
use page::Language;
use page::dates;
use sha2::{Digest, Sha256};
use store::account::record_view;
use store::person::Identity;
use store::timeline_query::{self, PeerGift};
use store::{Disclosure, Tx, fact_query, person};

/// Requests of one account to one person not further apart than this are one visit.
const VISIT_GAP_US: i64 = 30 * 60 * model::Timestamp::SECOND_US;

/// A patient of whom the reader may see something.
#[derive(Debug, Clone)]
pub struct Patient {
    /// Key of the person; stands in addresses, where no identifier of a patient should.
    pub person_id: i64,
    /// The open record.
    pub open: OpenPerson,
    /// Keys of the identities to ask documents and facts for.
    pub identities: Vec<i64>,
    /// The facilities that disclose something, with those of their sources that number this
    /// patient.
    pub facilities: Vec<Facility>,
    /// The banner.
    pub banner: Banner,
    /// The visit before this one: what was taken since is new.
    pub previous: Option<model::Timestamp>,
}

/// What the banner shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Banner {
    /// Name as received.
    pub name: String,
    /// Reading as received.
    pub kana: String,
    /// `M`, `F`, `O`, `U` or empty.
    pub sex: String,
    /// The day of birth; empty where unknown.
    pub birth: String,
    /// The same day number, for eras and ages.
    pub birth_day: Option<i64>,
    /// Years of age, at death where that is known.
    pub age: Option<i64>,
    /// Community ID as shown.
    pub community_id: String,
    /// Allergies as received; empty means that none was received, never that there is none.
    pub allergies: Vec<String>,
    /// Death as recorded: a day, or empty where only the fact is recorded.
    pub death: Option<String>,
    /// What each facility says where they contradict each other in birth date or sex; empty where
    /// they do not.
    pub contradicting: Vec<Telling>,
    /// In what they contradict.
    pub contradiction: Contradiction,
    /// A short hash of what identifies the patient here. Forms and fragments carry it; where it
    /// differs, another patient is on the screen than in the request (409).
    pub mark: String,
}

/// Who the patient is by one facility's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// The facilities whose record it is.
    pub facility: String,
    /// The patient's ID there.
    pub local_id: String,
    /// The day of birth as received; empty where it is not said.
    pub birth: String,
    /// `M`, `F`, `O`, `U` or empty.
    pub sex: String,
}

/// What came of asking for a patient.
pub enum Found {
    /// Something may be seen.
    Open(Box<Patient>),
    /// No such person, or nothing may be seen.
    Closed {
        /// The person, where there is one.
        person_id: Option<i64>,
        /// For the audit record.
        detail: serde_json::Value,
    },
}

/// Opens a person for a reader.
pub fn find(tx: &mut Tx, reader: &Reader, person_id: i64) -> Result<Found, Kind> {
    let Some(known) = person::by_id(tx, person_id)? else {
        let detail = serde_json::json!({ "decision": "unknown-person", "asked": person_id });
        return Ok(Found::Closed { person_id: None, detail });
    };
    match access::open_person(tx, &reader.viewer(), &known.community_id, reader.now)? {
        Opened::Closed { person_id, audit_detail } => {
            Ok(Found::Closed { person_id, detail: json(&audit_detail) })
        }
        Opened::Open(open) => Ok(Found::Open(Box::new(patient(tx, reader, *open)?))),
    }
}

impl Patient {
    /// What may be seen.
    pub fn visibility(&self) -> &Visibility {
        &self.open.decision.visibility
    }

    /// Whether data of a kind from a source may be seen.
    pub fn permits(&self, from: Disclosure, category: Category) -> bool {
        permits(&self.facilities, self.visibility(), from, category)
    }

    /// Whether facts of a kind from a source may be seen.
    pub fn permits_fact(&self, from: Disclosure, kind: &str) -> bool {
        facts::category_of(kind).is_some_and(|category| self.permits(from, category))
    }

    /// The decision, for the audit record.
    pub fn decision_detail(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.open.decision.audit_detail()).ok()
    }

    /// The facilities whose newer records are known to be missing.
    pub fn missing(&self) -> Vec<&Facility> {
        self.facilities.iter().filter(|facility| facility.is_missing_newer()).collect()
    }

    /// Who the patient is by each record that may be seen.
    fn tellings(&self) -> Vec<Telling> {
        let telling = |identity: &Identity| {
            let numbers = |facility: &&Facility| {
                facility.sources.iter().any(|source| source.domain_id == identity.domain_id)
            };
            let names: Vec<&str> =
                self.facilities.iter().filter(numbers).map(|it| it.name.as_str()).collect();
            let said = &identity.demographics;
            Telling {
                facility: names.join("・"),
                local_id: identity.local_id.clone(),
                birth: said.birth.as_ref().map(dates::received).unwrap_or_default(),
                sex: said.sex.clone(),
            }
        };
        self.open.identities.iter().map(telling).collect()
    }
}

/// Whether data of a kind from a source of some facilities may be seen.
pub fn permits(
    facilities: &[Facility],
    visibility: &Visibility,
    from: Disclosure,
    category: Category,
) -> bool {
    crate::facility::of_source(facilities, from.source_id).is_some_and(|facility| {
        visibility.permits_from(Some(facility.id), category, from.is_restricted)
    })
}

impl Banner {
    /// `昭和23` beside the birth date.
    pub fn era(&self, language: Language) -> String {
        self.birth_day.and_then(|day| dates::era_year(day, language)).unwrap_or_default()
    }
}

fn patient(tx: &mut Tx, reader: &Reader, open: OpenPerson) -> Result<Patient, Kind> {
    let viewer = reader.viewer();
    let previous = record_view(tx, viewer.account_id, open.person_id, reader.now, VISIT_GAP_US)?;
    let domains: Vec<i64> = open.identities.iter().map(|identity| identity.domain_id).collect();
    let mut sources = timeline_query::sources(tx, reader.now)?;
    let visibility = &open.decision.visibility;
    let gifts = timeline_query::peer_sources(tx, visibility.identities())?;
    sources.retain(|source| {
        let numbers = domains.contains(&source.domain_id)
            || open.suspended_domains.contains(&source.domain_id);
        (numbers || gifts.iter().any(|gift| gift.source_id == source.id))
            && visibility.opens(Some(source.facility_id))
    });
    for source in &mut sources {
        source.is_suspended = open.suspended_domains.contains(&source.domain_id);
        let of = Some(source.facility_id);
        let permits =
            |gift: &&PeerGift| visibility.permits_from(of, gift.category, gift.is_restricted);
        let own = gifts.iter().filter(|gift| gift.source_id == source.id).filter(permits);
        // When the last document of this patient came that the reader may see.
        source.last_item = own.map(|gift| gift.taken).max().or(source.last_item);
    }
    let identities = open.decision.visibility.identities();
    for_patient(&mut sources, &timeline_query::patient_sources(tx, identities)?);
    let mut patient = Patient {
        person_id: open.person_id,
        identities: open.decision.visibility.identities().to_vec(),
        facilities: group(sources),
        banner: Banner::default(),
        previous,
        open,
    };
    patient.banner = banner(tx, reader, &patient)?;
    Ok(patient)
}

fn banner(tx: &mut Tx, reader: &Reader, patient: &Patient) -> Result<Banner, Kind> {
    let shown = &patient.open.demographics;
    let permits = |source, kind: &str| patient.permits_fact(source, kind);
    let rows = fact_query::of_kinds(tx, &patient.identities, &["allergy", "death"], &permits)?;
    let facts = facts::with_twins(rows)?;
    let allergies = allergens(&facts);
    let mut died = shown.death.clone();
    let mut is_dead = died.is_some();
    for found in facts {
        if matches!(found.fact.body, FactBody::Death(_)) && found.fact.status != Status::Cancelled {
            is_dead = true;
            died = died.or(found.fact.at);
        }
    }
    let birth_day = shown.birth.as_ref().map(model::PartialTime::jst_day);
    let until = died.as_ref().map_or(reader.today(), model::PartialTime::jst_day);
    let mut banner = Banner {
        name: shown.name.full(),
        kana: shown.kana.full(),
        sex: shown.sex.clone(),
        birth: shown.birth.as_ref().map(dates::received).unwrap_or_default(),
        birth_day,
        age: birth_day.and_then(|birth| dates::age(birth, until)),
        community_id: patient.open.community_id.to_string(),
        allergies,
        death: is_dead.then(|| died.as_ref().map(dates::received).unwrap_or_default()),
        contradicting: Vec::new(),
        contradiction: Contradiction::among(
            patient.open.identities.iter().map(|identity| &identity.demographics),
        ),
        mark: String::new(),
    };
    if banner.contradiction.is_any() {
        banner.contradicting = patient.tellings();
    }
    banner.mark = mark(patient.person_id, shown, &banner.community_id);
    Ok(banner)
}

/// Allergens by name, each once, of the statements that hold.
fn allergens(facts: &[facts::Found]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for statement in crate::allergies::statements(facts) {
        let name = statement.allergy.allergen.display();
        let holds = statement.found.fact.status != Status::Cancelled;
        if holds && !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn mark(person_id: i64, shown: &Demographics, community_id: &str) -> String {
    let birth = shown.birth.as_ref().map_or("", |birth| birth.digits.as_str());
    let all = serde_json::json!([
        person_id,
        community_id,
        shown.name.full(),
        shown.kana.full(),
        birth,
        shown.sex
    ]);
    hex::encode(&Sha256::digest(all.to_string())[..6])
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.to_owned()))
}
