//! IdentityFeed: what a source says of an enrolled patient's demographics.

use futures::future::BoxFuture;
use model::demographics::Demographics;
use thiserror::Error;

/// The demographics of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemographicsUpdate {
    /// OID of the patient-ID domain.
    pub domain_oid: String,
    /// Local ID.
    pub local_id: String,
    /// What the message says.
    pub demographics: Demographics,
    /// 発生日時 of the message: an older one never overwrites a newer one.
    pub sent: String,
    /// `true` for ADT-00, whose PID is authoritative; `false` for the PID of another message,
    /// which only fills what no ADT-00 has said.
    pub authoritative: bool,
}

/// Why an update was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FeedError {
    /// No such identity is enrolled.
    #[error("patient is not enrolled in domain {domain_oid}")]
    NotEnrolled {
        /// The domain.
        domain_oid: String,
    },
    /// Try again later.
    #[error("the centre cannot store now: {0}")]
    Unavailable(String),
}

/// What came of patients of whom a storage told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Introduced {
    /// Enrolled now, suspended ones among them.
    pub enrolled: u64,
    /// Not taken: their IDs are not written as their domain writes its numbers.
    pub misfits: u64,
}

/// Takes demographics.
pub trait IdentityFeed: Send + Sync {
    /// A storage has basic data (ADT-00) of these patients of a domain; `teller` is its source's
    /// name. Those who were never enrolled are, where the domain's sources say so; a feed that
    /// enrols nobody needs no code of its own.
    fn introduce(
        &self,
        _domain_oid: String,
        _local_ids: Vec<String>,
        _teller: String,
    ) -> BoxFuture<'_, Result<Introduced, FeedError>> {
        Box::pin(async { Ok(Introduced::default()) })
    }

    /// Applies each update; answers in order, durable.
    fn update(&self, updates: Vec<DemographicsUpdate>)
    -> BoxFuture<'_, Vec<Result<(), FeedError>>>;
}
