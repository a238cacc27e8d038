//! What a server does with requests: who may associate, and what each operation answers.

use crate::associate::{AcceptedContext, ProposedContext, Rejection, Request, Role};
use crate::client::Peer;
use crate::commitment::{CommitmentReport, CommitmentRequest};
use crate::find::FindAnswers;
use crate::instance::{IncomingData, ReceivedInstance};
use crate::retrieve::Retrieval;
use crate::status::Status;
use dicomfile::DataSet;
use net::{Dialer, PeerCertificates};
use std::net::SocketAddr;

/// A request to associate, and where it comes from.
#[derive(Debug, Clone)]
pub struct AssociationRequest {
    /// Address of the connection.
    pub address: SocketAddr,
    /// What the peer showed in the TLS handshake. AE titles are claims; this is evidence.
    pub certificates: Option<PeerCertificates>,
    /// What it says.
    pub request: Request,
}

/// An association as it was accepted.
#[derive(Debug, Clone)]
pub struct Association {
    /// Address of the connection.
    pub address: SocketAddr,
    /// What the peer showed in the TLS handshake.
    pub certificates: Option<PeerCertificates>,
    /// AE title of the peer.
    pub calling: String,
    /// Our AE title.
    pub called: String,
    /// What was accepted.
    pub contexts: Vec<AcceptedContext>,
    /// Roles that were granted.
    pub roles: Vec<Role>,
}

/// What becomes of one proposed presentation context (PS3.8 9.3.3.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextAnswer {
    /// Accepted in this transfer syntax, one of those that were proposed.
    Accepted(String),
    /// The application does not want it.
    Refused,
    /// The SOP class is not supported.
    ClassNotSupported,
    /// None of the transfer syntaxes is supported.
    TransferSyntaxesNotSupported,
}

impl ContextAnswer {
    /// Accepts the first proposed transfer syntax that `is_known`: the peer's preference.
    pub fn first(context: &ProposedContext, is_known: impl Fn(&str) -> bool) -> ContextAnswer {
        match context.transfer_syntaxes.iter().find(|one| is_known(one)) {
            Some(known) => ContextAnswer::Accepted(known.clone()),
            None => ContextAnswer::TransferSyntaxesNotSupported,
        }
    }

    /// Accepts the first of `ours` that is proposed: our preference. Of use for a peer that proposes
    /// several in one context, and then gets instances in what was accepted alone (C-GET).
    pub fn preferred(context: &ProposedContext, ours: &[&str]) -> ContextAnswer {
        let is_proposed = |syntax: &str| context.transfer_syntaxes.iter().any(|one| one == syntax);
        match ours.iter().find(|syntax| is_proposed(syntax)) {
            Some(ours) => ContextAnswer::Accepted((*ours).to_owned()),
            None => ContextAnswer::TransferSyntaxesNotSupported,
        }
    }
}

/// How an association is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// An answer to each proposed context, by its ID.
    pub contexts: Vec<(u8, ContextAnswer)>,
    /// Roles that are granted.
    pub roles: Vec<Role>,
}

impl Acceptance {
    /// Answers each proposed context. Roles are granted as proposed where `grants_scp` for the
    /// SOP class, else the peer is SCU only.
    pub fn of(
        request: &Request,
        answer: impl Fn(&ProposedContext) -> ContextAnswer,
        grants_scp: impl Fn(&str) -> bool,
    ) -> Acceptance {
        let roles = request.roles.iter().map(|role| Role {
            class: role.class.clone(),
            scu: role.scu,
            scp: role.scp && grants_scp(&role.class),
        });
        Acceptance {
            contexts: request.contexts.iter().map(|one| (one.id, answer(one))).collect(),
            roles: roles.collect(),
        }
    }
}

/// A C-FIND (PS3.4 C.4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindRequest {
    /// The SOP class: which information model.
    pub class: String,
    /// Keys.
    pub identifier: DataSet,
}

/// A C-GET or a C-MOVE (PS3.4 C.4.2, C.4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveRequest {
    /// The SOP class: which information model.
    pub class: String,
    /// Unique keys.
    pub identifier: DataSet,
    /// AE title to which C-MOVE sends; `None` for C-GET.
    pub destination: Option<String>,
}

/// Where a C-MOVE sends, and the way to it.
#[derive(Debug, Clone)]
pub struct Destination {
    /// The peer.
    pub peer: Peer,
    /// Sockets and TLS.
    pub dialer: Dialer,
}

/// Answers requests. What is not overridden is refused.
pub trait Service: Send + Sync + 'static {
    /// Whether the peer may associate, and for what: titles, addresses, certificates and roles are
    /// decided here.
    fn accept(
        &self,
        request: &AssociationRequest,
    ) -> impl Future<Output = Result<Acceptance, Rejection>> + Send;

    /// C-ECHO (PS3.7 9.1.5).
    fn echo(&self, association: &Association) -> impl Future<Output = Status> + Send {
        let _ = association;
        async { Status::SUCCESS }
    }

    /// C-STORE (PS3.7 9.1.1): takes the data set, and answers when it is where it is to be. What it
    /// leaves unread is thrown away.
    fn store(
        &self,
        association: &Association,
        instance: &ReceivedInstance,
        data: &mut IncomingData<'_>,
    ) -> impl Future<Output = Status> + Send {
        let _ = (association, instance, data);
        async { Status::CLASS_NOT_SUPPORTED }
    }

    /// C-FIND (PS3.7 9.1.2): gives the matches to `answers`; the last status is returned.
    fn find(
        &self,
        association: &Association,
        request: &FindRequest,
        answers: &mut FindAnswers<'_>,
    ) -> impl Future<Output = Status> + Send {
        let _ = (association, request, answers);
        async { Status::CLASS_NOT_SUPPORTED }
    }

    /// C-GET and C-MOVE (PS3.7 9.1.3, 9.1.4): gives the instances to `retrieval`; the last status
    /// is returned, and made worse by what failed.
    fn retrieve(
        &self,
        association: &Association,
        request: &RetrieveRequest,
        retrieval: &mut Retrieval<'_>,
    ) -> impl Future<Output = Status> + Send {
        let _ = (association, request, retrieval);
        async { Status::CLASS_NOT_SUPPORTED }
    }

    /// Where a C-MOVE of this peer to this AE title goes; `None` where it may not.
    fn destination(
        &self,
        association: &Association,
        title: &str,
    ) -> impl Future<Output = Option<Destination>> + Send {
        let _ = (association, title);
        async { None }
    }

    /// N-ACTION of storage commitment (PS3.4 J.3.2): what is kept of what is asked for. The report
    /// goes back on the same association; a peer that is gone by then gets it from whoever keeps
    /// the service ([`crate::Client::report_commitment`]) where `delivered` says so.
    fn commit(
        &self,
        association: &Association,
        request: &CommitmentRequest,
    ) -> impl Future<Output = Result<CommitmentReport, Status>> + Send {
        let _ = (association, request);
        async { Err(Status::CLASS_NOT_SUPPORTED) }
    }

    /// Whether the report of [`Service::commit`] was taken by the peer.
    fn commitment_told(
        &self,
        association: &Association,
        report: &CommitmentReport,
        was_taken: bool,
    ) -> impl Future<Output = ()> + Send {
        let _ = (association, report, was_taken);
        async {}
    }

    /// N-EVENT-REPORT of storage commitment (PS3.4 J.3.3): what a peer keeps of what we asked for.
    fn commitment_report(
        &self,
        association: &Association,
        report: &CommitmentReport,
    ) -> impl Future<Output = Status> + Send {
        let _ = (association, report);
        async { Status::CLASS_NOT_SUPPORTED }
    }
}
