//! DICOM servers as sources: C-FIND for each enrolled patient, C-GET or C-MOVE of what is missing.
//!
//! A query carries a number of the server's own domain or none. What it answers is compared, number
//! and demographics, before anything is fetched; what was fetched is compared with what it lists,
//! never with what it counts.

mod check;
mod corrections;
mod fetch;
mod find;
mod numbers;
mod patient;
mod person;
mod pull;
mod receiver;
mod report;
mod server;
mod settings;
mod source;
mod split;
mod trouble;
mod turn;
mod wanted;

pub use check::ServerCheck;
pub(crate) use pull::ImagePlan;
pub use report::ImageReport;
pub use settings::{ImageSettings, LeaveOutRule, Retrieval, StudyTraits};
pub use source::{KIND_DICOM, NewDicomSource, PeerChange, add_dicom_source, change_peer, peer_of};
