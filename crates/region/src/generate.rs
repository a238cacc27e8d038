//! A region, from plan to files.

use crate::course;
use crate::day::Day;
use crate::habits::SOURCES;
use crate::item::Item;
use crate::manifest::{Manifest, enrolment, manifest};
use crate::people::{Person, people};
use crate::plan::{RegionError, RegionPlan};
use crate::storage::{Files, lay_out};
use crate::truth::Truth;
use crate::write::create;
use std::path::Path;

/// A region: its files, its sources, and the truth about it.
#[derive(Debug, Clone)]
pub struct Region {
    /// Every stored version, value and person.
    pub truth: Truth,
    /// Facilities, sources, enrolment lists.
    pub manifest: Manifest,
    pub(crate) plan: RegionPlan,
    pub(crate) people: Vec<Person>,
    pub(crate) items: Vec<Item>,
    pub(crate) files: Files,
    pub(crate) reference: Day,
    /// How many later events have happened.
    pub(crate) events: i64,
}

/// Makes the region of a plan. The same plan gives the same bytes.
///
/// # Errors
/// When the reference day is no day.
pub fn generate(plan: &RegionPlan) -> Result<Region, RegionError> {
    let reference = Day::from_number(plan.reference_day)
        .ok_or(RegionError::ReferenceDay(plan.reference_day))?;
    let people = people(plan, reference);
    let items = course::items(plan, &people, reference)?;
    let (files, truth) = lay_out(plan, &people, &items, reference)?;
    Ok(Region {
        truth,
        manifest: manifest(plan),
        plan: *plan,
        people,
        items,
        files,
        reference,
        events: 0,
    })
}

impl Region {
    /// Every file of the storages: path from the region's directory, and bytes. Paths may be
    /// CP932, as on a Windows share.
    pub fn files(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_slice(), bytes.as_slice()))
    }

    /// Writes the storages, `region.json`, `truth.json` and the enrolment lists below a
    /// directory, which is made where it is missing.
    ///
    /// # Errors
    /// What writing gives, with the path.
    pub fn write(&self, directory: &Path) -> Result<(), RegionError> {
        for (path, bytes) in &self.files {
            create(directory, path, bytes)?;
        }
        create(directory, b"truth.json", &serde_json::to_vec_pretty(&self.truth)?)?;
        create(directory, b"region.json", &serde_json::to_vec_pretty(&self.manifest)?)?;
        for (at, source) in SOURCES.iter().enumerate() {
            let name = format!("enrol-{}.csv", source.name);
            create(directory, name.as_bytes(), enrolment(at, &self.people).as_bytes())?;
        }
        Ok(())
    }
}
