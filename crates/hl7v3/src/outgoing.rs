//! The wrappers of a message that goes out (ITI TF-2 Appendix O.1, O.2).

use crate::copy::declare;
use crate::instance_id::InstanceId;
use xml::Writer;

/// Root of `interactionId` and of trigger events.
const INTERACTIONS: &str = "2.16.840.1.113883.1.6";

/// What every message of ours begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outgoing {
    /// `id` of the message.
    pub id: InstanceId,
    /// `creationTime`, as digits with their zone.
    pub created: String,
    /// `processingCode`: `P`, `T` or `D`.
    pub processing_code: String,
    /// OID of the device that sends.
    pub sender: String,
    /// ID of the device that receives.
    pub receiver: InstanceId,
}

impl Outgoing {
    /// Opens a message up to its sender. A question is acknowledged always (`AL`), an answer
    /// never (`NE`).
    pub(crate) fn open(&self, writer: &mut Writer, interaction: &str, accept: &str) {
        writer.open(interaction);
        declare(writer);
        writer.attribute("ITSVersion", "XML_1.0");
        self.id.write(writer, "id");
        valued(writer, "creationTime", "value", &self.created);
        let name = InstanceId {
            root: INTERACTIONS.to_owned(),
            extension: interaction.to_owned(),
            authority_name: String::new(),
        };
        name.write(writer, "interactionId");
        let processing = match self.processing_code.as_str() {
            known @ ("T" | "D") => known,
            _ => "P",
        };
        valued(writer, "processingCode", "code", processing);
        valued(writer, "processingModeCode", "code", "T");
        valued(writer, "acceptAckCode", "code", accept);
        device(writer, ("receiver", "RCV"), &self.receiver);
        device(writer, ("sender", "SND"), &InstanceId::of_root(&self.sender));
    }
}

/// Opens the control act of a trigger event.
pub(crate) fn open_control_act(writer: &mut Writer, trigger: &str) {
    writer.open("controlActProcess");
    writer.attribute("classCode", "CACT");
    writer.attribute("moodCode", "EVN");
    writer.open("code");
    writer.attribute("code", trigger);
    writer.attribute("codeSystem", INTERACTIONS);
    writer.close();
}

/// An element with one attribute.
pub(crate) fn valued(writer: &mut Writer, name: &str, attribute: &str, value: &str) {
    writer.open(name);
    writer.attribute(attribute, value);
    writer.close();
}

fn device(writer: &mut Writer, (name, type_code): (&str, &str), id: &InstanceId) {
    writer.open(name);
    writer.attribute("typeCode", type_code);
    writer.open("device");
    writer.attribute("classCode", "DEV");
    writer.attribute("determinerCode", "INSTANCE");
    id.write(writer, "id");
    writer.close();
    writer.close();
}
