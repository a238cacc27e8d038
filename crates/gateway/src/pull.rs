//! Pulling a source: one complete pass over the folders of enrolled patients.

use crate::beneath::{RootFolder, Trouble};
use crate::dicom::{ImagePlan, KIND_DICOM};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::pass::{self, PassPlan};
use crate::progress::ProgressFn;
use crate::session::Session;
use crate::source::Source;
use crate::stop::Stop;
use ssmix2::layout::{name_text, patient_folder};
use std::collections::BTreeSet;
use store::intake::PullCounts;

/// How a pull is steered and watched.
#[derive(Clone, Default)]
pub struct PullControl {
    /// Asked to stop, the pull ends at the next safe place with [`GatewayError::Stopped`].
    pub stop: Stop,
    /// Is told how far the pull has come.
    pub progress: Option<ProgressFn>,
}

impl Gateway {
    /// One complete pass over a source: everything that the ledger does not know yet, or knows
    /// otherwise, is read and given to the centre, or put into quarantine. May be dropped or
    /// killed at any moment; the next pull goes on from there.
    ///
    /// # Errors
    /// The source is unknown, paused, busy, down or outside its hours; the disk is too full;
    /// the centre does not take documents; the database fails. One unreadable item is no error.
    pub async fn pull(
        &self,
        name: &str,
        control: &PullControl,
    ) -> Result<PullCounts, GatewayError> {
        let source = self.source(name).await?;
        if source.kind == KIND_DICOM {
            return self.pull_images(source, ImagePlan::ALL, control).await;
        }
        let mut session = Session::begin(self, source, "pull", &control.stop).await?;
        let plan = PassPlan { progress: control.progress.clone(), ..PassPlan::default() };
        let worked = pass::run(&mut session, plan).await;
        session.end(worked).await
    }
}

/// Whether a patient has a folder in a source, so that a mistyped ID is found when it is
/// enrolled. Blocks.
///
/// # Errors
/// A root cannot be opened.
pub fn has_folder(source: &Source, patient_id: &str) -> Result<bool, GatewayError> {
    let Ok(folders) = patient_folder(patient_id) else { return Ok(false) };
    let path = folders.join("/");
    Ok(open(source)?.iter().any(|root| root.folder(path.as_bytes()).is_ok()))
}

/// Every patient ID that has a folder in a source, in order, for `enrol --all`. Only the names of
/// folders are read. Blocks.
///
/// # Errors
/// A root cannot be read.
pub fn patients(source: &Source) -> Result<Vec<String>, GatewayError> {
    let mut found = BTreeSet::new();
    for root in open(source)? {
        patients_below(&root, &mut found).map_err(|trouble| {
            let reason = format!("{}: {trouble}", root.path().display());
            GatewayError::Down { source_name: source.name.clone(), reason }
        })?;
    }
    Ok(found.into_iter().collect())
}

fn open(source: &Source) -> Result<Vec<RootFolder>, GatewayError> {
    source
        .storage_roots()
        .map(|root| {
            RootFolder::open(&root.path).map_err(|trouble| GatewayError::Down {
                source_name: source.name.clone(),
                reason: format!("the {} root {}: {trouble}", root.role, root.path.display()),
            })
        })
        .collect()
}

/// The IDs of the folders three below a root whose names agree with the folders above them.
pub(crate) fn patients_below(
    root: &RootFolder,
    found: &mut BTreeSet<String>,
) -> Result<(), Trouble> {
    let mut level: Vec<Vec<u8>> = vec![Vec::new()];
    for depth in 1..=3 {
        let mut below = Vec::new();
        for path in &level {
            let entries = match root.folder(path).and_then(|folder| folder.entries()) {
                Ok(entries) => entries,
                // A file, or a folder that is gone: no patients in it.
                Err(Trouble::Missing) if depth > 1 => continue,
                Err(trouble) => return Err(trouble),
            };
            for entry in entries {
                let mut child = path.clone();
                if !child.is_empty() {
                    child.push(b'/');
                }
                child.extend_from_slice(&entry.name);
                below.push(child);
            }
        }
        level = below;
    }
    for path in level {
        let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
        let Ok(patient_id) = name_text(name) else { continue };
        let is_there = patient_folder(&patient_id)
            .is_ok_and(|folders| folders.join("/").as_bytes() == path.as_slice());
        if is_there && root.folder(&path).is_ok() {
            found.insert(patient_id);
        }
    }
    Ok(())
}
