//! The decision: consent rows in, what may be seen out. Pure.

use crate::role::Viewer;
use model::Timestamp;
use model::entry::Category;
use store::consent::{Consent, Kinds};

/// What a viewer may see of one person, at one instant. Every page and every query passes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visibility {
    viewer: Viewer,
    person_id: i64,
    identities: Vec<i64>,
    rules: Vec<Rule>,
}

/// A consent in force for this viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    discloser: Option<i64>,
    kinds: Kinds,
    permit: bool,
    from: Timestamp,
    until: Option<Timestamp>,
}

/// A decision with what must be audited of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What may be seen.
    pub visibility: Visibility,
    /// Why so much or so little.
    pub outcome: DecisionOutcome,
    /// Keys of the consents in force that it rests on.
    pub consents: Vec<i64>,
}

/// Why a decision came out as it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecisionOutcome {
    /// Something may be seen.
    Permitted,
    /// No consent for this facility is in force.
    NoConsent,
    /// Consent is in force, and denials take all of it back.
    Denied,
    /// The account's duty needs no patient data.
    Role,
    /// The person has no enrolled identity.
    NotEnrolled,
}

impl DecisionOutcome {
    /// The stable name, for the audit record.
    pub fn name(self) -> &'static str {
        match self {
            DecisionOutcome::Permitted => "permitted",
            DecisionOutcome::NoConsent => "no-consent",
            DecisionOutcome::Denied => "denied",
            DecisionOutcome::Role => "role",
            DecisionOutcome::NotEnrolled => "not-enrolled",
        }
    }
}

/// Decides what `viewer` may see of a person whose enrolled identities are `identities` and who
/// has said `consents`, at `now`.
///
/// A consent counts if it names the viewer's facility, has begun, has not ended and was not
/// withdrawn. A denial beats every permission that it meets. What no permission names is
/// closed. A row that cannot be read opens nothing and, as a denial, closes everything.
pub fn decide(
    viewer: &Viewer,
    person_id: i64,
    identities: &[i64],
    consents: &[Consent],
    now: Timestamp,
) -> Decision {
    let in_force: Vec<&Consent> = consents
        .iter()
        .filter(|consent| consent.person_id == person_id && is_in_force(consent, viewer, now))
        .collect();
    let rules = in_force.iter().map(|consent| Rule {
        discloser: consent.discloser_facility_id,
        kinds: consent.kinds.clone(),
        permit: consent.permit,
        from: consent.from,
        until: consent.until,
    });
    let mut visibility = Visibility {
        viewer: *viewer,
        person_id,
        identities: identities.to_vec(),
        rules: rules.collect(),
    };
    let outcome = if !Category::ALL.iter().any(|kind| viewer.role.may_see(*kind)) {
        DecisionOutcome::Role
    } else if identities.is_empty() {
        DecisionOutcome::NotEnrolled
    } else if !in_force.iter().any(|consent| consent.permit) {
        DecisionOutcome::NoConsent
    } else if !visibility.opens_anything() {
        DecisionOutcome::Denied
    } else {
        DecisionOutcome::Permitted
    };
    if outcome != DecisionOutcome::Permitted {
        visibility.rules.clear();
        visibility.identities.clear();
    }
    Decision { visibility, outcome, consents: in_force.iter().map(|consent| consent.id).collect() }
}

impl Decision {
    /// The detail of the audit record, a JSON object: what was decided, for which facility, on
    /// which consents.
    pub fn audit_detail(&self) -> String {
        serde_json::json!({
            "decision": self.outcome.name(),
            "viewer_facility": self.visibility.viewer.facility_id,
            "role": self.visibility.viewer.role.name(),
            "consents": self.consents,
        })
        .to_string()
    }
}

impl Visibility {
    /// Whether data of this kind, disclosed by this facility, may be seen.
    pub fn permits(&self, facility_id: i64, category: Category) -> bool {
        self.weigh(Some(facility_id), category)
    }

    /// Whether data of this kind that no facility's source brought may be seen: only where every
    /// facility discloses it, and no denial names the kind at all.
    pub fn permits_unsourced(&self, category: Category) -> bool {
        self.weigh(None, category)
    }

    /// [`permits`](Self::permits) or [`permits_unsourced`](Self::permits_unsourced), for a
    /// document whose source may be none and which its facility may restrict.
    ///
    /// What is restricted (公開除外, confidentialityCode `R` or `V`) is seen by the people of the
    /// facility that recorded it and by nobody else, whatever consent opens: sensitive kinds are
    /// closed by default, and no consent grants them by name yet.
    pub fn permits_from(
        &self,
        facility_id: Option<i64>,
        category: Category,
        is_restricted: bool,
    ) -> bool {
        let is_own = facility_id == Some(self.viewer.facility_id);
        (is_own || !is_restricted) && self.weigh(facility_id, category)
    }

    /// Whether anything of what this facility disclosed may be seen, or of what no facility's
    /// source brought (`None`). Who the patient is goes with whatever else is open.
    pub fn opens(&self, facility_id: Option<i64>) -> bool {
        Category::ALL.iter().any(|kind| self.weigh(facility_id, *kind))
    }

    /// The kinds that may be seen of a facility's data, in the order of the timeline's rows.
    pub fn categories(&self, facility_id: i64) -> Vec<Category> {
        let open = |category: &&Category| self.permits(facility_id, **category);
        Category::ALL.iter().filter(open).copied().collect()
    }

    /// True where nothing at all may be seen: the page says that there is no such patient.
    pub fn is_empty(&self) -> bool {
        self.identities.is_empty()
    }

    /// The enrolled identities of the person: what to ask documents and facts for. Withdrawn
    /// identities are not among them. Empty where nothing may be seen.
    pub fn identities(&self) -> &[i64] {
        &self.identities
    }

    /// The person.
    pub fn person_id(&self) -> i64 {
        self.person_id
    }

    /// Who looks.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// Since when consent is in force, and until when (`None`: without end): the earliest
    /// beginning and the latest end among the permissions.
    pub fn consent_period(&self) -> Option<(Timestamp, Option<Timestamp>)> {
        let permits = || self.rules.iter().filter(|rule| rule.permit);
        let from = permits().map(|rule| rule.from).min()?;
        let without_end = permits().any(|rule| rule.until.is_none());
        let until = if without_end { None } else { permits().filter_map(|rule| rule.until).max() };
        Some((from, until))
    }

    fn weigh(&self, facility: Option<i64>, category: Category) -> bool {
        let applies = |rule: &&Rule| {
            let from = match (rule.discloser, facility) {
                (None, _) => true,
                (Some(discloser), Some(facility)) => discloser == facility,
                (Some(_), None) => !rule.permit,
            };
            let kind = match &rule.kinds {
                Kinds::All => true,
                Kinds::Only(kinds) => kinds.contains(&category),
                Kinds::Unreadable => !rule.permit,
            };
            from && kind
        };
        let mut permitted = false;
        for rule in self.rules.iter().filter(applies) {
            if !rule.permit {
                return false;
            }
            permitted = true;
        }
        permitted && self.viewer.role.may_see(category)
    }

    /// Some facility's data of some kind is open: one that a rule names, or any other one.
    fn opens_anything(&self) -> bool {
        let named = self.rules.iter().map(|rule| rule.discloser);
        let others = std::iter::once(Some(i64::MIN));
        named.filter(Option::is_some).chain(others).any(|facility| self.opens(facility))
    }
}

fn is_in_force(consent: &Consent, viewer: &Viewer, now: Timestamp) -> bool {
    consent.viewer_facility_id == viewer.facility_id
        && consent.withdrawn.is_none()
        && consent.from <= now
        && consent.until.is_none_or(|until| now < until)
}

#[cfg(test)]
mod tests;
