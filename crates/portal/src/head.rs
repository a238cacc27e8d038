//! Banner and tabs of a patient's pages.

use crate::facility::Facility;
use crate::patient::{Banner, Patient, Telling};
use crate::reader::Reader;
use crate::view::{recent, sex_word};
use page::Texts;

/// What the templates need to draw the head of a patient's page.
pub struct PatientHead {
    /// Key of the person.
    pub person_id: i64,
    /// The banner.
    pub banner: Banner,
    /// The word of the sex.
    pub sex: String,
    /// The first allergies by name.
    pub allergies: String,
    /// `昭和23年`
    pub era: String,
    /// In what the facilities contradict each other about who this is; empty where they do not.
    pub contradiction: String,
    /// What each of them says.
    pub tellings: Vec<String>,
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// When this account was here before; empty at the first visit.
    pub previous: String,
    /// How many records came since then, where the page knows.
    pub new: Option<usize>,
    /// Facilities of which newer records are missing.
    pub missing: Vec<Missing>,
}

/// A tab.
pub struct Tab {
    /// Its word.
    pub word: String,
    /// Its address.
    pub address: String,
    /// Whether it is this page.
    pub is_current: bool,
}

/// A facility that stands still.
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Its state.
    pub state: String,
    /// What is missing of it.
    pub words: String,
}

const TABS: [(&str, &str); 7] = [
    ("timeline", ""),
    ("labs", "/labs"),
    ("meds", "/meds"),
    ("problems", "/problems"),
    ("docs", "/docs"),
    ("images", "/images"),
    ("coverage", "/coverage"),
];

impl PatientHead {
    /// The head of a page; `tab` is the name of its tab.
    pub fn new(patient: &Patient, reader: &Reader, tab: &str, new: Option<usize>) -> PatientHead {
        let texts = Texts { language: reader.language() };
        let tabs = TABS.iter().map(|(name, path)| Tab {
            word: texts.get(&format!("tab-{name}")),
            address: format!("/p/{}{path}", patient.person_id),
            is_current: *name == tab,
        });
        PatientHead {
            person_id: patient.person_id,
            sex: sex_word(&patient.banner.sex, texts),
            era: patient.banner.era(reader.language()),
            allergies: first_names(&patient.banner.allergies),
            contradiction: contradiction(&patient.banner, texts),
            tellings: patient.banner.contradicting.iter().map(|it| telling(it, texts)).collect(),
            banner: patient.banner.clone(),
            tabs: tabs.collect(),
            previous: patient
                .previous
                .map(|at| recent(at, reader.today(), texts))
                .unwrap_or_default(),
            new: new.filter(|count| *count > 0),
            missing: patient.missing().into_iter().map(|it| missing(it, texts)).collect(),
        }
    }
}

fn contradiction(banner: &Banner, texts: Texts) -> String {
    match (banner.contradiction.birth, banner.contradiction.sex) {
        (true, true) => texts.get("contradiction-both"),
        (true, false) => texts.get("contradiction-birth"),
        (false, true) => texts.get("contradiction-sex"),
        (false, false) => String::new(),
    }
}

fn telling(telling: &Telling, texts: Texts) -> String {
    let birth = match telling.birth.as_str() {
        "" => texts.get("unknown"),
        birth => birth.to_owned(),
    };
    let sex = sex_word(&telling.sex, texts);
    let variables = [
        ("facility", telling.facility.as_str()),
        ("id", &telling.local_id),
        ("birth", &birth),
        ("word", &sex),
    ];
    texts.with("contradiction-telling", &variables)
}

fn missing(facility: &Facility, texts: Texts) -> Missing {
    Missing {
        name: facility.name.clone(),
        state: texts.get(facility.liveness().key()),
        words: facility.missing_words(texts),
    }
}

/// The banner has room for a few names; their number stands beside them.
fn first_names(all: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut names = all.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("・");
    if all.len() > SHOWN {
        names.push('…');
    }
    names
}
