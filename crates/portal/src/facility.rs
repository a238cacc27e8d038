//! Facilities as pages show them: a mark of colour and shape, names, and how fresh their data is.

use model::Timestamp;
use store::source::KIND_PEER;
use store::timeline_query::SourceRow;

/// What a facility's sources are doing, the worst of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Liveness {
    /// Every source answers.
    Up,
    /// Nothing was taken from it yet.
    NotYet,
    /// An operator paused it.
    Paused,
    /// A source is down: newer records are missing.
    Down,
}

impl Liveness {
    /// The key of its word.
    pub fn key(self) -> &'static str {
        match self {
            Liveness::Up => "state-up",
            Liveness::NotYet => "state-not-yet",
            Liveness::Paused => "state-paused",
            Liveness::Down => "state-down",
        }
    }

    /// The class of its mark.
    pub fn class(self) -> &'static str {
        match self {
            Liveness::Up => "ok",
            Liveness::NotYet => "none",
            Liveness::Paused => "warn",
            Liveness::Down => "stop",
        }
    }
}

/// A facility with the sources that matter on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facility {
    /// Key.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its short name.
    pub short: String,
    /// Number of its mark.
    pub mark: i64,
    /// Its sources.
    pub sources: Vec<SourceRow>,
}

impl Facility {
    /// The classes of its mark: colour and shape.
    pub fn class(&self) -> String {
        format!("f{} {}", self.colour(), self.shape())
    }

    /// Its colour: 1 to 5.
    pub fn colour(&self) -> i64 {
        self.mark.rem_euclid(5) + 1
    }

    /// Its shape: `sq`, `di` or `ci`. Five colours and three shapes meet in fifteen marks.
    pub fn shape(&self) -> &'static str {
        ["sq", "di", "ci"][usize::try_from(self.mark.rem_euclid(3)).unwrap_or(0)]
    }

    /// The first character of the short name, for narrow column heads.
    pub fn letter(&self) -> String {
        self.short.chars().take(1).collect()
    }

    /// What its sources are doing.
    pub fn liveness(&self) -> Liveness {
        self.sources.iter().map(liveness).max().unwrap_or(Liveness::NotYet)
    }

    /// The instant up to which every one of its sources has been read: records after it may be
    /// missing. `None` where a source was never read.
    pub fn read_until(&self) -> Option<Timestamp> {
        let read = self.sources.iter().filter(|source| source.kind != KIND_PEER);
        read.map(|source| source.last_contact).min().flatten()
    }

    /// Whether records after [`Facility::read_until`] are known to be missing.
    pub fn is_missing_newer(&self) -> bool {
        self.liveness() != Liveness::Up
    }
}

/// What one source is doing.
pub fn liveness(source: &SourceRow) -> Liveness {
    match source.state.as_str() {
        _ if source.paused => Liveness::Paused,
        // A peer gives by itself: nothing of it waits to be fetched.
        _ if source.kind == KIND_PEER => Liveness::Up,
        "" => Liveness::NotYet,
        "up" => Liveness::Up,
        _ => Liveness::Down,
    }
}

/// Groups sources (ordered by facility) into facilities.
pub fn group(sources: Vec<SourceRow>) -> Vec<Facility> {
    let mut facilities: Vec<Facility> = Vec::new();
    for source in sources {
        match facilities.iter_mut().find(|facility| facility.id == source.facility_id) {
            Some(facility) => facility.sources.push(source),
            None => facilities.push(Facility {
                id: source.facility_id,
                name: source.facility_name.clone(),
                short: source.facility_short.clone(),
                mark: source.mark,
                sources: vec![source],
            }),
        }
    }
    facilities
}

/// The facility of a source among some.
pub fn of_source(facilities: &[Facility], source_id: Option<i64>) -> Option<&Facility> {
    let id = source_id?;
    facilities.iter().find(|facility| facility.sources.iter().any(|source| source.id == id))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn source(
        id: i64,
        facility_id: i64,
        state: &str,
        contact: Option<i64>,
    ) -> SourceRow {
        SourceRow {
            id,
            name: format!("source-{id}"),
            kind: "ssmix2".into(),
            paused: false,
            domain_id: id,
            facility_id,
            facility_code: format!("{facility_id:010}"),
            facility_name: format!("病院{facility_id}"),
            facility_short: format!("院{facility_id}"),
            mark: facility_id,
            state: state.into(),
            reason: String::new(),
            since: None,
            last_contact: contact.map(Timestamp),
            last_item: None,
        }
    }

    #[test]
    fn a_facility_is_as_live_as_its_worst_source() {
        let all = group(vec![
            source(1, 1, "up", Some(50)),
            source(2, 1, "down", Some(20)),
            source(3, 2, "up", Some(60)),
            source(4, 3, "", None),
        ]);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].liveness(), Liveness::Down);
        assert_eq!(all[0].read_until(), Some(Timestamp(20)));
        assert!(all[0].is_missing_newer());
        assert_eq!(all[1].liveness(), Liveness::Up);
        assert_eq!(all[2].liveness(), Liveness::NotYet);
        assert_eq!(all[2].read_until(), None);
        assert!(all[2].is_missing_newer() && !all[1].is_missing_newer());
    }

    #[test]
    fn fifteen_facilities_have_fifteen_marks() {
        let all = group((0..15).map(|n| source(n, n, "up", None)).collect());
        let mut classes: Vec<_> = all.iter().map(Facility::class).collect();
        classes.sort();
        classes.dedup();
        assert_eq!(classes.len(), 15);
    }
}
