//! `/p/{person}/docs/{document}/bytes`: the bytes as received. They are never shown in place:
//! a browser gets them as a file to keep, under a policy by which nothing in them can run.

use super::read;
use crate::call::Call;
use crate::reader::Subject;
use crate::refusal::Refusal;
use crate::state::PortalState;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use page::headers::SANDBOX_POLICY;
use store::StoreError;
use store::audit::Action;

/// Answers `GET /p/{person}/docs/{document}/bytes`.
pub async fn get(
    State(state): State<PortalState>,
    Path((person_id, document_id)): Path<(i64, i64)>,
    call: Call,
) -> Result<Response, Refusal> {
    let reader = state.reader(&call).await?;
    let subject = Subject::document(Action::Export, "bytes", document_id);
    let (_, (document, place)) = state
        .patient(&call, &reader, person_id, subject, move |tx, _, patient| {
            let Some(document) = read::find(tx, patient, document_id)? else { return Ok(None) };
            let place = read::place(tx, &document)?;
            Ok(Some((document, place)))
        })
        .await?;
    let bytes =
        read::bytes(&state, &document, place).await.map_err(|error| Refusal::new(&call, error))?;
    let Some(bytes) = bytes else {
        let damaged = format!("the bytes of document {document_id} are damaged");
        return Err(Refusal::new(&call, StoreError::Damaged(damaged)));
    };
    let name = format!("attachment; filename=\"{}\"", file_name(document.id, &document.mime_type));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SANDBOX_POLICY)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A name that says nothing of the patient.
fn file_name(document_id: i64, mime_type: &str) -> String {
    let extension = match mime_type {
        "application/pdf" => "pdf",
        "text/xml" | "application/xml" => "xml",
        "text/html" => "html.txt",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        kind if kind.starts_with("text/") => "txt",
        ssmix2::MIME_TYPE => "hl7",
        _ => "bin",
    };
    format!("musubi-{document_id}.{extension}")
}
