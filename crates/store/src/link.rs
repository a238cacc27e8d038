//! Record linkage: comparable evidence and its keys, what machines linked and humans said, the
//! questions to humans, and the weights.

pub(crate) mod decision;
pub(crate) mod evidence;
pub(crate) mod model;
pub(crate) mod review;
pub(crate) mod tie;

pub use decision::{
    DecisionRow, NewDecision, decision_by_id, decisions_of_review, insert_decision,
    set_decision_undone,
};
pub use evidence::{
    EvidenceRow, HeldKey, NewEvidence, OlderIdentity, count_evidence, evidence_of_identities,
    evidence_page, holders, older_identities, put_evidence,
};
pub use model::{
    ModelLine, ModelRow, NewModel, active_model, insert_model, model_by_id, models, prune_models,
    set_model_state,
};
pub use review::{
    NewReview, OldestAfter, ReviewRow, count_open_reviews, count_open_reviews_of, insert_review,
    oldest_open_reviews, open_reviews, open_reviews_of, renew_review, review_by_id,
    set_review_priority, set_review_state,
};
pub use tie::{
    Automatic, Member, TieKind, TieRow, delete_automatic, delete_ties, members_of_persons,
    put_automatic, put_ties, ties_among,
};
