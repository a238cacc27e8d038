//! What the pages need from the outside.

use access::Accounts;
use model::{Clock, IdSource};
use page::forms::Site;
use ports::PersonSearch;
use std::sync::Arc;
use store::Store;

/// Settings of the portal.
#[derive(Debug, Clone, Default)]
pub struct PortalConfig {
    /// Where browsers reach the pages: there forms must come from; under TLS cookies are `Secure`
    /// with the `__Host-` prefix.
    pub site: Site,
    /// Name of the region, beside the product's on every page.
    pub region: String,
    /// Lines on the sign-in page: who to ask, what is going on. Never about a patient.
    pub notices: Vec<String>,
}

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
    pub config: Arc<PortalConfig>,
}

impl PortalState {
    /// The state of a portal over a store.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
        search: Arc<dyn PersonSearch>,
        config: PortalConfig,
    ) -> PortalState {
        let accounts = Arc::new(Accounts::new(store.clone(), clock.clone(), ids.clone()));
        PortalState { store, clock, accounts, ids, search, config: Arc::new(config) }
    }
}
