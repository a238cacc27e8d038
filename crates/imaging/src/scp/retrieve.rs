//! C-GET and C-MOVE (PS3.4 C.4.2, C.4.3): instances as they came, byte for byte.

use super::peers::Known;
use super::sight::{self, Seen};
use crate::archive::Archive;
use dicomfile::{DataSet, Tag, tags};
use dimse::{Body, ContextProposal, OutgoingInstance, Retrieval, RetrieveRequest, Status, Stopped};
use futures::StreamExt;
use model::Timestamp;
use model::limits::IMAGING_PAGE_ROWS;
use std::collections::BTreeSet;
use std::io;
use store::audit::{self, Action, NewAuditEvent, Outcome};
use store::study::{self, After, InstanceRow};
use store::{StoreError, Tx};

/// What is to be sent: the instances of some studies that are asked for.
struct Wanted {
    instances: Vec<InstanceRow>,
}

/// Sends what is asked for and may be seen.
pub(super) async fn answer(
    archive: &Archive,
    known: &Known,
    request: &RetrieveRequest,
    retrieval: &mut Retrieval<'_>,
) -> Status {
    let (peer, identifier) = (known.clone(), request.identifier.clone());
    let (now, is_move) = (archive.clock().now(), request.destination.is_some());
    let found = archive.store().write(move |tx| wanted(tx, &peer, &identifier, is_move, now));
    let wanted = match found.await {
        Ok(Some(wanted)) => wanted,
        Ok(None) => return Status::DATA_SET_DOES_NOT_MATCH,
        Err(error) => return super::unavailable(&error),
    };
    match send_all(archive, &wanted, retrieval).await {
        Ok(()) => Status::SUCCESS,
        Err(Stopped::Cancelled) => Status::CANCELLED,
        Err(Stopped::Gone | Stopped::DestinationGone) => Status::CANNOT_PERFORM_SUB_OPERATIONS,
    }
}

async fn send_all(
    archive: &Archive,
    wanted: &Wanted,
    retrieval: &mut Retrieval<'_>,
) -> Result<(), Stopped> {
    let encodings: BTreeSet<(&str, &str)> = wanted
        .instances
        .iter()
        .map(|one| (one.said.sop_class_uid.as_str(), one.said.transfer_syntax_uid.as_str()))
        .collect();
    let contexts: Vec<ContextProposal> = encodings
        .into_iter()
        .map(|(class, syntax)| ContextProposal {
            abstract_syntax: class.to_owned(),
            transfer_syntaxes: vec![syntax.to_owned()],
        })
        .collect();
    retrieval.begin(wanted.instances.len() as u64, &contexts).await?;
    for instance in &wanted.instances {
        let outgoing = OutgoingInstance {
            class: instance.said.sop_class_uid.clone(),
            instance: instance.said.sop_instance_uid.clone(),
            transfer_syntax: instance.said.transfer_syntax_uid.clone(),
        };
        match body(archive, instance).await {
            Ok(body) => drop(retrieval.send(&outgoing, body).await?),
            Err(error) => {
                tracing::error!(instance = outgoing.instance, %error, "an image cannot be read");
                retrieval.skip(&outgoing).await?;
            }
        }
    }
    Ok(())
}

/// The data set as it was received: the object without what stands before it.
async fn body(archive: &Archive, instance: &InstanceRow) -> Result<Body, StoreError> {
    let pieces = archive.store().objects().get(instance.object()?).await?;
    let mut before = usize::try_from(instance.said.data_set_offset).unwrap_or(usize::MAX);
    let pieces = pieces.map(move |piece| {
        let mut piece = piece.map_err(|error| io::Error::other(error.to_string()))?;
        let cut = before.min(piece.len());
        before -= cut;
        Ok(piece.split_off(cut))
    });
    Ok(Box::pin(pieces))
}

/// The instances that are asked for, with the audit record that they leave; `None` where the
/// identifier names nothing.
fn wanted(
    tx: &mut Tx,
    known: &Known,
    identifier: &DataSet,
    is_move: bool,
    now: Timestamp,
) -> Result<Option<Wanted>, StoreError> {
    let list = |tag: Tag| -> Vec<String> {
        let values = identifier.ascii_values(tag).into_iter();
        values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    };
    let studies = list(tags::STUDY_INSTANCE_UID);
    let patient_id = identifier.text(tags::PATIENT_ID).map(|text| text.value.trim().to_owned());
    let patient_id = patient_id.unwrap_or_default();
    if studies.is_empty() && patient_id.is_empty() {
        return Ok(None);
    }
    let mut seen: Vec<Seen> = Vec::new();
    for uid in &studies {
        seen.extend(sight::of_uid(tx, known, uid, now)?);
    }
    if studies.is_empty() {
        let page_rows = u32::try_from(IMAGING_PAGE_ROWS).unwrap_or(u32::MAX);
        let identities = sight::identities_of(tx, known, &patient_id)?;
        let mut after = After::NOTHING;
        loop {
            let page = study::studies_of_identities(tx, &identities, None, after, page_rows)?;
            let Some(last) = page.last() else { break };
            after = last.place();
            seen.extend(sight::seen(tx, known, page, now)?);
        }
    }
    let (series, instances) = (list(tags::SERIES_INSTANCE_UID), list(tags::SOP_INSTANCE_UID));
    let mut wanted = Wanted { instances: Vec::new() };
    for one in &seen {
        add_study(tx, one, (&series, &instances), &mut wanted)?;
    }
    record(tx, known, &seen, is_move, now)?;
    Ok(Some(wanted))
}

fn add_study(
    tx: &mut Tx,
    seen: &Seen,
    (series, instances): (&[String], &[String]),
    wanted: &mut Wanted,
) -> Result<(), StoreError> {
    let page_rows = u32::try_from(IMAGING_PAGE_ROWS).unwrap_or(u32::MAX);
    let all = study::series_of_studies(tx, &[seen.row.id])?;
    let is_asked = |uid: &String| series.is_empty() || series.contains(uid);
    for row in all.iter().filter(|row| is_asked(&row.series_instance_uid)) {
        let mut after = None;
        loop {
            let page = study::instances_of_series(tx, row.id, after, page_rows)?;
            let Some(last) = page.last() else { break };
            after = Some(last.place());
            wanted.instances.extend(page.into_iter().filter(|one| {
                instances.is_empty() || instances.contains(&one.said.sop_instance_uid)
            }));
        }
    }
    Ok(())
}

/// DICOM Instances Transferred (110104), a record for each person.
fn record(
    tx: &mut Tx,
    known: &Known,
    seen: &[Seen],
    is_move: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let uids: Vec<&str> = seen.iter().map(|one| one.row.study_instance_uid.as_str()).collect();
    let transaction = if is_move { "C-MOVE" } else { "C-GET" };
    let detail = serde_json::json!({ "transaction": transaction, "studies": uids });
    let persons: BTreeSet<i64> = seen.iter().map(|one| one.person_id).collect();
    let event = NewAuditEvent {
        at: now,
        actor: &known.name,
        account_id: None,
        action: Action::Export,
        outcome: if seen.is_empty() { Outcome::MinorFailure } else { Outcome::Success },
        person_id: None,
        detail: &detail.to_string(),
    };
    audit::insert_each(tx, &persons, &event)
}
