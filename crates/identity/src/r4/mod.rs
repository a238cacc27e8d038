//! FHIR R4: what the transactions have in common. Each transaction stands in a file or folder of
//! its own beside this one, and asks the same use cases as HL7 v2.

pub(crate) mod ask;
mod capability;
pub(crate) mod fault;
mod service;
mod systems;
pub(crate) mod view;

pub use service::PatientService;
pub use systems::Systems;
