//! A-ASSOCIATE: what is proposed, accepted and refused (PS3.8 7.1, 9.3.2 to 9.3.4).

use crate::{DimseError, Violation};
use dicom_ul::pdu::{
    AssociationAC, AssociationRJ, AssociationRJResult, AssociationRJServiceProviderASCEReason,
    AssociationRJServiceProviderPresentationReason, AssociationRJServiceUserReason,
    AssociationRJSource, AssociationRQ, UserVariableItem,
};

/// The application context name of DICOM (PS3.7 A.2.1).
pub(crate) const APPLICATION_CONTEXT: &str = "1.2.840.10008.3.1.1.1";

/// A presentation context as it is proposed (PS3.8 9.3.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposedContext {
    /// Odd, unique within the association.
    pub id: u8,
    /// The SOP class.
    pub abstract_syntax: String,
    /// In the order of the proposal.
    pub transfer_syntaxes: Vec<String>,
}

/// A presentation context that both sides use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedContext {
    /// Odd, unique within the association.
    pub id: u8,
    /// The SOP class.
    pub abstract_syntax: String,
    /// How its data sets are encoded.
    pub transfer_syntax: String,
}

/// SCP/SCU role selection (PS3.7 D.3.3.4): roles of whoever asked for the association.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The SOP class.
    pub class: String,
    /// The requestor is SCU of it.
    pub scu: bool,
    /// The requestor is SCP of it: C-GET's instances come to it, storage commitment's reports too.
    pub scp: bool,
}

/// Why an association is refused (PS3.8 9.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejection {
    /// Trying again later may help.
    pub is_transient: bool,
    /// 1 the application, 2 the upper layer (ACSE), 3 the upper layer (presentation).
    pub source: u8,
    /// By source.
    pub reason: u8,
}

impl Rejection {
    /// No reason given.
    pub const NO_REASON: Rejection = Rejection::new(false, 1, 1);
    /// The application context name is not DICOM's.
    pub const APPLICATION_CONTEXT: Rejection = Rejection::new(false, 1, 2);
    /// We do not know who calls.
    pub const CALLING_AE_TITLE: Rejection = Rejection::new(false, 1, 3);
    /// We are not who is called.
    pub const CALLED_AE_TITLE: Rejection = Rejection::new(false, 1, 7);
    /// Another version of the protocol.
    pub const PROTOCOL_VERSION: Rejection = Rejection::new(false, 2, 2);
    /// Too much to do; later perhaps.
    pub const CONGESTION: Rejection = Rejection::new(true, 3, 1);
    /// Too many associations; later perhaps.
    pub const LIMIT_EXCEEDED: Rejection = Rejection::new(true, 3, 2);

    const fn new(is_transient: bool, source: u8, reason: u8) -> Rejection {
        Rejection { is_transient, source, reason }
    }

    pub(crate) fn of(pdu: &AssociationRJ) -> Rejection {
        use AssociationRJServiceProviderASCEReason as Acse;
        use AssociationRJServiceProviderPresentationReason as Presentation;
        use AssociationRJServiceUserReason as User;
        let (source, reason) = match &pdu.source {
            AssociationRJSource::ServiceUser(reason) => match reason {
                User::NoReasonGiven => (1, 1),
                User::ApplicationContextNameNotSupported => (1, 2),
                User::CallingAETitleNotRecognized => (1, 3),
                User::CalledAETitleNotRecognized => (1, 7),
                User::Reserved(reason) => (1, *reason),
            },
            AssociationRJSource::ServiceProviderASCE(Acse::NoReasonGiven) => (2, 1),
            AssociationRJSource::ServiceProviderASCE(Acse::ProtocolVersionNotSupported) => (2, 2),
            AssociationRJSource::ServiceProviderPresentation(reason) => match reason {
                Presentation::TemporaryCongestion => (3, 1),
                Presentation::LocalLimitExceeded => (3, 2),
                Presentation::Reserved(reason) => (3, *reason),
            },
        };
        Rejection { is_transient: pdu.result == AssociationRJResult::Transient, source, reason }
    }

    /// As the ten bytes of its PDU.
    pub(crate) fn pdu(self) -> [u8; 10] {
        let result = if self.is_transient { 2 } else { 1 };
        [0x03, 0, 0, 0, 0, 4, 0, result, self.source, self.reason]
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let why = match (self.source, self.reason) {
            (1, 2) => "application context name not supported",
            (1, 3) => "calling AE title not recognized",
            (1, 7) => "called AE title not recognized",
            (2, 2) => "protocol version not supported",
            (3, 1) => "temporary congestion",
            (3, 2) => "local limit exceeded",
            _ => "no reason given",
        };
        let how = if self.is_transient { "for now" } else { "for good" };
        write!(formatter, "{why} ({how}; source {}, reason {})", self.source, self.reason)
    }
}

/// What a request to associate says, beside who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who calls.
    pub calling: String,
    /// Who is called.
    pub called: String,
    /// Proposed presentation contexts.
    pub contexts: Vec<ProposedContext>,
    /// Proposed roles.
    pub roles: Vec<Role>,
    /// The longest PDU that the requestor takes, in bytes; 0 for any.
    pub max_pdu_bytes: u32,
    /// Implementation class UID of the requestor.
    pub implementation_class: String,
    /// Implementation version name of the requestor, if it tells.
    pub implementation_version: String,
    /// What the upper layer has against it, whoever it comes from.
    pub(crate) fault: Option<Rejection>,
}

impl Request {
    pub(crate) fn of(pdu: AssociationRQ) -> Result<Request, Violation> {
        let mut seen = 0_u128;
        for context in &pdu.presentation_contexts {
            let mark = 1_u128 << (context.id / 2);
            if context.id % 2 == 0 || seen & mark != 0 {
                return Err(Violation::BadContextId(context.id));
            }
            seen |= mark;
        }
        let contexts = pdu.presentation_contexts.into_iter().map(|context| ProposedContext {
            id: context.id,
            abstract_syntax: uid(&context.abstract_syntax),
            transfer_syntaxes: context.transfer_syntaxes.iter().map(|one| uid(one)).collect(),
        });
        let fault = match (pdu.protocol_version & 1, uid(&pdu.application_context_name)) {
            (0, _) => Some(Rejection::PROTOCOL_VERSION),
            (_, name) if name != APPLICATION_CONTEXT => Some(Rejection::APPLICATION_CONTEXT),
            _ => None,
        };
        let user = User::of(&pdu.user_variables);
        Ok(Request {
            calling: pdu.calling_ae_title,
            called: pdu.called_ae_title,
            contexts: contexts.collect(),
            roles: user.roles,
            max_pdu_bytes: user.max_pdu_bytes,
            implementation_class: user.implementation_class,
            implementation_version: user.implementation_version,
            fault,
        })
    }
}

/// What the acceptor of an association said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Accepted contexts: ID and transfer syntax.
    pub contexts: Vec<(u8, String)>,
    /// Roles that were granted.
    pub roles: Vec<Role>,
    /// The longest PDU that the acceptor takes, in bytes; 0 for any.
    pub max_pdu_bytes: u32,
    /// Implementation class UID of the acceptor.
    pub implementation_class: String,
}

impl Answer {
    pub(crate) fn of(pdu: &AssociationAC) -> Answer {
        use dicom_ul::pdu::PresentationContextResultReason::Acceptance;
        let contexts = pdu.presentation_contexts.iter();
        let accepted = contexts.filter(|context| context.reason == Acceptance);
        let user = User::of(&pdu.user_variables);
        Answer {
            contexts: accepted.map(|one| (one.id, uid(&one.transfer_syntax))).collect(),
            roles: user.roles,
            max_pdu_bytes: user.max_pdu_bytes,
            implementation_class: user.implementation_class,
        }
    }
}

/// The user information items that are looked at.
#[derive(Default)]
struct User {
    roles: Vec<Role>,
    max_pdu_bytes: u32,
    implementation_class: String,
    implementation_version: String,
}

impl User {
    fn of(items: &[UserVariableItem]) -> User {
        let mut user = User::default();
        for item in items {
            match item {
                UserVariableItem::MaxLength(bytes) => user.max_pdu_bytes = *bytes,
                UserVariableItem::ImplementationClassUID(class) => {
                    user.implementation_class = uid(class);
                }
                UserVariableItem::ImplementationVersionName(name) => {
                    user.implementation_version.clone_from(name);
                }
                UserVariableItem::ScuScpRoleSelectionSubItem(class, roles) => {
                    user.roles.push(Role { class: uid(class), scu: roles.scu, scp: roles.scp });
                }
                _ => {}
            }
        }
        user
    }
}

/// An AE title as it may be sent: one to sixteen characters of ASCII, no backslash (PS3.5 6.2).
///
/// # Errors
/// [`DimseError::Unsendable`] with the title.
pub(crate) fn checked_title(title: &str) -> Result<&str, DimseError> {
    let is_title = (1..=16).contains(&title.len())
        && title.bytes().all(|byte| (0x20..0x7F).contains(&byte) && byte != b'\\')
        && title.bytes().any(|byte| byte != b' ');
    match is_title {
        true => Ok(title),
        false => Err(DimseError::Unsendable(format!("{title:?} is no AE title"))),
    }
}

/// Some pad UIDs with NUL or spaces, against PS3.8 F.
fn uid(text: &str) -> String {
    text.trim_matches(|letter: char| letter == '\0' || letter == ' ').to_owned()
}
