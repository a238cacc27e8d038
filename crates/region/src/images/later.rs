//! What happens on a server after its studies have been pulled, for tests that follow one.

use super::series::{Content, Series};
use super::server::{Patient, SERVERS};
use super::study::{Study, Subject};
use super::{Images, path};
use crate::plan::RegionError;
use crate::write::{create, remove};
use std::path::Path;

/// A later event. Each concerns a study of an enrolled person that has not been changed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImagingEvent {
    /// The study had been made under the wrong patient: it now is another patient's.
    Move,
    /// A rejection note over its first images comes into the study (IHE RAD IOCM, RAD-66).
    Reject,
    /// An instance is replaced by a corrected one with the same UID.
    Replace,
    /// The study disappears without a word.
    Vanish,
}

/// What an event changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagingChange {
    /// Name of the server.
    pub server: String,
    /// Study Instance UID.
    pub study_uid: String,
    /// The patient's number before.
    pub patient_id_before: String,
    /// The patient's number now; none if the study vanished.
    pub patient_id_after: Option<String>,
    /// SOP Instance UIDs that the event is about: all of a study that was moved or vanished,
    /// those that were rejected, the one that was replaced.
    pub instance_uids: Vec<String>,
    /// SOP Instance UID of the rejection note.
    pub note_uid: Option<String>,
    created: Vec<(String, Vec<u8>)>,
    removed: Vec<String>,
}

impl ImagingChange {
    /// Applies the change to a written region.
    ///
    /// # Errors
    /// What writing gives, with the path.
    pub fn apply(&self, directory: &Path) -> Result<(), RegionError> {
        for (path, bytes) in &self.created {
            create(directory, path.as_bytes(), bytes)?;
        }
        for path in &self.removed {
            remove(directory, path.as_bytes())?;
        }
        Ok(())
    }
}

impl Images {
    /// Lets an event happen on a server: these images change, and the change tells what to do to
    /// written ones.
    ///
    /// # Errors
    /// When the server does not exist, or has no study that the event could happen to.
    pub fn later(
        &mut self,
        server: &str,
        event: ImagingEvent,
    ) -> Result<ImagingChange, RegionError> {
        let unknown = || RegionError::UnknownSource(server.to_owned());
        let number = SERVERS.iter().position(|one| one.name == server).ok_or_else(unknown)?;
        let nothing = || RegionError::NoStudyToChange { server: server.to_owned() };
        let place = self.changeable(number).ok_or_else(nothing)?;
        let study = self.studies.get(place).ok_or_else(nothing)?;
        let before = study.clone();
        let images = study.series.first().ok_or_else(nothing)?;
        let mut change = ImagingChange {
            server: server.to_owned(),
            study_uid: study.uid.clone(),
            patient_id_before: study.patient.patient_id.clone(),
            patient_id_after: Some(study.patient.patient_id.clone()),
            instance_uids: instance_uids(study),
            note_uid: None,
            created: Vec::new(),
            removed: Vec::new(),
        };
        let mut after = before.clone();
        match event {
            ImagingEvent::Move => {
                let (patient, subject) = self.somebody_else(&before).ok_or_else(nothing)?;
                change.patient_id_after = Some(patient.patient_id.clone());
                (after.patient, after.subject) = (patient, subject);
                after.is_moved = true;
            }
            ImagingEvent::Reject => {
                let note = rejection(&before);
                change.instance_uids =
                    (0..images.count.min(3)).map(|at| images.instance_uid(at)).collect();
                change.note_uid = Some(note.instance_uid(0));
                after.series.push(note);
            }
            ImagingEvent::Replace => {
                change.instance_uids = vec![images.instance_uid(0)];
                after.corrected.push((images.number, 0));
            }
            ImagingEvent::Vanish => change.patient_id_after = None,
        }
        if event == ImagingEvent::Vanish {
            change.removed = paths(&before);
            self.studies.remove(place);
            return Ok(change);
        }
        change.created = self.differences(&before, &after)?;
        if let Some(study) = self.studies.get_mut(place) {
            *study = after;
        }
        Ok(change)
    }

    /// The first study of an order of somebody who takes part, but for the one whose page tests
    /// look at most, that nothing has happened to.
    fn changeable(&self, server: usize) -> Option<usize> {
        self.studies.iter().position(|study| {
            let person = study.patient.person.filter(|person| *person != 0);
            study.server == server
                && study.order.is_some()
                && study.import.is_none()
                && person.is_some_and(|person| self.enrolled.contains(&person))
                && study.corrected.is_empty()
                && study.series.iter().all(|series| series.content != Content::Rejection)
                && !study.is_moved
        })
    }

    /// Another enrolled patient of the same server who has a study there.
    fn somebody_else(&self, study: &Study) -> Option<(Patient, Subject)> {
        let other = self.studies.iter().find(|other| {
            other.server == study.server
                && other.patient.person != study.patient.person
                && other.patient.person.is_some_and(|person| self.enrolled.contains(&person))
                && other.import.is_none()
        })?;
        Some((other.patient.clone(), other.subject))
    }

    /// Objects of the study after that are not those of before.
    fn differences(
        &self,
        before: &Study,
        after: &Study,
    ) -> Result<Vec<(String, Vec<u8>)>, RegionError> {
        let files = |study: &Study| {
            let mut files = Vec::new();
            let mut keep = |path: &str, bytes: &[u8]| {
                files.push((path.to_owned(), bytes.to_vec()));
                Ok(())
            };
            self.study(study, &mut keep).map(|_| files)
        };
        let old = files(before)?;
        let mut new = files(after)?;
        new.retain(|file| !old.contains(file));
        Ok(new)
    }
}

fn instance_uids(study: &Study) -> Vec<String> {
    let of_series = |series: &Series| {
        (0..series.count).map(|place| series.instance_uid(place)).collect::<Vec<_>>()
    };
    study.series.iter().flat_map(of_series).collect()
}

fn paths(study: &Study) -> Vec<String> {
    let of_series = |series: &Series| {
        (0..series.count).map(|place| path(study, series, place)).collect::<Vec<_>>()
    };
    study.series.iter().flat_map(of_series).collect()
}

fn rejection(study: &Study) -> Series {
    let number = study.series.len() + 1;
    let syntax = SERVERS.get(study.server).unwrap_or(&SERVERS[0]).usual;
    Series {
        uid: format!("{}.{number}", study.uid),
        number,
        modality: "KO",
        description: "却下記録",
        body_part: "",
        content: Content::Rejection,
        syntax,
        count: 1,
    }
}
