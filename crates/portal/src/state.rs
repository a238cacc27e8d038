//! What the pages need from the outside.

use access::Accounts;
use axum::extract::FromRef;
use model::{Clock, IdSource};
use page::call::PageConfig;
use ports::PersonSearch;
use std::sync::Arc;
use store::Store;

/// The portal's state; cloning it is cheap.
#[derive(Clone)]
pub struct PortalState {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Accounts and their sessions.
    pub accounts: Arc<Accounts>,
    /// Randomness for the tokens of forms.
    pub ids: Arc<dyn IdSource>,
    /// How a patient is found.
    pub search: Arc<dyn PersonSearch>,
    /// Settings.
    pub config: Arc<PageConfig>,
}

impl PortalState {
    /// The state of a portal over a store.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        search: Arc<dyn PersonSearch>,
        config: PageConfig,
    ) -> PortalState {
        let accounts = Arc::new(Accounts::new(store.clone(), clock.clone(), ids.clone()));
        PortalState { store, clock, accounts, ids, search, config: Arc::new(config) }
    }
}

impl FromRef<PortalState> for Arc<PageConfig> {
    fn from_ref(state: &PortalState) -> Arc<PageConfig> {
        Arc::clone(&state.config)
    }
}
