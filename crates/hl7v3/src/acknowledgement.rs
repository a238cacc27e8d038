//! Acknowledgements (ITI TF-2 Appendix O.1.2, O.1.3): written, and read of what a peer answers.

use crate::NAMESPACE;
use crate::instance_id::InstanceId;
use crate::interaction::ACCEPT_ACKNOWLEDGEMENT;
use crate::outgoing::{Outgoing, valued};
use model::limits::FEED_PATIENT_IDS;
use xml::{Element, Writer};

/// One thing that was wrong.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AcknowledgementDetail {
    /// Code of an error.
    pub code: String,
    /// OID of the code's system.
    pub code_system: String,
    /// Name of the code.
    pub display_name: String,
    /// What is wrong, in words.
    pub text: String,
    /// Where, as XPath.
    pub location: String,
}

/// How a message ended at whoever received it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// `acknowledgement/typeCode`: `CA`, `CE`, `CR`, `AA`, `AE`, `AR`; empty where there is none.
    pub code: String,
    /// `queryAck/queryResponseCode`; empty where it is no answer to a query.
    pub query_response: String,
    /// What was wrong.
    pub details: Vec<AcknowledgementDetail>,
}

/// An Accept Acknowledgement (MCCI_IN000002UV01). `code` is `CA`, `CE` or `CR`; `target` the id of
/// the message that it answers.
pub fn accept_acknowledgement(
    outgoing: &Outgoing,
    code: &str,
    target: &InstanceId,
    details: &[AcknowledgementDetail],
) -> Vec<u8> {
    let mut writer = Writer::new();
    outgoing.open(&mut writer, ACCEPT_ACKNOWLEDGEMENT, "NE");
    acknowledgement(&mut writer, code, target, details);
    writer.finish()
}

/// The class within a wrapper.
pub(crate) fn acknowledgement(
    writer: &mut Writer,
    code: &str,
    target: &InstanceId,
    details: &[AcknowledgementDetail],
) {
    writer.open("acknowledgement");
    valued(writer, "typeCode", "code", code);
    writer.open("targetMessage");
    target.write(writer, "id");
    writer.close();
    for detail in details {
        writer.open("acknowledgementDetail");
        writer.attribute("typeCode", "E");
        writer.open("code");
        writer.attribute("code", &detail.code);
        writer.attribute("codeSystem", &detail.code_system);
        writer.attribute("displayName", &detail.display_name);
        writer.close();
        writer.element("text", &detail.text);
        writer.element("location", &detail.location);
        writer.close();
    }
    writer.close();
}

/// Reads how a peer acknowledged; of any other element everything stays empty.
pub fn read_outcome(root: Element<'_>) -> Outcome {
    let code_of = |element: Option<Element<'_>>| {
        element.and_then(|one| one.attribute("code")).unwrap_or_default().to_owned()
    };
    let Some(found) = root.child(NAMESPACE, "acknowledgement") else { return Outcome::default() };
    let query_ack = root
        .child(NAMESPACE, "controlActProcess")
        .and_then(|process| process.child(NAMESPACE, "queryAck"));
    let limit = usize::try_from(FEED_PATIENT_IDS).unwrap_or(usize::MAX);
    let details = found.children_named(NAMESPACE, "acknowledgementDetail").take(limit);
    Outcome {
        code: code_of(found.child(NAMESPACE, "typeCode")),
        query_response: code_of(
            query_ack.and_then(|ack| ack.child(NAMESPACE, "queryResponseCode")),
        ),
        details: details.map(detail).collect(),
    }
}

fn detail(element: Element<'_>) -> AcknowledgementDetail {
    let text = |name| {
        let found = element.child(NAMESPACE, name);
        found.map(|one| one.text().trim().to_owned()).unwrap_or_default()
    };
    let of_code = |attribute| {
        let code = element.child(NAMESPACE, "code");
        code.and_then(|one| one.attribute(attribute)).unwrap_or_default().to_owned()
    };
    AcknowledgementDetail {
        code: of_code("code"),
        code_system: of_code("codeSystem"),
        display_name: of_code("displayName"),
        text: text("text"),
        location: text("location"),
    }
}
