//! A record of a patient, as tables show it.

use model::Contradiction;
use model::demographics::Demographics;
use page::words::sex_word;
use page::{Texts, dates};
use ports::Places;
use store::person::Identity;

/// A record.
pub struct RecordLine {
    /// Its key.
    pub identity_id: i64,
    /// Classes and names of the facilities that number it.
    pub facilities: Vec<(String, String)>,
    /// The names of their sources, and the OID of the domain.
    pub source: String,
    /// The ID there.
    pub local_id: String,
    /// Name as received.
    pub name: String,
    /// Reading as received.
    pub kana: String,
    /// Birth day as shown; empty where it was not sent.
    pub birth: String,
    /// `昭和23年`
    pub era: String,
    /// Whether the birth date contradicts another record's.
    pub is_other_birth: bool,
    /// Word of the sex.
    pub sex: String,
    /// Whether the sex contradicts another record's.
    pub is_other_sex: bool,
    /// Address as sent.
    pub address: String,
    /// Telephone numbers as sent.
    pub phones: String,
    /// Class of the mark of its enrolment.
    pub state_class: &'static str,
    /// Its enrolment in words.
    pub state: String,
    /// How many lines of the timeline hang off it.
    pub entries: i64,
    /// What its messages said, each with where it comes from.
    pub said: Vec<Said>,
}

/// What a message said.
pub struct Said {
    /// Of which kind, sent when.
    pub message: String,
    /// What it said.
    pub words: String,
}

/// The line of a record beside the others of its person.
pub fn record_line(
    record: &Identity,
    others: &[Identity],
    entries: i64,
    places: &Places,
    texts: Texts,
) -> RecordLine {
    let shown = &record.demographics;
    let birth_day = shown.birth.as_ref().map(model::PartialTime::jst_day);
    let contradicting = contradiction(record, others);
    let held = places.domains.get(&record.domain_id).map(Vec::as_slice).unwrap_or_default();
    let mut facilities: Vec<(String, String)> = Vec::new();
    for (facility, _) in held {
        let chip = (page::mark::class(facility.mark), facility.name.clone());
        if !facilities.contains(&chip) {
            facilities.push(chip);
        }
    }
    let sources: Vec<&str> = held.iter().map(|(_, source)| source.as_str()).collect();
    let (state_class, state) = enrolment(record, texts);
    RecordLine {
        identity_id: record.id,
        facilities,
        source: if sources.is_empty() { record.domain_oid.clone() } else { sources.join("・") },
        local_id: record.local_id.clone(),
        name: shown.name.full(),
        kana: shown.kana.full(),
        birth: shown.birth.as_ref().map(dates::received).unwrap_or_default(),
        era: birth_day.and_then(|day| dates::era_year(day, texts.language)).unwrap_or_default(),
        is_other_birth: contradicting.birth,
        sex: sex_word(&shown.sex, texts),
        is_other_sex: contradicting.sex,
        address: address(shown),
        phones: shown.phones.join("・"),
        state_class,
        state,
        entries,
        said: said(record, texts),
    }
}

/// In what a record contradicts any of the others.
fn contradiction(record: &Identity, others: &[Identity]) -> Contradiction {
    let mut all = Contradiction::default();
    for other in others.iter().filter(|other| other.id != record.id) {
        let found = Contradiction::among([&record.demographics, &other.demographics]);
        all.birth |= found.birth;
        all.sex |= found.sex;
    }
    all
}

fn enrolment(record: &Identity, texts: Texts) -> (&'static str, String) {
    let since = record.enrolled_at.map(|at| dates::day(at.jst_day())).unwrap_or_default();
    match (record.enrolled, record.enrolled_at) {
        (true, _) => ("ok", texts.with("enrolled-since", &[("day", &since)])),
        (false, Some(_)) => ("none", texts.get("enrolment-withdrawn")),
        (false, None) => ("none", texts.get("enrolment-none")),
    }
}

fn address(shown: &Demographics) -> String {
    let postal = match shown.postal_code.as_str() {
        "" => String::new(),
        code => format!("〒{code} "),
    };
    format!("{postal}{}", shown.address)
}

/// What is kept of messages that cannot be read is left out here; the record itself stays.
fn said(record: &Identity, texts: Texts) -> Vec<Said> {
    let Ok(all) = record.said() else { return Vec::new() };
    let kinds = [("said-authoritative", all.authoritative), ("said-other", all.other)];
    let lines = kinds.into_iter().filter_map(|(key, saying)| {
        let saying = saying?;
        let told = &saying.demographics;
        let birth = told.birth.as_ref().map(dates::received).unwrap_or_default();
        let sex = sex_word(&told.sex, texts);
        let name = told.name.full();
        let (kana, home, phones) = (told.kana.full(), address(told), told.phones.join("・"));
        let parts = [&name, &kana, &birth, &sex, &home, &phones].map(String::as_str);
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let message = texts.with(key, &[("at", &sent(&saying.sent))]);
        Some(Said { message, words: parts.join("　") })
    });
    lines.collect()
}

/// Digits of a message's time as a date; as they are where they are none.
fn sent(digits: &str) -> String {
    model::PartialTime::japan(digits)
        .map_or_else(|_| digits.to_owned(), |time| dates::received(&time))
}
