//! Interactions: which message an action announces, and what its element is called.

use crate::NAMESPACE;
use xml::Element;

/// Interaction of an Accept Acknowledgement (ITI TF-2 Appendix O.1.2).
pub const ACCEPT_ACKNOWLEDGEMENT: &str = "MCCI_IN000002UV01";

/// An interaction that is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// Patient Registry Record Added (ITI-44).
    RecordAdded,
    /// Patient Registry Record Revised (ITI-44, and ITI-46 at a consumer).
    RecordRevised,
    /// Patient Registry Duplicates Resolved (ITI-44).
    DuplicatesResolved,
    /// Patient Registry Get Identifiers Query (ITI-45).
    GetIdentifiers,
    /// Patient Registry Find Candidates Query (ITI-47).
    FindCandidates,
    /// Query General Activate Query Continuation: the next records (ITI-47).
    Continue,
    /// The same: no more records (ITI-47).
    Cancel,
}

impl Interaction {
    /// Every one.
    pub const ALL: [Interaction; 7] = [
        Interaction::RecordAdded,
        Interaction::RecordRevised,
        Interaction::DuplicatesResolved,
        Interaction::GetIdentifiers,
        Interaction::FindCandidates,
        Interaction::Continue,
        Interaction::Cancel,
    ];

    /// Its identifier (`interactionId`), which is the name of its element.
    pub fn name(self) -> &'static str {
        match self {
            Interaction::RecordAdded => "PRPA_IN201301UV02",
            Interaction::RecordRevised => "PRPA_IN201302UV02",
            Interaction::DuplicatesResolved => "PRPA_IN201304UV02",
            Interaction::GetIdentifiers => "PRPA_IN201309UV02",
            Interaction::FindCandidates => "PRPA_IN201305UV02",
            Interaction::Continue | Interaction::Cancel => "QUQI_IN000003UV01",
        }
    }

    /// Its trigger event (`controlActProcess/code`).
    pub fn trigger(self) -> &'static str {
        match self {
            Interaction::RecordAdded => "PRPA_TE201301UV02",
            Interaction::RecordRevised => "PRPA_TE201302UV02",
            Interaction::DuplicatesResolved => "PRPA_TE201304UV02",
            Interaction::GetIdentifiers => "PRPA_TE201309UV02",
            Interaction::FindCandidates => "PRPA_TE201305UV02",
            Interaction::Continue | Interaction::Cancel => "PRPA_TE000003UV01",
        }
    }

    /// The `wsa:Action` that announces it (ITI TF-2 3.44.4.1.4, 3.45.4.1.3, 3.47.4.2.3).
    pub const fn action(self) -> &'static str {
        match self {
            Interaction::RecordAdded => "urn:hl7-org:v3:PRPA_IN201301UV02",
            Interaction::RecordRevised => "urn:hl7-org:v3:PRPA_IN201302UV02",
            Interaction::DuplicatesResolved => "urn:hl7-org:v3:PRPA_IN201304UV02",
            Interaction::GetIdentifiers => "urn:hl7-org:v3:PRPA_IN201309UV02",
            Interaction::FindCandidates => "urn:hl7-org:v3:PRPA_IN201305UV02",
            Interaction::Continue => "urn:hl7-org:v3:QUQI_IN000003UV01_Continue",
            Interaction::Cancel => "urn:hl7-org:v3:QUQI_IN000003UV01_Cancel",
        }
    }

    /// The interaction of an action.
    pub fn of_action(action: &str) -> Option<Interaction> {
        Interaction::ALL.into_iter().find(|one| one.action() == action)
    }

    /// The interaction that is the answer.
    pub fn answer(self) -> &'static str {
        match self {
            Interaction::GetIdentifiers => "PRPA_IN201310UV02",
            Interaction::FindCandidates | Interaction::Continue => "PRPA_IN201306UV02",
            _ => ACCEPT_ACKNOWLEDGEMENT,
        }
    }

    /// Whether a message is one of these. Some name the element of a cancellation apart, because
    /// a description can bind an element to one operation only.
    pub fn is_element(self, element: Element<'_>) -> bool {
        element.is(NAMESPACE, self.name())
            || (self == Interaction::Cancel && element.is(NAMESPACE, "QUQI_IN000003UV01_Cancel"))
    }
}

/// The `wsa:Action` of a message of an interaction that we send.
pub fn action_of(interaction: &str) -> String {
    format!("{NAMESPACE}:{interaction}")
}
