//! Who did what with whose record. The `audit` crate makes ATNA messages of these rows.

use crate::{Row, StoreError, Tx};
use model::Timestamp;

statements! {
    INSERT = "audit/insert",
    OF_PERSON = "audit/of_person",
    RECENT = "audit/recent",
}

macro_rules! actions {
    ($($variant:ident $name:literal $meaning:literal),+ $(,)?) => {
        /// What was done (the events of ITI-20 that people cause).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $meaning] $variant),+
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Action] = &[$(Action::$variant),+];

            /// The stable name in the database.
            pub fn name(self) -> &'static str {
                match self { $(Action::$variant => $name),+ }
            }

            /// The action of a name.
            pub fn from_name(name: &str) -> Option<Action> {
                match name { $($name => Some(Action::$variant),)+ _ => None }
            }
        }
    };
}

actions! {
    SignIn "sign-in" "User authentication, login (110114/110122); a failure carries the attempted login.",
    SignOut "sign-out" "User authentication, logout (110114/110123), also by time-out.",
    View "view" "A record was shown (110103).",
    Search "search" "Patients were searched (110112): parameters, never results.",
    Transfer "transfer" "Images were given to another system (110104).",
    Export "export" "Something left: original bytes, print, file (110106).",
    Submit "submit" "A peer's submission was registered or refused (110107).",
    Update "metadata-update" "Metadata were changed by a peer (110107).",
    Remove "remove" "Metadata or documents were removed by a peer (110110).",
    Denied "denied" "A record was asked for and not shown (110113).",
    Enrolment "enrolment" "A patient was enrolled or withdrew (110110).",
    ConsentChange "consent-change" "Consent was recorded or withdrawn (110113/110136).",
    IdentityLink "identity-link" "Identities were linked or unlinked (110110).",
    PatientFeed "patient-feed" "Another system fed a patient's record, or was told of one (ITI-8, ITI-10, ITI-30; 110110).",
    AccountChange "account-change" "An account, password or second factor changed (110113/110137).",
    SettingChange "setting-change" "A source, mapping or setting changed (110113/110131).",
}

/// How it ended (DICOM PS3.15 A.5, EventOutcomeIndicator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// 0
    Success,
    /// 4
    MinorFailure,
    /// 8
    SeriousFailure,
}

impl Outcome {
    /// The indicator.
    pub fn indicator(self) -> i64 {
        match self {
            Outcome::Success => 0,
            Outcome::MinorFailure => 4,
            Outcome::SeriousFailure => 8,
        }
    }
}

/// A row to write.
#[derive(Debug, Clone)]
pub struct NewAuditEvent<'a> {
    /// When.
    pub at: Timestamp,
    /// Who: a login, also one that was only attempted; `system` for Musubi itself.
    pub actor: &'a str,
    /// The account, where there is one.
    pub account_id: Option<i64>,
    /// What.
    pub action: Action,
    /// How it ended.
    pub outcome: Outcome,
    /// Whose record.
    pub person_id: Option<i64>,
    /// What else, as a JSON object.
    pub detail: &'a str,
}

/// A row as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEvent {
    /// Key, in the order written.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// The account.
    pub account_id: Option<i64>,
    /// What, by its stable name.
    pub action: String,
    /// EventOutcomeIndicator.
    pub outcome: i64,
    /// Whose record.
    pub person_id: Option<i64>,
    /// What else, as a JSON object.
    pub detail: String,
}

/// Writes a row, in the transaction of what it tells of.
pub fn insert(tx: &mut Tx, event: &NewAuditEvent<'_>) -> Result<(), StoreError> {
    tx.execute(
        &INSERT,
        params![
            event.at,
            event.actor,
            event.account_id,
            event.action.name(),
            event.outcome.indicator(),
            event.person_id,
            event.detail
        ],
    )
    .map(drop)
}

/// Writes a row for each person concerned, whatever `event` says of one; one row where nobody is
/// (ITI TF-2 3.20: one message per patient).
pub fn insert_each<'p>(
    tx: &mut Tx,
    persons: impl IntoIterator<Item = &'p i64>,
    event: &NewAuditEvent<'_>,
) -> Result<(), StoreError> {
    let mut persons = persons.into_iter().peekable();
    if persons.peek().is_none() {
        return insert(tx, &NewAuditEvent { person_id: None, ..event.clone() });
    }
    for person_id in persons {
        insert(tx, &NewAuditEvent { person_id: Some(*person_id), ..event.clone() })?;
    }
    Ok(())
}

/// Rows about a person, the newest first, older than the row `before` (`i64::MAX` to begin).
pub fn of_person(
    tx: &mut Tx,
    person_id: i64,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditEvent>, StoreError> {
    tx.query(&OF_PERSON, params![person_id, before, limit], audit_event)
}

/// All rows, the newest first, older than the row `before` (`i64::MAX` to begin).
pub fn recent(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<AuditEvent>, StoreError> {
    tx.query(&RECENT, params![before, limit], audit_event)
}

fn audit_event(row: &Row<'_>) -> Result<AuditEvent, StoreError> {
    Ok(AuditEvent {
        id: row.int(0)?,
        at: Timestamp(row.int(1)?),
        actor: row.text(2)?,
        account_id: row.opt_int(3)?,
        action: row.text(4)?,
        outcome: row.int(5)?,
        person_id: row.opt_int(6)?,
        detail: row.text(7)?,
    })
}
