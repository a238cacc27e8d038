//! Patients of whom a storage has basic data (ADT-00) and who are not known yet: enrolled before a
//! complete pass, where the source's setting says so. Only names of folders are read.

use crate::basics::BASICS;
use crate::error::GatewayError;
use crate::place::RootRole;
use crate::pull::patients_below;
use crate::session::Session;
use ports::FeedError;
use ssmix2::layout::patient_folder;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::source as rows;

/// Patients told to the centre at one time.
const CHUNK: usize = 500;

/// Tells the centre who has basic data here, where its source enrols by them.
pub(crate) async fn introduce(session: &Session) -> Result<(), GatewayError> {
    let (gateway, source) = (&session.gateway, &session.source);
    let source_id = source.id;
    let said = gateway.store().read(move |tx| rows::feed_enrolment(tx, source_id)).await?;
    if said.is_empty() || said == "keeps" {
        return Ok(());
    }
    let workshop = Arc::clone(&session.workshop);
    let found = tokio::task::spawn_blocking(move || {
        let mut found = BTreeSet::new();
        for ((role, _), root) in &workshop.roots {
            if *role == RootRole::Standardized {
                let mut below = BTreeSet::new();
                patients_below(root, &mut below)?;
                found.extend(below.into_iter().filter(|patient_id| {
                    patient_folder(patient_id).is_ok_and(|folders| {
                        let folder = format!("{}/{BASICS}", folders.join("/"));
                        root.folder(folder.as_bytes()).is_ok()
                    })
                }));
            }
        }
        Ok(found)
    });
    let found = found.await.map_err(|error| GatewayError::Thread(error.to_string()))?;
    let found = found.map_err(|trouble: crate::beneath::Trouble| GatewayError::Down {
        source_name: source.name.clone(),
        reason: trouble.to_string(),
    })?;
    let found: Vec<String> = found.into_iter().collect();
    for chunk in found.chunks(CHUNK) {
        let domain_oid = source.domain.oid.clone();
        let told = gateway.feed().introduce(domain_oid, chunk.to_vec(), source.name.clone());
        let done = told.await.map_err(|error: FeedError| GatewayError::Down {
            source_name: source.name.clone(),
            reason: error.to_string(),
        })?;
        if done.misfits > 0 {
            tracing::warn!(
                source = source.name,
                patients = done.misfits,
                "folders whose names are no numbers of the source's domain are left out"
            );
        }
    }
    Ok(())
}
