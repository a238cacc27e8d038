//! Admissions, put together from what hospitals sent about beginning and end.

use model::fact::{Fact, FactBody, VisitEvent};

/// An admission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Its first day.
    pub from: i64,
    /// Its last day; `None` where no discharge is recorded.
    pub to: Option<i64>,
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
/// the next one begins; a discharge without an admission makes no band: it stands as a visit.
pub fn stays(facts: &[Fact], today: i64) -> Vec<Stay> {
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
                    stay.to = Some(stay.from.max(page::dates::plus_days(day, -1)));
                }
                found.push(Stay { from: day, to: None, label });
            }
            (_, Some(stay)) => stay.to = Some(day),
            (_, None) => {}
        }
    }
    found.retain(|stay| stay.from <= today);
    found.reverse();
    found
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
            20261120,
        );
        let ends: Vec<_> = found.iter().map(|stay| (stay.from, stay.to)).collect();
        assert_eq!(ends, [(20261110, None), (20261024, Some(20261031))]);
        assert!(found[0].contains(20261120) && !found[1].contains(20261101));
    }

    #[test]
    fn a_lost_discharge_does_not_swallow_the_next_admission() {
        use VisitEvent::Admission;
        let found = stays(&[fact("20260301", Admission), fact("20260901", Admission)], 20261120);
        let ends: Vec<_> = found.iter().map(|stay| (stay.from, stay.to)).collect();
        assert_eq!(ends, [(20260901, None), (20260301, Some(20260831))]);
    }
}
