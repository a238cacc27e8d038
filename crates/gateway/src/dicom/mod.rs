//! DICOM servers as sources: C-FIND for each enrolled patient, C-GET or C-MOVE of what is missing.

mod settings;
mod source;

pub use settings::{ImageSettings, LeaveOutRule, Retrieval, StudyTraits};
pub use source::{KIND_DICOM, NewDicomSource, PeerChange, add_dicom_source, change_peer, peer_of};
