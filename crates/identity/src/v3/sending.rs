//! What messages of ours begin with.

use crate::v2::answer::time_stamp;
use hl7v3::{InstanceId, Outgoing, Transmission};
use model::hl7::PatientId;
use model::{IdSource, Timestamp};

/// Our device.
#[derive(Clone, Copy)]
pub struct Device<'a> {
    /// Its OID.
    pub oid: &'a str,
    /// Where ids of messages come from.
    pub ids: &'a dyn IdSource,
}

impl std::fmt::Debug for Device<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Device({})", self.oid)
    }
}

impl Device<'_> {
    /// The wrapper of an answer.
    pub(crate) fn answer(&self, asked: &Transmission, now: Timestamp) -> Outgoing {
        Outgoing {
            processing_code: asked.processing_code.clone(),
            receiver: asked.sender.clone(),
            ..self.question("", now)
        }
    }

    /// The wrapper of a message to a device.
    pub fn question(&self, receiver: &str, now: Timestamp) -> Outgoing {
        Outgoing {
            id: self.new_id(),
            created: time_stamp(now),
            processing_code: "P".to_owned(),
            sender: self.oid.to_owned(),
            receiver: InstanceId::of_root(receiver),
        }
    }

    /// An id that nothing else has, below our OID.
    pub fn new_id(&self) -> InstanceId {
        InstanceId {
            root: self.oid.to_owned(),
            extension: self.ids.uuid().to_string(),
            authority_name: String::new(),
        }
    }
}

/// Patient IDs as HL7 v3 writes them (ITI TF-2 Appendix E).
pub(crate) fn instance_ids(ids: &[PatientId]) -> Vec<InstanceId> {
    ids.iter()
        .map(|one| InstanceId {
            root: one.authority.oid.clone(),
            extension: one.id.clone(),
            authority_name: one.authority.namespace.clone(),
        })
        .collect()
}
