//! Who reads: every page but the sign-in begins with [`Reader::of`].

use crate::call::Call;
use crate::frame::{Rooms, SignedIn};
use crate::refusal::{Kind, Refusal};
use crate::{Frame, Language};
use access::{Accounts, SessionContext, SessionState, Viewer};
use axum::response::{Html, IntoResponse, Response};
use model::{Clock, Timestamp};
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::{StoreError, Tx};

/// A signed-in person, at one instant.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The session.
    pub session: SessionContext,
    /// Now, the same for the whole request.
    pub now: Timestamp,
}

impl Reader {
    /// The signed-in person of a request.
    ///
    /// # Errors
    /// Nobody is signed in with both factors, or the session could not be looked up.
    pub async fn of(
        call: &Call,
        accounts: &Accounts,
        clock: &dyn Clock,
    ) -> Result<Reader, Refusal> {
        let Some(token) = &call.token else {
            return Err(Refusal::new(call, Kind::SignedOut));
        };
        let state = accounts.session(token).await;
        match state.map_err(|error| Refusal::new(call, error))? {
            SessionState::SignedIn(session) => Ok(Reader { session: *session, now: clock.now() }),
            SessionState::Anonymous | SessionState::AwaitingCode { .. } => {
                Err(Refusal::new(call, Kind::SignedOut))
            }
        }
    }

    /// Who looks, for the decision.
    pub fn viewer(&self) -> Viewer {
        self.session.viewer()
    }

    /// The language of the pages.
    pub fn language(&self) -> Language {
        Language::from_code(&self.session.preferences.language)
    }

    /// Today in Japan.
    pub fn today(&self) -> i64 {
        self.now.jst_day()
    }

    /// The frame of a page.
    pub fn frame(&self, call: &Call, section: &'static str) -> Frame {
        Frame {
            language: self.language(),
            region: call.config.region.clone(),
            theme: self.session.preferences.theme.clone(),
            signed_in: Some(SignedIn {
                name: self.session.display_name.clone(),
                facility: self.session.facility_name.clone(),
                single_keys: self.session.preferences.single_keys,
                rooms: Rooms::of(&self.viewer()),
            }),
            token: self.session.csrf.clone(),
            here: call.here.clone(),
            section,
        }
    }

    /// Writes an audit row, in the transaction of what it tells of.
    pub fn audit(
        &self,
        tx: &mut Tx,
        action: Action,
        outcome: Outcome,
        person_id: Option<i64>,
        detail: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let event = NewAuditEvent {
            at: self.now,
            actor: &self.session.login,
            account_id: Some(self.session.account_id),
            action,
            outcome,
            person_id,
            detail: &detail.to_string(),
        };
        audit::insert(tx, &event)
    }
}

/// Writes a page.
pub fn render(call: &Call, template: &impl askama::Template) -> Result<Response, Refusal> {
    match template.render() {
        Ok(html) => Ok(Html(html).into_response()),
        Err(error) => Err(Refusal::new(call, error)),
    }
}
