//! Accepting an association: request, the service's decision, answer (PS3.8 7.1, 9.2).

use crate::associate::{APPLICATION_CONTEXT, AcceptedContext, Rejection, Request};
use crate::inbound::Event;
use crate::link::{Link, Wait};
use crate::service::{Acceptance, Association, AssociationRequest, ContextAnswer, Service};
use crate::{DimseError, Violation};
use dicom_ul::pdu::{
    AssociationAC, PresentationContextResult, PresentationContextResultReason, RequestorRoles,
    UserVariableItem, write_pdu,
};
use dicomfile::{IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION};
use model::limits::DICOM_PDU_BYTES;
use net::PeerCertificates;
use std::net::SocketAddr;

/// The transfer syntax named in the answer to a refused context; nobody looks at it.
const IMPLICIT_LITTLE: &str = dicom_dictionary_std::uids::IMPLICIT_VR_LITTLE_ENDIAN;

/// Waits for the request to associate.
pub(crate) async fn requested(link: &mut Link) -> Result<Request, DimseError> {
    match link.event(Wait::Associate).await? {
        Event::Request(request) => Ok(*request),
        Event::Aborted { source_code, reason } => Err(DimseError::Aborted { source_code, reason }),
        _ => Err(DimseError::Violation(Violation::UnexpectedPdu(0))),
    }
}

/// Answers the request; `Ok(None)` where it was refused.
pub(crate) async fn answered(
    link: &mut Link,
    service: &impl Service,
    request: Request,
    address: SocketAddr,
    certificates: Option<PeerCertificates>,
) -> Result<Option<Association>, DimseError> {
    let fault = request.fault;
    let request = AssociationRequest { address, certificates, request };
    let decided = match fault {
        Some(fault) => Err(fault),
        None => service.accept(&request).await,
    };
    let (calling, called) = (&request.request.calling, &request.request.called);
    let acceptance = match decided {
        Ok(acceptance) => acceptance,
        Err(rejection) => {
            tracing::info!(%address, calling, called, %rejection, "association refused");
            refuse(link, rejection).await?;
            return Ok(None);
        }
    };
    let contexts = accepted(&request.request, &acceptance);
    let mut pdu = Vec::with_capacity(4 * 1024);
    if write_pdu(&mut pdu, &answer(&request.request, &acceptance).into()).is_err() {
        refuse(link, Rejection::CALLING_AE_TITLE).await?;
        return Ok(None);
    }
    link.establish(contexts.iter().map(|one| one.id), request.request.max_pdu_bytes);
    link.send(&pdu).await?;
    Ok(Some(Association {
        address,
        certificates: request.certificates,
        calling: request.request.calling,
        called: request.request.called,
        contexts,
        roles: acceptance.roles,
    }))
}

/// Sends A-ASSOCIATE-RJ, and closes.
pub(crate) async fn refuse(link: &mut Link, rejection: Rejection) -> Result<(), DimseError> {
    link.send(&rejection.pdu()).await?;
    link.close().await
}

/// The contexts that stand; an answer in a transfer syntax that was not proposed does not.
fn accepted(request: &Request, acceptance: &Acceptance) -> Vec<AcceptedContext> {
    let found = request.contexts.iter().filter_map(|proposed| {
        let (_, answer) = acceptance.contexts.iter().find(|(id, _)| *id == proposed.id)?;
        match answer {
            ContextAnswer::Accepted(syntax) if proposed.transfer_syntaxes.contains(syntax) => {
                Some(AcceptedContext {
                    id: proposed.id,
                    abstract_syntax: proposed.abstract_syntax.clone(),
                    transfer_syntax: syntax.clone(),
                })
            }
            _ => None,
        }
    });
    found.collect()
}

fn answer(request: &Request, acceptance: &Acceptance) -> AssociationAC {
    let contexts = request.contexts.iter().map(|proposed| {
        use PresentationContextResultReason as Reason;
        let given = acceptance.contexts.iter().find(|(id, _)| *id == proposed.id);
        let (reason, syntax) = match given.map(|(_, answer)| answer) {
            Some(ContextAnswer::Accepted(syntax)) => {
                match proposed.transfer_syntaxes.contains(syntax) {
                    true => (Reason::Acceptance, syntax.as_str()),
                    false => (Reason::TransferSyntaxesNotSupported, IMPLICIT_LITTLE),
                }
            }
            Some(ContextAnswer::ClassNotSupported) => {
                (Reason::AbstractSyntaxNotSupported, IMPLICIT_LITTLE)
            }
            Some(ContextAnswer::TransferSyntaxesNotSupported) => {
                (Reason::TransferSyntaxesNotSupported, IMPLICIT_LITTLE)
            }
            Some(ContextAnswer::Refused) | None => (Reason::UserRejection, IMPLICIT_LITTLE),
        };
        PresentationContextResult { id: proposed.id, reason, transfer_syntax: syntax.to_owned() }
    });
    let roles = acceptance.roles.iter().map(|role| {
        let granted = RequestorRoles { scu: role.scu, scp: role.scp };
        UserVariableItem::ScuScpRoleSelectionSubItem(role.class.clone(), granted)
    });
    let mut user_variables = own_items();
    user_variables.extend(roles);
    AssociationAC {
        protocol_version: 1,
        calling_ae_title: request.calling.clone(),
        called_ae_title: request.called.clone(),
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        presentation_contexts: contexts.collect(),
        user_variables,
    }
}

/// What we say of ourselves in every association (PS3.7 D.3.3.1, D.3.3.2).
pub(crate) fn own_items() -> Vec<UserVariableItem> {
    vec![
        UserVariableItem::MaxLength(u32::try_from(DICOM_PDU_BYTES).unwrap_or(u32::MAX)),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION_VERSION.to_owned()),
    ]
}
