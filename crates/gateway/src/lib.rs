//! Sources: backfill, following, quarantine, leases; SS-MIX2 items to XDS submissions.
//!
//! A gateway reads the storages of hospitals, never writes them, and gives what belongs to
//! enrolled patients to the centre through [`ports::DocumentSink`] and [`ports::IdentityFeed`].
//! One pass ([`Gateway::pull`]) is: list the folders of each enrolled patient, compare with the
//! ledger, read and examine what is new or changed on a few threads, submit, write the ledger.
//! What cannot be read waits in the quarantine under a named reason and never stops the next.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod basics;
mod beneath;
mod budget;
mod change;
mod codes;
mod commit;
mod content;
mod describe;
mod dicom;
mod disk;
mod error;
mod follow;
mod gateway;
mod holder;
mod identifiers;
mod lister;
mod listing;
mod metadata;
mod newcomers;
mod pass;
mod place;
mod progress;
mod pull;
mod quarantine;
mod report;
mod serve;
mod session;
mod settings;
mod source;
mod stop;
mod transactions;
mod workshop;

pub use basics::basics;
pub use change::{SourceChange, change_source};
pub use codes::Codes;
pub use dicom::{
    ImageReport, ImageSettings, KIND_DICOM, LeaveOutRule, NewDicomSource, PeerChange, Retrieval,
    ServerCheck, StudyTraits, add_dicom_source, change_peer, peer_of,
};
pub use error::GatewayError;
pub use follow::FollowMode;
pub use gateway::{Gateway, Images, Parts, SourceStatus};
pub use place::RootRole;
pub use progress::{Progress, ProgressFn};
pub use pull::{PullControl, has_folder, patients};
pub use quarantine::{ItemBytes, QuarantineFilter, QuarantineItem};
pub use report::SourceReport;
pub use settings::{HourSpan, RestrictedRule, SourceSettings};
pub use source::{
    FACILITY_CODE_OID, KIND_SSMIX2, NewSource, Root, Source, add_facility, add_source, all_sources,
    change_settings, find_source, pause,
};
pub use stop::Stop;
pub use store::intake::{PullCounts, PullRow, QuarantineRow};
pub use store::source::{DomainRow, FacilityRow, FreshnessRow, ReportRow, StateRow};
