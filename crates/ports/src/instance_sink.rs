//! InstanceSink: where composite instances of DICOM go, whoever brings them: a server's C-STORE, a
//! gateway's C-GET, STOW-RS. In one process it is the archive.

use futures::future::BoxFuture;
use futures::stream::BoxStream;
use thiserror::Error;

/// Where an instance comes from, and what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InstanceOrigin {
    /// Name of the source whose patients it may be of.
    pub source: String,
    /// The patient of whom images were asked for, as the source's domain numbers them. An
    /// instance of anybody else is another patient's image and is not kept. `None` where the
    /// source sends by itself.
    pub asked_patient: Option<String>,
    /// What was said of a data set that comes without file meta information; `None` for a file
    /// (PS3.10), which says it itself.
    pub announced: Option<AnnouncedInstance>,
    /// Who brings it, for the log and the audit: an AE title or an account.
    pub actor: String,
}

/// What C-STORE says of a data set (PS3.7 9.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AnnouncedInstance {
    /// Affected SOP Class UID.
    pub sop_class_uid: String,
    /// Affected SOP Instance UID.
    pub sop_instance_uid: String,
    /// Transfer syntax of the presentation context.
    pub transfer_syntax_uid: String,
}

/// The pieces of an instance, cut anywhere.
pub type InstanceBytes<'a> = BoxStream<'a, std::io::Result<bytes::Bytes>>;

/// A success answer: the object and the rows that name it are on stable storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceReceipt {
    /// What happened.
    pub outcome: InstanceOutcome,
    /// Study Instance UID; empty where it could not be read.
    pub study_instance_uid: String,
    /// SOP Class UID; empty where it could not be read.
    pub sop_class_uid: String,
    /// SOP Instance UID; empty where it could not be read.
    pub sop_instance_uid: String,
}

/// What receiving an instance did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstanceOutcome {
    /// Kept and shown.
    Stored,
    /// It was there already, byte for byte.
    AlreadyThere,
    /// Kept, though another object of the same SOP Instance UID has other bytes: that one is kept
    /// too, and this one is shown.
    OtherBytes,
    /// Kept and hidden: its source has taken it back.
    Hidden,
    /// It cannot be read; its bytes wait in quarantine, with this reason's code.
    Quarantined(&'static str),
}

/// Why an instance was not taken. Nothing of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InstanceError {
    /// It is of nobody who takes part, or of nobody who can be told from it.
    #[error("not taken: it belongs to nobody enrolled here")]
    NotEnrolled,
    /// It is of another patient than the one who was asked for.
    #[error("not taken: it is another patient's than was asked for")]
    OtherPatient,
    /// The source is not known.
    #[error("not taken: there is no source `{0}`")]
    NoSuchSource(String),
    /// It broke off while it was received.
    #[error("it broke off while it was received: {0}")]
    BrokenOff(String),
    /// It is larger than the limit.
    #[error("it has more than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// No room is left.
    #[error("the centre has no room left")]
    Full,
    /// The centre cannot take it now; try again later.
    #[error("the centre cannot store now: {0}")]
    Unavailable(String),
}

/// Takes instances. It is repeatable: the same bytes again are a no-op.
pub trait InstanceSink: Send + Sync {
    /// Takes one, and answers once it is durable.
    fn receive<'a>(
        &'a self,
        origin: &'a InstanceOrigin,
        bytes: InstanceBytes<'a>,
    ) -> BoxFuture<'a, Result<InstanceReceipt, InstanceError>>;

    /// A pull has brought what it could of a study of a source: its manifest need not wait until
    /// it has been quiet.
    fn study_is_done<'a>(
        &'a self,
        source: &'a str,
        study_instance_uid: &'a str,
    ) -> BoxFuture<'a, Result<(), InstanceError>>;
}
