//! The names of SOAP 1.2, WS-Addressing 1.0 and XOP.

/// Namespace of a SOAP 1.2 envelope (SOAP 1.2 part 1 §5.1).
pub const ENVELOPE: &str = "http://www.w3.org/2003/05/soap-envelope";
/// Namespace of a SOAP 1.1 envelope, known only to be answered with `env:VersionMismatch`.
pub const ENVELOPE_1_1: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// Namespace of WS-Addressing 1.0.
pub const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
/// "Answer on this connection" (WS-Addressing 1.0 Core §2.1).
pub const ANONYMOUS: &str = "http://www.w3.org/2005/08/addressing/anonymous";
/// "Answer nobody".
pub const NONE: &str = "http://www.w3.org/2005/08/addressing/none";
/// Namespace of the `Security` header (WS-Security 1.0).
pub const SECURITY: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// Namespace of `xop:Include` (XOP §2).
pub const XOP: &str = "http://www.w3.org/2004/08/xop/include";

/// `wsa:Action` of a fault that SOAP defines (WS-Addressing 1.0 SOAP Binding §6).
pub(crate) const SOAP_FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/soap/fault";
/// `wsa:Action` of a fault that WS-Addressing defines.
pub(crate) const ADDRESSING_FAULT_ACTION: &str = "http://www.w3.org/2005/08/addressing/fault";

/// Media type of a SOAP 1.2 envelope.
pub(crate) const SOAP_TYPE: &str = "application/soap+xml";
/// Media type of the root part of an MTOM message.
pub(crate) const XOP_TYPE: &str = "application/xop+xml";
