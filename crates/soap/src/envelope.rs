//! Envelopes: what stands in the headers, and the one element of the body.

use crate::fault::Fault;
use crate::fault::open_envelope;
use crate::names::{ADDRESSING, ANONYMOUS, ENVELOPE, ENVELOPE_1_1, NONE, SECURITY};
use model::limits::SOAP_HEADER_CHARACTERS;
use xml::{Document, Element, Writer};

/// What a listener does with a `wsse:Security` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SecurityPolicy {
    /// Not read: one that must be understood is a fault, any other is passed over.
    #[default]
    Ignore,
    /// Handed to the service, which may verify it or not.
    Keep,
    /// A message without one is a fault.
    Require,
}

/// What a listener accepts in the headers.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// What happens to a `wsse:Security` header.
    pub security: SecurityPolicy,
    /// Addresses that may stand in `wsa:ReplyTo` and `wsa:FaultTo` besides anonymous and none.
    /// Such a message is answered on its own connection like any other: we never connect to an
    /// address that a message names.
    pub reply_addresses: Vec<String>,
}

/// An envelope that was read.
#[derive(Debug, Clone)]
pub struct Envelope<'a> {
    /// `wsa:Action`, blanks around it removed.
    pub action: Option<String>,
    /// `wsa:MessageID`, whatever it is.
    pub message_id: Option<String>,
    /// `wsa:To`.
    pub to: Option<String>,
    /// The first `wsa:RelatesTo`.
    pub relates_to: Option<String>,
    /// Whether `wsa:ReplyTo` says that nobody waits for the answer.
    pub is_reply_unwanted: bool,
    /// `wsse:Security`, unless the policy ignores it.
    pub security: Option<Element<'a>>,
    /// The one element of the body.
    pub body: Element<'a>,
}

impl<'a> Envelope<'a> {
    /// Reads an envelope of SOAP 1.2 with WS-Addressing 1.0 by a listener's policy.
    ///
    /// # Errors
    /// The fault to answer with.
    pub fn read(document: &'a Document<'a>, policy: &Policy) -> Result<Envelope<'a>, Fault> {
        let root = document.root();
        if root.name() != "Envelope" || root.namespace() != ENVELOPE {
            return Err(match root.namespace() == ENVELOPE_1_1 || root.name() == "Envelope" {
                true => Fault::version_mismatch(),
                false => Fault::sender("the message is no soap envelope"),
            });
        }
        let (header, body) = header_and_body(root)?;
        if let Some(header) = header {
            check_understood(header, policy)?;
        }
        let single = |name| single(header, name);
        let envelope = Envelope {
            action: single("wsa:Action")?,
            message_id: single("wsa:MessageID")?,
            to: single("wsa:To")?,
            relates_to: header
                .and_then(|header| header.child(ADDRESSING, "RelatesTo"))
                .map(|one| one.text().trim().to_owned()),
            is_reply_unwanted: reply_unwanted(header, policy)?,
            security: security(header, policy)?,
            body,
        };
        Ok(envelope)
    }
}

/// The message id to answer to, whatever else is wrong with the message.
pub(crate) fn message_id(document: &Document<'_>) -> Option<String> {
    let header = document.root().child(ENVELOPE, "Header")?;
    let id = header.child(ADDRESSING, "MessageID")?.text().trim().to_owned();
    (!id.is_empty() && !is_too_long(&id)).then_some(id)
}

/// An optional header, then a body with one element (SOAP 1.2 part 1 §5.1).
fn header_and_body<'a>(envelope: Element<'a>) -> Result<(Option<Element<'a>>, Element<'a>), Fault> {
    let mut children = envelope.children();
    let mut next = children.next();
    let header = next.filter(|child| child.is(ENVELOPE, "Header"));
    if header.is_some() {
        next = children.next();
    }
    let body = next
        .filter(|child| child.is(ENVELOPE, "Body"))
        .ok_or_else(|| Fault::sender("the envelope has no body where it belongs"))?;
    if children.next().is_some() {
        return Err(Fault::sender("the envelope goes on after its body"));
    }
    let mut contents = body.children();
    match (contents.next(), contents.next()) {
        (Some(content), None) => Ok((header, content)),
        (None, _) => Err(Fault::sender("the body is empty")),
        (Some(_), Some(_)) => Err(Fault::sender("the body holds more than one element")),
    }
}

/// SOAP 1.2 part 1 §2.4: every header for us that must be understood is, or nothing is done.
fn check_understood(header: Element<'_>, policy: &Policy) -> Result<(), Fault> {
    let unknown: Vec<_> = header
        .children()
        .filter(|block| is_mandatory(*block) && is_for_us(*block) && !is_known(*block, policy))
        .map(|block| (block.namespace().to_owned(), block.name().to_owned()))
        .take(NOT_UNDERSTOOD)
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(Fault::must_understand(unknown)) }
}

/// How many headers a fault names.
const NOT_UNDERSTOOD: usize = 16;

fn is_mandatory(block: Element<'_>) -> bool {
    let value = block.attribute_ns(ENVELOPE, "mustUnderstand").unwrap_or_default();
    matches!(value.trim(), "1" | "true")
}

fn is_for_us(block: Element<'_>) -> bool {
    let role = block.attribute_ns(ENVELOPE, "role").unwrap_or_default().trim();
    let name = role.strip_prefix(ENVELOPE).and_then(|rest| rest.strip_prefix("/role/"));
    role.is_empty() || matches!(name, Some("ultimateReceiver" | "next"))
}

fn is_known(block: Element<'_>, policy: &Policy) -> bool {
    let names = ["Action", "MessageID", "To", "From", "ReplyTo", "FaultTo", "RelatesTo"];
    match block.namespace() {
        ADDRESSING => names.contains(&block.name()),
        SECURITY => block.name() == "Security" && policy.security != SecurityPolicy::Ignore,
        _ => false,
    }
}

/// A header that may stand there once; `name` with the prefix under which a fault speaks of it.
fn single(header: Option<Element<'_>>, name: &'static str) -> Result<Option<String>, Fault> {
    let local = name.trim_start_matches("wsa:");
    let Some(header) = header else { return Ok(None) };
    let mut found = header.children_named(ADDRESSING, local);
    let Some(first) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        let reason = format!("the header {name} stands there twice");
        return Err(Fault::invalid_header(name, "wsa:InvalidCardinality", &reason));
    }
    let text = first.text();
    let text = text.trim();
    if is_too_long(text) {
        let reason =
            format!("the header {name} is longer than {SOAP_HEADER_CHARACTERS} characters");
        return Err(Fault::invalid_header(name, "wsa:InvalidAddress", &reason));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn is_too_long(text: &str) -> bool {
    let limit = usize::try_from(SOAP_HEADER_CHARACTERS).unwrap_or(usize::MAX);
    text.len() > limit && text.chars().nth(limit).is_some()
}

/// Refuses answers to anywhere but here (security.md §3): whoever may name an address could make
/// us connect to it. True if nobody wants the answer.
fn reply_unwanted(header: Option<Element<'_>>, policy: &Policy) -> Result<bool, Fault> {
    let Some(header) = header else { return Ok(false) };
    let mut unwanted = false;
    for (name, local) in [("wsa:ReplyTo", "ReplyTo"), ("wsa:FaultTo", "FaultTo")] {
        let mut found = header.children_named(ADDRESSING, local);
        let Some(endpoint) = found.next() else { continue };
        if found.next().is_some() {
            let reason = format!("the header {name} stands there twice");
            return Err(Fault::invalid_header(name, "wsa:InvalidCardinality", &reason));
        }
        let address = endpoint.child(ADDRESSING, "Address").map(|one| one.text());
        let address = address.as_deref().map(str::trim).unwrap_or_default();
        match address {
            ANONYMOUS => {}
            NONE => unwanted |= local == "ReplyTo",
            other if policy.reply_addresses.iter().any(|allowed| allowed == other) => {}
            _ => {
                return Err(Fault::invalid_header(
                    name,
                    "wsa:OnlyAnonymousAddressSupported",
                    "answers go to the connection of the request only",
                ));
            }
        }
    }
    Ok(unwanted)
}

fn security<'a>(
    header: Option<Element<'a>>,
    policy: &Policy,
) -> Result<Option<Element<'a>>, Fault> {
    if policy.security == SecurityPolicy::Ignore {
        return Ok(None);
    }
    let mut found = header.into_iter().flat_map(|header| {
        header.children().filter(|block| block.is(SECURITY, "Security") && is_for_us(*block))
    });
    match (found.next(), found.next(), policy.security) {
        (Some(_), Some(_), _) => Err(Fault::sender("the security header stands there twice")),
        (None, _, SecurityPolicy::Require) => {
            Err(Fault::sender("this endpoint requires a security header"))
        }
        (found, _, _) => Ok(found),
    }
}

/// Who a message that goes out is for and from.
pub(crate) struct OutgoingHeaders<'a> {
    pub(crate) action: &'a str,
    pub(crate) message_id: &'a str,
    pub(crate) to: Option<&'a str>,
    pub(crate) relates_to: Option<&'a str>,
}

/// The envelope up to its body's content, and after it.
pub(crate) fn around(headers: &OutgoingHeaders<'_>) -> (Vec<u8>, &'static [u8]) {
    let mut writer = Writer::new();
    open_envelope(&mut writer);
    writer.open("env:Header");
    write_addressing(&mut writer, headers);
    writer.close();
    writer.open("env:Body");
    (writer.take(), b"</env:Body></env:Envelope>")
}

/// A whole envelope with a fault.
pub(crate) fn of_fault(fault: &Fault, message_id: &str, relates_to: Option<&str>) -> Vec<u8> {
    let mut writer = Writer::new();
    open_envelope(&mut writer);
    writer.open("env:Header");
    let action = fault.action();
    write_addressing(&mut writer, &OutgoingHeaders { action, message_id, to: None, relates_to });
    fault.write_headers(&mut writer);
    writer.close();
    writer.open("env:Body");
    fault.write(&mut writer);
    writer.finish()
}

fn write_addressing(writer: &mut Writer, headers: &OutgoingHeaders<'_>) {
    writer.open("wsa:Action");
    writer.attribute("env:mustUnderstand", "true");
    writer.text(headers.action);
    writer.close();
    writer.element("wsa:MessageID", headers.message_id);
    if let Some(to) = headers.to {
        writer.element("wsa:To", to);
        writer.open("wsa:ReplyTo");
        writer.element("wsa:Address", ANONYMOUS);
        writer.close();
    }
    if let Some(message) = headers.relates_to {
        writer.element("wsa:RelatesTo", message);
    }
}
