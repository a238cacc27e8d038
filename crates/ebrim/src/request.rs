//! Requests that our own client sends: SubmitObjectsRequest, alone or with documents. The query
//! is [`crate::query::query_request`], the retrieval [`crate::retrieve::retrieve_request`].

use crate::names::{LCM, XDSB};
use crate::notation;
use crate::part::PartContent;
use crate::retrieve::content;
use crate::submission::{Submission, Submitted};
use crate::write::{self, Shown, open_list};
use xml::Writer;

/// Writes a SubmitObjectsRequest. Every object must be a member by the submission's own
/// associations; nothing is added. `with_intake` sends the `urn:musubi:…` slots: to our own
/// centre only.
pub fn submit_objects_request(writer: &mut Writer, submission: &Submission, with_intake: bool) {
    writer.open("lcm:SubmitObjectsRequest");
    writer.attribute("xmlns:lcm", LCM);
    open_list(writer);
    for one in &submission.documents {
        let patient = patient(one);
        write::document_entry(writer, &one.object, &shown(&patient, with_intake));
    }
    let patient_id = patient(&submission.set);
    write::submission_set(writer, &submission.set.object, &shown(&patient_id, with_intake));
    for one in &submission.folders {
        let patient = patient(one);
        write::folder(writer, &one.object, &shown(&patient, with_intake));
    }
    for association in &submission.associations {
        write::association(writer, association, &shown("", with_intake));
    }
    writer.close();
    writer.close();
}

/// Writes a ProvideAndRegisterDocumentSetRequest; its documents are those of
/// [`Submission::parts`], by `xop:Include` or inline.
pub fn provide_and_register_request(
    writer: &mut Writer,
    submission: &Submission,
    with_intake: bool,
) {
    writer.open("xds:ProvideAndRegisterDocumentSetRequest");
    writer.attribute("xmlns:xds", XDSB);
    submit_objects_request(writer, submission, with_intake);
    for part in &submission.parts {
        let Some(document) = submission.documents.get(part.document) else { continue };
        writer.open("xds:Document");
        writer.attribute("id", &document.object.entry_uuid.urn().to_string());
        match &part.content {
            PartContent::Inline(base64) if base64.is_empty() => {}
            part => content(writer, part),
        }
        writer.close();
    }
    writer.close();
}

fn patient<T>(one: &Submitted<T>) -> String {
    one.patient_id.as_ref().map(notation::cx).unwrap_or_default()
}

fn shown(patient_id: &str, with_intake: bool) -> Shown<'_> {
    Shown { patient_id, with_intake, ..Shown::default() }
}
