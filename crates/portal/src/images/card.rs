//! A study as pages show it: what it is, whose, how much of it there is and where it is.

use crate::facility::{Facility, Liveness, of_source};
use crate::patient::Patient;
use page::language::grouped;
use page::{Texts, dates};
use store::study::{StudyRow, StudyState};

/// Modalities that are no pictures of the patient; a study is called by another one if it can.
const WITHOUT_PICTURES: [&str; 9] =
    ["SR", "PR", "KO", "DOC", "SEG", "RTSTRUCT", "REG", "FID", "PLAN"];

/// Body parts (PS3.16 CID 4 by their defined terms, PS3.3 Annex L) that have a word of ours.
const PARTS: [&str; 16] = [
    "HEAD", "BRAIN", "NECK", "CHEST", "ABDOMEN", "PELVIS", "HEART", "CSPINE", "TSPINE", "LSPINE",
    "KNEE", "HIP", "HAND", "FOOT", "BREAST", "SHOULDER",
];

/// Where the pictures of a study are, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// サーバ保管
    Held,
    /// 一部
    Partly,
    /// 取得中, or somebody asked for them.
    Fetching,
    /// 要取得
    AtHospital,
    /// At the hospital, which does not answer now.
    OutOfReach,
}

impl Place {
    /// Where a study's pictures are, given what its source is doing.
    pub fn of(study: &StudyRow, facility: &Facility) -> Place {
        let is_reachable = !matches!(
            source_liveness(facility, study.source_id),
            Liveness::Down | Liveness::Paused | Liveness::Suspended
        );
        match study.state() {
            StudyState::Held => Place::Held,
            StudyState::Fetching => Place::Fetching,
            StudyState::Partly | StudyState::Known if study.wanted.is_some() => Place::Fetching,
            StudyState::Partly => Place::Partly,
            StudyState::Known | StudyState::Hidden if is_reachable => Place::AtHospital,
            StudyState::Known | StudyState::Hidden => Place::OutOfReach,
        }
    }

    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Place::Held => "images-held",
            Place::Partly => "images-partly",
            Place::Fetching => "images-fetching",
            Place::AtHospital => "images-at-hospital",
            Place::OutOfReach => "images-out-of-reach",
        }
    }

    /// The class of its mark.
    pub fn class(self) -> &'static str {
        match self {
            Place::Held => "ok",
            Place::Partly => "warn",
            Place::Fetching => "run",
            Place::AtHospital => "none",
            Place::OutOfReach => "stop",
        }
    }

    /// Whether asking the hospital for the pictures can bring more.
    pub fn can_fetch(self) -> bool {
        matches!(self, Place::AtHospital | Place::Partly)
    }
}

/// A study on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The study's row.
    pub id: i64,
    /// Study Instance UID.
    pub uid: String,
    /// The page of the study.
    pub address: String,
    /// `CT`, by which it is sorted.
    pub modality: String,
    /// The day in Japan; 0 where it is not said.
    pub day: i64,
    /// `2026/10/31`, or the word for "no date".
    pub date: String,
    /// `09:40`; empty where it is not said.
    pub clock: String,
    /// What it is: body part and description as sent.
    pub title: String,
    /// Body parts as sent.
    pub parts: Vec<String>,
    /// Place of its facility among the patient's.
    pub facility: usize,
    /// Classes of the facility's mark.
    pub mark: String,
    /// The facility's short name.
    pub short: String,
    /// `2系列 164枚`
    pub counts: String,
    /// Where its pictures are.
    pub place: Place,
    /// The word for that.
    pub state: String,
    /// The address of its small picture, where there is one.
    pub thumbnail: Option<String>,
    /// Pictures that are here, and that there are; where something is missing.
    pub progress: Option<(i64, i64)>,
}

impl Card {
    /// The class of its state.
    pub fn state_class(&self) -> &'static str {
        self.place.class()
    }

    /// Whether its pictures can be asked for.
    pub fn can_fetch(&self) -> bool {
        self.place.can_fetch()
    }

    /// What is read aloud of it.
    pub fn spoken(&self) -> String {
        let Card { title, short, modality, date, counts, state, .. } = self;
        [title, short, counts, state, modality, date].map(String::as_str).join(" ")
    }
}

/// The card of a study; nothing for one of a source that the patient's pages do not know.
pub fn card(patient: &Patient, study: &StudyRow, texts: Texts) -> Option<Card> {
    let facility = of_source(&patient.facilities, Some(study.source_id))?;
    let place = patient.facilities.iter().position(|it| it.id == facility.id)?;
    let uid = &study.study_instance_uid;
    let held = Place::of(study, facility);
    let day = study.said.day;
    let told = study.told.instances.filter(|told| *told > study.instance_count);
    Some(Card {
        id: study.id,
        uid: uid.clone(),
        address: format!("/p/{}/study/{uid}", patient.person_id),
        modality: modality(study),
        day,
        date: if day > 0 { dates::day(day) } else { texts.get("no-date") },
        clock: clock(&study.said.study_time),
        title: title(study, texts),
        parts: study.said.body_parts.clone(),
        facility: place,
        mark: facility.class(),
        short: facility.short.clone(),
        counts: counts(study, texts),
        place: held,
        state: texts.get(held.key()),
        thumbnail: (study.image_count > 0).then(|| format!("/dicomweb/studies/{uid}/thumbnail")),
        progress: told.map(|told| (study.instance_count, told)),
    })
}

/// The modality by which a study is called: the first of pictures, else the first.
pub fn modality(study: &StudyRow) -> String {
    let all = &study.said.modalities;
    let pictures = all.iter().find(|it| !WITHOUT_PICTURES.contains(&it.as_str()));
    pictures.or_else(|| all.first()).cloned().unwrap_or_else(|| "OT".to_owned())
}

/// A body part as sent, or its word where it is a defined term.
pub fn part_word(part: &str, texts: Texts) -> String {
    if PARTS.contains(&part) { texts.get(&format!("part-{part}")) } else { part.to_owned() }
}

fn title(study: &StudyRow, texts: Texts) -> String {
    let description = study.said.description.trim();
    let words: Vec<String> =
        study.said.body_parts.iter().map(|part| part_word(part, texts)).collect();
    let mut parts: Vec<&str> = words.iter().map(String::as_str).collect();
    parts.retain(|part| !description.contains(part));
    if !description.is_empty() {
        parts.push(description);
    }
    if parts.is_empty() { modality(study) } else { parts.join(" ") }
}

fn counts(study: &StudyRow, texts: Texts) -> String {
    let series = study.told.series.unwrap_or(0).max(study.series_count);
    let images = match study.told.instances {
        Some(told) if study.instance_count == 0 => told,
        _ => study.image_count,
    };
    texts.with("images-counts", &[("n", &grouped(series)), ("items", &grouped(images))])
}

/// `09:40` of a Study Time (PS3.5 §6.2, TM), which may be cut short.
fn clock(time: &str) -> String {
    let digits: String = time.chars().filter(char::is_ascii_digit).take(4).collect();
    if digits.len() == 4 { format!("{}:{}", &digits[..2], &digits[2..]) } else { String::new() }
}

fn source_liveness(facility: &Facility, source_id: i64) -> Liveness {
    let source = facility.sources.iter().find(|source| source.id == source_id);
    source.map_or(Liveness::NotYet, crate::facility::liveness)
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn times_are_shown_as_far_as_they_were_sent() {
        assert_eq!(clock("094012.123"), "09:40");
        assert_eq!(clock("09:40"), "09:40");
        assert_eq!(clock("09"), "");
        assert_eq!(clock(""), "");
    }
}
