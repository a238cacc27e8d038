//! Traits by which roles meet. A role never uses another role's crate; the binary wires them.

pub mod caller;
pub mod document_sink;
pub mod identity_desk;
pub mod identity_feed;
pub mod instance_sink;
pub mod linkage_review;
pub mod person_search;
pub mod registrar;

pub use caller::{Caller, PeerCaller};
pub use document_sink::{DocumentSink, Outcome, Receipt, SinkError, StateChange, Submission};
pub use identity_desk::{
    Act, ActRefusal, Clerk, DeskError, DeskHit, DeskSearch, Done, Effect, Group, IdentityDesk,
    Order, PersonFile, Places, Step, Verdict,
};
pub use identity_feed::{DemographicsUpdate, FeedError, IdentityFeed, Introduced};
pub use instance_sink::{
    AnnouncedInstance, InstanceBytes, InstanceError, InstanceOrigin, InstanceOutcome,
    InstanceReceipt, InstanceSink,
};
pub use linkage_review::{
    LinkageReview, QueuePlace, ReviewCase, ReviewDecision, ReviewEvidence, ReviewField, ReviewLine,
    ReviewQuestion, ReviewQueue,
};
pub use person_search::{
    FoundPerson, PersonSearch, Reading, SearchError, SearchPage, SearchRequest,
};
pub use registrar::{HeldBytes, Registrar, RegistrarError, Registration, StoredBytes};
