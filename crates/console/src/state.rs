//! What the pages need from the outside.

use crate::call::{Call, PageConfig};
use crate::reader::Reader;
use crate::refusal::{Kind, Refusal};
use access::{Accounts, desk_scope};
use axum::extract::FromRef;
use model::Clock;
use ports::{Clerk, DeskError, IdentityDesk, LinkageReview};
use std::sync::Arc;

/// The console's state; cloning it is cheap.
#[derive(Clone)]
pub struct ConsoleState {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Accounts and their sessions.
    pub accounts: Arc<Accounts>,
    /// Who is who.
    pub desk: Arc<dyn IdentityDesk>,
    /// What waits for a human.
    pub reviews: Arc<dyn LinkageReview>,
    /// Settings.
    pub config: Arc<PageConfig>,
}

impl ConsoleState {
    /// Who works at the desk. An account that has none gets the answer of an address that is not
    /// there.
    pub async fn clerk(&self, call: &Call) -> Result<(Reader, Clerk), Refusal> {
        let reader = Reader::of(call, &self.accounts, self.clock.as_ref()).await?;
        if !desk_scope(&reader.viewer()).is_open() {
            return Err(Refusal::new(call, Kind::NotFound));
        }
        let clerk = Clerk { viewer: reader.viewer(), actor: reader.session.login.clone() };
        Ok((reader, clerk))
    }
}

impl FromRef<ConsoleState> for Arc<PageConfig> {
    fn from_ref(state: &ConsoleState) -> Arc<PageConfig> {
        Arc::clone(&state.config)
    }
}

/// The refusal for an error that a page has no words of its own for.
pub fn refused(call: &Call, error: DeskError) -> Refusal {
    let kind = match error {
        DeskError::Closed => Kind::NotFound,
        DeskError::Search(_) | DeskError::Refused(_) | DeskError::Changed => Kind::Bad,
        DeskError::Unavailable(words) => Kind::Desk(words),
    };
    Refusal::new(call, kind)
}
