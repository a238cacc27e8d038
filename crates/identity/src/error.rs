//! What can go wrong with identities.

use access::AccessError;
use model::{CommunityId, NumberMisfit};
use store::StoreError;
use thiserror::Error;

/// An error of enrolment, linking or consent.
#[derive(Debug, Error)]
pub enum IdentityError {
    /// The database.
    #[error("the database could not be asked")]
    Store(#[from] StoreError),
    /// The decision about a viewer.
    #[error("access could not be decided")]
    Access(#[from] AccessError),
    /// No source has this domain.
    #[error("there is no patient-ID domain {0}: add its source first")]
    NoSuchDomain(String),
    /// The local ID cannot be one.
    #[error(
        "patient ID {0:?} cannot be used: 1 to 64 characters, no control characters, no blanks at its ends"
    )]
    LocalIdMalformed(String),
    /// The local ID is not written as its domain writes its numbers.
    #[error("patient ID {local_id:?} is none of domain {domain_oid}")]
    NumberMisfit {
        /// Domain.
        domain_oid: String,
        /// Local ID.
        local_id: String,
        /// What is wrong with it.
        #[source]
        source: NumberMisfit,
    },
    /// What is said of a domain cannot be.
    #[error("domain {oid} cannot be set so: {problem}")]
    DomainSetting {
        /// Its OID.
        oid: String,
        /// Why.
        problem: &'static str,
    },
    /// The enrolment is suspended; only a person ends that.
    #[error(
        "the enrolment of patient {local_id} of domain {domain_oid} is suspended: \
         `musubi resume` ends that"
    )]
    Suspended {
        /// Domain.
        domain_oid: String,
        /// Local ID.
        local_id: String,
    },
    /// No such source.
    #[error("there is no source {0}: `musubi source list` shows them")]
    NoSuchSource(String),
    /// No such facility.
    #[error("there is no facility {0}: `musubi facility list` shows them")]
    NoSuchFacility(String),
    /// The person named as the same is not known.
    #[error("there is no person {0}")]
    NoSuchPerson(String),
    /// The identity is not known.
    #[error("patient {local_id} of domain {domain_oid} is not enrolled")]
    NotEnrolled {
        /// Domain.
        domain_oid: String,
        /// Local ID.
        local_id: String,
    },
    /// Enrolment says "same as that person", and the identity belongs to another one. Nothing is
    /// relinked silently.
    #[error(
        "patient {local_id} of domain {domain_oid} belongs to person {present} already, not to {wanted}: \
         have both compared, then link them or enrol without saying who it is"
    )]
    OtherPerson {
        /// Domain.
        domain_oid: String,
        /// Local ID.
        local_id: String,
        /// Whom it belongs to.
        present: CommunityId,
        /// Whom it was said to be.
        wanted: CommunityId,
    },
    /// Two records that are said to be of one human contradict each other.
    #[error(
        "patient {local_id} of domain {domain_oid} and patient {other_local_id} of domain \
         {other_domain_oid} can hardly be one human: {differences}; compare them with the \
         hospitals, and only if they are one all the same repeat with --despite-differences"
    )]
    Contradiction {
        /// Domain.
        domain_oid: String,
        /// Local ID.
        local_id: String,
        /// Domain of the other record.
        other_domain_oid: String,
        /// Its local ID.
        other_local_id: String,
        /// In what they differ.
        differences: String,
    },
    /// No such event, one that moved nothing, or one that itself took something back.
    #[error("event {0} is no link or parting that could be taken back")]
    NotALink(i64),
    /// It was taken back before.
    #[error("event {0} was taken back already")]
    TakenBack(i64),
    /// Later events build on it.
    #[error(
        "event {event_id} cannot be taken back: event {later} came after it; take that one back first"
    )]
    Superseded {
        /// The event asked for.
        event_id: i64,
        /// The later one.
        later: i64,
    },
    /// The identity is the person's only one.
    #[error("identity {0} is the only one of its person: there is nothing to part")]
    NothingToPart(i64),
    /// No review of this key.
    #[error("there is no review {0}")]
    NoSuchReview(i64),
    /// The review waits no more.
    #[error("review {review_id} is closed ({state}): take its decision back first")]
    ReviewClosed {
        /// The review.
        review_id: i64,
        /// What came of it.
        state: String,
    },
    /// Somebody has said of two identities of these persons that they are two.
    #[error(
        "identities {one} and {other} were said to be two people by {actor}: take that back first"
    )]
    KeptApart {
        /// An identity of the one person.
        one: i64,
        /// An identity of the other one.
        other: i64,
        /// Who said so.
        actor: String,
    },
    /// No decision of this key that stands and is the last of its review.
    #[error("decision {0} cannot be taken back: it is not the last that stands of its review")]
    NoSuchDecision(i64),
    /// An identity of which no source has said anything yet.
    #[error("identity {0} has no demographics yet: there is nothing to compare")]
    NoEvidence(i64),
    /// No identity of this key.
    #[error("there is no identity {0}")]
    NoSuchIdentity(i64),
    /// No consent of this key, or it was withdrawn before.
    #[error("there is no consent {0} in force")]
    NoSuchConsent(i64),
    /// Every community ID that was drawn is taken.
    #[error("no free community ID was found: enrol again")]
    NoFreeCommunityId,
    /// Another writer enrolled the same patient at the same moment.
    #[error("patient {local_id} was enrolled by somebody else at this moment: enrol again")]
    Concurrent {
        /// Local ID.
        local_id: String,
    },
}
