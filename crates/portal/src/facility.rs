//! Facilities as pages show them: a mark of colour and shape, names, and how fresh their data is.

use model::Timestamp;
use page::{Texts, dates};
use store::source::KIND_PEER;
use store::timeline_query::{PatientSource, SourceRow};

/// What a facility's sources are doing, the worst of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Liveness {
    /// Every source was read to its end a short while ago.
    Up,
    /// A source answers, or did, but its last complete pass is long ago: outside of its hours,
    /// intake stopped, a pass that never ends.
    Behind,
    /// Something of the patient waits because it cannot be read.
    Unreadable,
    /// It was never read to its end, or not for this patient.
    NotYet,
    /// The patient's enrolment there is suspended: nothing is taken or shown.
    Suspended,
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
            Liveness::Behind => "state-behind",
            Liveness::Unreadable => "state-unreadable",
            Liveness::NotYet => "state-not-yet",
            Liveness::Suspended => "state-suspended",
            Liveness::Paused => "state-paused",
            Liveness::Down => "state-down",
        }
    }

    /// The class of its mark.
    pub fn class(self) -> &'static str {
        match self {
            Liveness::Up => "ok",
            Liveness::NotYet => "none",
            Liveness::Behind | Liveness::Unreadable | Liveness::Suspended | Liveness::Paused => {
                "warn"
            }
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
        page::mark::class(self.mark)
    }

    /// Its colour: 1 to 5.
    pub fn colour(&self) -> i64 {
        page::mark::colour(self.mark)
    }

    /// Its shape: `sq`, `di` or `ci`.
    pub fn shape(&self) -> &'static str {
        page::mark::shape(self.mark)
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
        read.map(|source| source.read_until).min().flatten()
    }

    /// When the last document of the patient came, of a facility that gives by itself and is not
    /// read; `None` of one that is.
    pub fn last_given(&self) -> Option<Timestamp> {
        let is_peer = self.sources.iter().all(|source| source.kind == KIND_PEER);
        let given = self.sources.iter().filter_map(|source| source.last_item);
        if is_peer { given.max() } else { None }
    }

    /// Whether the patient's enrolment at one of its sources is suspended.
    pub fn is_suspended(&self) -> bool {
        self.sources.iter().any(|source| source.is_suspended)
    }

    /// What is missing, in words.
    pub fn missing_words(&self, texts: Texts) -> String {
        match (self.liveness(), self.read_until()) {
            _ if self.is_suspended() => texts.get("missing-suspended"),
            (Liveness::Unreadable, _) => texts.get("missing-unreadable"),
            (_, None) => texts.get("missing-never"),
            (_, Some(at)) => texts.with("missing-until", &[("at", &dates::minute(at))]),
        }
    }

    /// Whether records are known to be missing: after [`Facility::read_until`], or somewhere.
    pub fn is_missing_newer(&self) -> bool {
        self.liveness() != Liveness::Up
    }
}

/// What one source is doing.
pub fn liveness(source: &SourceRow) -> Liveness {
    match source.state.as_str() {
        _ if source.is_suspended => Liveness::Suspended,
        _ if source.paused => Liveness::Paused,
        // A peer gives by itself: nothing of it waits to be fetched.
        _ if source.kind == KIND_PEER => Liveness::Up,
        "" => Liveness::NotYet,
        "up" if source.read_until.is_none() => Liveness::NotYet,
        "up" if source.is_unreadable => Liveness::Unreadable,
        "up" if source.is_behind => Liveness::Behind,
        "up" => Liveness::Up,
        _ => Liveness::Down,
    }
}

/// Sets what was read of each source for one patient: one whose folders were not read to their
/// end was not read at all, whatever was read of others.
pub fn for_patient(sources: &mut [SourceRow], read: &[PatientSource]) {
    for source in sources {
        for of_identity in read.iter().filter(|it| it.source_id == source.id) {
            if !of_identity.is_read {
                source.read_until = None;
            }
            source.is_unreadable |= of_identity.is_unreadable;
        }
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
        read_until: Option<i64>,
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
            last_item: None,
            read_until: read_until.map(Timestamp),
            is_behind: false,
            is_unreadable: false,
            is_suspended: false,
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
    fn what_answers_is_not_yet_read() {
        let up = || source(1, 1, "up", Some(50));
        assert_eq!(liveness(&up()), Liveness::Up);
        assert_eq!(liveness(&source(1, 1, "up", None)), Liveness::NotYet);
        assert_eq!(liveness(&SourceRow { is_behind: true, ..up() }), Liveness::Behind);
        let read = |is_read, is_unreadable| PatientSource { source_id: 1, is_read, is_unreadable };
        for (of_patient, expected) in [
            (vec![], Liveness::Up),
            (vec![read(true, false)], Liveness::Up),
            (vec![read(true, false), read(false, false)], Liveness::NotYet),
            (vec![read(true, true)], Liveness::Unreadable),
            (vec![PatientSource { source_id: 2, ..read(false, true) }], Liveness::Up),
        ] {
            let mut sources = [up()];
            for_patient(&mut sources, &of_patient);
            assert_eq!(liveness(&sources[0]), expected, "{of_patient:?}");
        }
    }

    #[test]
    fn who_gives_by_itself_says_when_it_gave_last() {
        let peer = |id| SourceRow {
            kind: KIND_PEER.into(),
            last_item: Some(Timestamp(id * 10)),
            ..source(id, 1, "", None)
        };
        let all = group(vec![peer(1), peer(2)]);
        assert_eq!((all[0].read_until(), all[0].last_given()), (None, Some(Timestamp(20))));
        assert_eq!(all[0].liveness(), Liveness::Up);
        let all = group(vec![peer(1), source(3, 1, "up", Some(5))]);
        assert_eq!((all[0].read_until(), all[0].last_given()), (Some(Timestamp(5)), None));
    }

    #[test]
    fn a_suspended_enrolment_is_said_before_the_state_of_the_source() {
        let suspended = SourceRow { is_suspended: true, ..source(1, 1, "up", Some(50)) };
        assert_eq!(liveness(&suspended), Liveness::Suspended);
        let all = group(vec![suspended, source(2, 1, "up", Some(60))]);
        assert!(all[0].is_suspended() && all[0].is_missing_newer());
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
