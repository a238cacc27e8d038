//! Associations that we ask for, and the operations of a service class user.

use crate::acceptor::own_items;
use crate::associate::{APPLICATION_CONTEXT, AcceptedContext, Answer, Role, checked_title};
use crate::command::{Command, RESPONSE, field};
use crate::commitment::{self, CommitmentReport, CommitmentRequest};
use crate::inbound::{Event, Inbound};
use crate::instance::{Body, IncomingData, OutgoingInstance};
use crate::link::{Link, RELEASE_RP, RELEASE_RQ, Times, Wait};
use crate::send::{self, Origin};
use crate::status::Status;
use crate::{DimseError, Violation, identifier};
use dicom_dictionary_std::uids;
use dicom_ul::pdu::{
    AssociationRQ, PresentationContextProposed, RequestorRoles, UserVariableItem, write_pdu,
};
use model::limits::{DICOM_CONTEXTS, DICOM_IDENTIFIER_BYTES};
use net::{Dialer, Duplex};

/// A peer: where it is, and the titles under which it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// `dicom://host:port`, or `dicoms://host:port` for TLS.
    pub address: String,
    /// Its AE title.
    pub called: String,
    /// Ours.
    pub calling: String,
    /// How long it may keep us waiting.
    pub times: Times,
}

/// A SOP class, and what its data sets may be encoded in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextProposal {
    /// The SOP class.
    pub abstract_syntax: String,
    /// At least one; the peer chooses.
    pub transfer_syntaxes: Vec<String>,
}

impl ContextProposal {
    /// A SOP class whose data sets are identifiers: every peer reads both.
    pub fn plain(class: &str) -> ContextProposal {
        let syntaxes = [uids::EXPLICIT_VR_LITTLE_ENDIAN, uids::IMPLICIT_VR_LITTLE_ENDIAN];
        ContextProposal {
            abstract_syntax: class.to_owned(),
            transfer_syntaxes: syntaxes.map(str::to_owned).into(),
        }
    }
}

/// What we propose for one association.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal {
    /// At most 128 ([`Proposal::split`]).
    pub contexts: Vec<ContextProposal>,
    /// Roles of ours other than SCU: SCP for the instances of C-GET.
    pub roles: Vec<Role>,
}

impl Proposal {
    /// These SOP classes for operations with identifiers.
    pub fn plain(classes: &[&str]) -> Proposal {
        let contexts = classes.iter().map(|class| ContextProposal::plain(class)).collect();
        Proposal { contexts, roles: Vec::new() }
    }

    /// Adds a storage class whose instances C-GET sends to us.
    #[must_use]
    pub fn receiving(mut self, class: &str, transfer_syntaxes: &[&str]) -> Proposal {
        // One context for each: the sender then has what it holds, and need not convert it.
        for syntax in transfer_syntaxes {
            self.contexts.push(ContextProposal {
                abstract_syntax: class.to_owned(),
                transfer_syntaxes: vec![(*syntax).to_owned()],
            });
        }
        self.roles.push(Role { class: class.to_owned(), scu: false, scp: true });
        self
    }

    /// As many proposals as it takes, each for one association (PS3.8 7.1.1.13).
    pub fn split(self) -> Vec<Proposal> {
        let most = usize::try_from(DICOM_CONTEXTS).unwrap_or(usize::MAX);
        let pieces = self.contexts.chunks(most).map(|contexts| {
            let roles = self.roles.iter().filter(|role| {
                contexts.iter().any(|context| context.abstract_syntax == role.class)
            });
            Proposal { contexts: contexts.to_vec(), roles: roles.cloned().collect() }
        });
        pieces.collect()
    }
}

/// An association with a peer, on which operations are asked for one after the other. After an
/// error other than [`DimseError::NoContext`] it is of no more use.
pub struct Client {
    pub(crate) link: Link,
    contexts: Vec<AcceptedContext>,
    roles: Vec<Role>,
    pub(crate) peer: Peer,
    next_message: u16,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Client({} as {})", self.peer.address, self.peer.called)
    }
}

impl Client {
    /// Connects, and associates.
    ///
    /// # Errors
    /// The layer that failed; [`DimseError::Rejected`] with the peer's reason.
    pub async fn connect(
        dialer: &Dialer,
        peer: &Peer,
        proposal: &Proposal,
    ) -> Result<Client, DimseError> {
        let pdu = request_pdu(peer, proposal)?;
        let stream = dialer.dial(&peer.address).await?;
        Client::associate(stream, peer, proposal, &pdu).await
    }

    /// The accepted context of a SOP class in exactly this transfer syntax.
    pub fn context(&self, class: &str, transfer_syntax: &str) -> Option<&AcceptedContext> {
        let mut contexts = self.contexts.iter();
        contexts.find(|one| one.abstract_syntax == class && one.transfer_syntax == transfer_syntax)
    }

    /// What the peer accepted.
    pub fn contexts(&self) -> &[AcceptedContext] {
        &self.contexts
    }

    /// Roles that the peer granted.
    pub fn roles(&self) -> &[Role] {
        &self.roles
    }

    /// C-ECHO.
    ///
    /// # Errors
    /// As of every operation: the association failed.
    pub async fn echo(&mut self) -> Result<Status, DimseError> {
        let context = self.plain_context(uids::VERIFICATION)?;
        let request = Command::request(field::C_ECHO, self.message_id(), uids::VERIFICATION);
        self.link.message(context.id, &request, None).await?;
        let answer = self.answer(field::C_ECHO).await?;
        Ok(Status(answer.status.unwrap_or(Status::PROCESSING_FAILURE.0)))
    }

    /// C-STORE of one instance, as it is encoded.
    ///
    /// # Errors
    /// As of every operation, and [`DimseError::NoContext`] where the peer does not take it.
    pub async fn store(
        &mut self,
        instance: &OutgoingInstance,
        body: Body,
    ) -> Result<Status, DimseError> {
        self.store_for(instance, body, None).await
    }

    /// N-ACTION of storage commitment. The report comes by [`Client::commitment_report`] if the
    /// peer sends it on this association, else to our server.
    ///
    /// # Errors
    /// As of every operation.
    pub async fn request_commitment(
        &mut self,
        request: &CommitmentRequest,
    ) -> Result<Status, DimseError> {
        let class = uids::STORAGE_COMMITMENT_PUSH_MODEL;
        let context = self.plain_context(class)?;
        let command = Command {
            field: field::N_ACTION,
            message_id: Some(self.message_id()),
            requested_class: Some(class.to_owned()),
            requested_instance: Some(uids::STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE.to_owned()),
            action_type: Some(commitment::REQUEST_ACTION),
            ..Command::default()
        };
        let bytes = identifier::write(&request.data_set(), &context.transfer_syntax)?;
        self.link.message(context.id, &command, Some(&bytes)).await?;
        let answer = self.answer(field::N_ACTION).await?;
        Ok(Status(answer.status.unwrap_or(Status::PROCESSING_FAILURE.0)))
    }

    /// Waits for the report of [`Client::request_commitment`] on this association, and answers it.
    ///
    /// # Errors
    /// As of every operation; [`DimseError::Timeout`] where the peer tells it otherwise.
    pub async fn commitment_report(&mut self) -> Result<CommitmentReport, DimseError> {
        let (context, command) = match self.link.event(Wait::Answer).await? {
            Event::Command { context, command } if command.field == field::N_EVENT_REPORT => {
                (context, command)
            }
            other => return Err(other.instead()),
        };
        let mut data = IncomingData::new(&mut self.link, command.has_data_set);
        let bytes = data.collect("report", DICOM_IDENTIFIER_BYTES).await?;
        let known = self.contexts.iter().find(|one| one.id == context);
        let syntax = known.map_or("", |one| one.transfer_syntax.as_str());
        let report = CommitmentReport::read(&identifier::read(&bytes, syntax)?);
        let status = if report.is_some() { Status::SUCCESS } else { Status::PROCESSING_FAILURE };
        self.link.message(context, &command.response(status.0), None).await?;
        report.ok_or_else(|| DimseError::Unreadable {
            what: "report",
            source: "it names no transaction".into(),
        })
    }

    /// Tells a peer on an association of its own what is kept (N-EVENT-REPORT, PS3.4 J.3.3); the
    /// proposal must have given us the role of an SCP.
    ///
    /// # Errors
    /// As of every operation.
    pub async fn report_commitment(
        &mut self,
        report: &CommitmentReport,
    ) -> Result<Status, DimseError> {
        let context = self.plain_context(uids::STORAGE_COMMITMENT_PUSH_MODEL)?;
        let message = self.message_id();
        commitment::tell(&mut self.link, &context, message, report).await
    }

    /// A-RELEASE: the orderly end.
    ///
    /// # Errors
    /// The peer did not answer it.
    pub async fn release(mut self) -> Result<(), DimseError> {
        self.link.send(&RELEASE_RQ).await?;
        loop {
            match self.link.event(Wait::Associate).await? {
                Event::Released => return self.link.close().await,
                // Both at once (PS3.8 7.2.2.7): the one that asked for the association answers.
                Event::ReleaseRequested => {
                    self.link.send(&RELEASE_RP).await?;
                    return self.link.close().await;
                }
                // What the peer had sent before it read of the release.
                Event::Command { .. } | Event::Data { .. } => {}
                other => return Err(other.instead()),
            }
        }
    }

    /// A-ABORT: the end at once.
    pub async fn abort(mut self) {
        self.link.abort().await;
    }

    pub(crate) async fn store_for(
        &mut self,
        instance: &OutgoingInstance,
        body: Body,
        moved_by: Option<(&str, u16)>,
    ) -> Result<Status, DimseError> {
        let context = self.context(&instance.class, &instance.transfer_syntax);
        let Some(context) = context.map(|one| one.id) else {
            return Err(DimseError::NoContext {
                abstract_syntax: instance.class.clone(),
                transfer_syntax: instance.transfer_syntax.clone(),
            });
        };
        let origin = Origin { moved_by, within: None };
        let message = self.message_id();
        let sent = send::instance(&mut self.link, context, message, instance, body, origin).await?;
        Ok(sent.status)
    }

    /// A context for identifiers of this SOP class.
    pub(crate) fn plain_context(&self, class: &str) -> Result<AcceptedContext, DimseError> {
        let mut contexts = self.contexts.iter();
        let found = contexts
            .find(|one| one.abstract_syntax == class && identifier::is_plain(&one.transfer_syntax));
        found.cloned().ok_or_else(|| DimseError::NoContext {
            abstract_syntax: class.to_owned(),
            transfer_syntax: "any".to_owned(),
        })
    }

    pub(crate) fn transfer_syntax(&self, context: u8) -> String {
        let found = self.contexts.iter().find(|one| one.id == context);
        found.map(|one| one.transfer_syntax.clone()).unwrap_or_default()
    }

    pub(crate) fn message_id(&mut self) -> u16 {
        self.next_message = self.next_message.wrapping_add(1).max(1);
        self.next_message
    }

    /// The response to the request that was just sent; its data set is passed over.
    async fn answer(&mut self, request: u16) -> Result<Command, DimseError> {
        match self.link.event(Wait::Answer).await? {
            Event::Command { command, .. } if command.field == request | RESPONSE => {
                IncomingData::new(&mut self.link, command.has_data_set).drain().await?;
                Ok(*command)
            }
            other => Err(other.instead()),
        }
    }

    async fn associate(
        stream: Box<dyn Duplex>,
        peer: &Peer,
        proposal: &Proposal,
        pdu: &[u8],
    ) -> Result<Client, DimseError> {
        let mut link = Link::new(stream, Inbound::requestor(), peer.times);
        link.send(pdu).await?;
        let answer = match link.event(Wait::Associate).await? {
            Event::Accepted(answer) => answer,
            Event::Rejected(rejection) => return Err(DimseError::Rejected(rejection)),
            Event::Aborted { source_code, reason } => {
                return Err(DimseError::Aborted { source_code, reason });
            }
            _ => return Err(DimseError::Violation(Violation::UnexpectedPdu(0))),
        };
        let contexts = accepted(proposal, &answer);
        link.establish(contexts.iter().map(|one| one.id), answer.max_pdu_bytes);
        Ok(Client { link, contexts, roles: answer.roles, peer: peer.clone(), next_message: 0 })
    }
}

/// The contexts that were proposed and accepted, in a transfer syntax that was proposed.
fn accepted(proposal: &Proposal, answer: &Answer) -> Vec<AcceptedContext> {
    let found = numbered(proposal).filter_map(|(id, context)| {
        let (_, syntax) = answer.contexts.iter().find(|(answered, _)| *answered == id)?;
        context.transfer_syntaxes.contains(syntax).then(|| AcceptedContext {
            id,
            abstract_syntax: context.abstract_syntax.clone(),
            transfer_syntax: syntax.clone(),
        })
    });
    found.collect()
}

/// IDs are odd (PS3.8 9.3.2.2).
fn numbered(proposal: &Proposal) -> impl Iterator<Item = (u8, &ContextProposal)> {
    (1..=u8::MAX).step_by(2).zip(&proposal.contexts)
}

fn request_pdu(peer: &Peer, proposal: &Proposal) -> Result<Vec<u8>, DimseError> {
    if proposal.contexts.len() as u64 > DICOM_CONTEXTS {
        let count = proposal.contexts.len();
        return Err(DimseError::Unsendable(format!("{count} presentation contexts")));
    }
    let contexts = numbered(proposal).map(|(id, context)| PresentationContextProposed {
        id,
        abstract_syntax: context.abstract_syntax.clone(),
        transfer_syntaxes: context.transfer_syntaxes.clone(),
    });
    let roles = proposal.roles.iter().map(|role| {
        let proposed = RequestorRoles { scu: role.scu, scp: role.scp };
        UserVariableItem::ScuScpRoleSelectionSubItem(role.class.clone(), proposed)
    });
    let mut user_variables = own_items();
    user_variables.extend(roles);
    let request = AssociationRQ {
        protocol_version: 1,
        calling_ae_title: checked_title(&peer.calling)?.to_owned(),
        called_ae_title: checked_title(&peer.called)?.to_owned(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: contexts.collect(),
        user_variables,
    };
    let mut pdu = Vec::with_capacity(8 * 1024);
    write_pdu(&mut pdu, &request.into())
        .map_err(|error| DimseError::Unsendable(error.to_string()))?;
    Ok(pdu)
}
