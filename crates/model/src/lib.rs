//! Plain types of the exchange: documents, facts, identities, times, limits. No I/O.
//!
//! Everything here is data that more than one crate speaks about. Notations (HL7 v2, ebRIM,
//! FHIR, SQL) live elsewhere and only read and write these types.

mod association;
pub mod clock;
pub mod code;
pub mod community_id;
pub mod contradiction;
pub mod data_type;
pub mod date;
pub mod demographics;
pub mod document;
mod empty;
pub mod entry;
pub mod era;
pub mod fact;
pub mod hl7;
pub mod item;
pub mod limits;
pub mod number_rule;
pub mod patient_number;
pub mod reason;

pub use clock::{Clock, IdSource, Timestamp};
pub use code::{Code, Coded};
pub use community_id::CommunityId;
pub use contradiction::Contradiction;
pub use data_type::DataType;
pub use date::PartialTime;
pub use number_rule::NumberRule;
pub use patient_number::{CheckDigit, NumberFormat, NumberMisfit};
