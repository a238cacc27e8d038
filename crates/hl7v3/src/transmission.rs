//! The transmission wrapper of a message that came (ITI TF-2 Appendix O.1).

use crate::NAMESPACE;
use crate::instance_id::InstanceId;
use crate::problem::Problem;
use xml::Element;

/// Who sent what to whom, and when.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Transmission {
    /// `id` of the message; empty where it has none.
    pub id: InstanceId,
    /// `creationTime`, digits as they came.
    pub created: String,
    /// Extension of `interactionId`.
    pub interaction: String,
    /// `processingCode`: `P`, `T` or `D`.
    pub processing_code: String,
    /// IDs of the receiving device.
    pub receivers: Vec<InstanceId>,
    /// The first ID of the sending device.
    pub sender: InstanceId,
}

impl Transmission {
    /// Reads what of it is there.
    pub(crate) fn read(root: Element<'_>) -> Transmission {
        let child = |name| root.child(NAMESPACE, name);
        let value = |name, attribute| {
            let found = child(name).and_then(|one| one.attribute(attribute));
            found.map(str::trim).unwrap_or_default().to_owned()
        };
        let devices = |name| {
            let device = child(name).and_then(|one| one.child(NAMESPACE, "device"));
            device.map(|device| InstanceId::read_all(device, "id")).unwrap_or_default()
        };
        Transmission {
            id: child("id").map(InstanceId::read).unwrap_or_default(),
            created: value("creationTime", "value"),
            interaction: value("interactionId", "extension"),
            processing_code: value("processingCode", "code"),
            receivers: devices("receiver"),
            sender: devices("sender").into_iter().next().unwrap_or_default(),
        }
    }

    /// What an answer cannot do without, and what a message must say of itself.
    ///
    /// # Errors
    /// The first thing that is missing, or contradicts the message's element.
    pub fn check(&self, interaction: &str) -> Result<(), Problem> {
        if self.id.is_empty() {
            return Err(Problem::no_value("/*/id", "the message has no id"));
        }
        if self.interaction != interaction {
            let text = "interactionId is not the interaction of this message";
            return Err(Problem { code: "200", location: "/*/interactionId", text });
        }
        if self.sender.is_empty() {
            let text = "the sending device has no id";
            return Err(Problem::no_value("/*/sender/device/id", text));
        }
        if self.receivers.iter().all(InstanceId::is_empty) {
            let text = "the receiving device has no id";
            return Err(Problem::no_value("/*/receiver/device/id", text));
        }
        Ok(())
    }
}
