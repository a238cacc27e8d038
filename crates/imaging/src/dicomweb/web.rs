//! What every DICOMweb request needs: who asks, and the desk that opens studies.

use super::refusal::Refusal;
use crate::asker::{Asker, Systems};
use crate::desk::{Desk, Opened, Subject};
use crate::found::Seen;
use access::Accounts;
use axum::extract::FromRequestParts;
use http::header::HOST;
use http::request::Parts;
use model::limits::DICOMWEB_QUERY_KEYS;
use model::{Clock, IdSource};
use net::Scheme;
use page::call::{Call, PageConfig, Pairs};
use page::reader::Reader;
use ports::InstanceSink;
use rendering::Renderer;
use std::sync::Arc;
use store::{Store, StoreError, Tx};

/// How an asker is known.
#[derive(Clone)]
pub enum Door {
    /// By the session of the pages.
    People {
        /// Accounts and their sessions.
        accounts: Arc<Accounts>,
        /// Settings of the pages.
        config: Arc<PageConfig>,
    },
    /// By a certificate.
    Systems(Systems),
}

/// DICOMweb behind one door. Cloning is cheap.
#[derive(Clone)]
pub struct Web {
    pub(crate) desk: Desk,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) sink: Option<Arc<dyn InstanceSink>>,
    renderer: Option<Arc<Renderer>>,
    door: Door,
}

impl Web {
    /// DICOMweb over a store.
    pub fn new(store: Store, clock: Arc<dyn Clock>, ids: Arc<dyn IdSource>, door: Door) -> Web {
        Web { desk: Desk::new(store, clock), ids, sink: None, renderer: None, door }
    }

    /// Where the instances of STOW-RS go; without it none are taken.
    pub fn storing(self, sink: Arc<dyn InstanceSink>) -> Web {
        Web { sink: Some(sink), ..self }
    }

    /// Who makes pictures and decodes frames; without it there are none.
    pub fn rendering(self, renderer: Arc<Renderer>) -> Web {
        Web { renderer: Some(renderer), ..self }
    }

    /// Who makes pictures.
    pub(crate) fn renderer(&self) -> Result<Arc<Renderer>, Refusal> {
        self.renderer.clone().ok_or(Refusal::NotFound)
    }

    /// Opens a study and reads of it.
    pub(crate) async fn study<T, F>(
        &self,
        ask: &Ask,
        study_uid: &str,
        (transaction, part, is_repeated): (&'static str, &'static str, bool),
        read: F,
    ) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx, &[Seen]) -> Result<Option<T>, StoreError> + Send + Clone + 'static,
    {
        let action = ask.asker.access_action();
        let subject = Subject { action, transaction, part, is_repeated };
        match self.desk.study(&ask.asker, study_uid, subject, read).await? {
            Opened::Given(found) => Ok(found),
            Opened::Nothing => Err(Refusal::NotFound),
            Opened::Ambiguous => Err(Refusal::Ambiguous),
        }
    }
}

/// A request whose asker is known.
pub(crate) struct Ask {
    /// Who asks.
    pub asker: Asker,
    /// The query.
    pub query: Pairs,
    /// The headers.
    pub headers: http::HeaderMap,
    /// Where DICOMweb stands, for links.
    pub base: String,
}

impl Ask {
    /// The last value of a name of the query.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        page::call::last(&self.query, name).map(str::trim).filter(|value| !value.is_empty())
    }
}

impl FromRequestParts<Web> for Ask {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Ask, Refusal> {
        let asker = match &web.door {
            Door::Systems(systems) => {
                systems.asker(&web.desk.store, &parts.extensions).await?.ok_or(Refusal::Unknown)?
            }
            Door::People { accounts, config } => {
                let Ok(call) = Call::from_request_parts(parts, config).await;
                let reader = Reader::of(&call, accounts, web.desk.clock.as_ref()).await;
                Asker::Person(Box::new(reader.map_err(|_| Refusal::Unknown)?))
            }
        };
        let query = parts.uri.query().unwrap_or_default();
        if query.split('&').count() as u64 > DICOMWEB_QUERY_KEYS {
            return Err(Refusal::Bad(format!("a query has at most {DICOMWEB_QUERY_KEYS} keys")));
        }
        let query = axum::extract::Query::<Pairs>::try_from_uri(&parts.uri)
            .map_err(|_| Refusal::Bad("the query cannot be read".to_owned()))?;
        let scheme = parts.extensions.get::<Scheme>().map_or("http", |scheme| scheme.name());
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let base = format!("{scheme}://{}{}", host.unwrap_or("localhost"), super::PATH);
        Ok(Ask { asker, query: query.0, headers: parts.headers.clone(), base })
    }
}
