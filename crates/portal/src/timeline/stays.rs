//! Admissions, put together from what hospitals sent about beginning and end.

use model::fact::{Fact, FactBody, VisitEvent};
use model::limits::OPEN_STAY_DAYS;
use page::dates;

/// An admission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Its first day.
    pub from: i64,
    /// Its last day; `None` while it goes on. Without a discharge the last day before something
    /// else says that the patient had left, or up to which an open stay is drawn.
    pub to: Option<i64>,
    /// Its discharge was recorded.
    pub is_discharged: bool,
    /// The department.
    pub label: String,
}

impl Stay {
    /// Whether a day lies within.
    pub fn contains(&self, day: i64) -> bool {
        day >= self.from && self.to.is_none_or(|to| day <= to)
    }
}

/// The admissions of one facility, newest first. An admission without a discharge ends before
/// the next one begins, before the facility's next out-patient visit, or after a named span: a
/// lost message must not make an in-patient for ever. A discharge without an admission makes no
/// band: it stands as a visit.
pub fn stays(facts: &[Fact], outpatient_days: &[i64], today: i64) -> Vec<Stay> {
    let mut events: Vec<(i64, VisitEvent, String)> = facts
        .iter()
        .filter_map(|fact| match &fact.body {
            FactBody::Visit(visit) => Some((
                fact.at.as_ref()?.jst_day(),
                visit.event,
                visit.department.display().to_owned(),
            )),
            _ => None,
        })
        .filter(|(_, event, _)| matches!(event, VisitEvent::Admission | VisitEvent::Discharge))
        .collect();
    // On one day the admission comes first, so that a stay of a day has both ends.
    events.sort_by_key(|(day, event, _)| (*day, *event == VisitEvent::Discharge));
    let mut found: Vec<Stay> = Vec::new();
    for (day, event, label) in events {
        let open = found.last_mut().filter(|stay| stay.to.is_none());
        match (event, open) {
            (VisitEvent::Admission, Some(stay)) if stay.from == day => {}
            (VisitEvent::Admission, open) => {
                if let Some(stay) = open {
                    stay.to = Some(stay.from.max(dates::plus_days(day, -1)));
                }
                found.push(Stay { from: day, to: None, is_discharged: false, label });
            }
            (_, Some(stay)) => (stay.to, stay.is_discharged) = (Some(day), true),
            (_, None) => {}
        }
    }
    for stay in found.iter_mut().filter(|stay| !stay.is_discharged) {
        close(stay, outpatient_days, today);
    }
    found.retain(|stay| stay.from <= today);
    found.reverse();
    found
}

/// Ends a stay without a discharge where something says that it was over.
fn close(stay: &mut Stay, outpatient_days: &[i64], today: i64) {
    let longest = i64::try_from(OPEN_STAY_DAYS).unwrap_or(i64::MAX) - 1;
    let at_most = Some(dates::plus_days(stay.from, longest)).filter(|last| *last < today);
    let visited = outpatient_days.iter().filter(|day| **day > stay.from).min();
    let left = visited.map(|day| stay.from.max(dates::plus_days(*day, -1)));
    stay.to = [stay.to, left, at_most].into_iter().flatten().min();
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::fact::{Place, Status, Visit};
    use model::{Coded, PartialTime};

    fn fact(day: &str, event: VisitEvent) -> Fact {
        Fact {
            ordinal: 0,
            place: Place { segment: "PV1".into(), index: 3 },
            at: Some(PartialTime::japan(day).unwrap()),
            status: Status::Performed,
            body: FactBody::Visit(Visit {
                event,
                department: Coded::single("01", "内科", "99"),
                ..Visit::default()
            }),
        }
    }

    #[test]
    fn an_admission_ends_with_its_discharge() {
        use VisitEvent::{Admission, Discharge, Transfer};
        let found = stays(
            &[
                fact("20261031", Discharge),
                fact("20261024", Admission),
                fact("20261026", Transfer),
                fact("20260101", Discharge),
                fact("20261110", Admission),
            ],
            &[20261026, 20261105],
            20261120,
        );
        let ends: Vec<_> = found.iter().map(|stay| (stay.from, stay.to)).collect();
        assert_eq!(ends, [(20261110, None), (20261024, Some(20261031))]);
        assert!(found[0].contains(20261120) && !found[1].contains(20261101));
        assert!(!found[0].is_discharged && found[1].is_discharged);
    }

    #[test]
    fn a_lost_discharge_ends_before_the_next_outpatient_visit_or_after_the_longest_span() {
        use VisitEvent::Admission;
        let admitted = [fact("20260701", Admission)];
        let end = |outpatient: &[i64], today| {
            let found = stays(&admitted, outpatient, today);
            assert!(!found[0].is_discharged);
            found[0].to
        };
        assert_eq!(end(&[20260620, 20260701, 20260815, 20260720], 20261120), Some(20260719));
        assert_eq!(end(&[20260702], 20261120), Some(20260701));
        assert_eq!(end(&[], 20261120), Some(20260928), "90 days");
        assert_eq!(end(&[], 20260715), None, "it may go on");
    }

    #[test]
    fn a_lost_discharge_does_not_swallow_the_next_admission() {
        use VisitEvent::Admission;
        let found =
            stays(&[fact("20260801", Admission), fact("20260901", Admission)], &[], 20261120);
        let ends: Vec<_> = found.iter().map(|stay| (stay.from, stay.to)).collect();
        assert_eq!(ends, [(20260901, None), (20260801, Some(20260831))]);
    }
}
