//! Faults: what a peer is told when its message was not answered. Never our internals.

use crate::names::{ADDRESSING, ADDRESSING_FAULT_ACTION, ENVELOPE, SOAP_FAULT_ACTION};
use http::StatusCode;
use std::borrow::Cow;
use xml::Writer;

/// The codes of SOAP 1.2 part 1 §5.4.6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultCode {
    /// The message is no SOAP 1.2.
    VersionMismatch,
    /// A header that had to be understood was not.
    MustUnderstand,
    /// The message is wrong; sending it again will not help.
    Sender,
    /// We could not; sending it again may help.
    Receiver,
}

impl FaultCode {
    fn name(self) -> &'static str {
        match self {
            FaultCode::VersionMismatch => "env:VersionMismatch",
            FaultCode::MustUnderstand => "env:MustUnderstand",
            FaultCode::Sender => "env:Sender",
            FaultCode::Receiver => "env:Receiver",
        }
    }
}

/// A fault. Its reason goes to the peer: it says what was wrong with the message, and for
/// [`FaultCode::Receiver`] only that we failed; the details belong in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    code: FaultCode,
    /// Qualified names of WS-Addressing, outermost first.
    subcodes: Vec<Cow<'static, str>>,
    reason: String,
    status: StatusCode,
    detail: Option<Detail>,
    not_understood: Vec<(String, String)>,
}

/// The details of WS-Addressing 1.0 SOAP Binding §6.3.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Detail {
    Action(String),
    Header(&'static str),
}

impl Fault {
    /// The message is wrong.
    pub fn sender(reason: impl Into<String>) -> Fault {
        Fault::new(FaultCode::Sender, StatusCode::BAD_REQUEST, reason)
    }

    /// We failed. The reason given to the peer is always the same; log what happened.
    pub fn receiver() -> Fault {
        let reason = "the message could not be processed now; please try again later";
        Fault::new(FaultCode::Receiver, StatusCode::INTERNAL_SERVER_ERROR, reason)
    }

    /// No envelope of SOAP 1.2.
    pub(crate) fn version_mismatch() -> Fault {
        let reason = "the envelope is not of soap 1.2";
        Fault::new(FaultCode::VersionMismatch, StatusCode::INTERNAL_SERVER_ERROR, reason)
    }

    /// Headers, by namespace and name, that had to be understood.
    pub(crate) fn must_understand(headers: Vec<(String, String)>) -> Fault {
        let reason = "a header that must be understood is not";
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let fault = Fault::new(FaultCode::MustUnderstand, status, reason);
        Fault { not_understood: headers, ..fault }
    }

    /// The endpoint does not do this.
    pub(crate) fn action_not_supported(action: &str) -> Fault {
        let fault = Fault::sender("the action is not supported at this endpoint");
        Fault {
            subcodes: vec!["wsa:ActionNotSupported".into()],
            detail: Some(Detail::Action(action.to_owned())),
            ..fault
        }
    }

    /// Neither `wsa:Action` nor the media type's `action` says what is wanted.
    pub(crate) fn action_missing() -> Fault {
        let fault = Fault::sender("a required header is missing: wsa:Action");
        Fault {
            subcodes: vec!["wsa:MessageAddressingHeaderRequired".into()],
            detail: Some(Detail::Header("wsa:Action")),
            ..fault
        }
    }

    /// A WS-Addressing header that cannot be; `why` is a name of §6.4.1.
    pub(crate) fn invalid_header(header: &'static str, why: &'static str, reason: &str) -> Fault {
        let fault = Fault::sender(reason);
        Fault {
            subcodes: vec!["wsa:InvalidAddressingHeader".into(), why.into()],
            detail: Some(Detail::Header(header)),
            ..fault
        }
    }

    /// The same fault under another HTTP status.
    pub fn with_status(self, status: StatusCode) -> Fault {
        Fault { status, ..self }
    }

    /// The code.
    pub fn code(&self) -> FaultCode {
        self.code
    }

    /// The subcodes as written, outermost first.
    pub fn subcodes(&self) -> impl Iterator<Item = &str> {
        self.subcodes.iter().map(AsRef::as_ref)
    }

    /// What the peer reads.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The HTTP status (SOAP 1.2 part 2 §7.5.2.2: 400 for the sender's, 500 for ours).
    pub fn status(&self) -> StatusCode {
        self.status
    }

    fn new(code: FaultCode, status: StatusCode, reason: impl Into<String>) -> Fault {
        let (subcodes, not_understood) = (Vec::new(), Vec::new());
        Fault { code, subcodes, reason: reason.into(), status, detail: None, not_understood }
    }

    pub(crate) fn action(&self) -> &'static str {
        match self.subcodes.first() {
            Some(name) if name.starts_with("wsa:") => ADDRESSING_FAULT_ACTION,
            _ => SOAP_FAULT_ACTION,
        }
    }

    /// Writes the headers that belong to the fault itself.
    pub(crate) fn write_headers(&self, writer: &mut Writer) {
        for (namespace, name) in &self.not_understood {
            writer.open("env:NotUnderstood");
            writer.attribute("xmlns:header", namespace);
            writer.attribute("qname", &format!("header:{name}"));
            writer.close();
        }
        if self.code == FaultCode::VersionMismatch {
            writer.open("env:Upgrade");
            writer.open("env:SupportedEnvelope");
            writer.attribute("qname", "env:Envelope");
            writer.close();
            writer.close();
        }
    }

    /// Writes `env:Fault`; the prefixes `env` and `wsa` are bound by the envelope.
    pub(crate) fn write(&self, writer: &mut Writer) {
        writer.open("env:Fault");
        writer.open("env:Code");
        writer.element("env:Value", self.code.name());
        for subcode in &self.subcodes {
            writer.open("env:Subcode");
            writer.element("env:Value", subcode);
        }
        self.subcodes.iter().for_each(|_| writer.close());
        writer.close();
        writer.open("env:Reason");
        writer.open("env:Text");
        writer.attribute("xml:lang", "en");
        writer.text(&self.reason);
        writer.close();
        writer.close();
        if let Some(detail) = &self.detail {
            writer.open("env:Detail");
            match detail {
                Detail::Action(action) => {
                    writer.open("wsa:ProblemAction");
                    writer.element("wsa:Action", action);
                    writer.close();
                }
                Detail::Header(name) => writer.element("wsa:ProblemHeaderQName", name),
            }
            writer.close();
        }
        writer.close();
    }
}

/// A fault that a peer answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerFault {
    /// Local name of the code: `Sender`, `Receiver` and the like.
    pub code: String,
    /// Local names of the subcodes, outermost first.
    pub subcodes: Vec<String>,
    /// The peer's words.
    pub reason: String,
}

impl PeerFault {
    /// Reads `env:Fault`.
    pub(crate) fn read(fault: xml::Element<'_>) -> PeerFault {
        let value = |code: xml::Element<'_>| {
            let text = code.child(ENVELOPE, "Value").map(|value| value.text().trim().to_owned());
            let text = text.unwrap_or_default();
            text.rsplit(':').next().unwrap_or_default().to_owned()
        };
        let mut found =
            PeerFault { code: String::new(), subcodes: Vec::new(), reason: String::new() };
        if let Some(code) = fault.child(ENVELOPE, "Code") {
            found.code = value(code);
            let mut inner = code.child(ENVELOPE, "Subcode");
            while let Some(subcode) = inner {
                found.subcodes.push(value(subcode));
                inner = subcode.child(ENVELOPE, "Subcode");
            }
        }
        if let Some(text) =
            fault.child(ENVELOPE, "Reason").and_then(|one| one.child(ENVELOPE, "Text"))
        {
            found.reason = text.text().trim().chars().take(REASON_CHARACTERS).collect();
        }
        found
    }
}

impl std::fmt::Display for PeerFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.code)?;
        self.subcodes.iter().try_for_each(|subcode| write!(formatter, "/{subcode}"))?;
        write!(formatter, ": {}", self.reason)
    }
}

const REASON_CHARACTERS: usize = 1_000;

/// The attributes that bind the prefixes of a fault and of our headers.
pub(crate) fn open_envelope(writer: &mut Writer) {
    writer.open("env:Envelope");
    writer.attribute("xmlns:env", ENVELOPE);
    writer.attribute("xmlns:wsa", ADDRESSING);
}
