//! What happens in a hospital after the reference day, for tests that follow a storage.

use crate::day::Moment;
use crate::generate::Region;
use crate::habits::SOURCES;
use crate::item::{Item, Version};
use crate::message::Writer;
use crate::message::lab::Report;
use crate::people::Person;
use crate::plan::RegionError;
use crate::storage::{Files, lay_out};
use crate::truth::LabValue;
use crate::write::{append, create, remove, rename};
use model::item::{Storage, VersionState};
use std::path::Path;

/// A later event. Each concerns a laboratory result of an enrolled person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaterEvent {
    /// A result is corrected: the file becomes flag 2 and a new flag 1 stands beside it.
    Update,
    /// A result is deleted: its files become flag 0 and the delete message stands beside them.
    Delete,
    /// A result of long ago reaches the storages only now: an old sending time, a new record.
    LateRecord,
}

/// What an event changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Name of the source.
    pub source: String,
    /// Number of the person.
    pub person: u32,
    /// The local number.
    pub patient_id: String,
    /// `YYYYMMDD`.
    pub care_date: String,
    /// Always `OML-11`.
    pub data_type: String,
    /// 特定キー.
    pub order_key: String,
    /// Values that were current before; none for a late record.
    pub before: Vec<LabValue>,
    /// Values that are current now; none after a deletion.
    pub after: Vec<LabValue>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Rename { from: Vec<u8>, to: Vec<u8> },
    Create { path: Vec<u8>, bytes: Vec<u8> },
    Append { path: Vec<u8>, bytes: Vec<u8> },
    Remove { path: Vec<u8> },
}

impl Change {
    /// Applies the change to a written region: renames first, then new files, then records.
    ///
    /// # Errors
    /// What writing gives, with the path.
    pub fn apply(&self, directory: &Path) -> Result<(), RegionError> {
        for step in &self.steps {
            match step {
                Step::Rename { from, to } => rename(directory, from, to)?,
                Step::Create { path, bytes } => create(directory, path, bytes)?,
                Step::Append { path, bytes } => append(directory, path, bytes)?,
                Step::Remove { path } => remove(directory, path)?,
            }
        }
        Ok(())
    }
}

impl Region {
    /// Lets an event happen in a source: files and truth of this region change, and the change
    /// tells what to do to a written one. Events follow one another in time.
    ///
    /// # Errors
    /// When the source is unknown or has nothing to change.
    pub fn later(&mut self, source: &str, event: LaterEvent) -> Result<Change, RegionError> {
        let number = SOURCES
            .iter()
            .position(|spec| spec.name == source)
            .ok_or_else(|| RegionError::UnknownSource(source.to_owned()))?;
        self.events += 1;
        let now = self.reference.at(9, 0).plus_minutes(self.events * 10);
        let nothing = || RegionError::NothingToChange { source_name: source.to_owned() };
        let place = self.changeable(number).ok_or_else(nothing)?;
        let (before, place) = match event {
            LaterEvent::LateRecord => {
                (Vec::new(), self.late_record(place, now).ok_or_else(nothing)?)
            }
            _ => (self.values(place), place),
        };
        match event {
            LaterEvent::Update => self.correct(place, now).ok_or_else(nothing)?,
            LaterEvent::Delete => self.delete(place, now).ok_or_else(nothing)?,
            LaterEvent::LateRecord => {}
        }
        let (files, truth) = lay_out(&self.plan, &self.people, &self.items, self.reference)?;
        let steps = steps(&self.files, &files);
        self.files = files;
        self.truth = truth;
        let after = self.values(place);
        let item = self.items.get(place).ok_or_else(nothing)?;
        Ok(Change {
            source: source.to_owned(),
            person: item.person,
            patient_id: item.patient_id.clone(),
            care_date: item.care_date(),
            data_type: item.data_type.clone(),
            order_key: item.order_key.clone(),
            before,
            after,
            steps,
        })
    }

    /// The latest current result of an enrolled person in a source.
    fn changeable(&self, source: usize) -> Option<usize> {
        let is_enrolled = |number| self.people.iter().any(|p| p.number == number && p.is_enrolled);
        let candidates = self.items.iter().enumerate().filter(|(_, item)| {
            item.source == source
                && item.storage == Storage::Standardized
                && item.report.is_some()
                && item.current().is_some()
                && is_enrolled(item.person)
        });
        candidates.max_by_key(|(at, item)| (item.care_day, *at)).map(|(at, _)| at)
    }

    fn values(&self, place: usize) -> Vec<LabValue> {
        let current = self.items.get(place).and_then(Item::current);
        current.map(|version| version.document.labs.clone()).unwrap_or_default()
    }

    fn writer<'a>(people: &'a [Person], item: &'a Item) -> Option<Writer<'a>> {
        let person = people.iter().find(|person| person.number == item.person)?;
        Some(Writer { source: SOURCES.get(item.source)?, person, patient_id: &item.patient_id })
    }

    fn correct(&mut self, place: usize, now: Moment) -> Option<()> {
        let item = self.items.get_mut(place)?;
        let mut report: Report = item.report.clone()?;
        report.status = "C";
        report.reported = now;
        let (_, value) = report.values.last_mut()?;
        *value += 1 + *value / 5;
        let document = Region::writer(&self.people, item)?.lab_result(now, &report, "SC");
        item.supersede(now, document);
        item.report = Some(report);
        Some(())
    }

    fn delete(&mut self, place: usize, now: Moment) -> Option<()> {
        let item = self.items.get_mut(place)?;
        let report = item.report.clone()?;
        let message = Region::writer(&self.people, item)?.lab_result(now, &report, "CA");
        item.delete(now, Some(message));
        Some(())
    }

    /// A result like the one at `place`, taken and sent thirty days before it, recorded now.
    fn late_record(&mut self, place: usize, now: Moment) -> Option<usize> {
        const EARLIER_MINUTES: i64 = -30 * 24 * 60;
        let like = self.items.get(place)?;
        let mut report = like.report.clone()?;
        let width = report.number.len();
        report.number = format!("{:0width$}", 900_000 + self.events * 10);
        report.status = "F";
        report.collected = report.collected.plus_minutes(EARLIER_MINUTES);
        report.reported = report.collected.plus_minutes(70);
        let sent = report.reported.plus_minutes(5);
        let document = Region::writer(&self.people, like)?.lab_result(sent, &report, "SC");
        let item = Item {
            care_day: Some(report.collected.day()),
            order_key: report.number.clone(),
            versions: vec![Version {
                sent,
                recorded: now,
                state: VersionState::Current,
                is_delete_message: false,
                document,
            }],
            report: Some(report),
            ..like.clone()
        };
        self.items.push(item);
        Some(self.items.len() - 1)
    }
}

/// What leads from one state of the files to another. A file that went away and one of the same
/// bytes that differs in its flag only are one file, renamed.
fn steps(before: &Files, after: &Files) -> Vec<Step> {
    let stem = |path: &[u8]| path.get(..path.len().saturating_sub(1)).map(<[u8]>::to_vec);
    let gone: Vec<_> = before.iter().filter(|(path, _)| !after.contains_key(*path)).collect();
    let come: Vec<_> = after.iter().filter(|(path, _)| !before.contains_key(*path)).collect();
    let mut steps = Vec::new();
    for (from, bytes) in &gone {
        let renamed = come.iter().find(|(to, new)| stem(to) == stem(from) && new == bytes);
        steps.push(match renamed {
            Some((to, _)) => Step::Rename { from: (*from).clone(), to: (*to).clone() },
            None => Step::Remove { path: (*from).clone() },
        });
    }
    for (to, bytes) in come {
        let was_renamed = gone.iter().any(|(from, old)| stem(from) == stem(to) && *old == bytes);
        if !was_renamed {
            steps.push(Step::Create { path: to.clone(), bytes: bytes.clone() });
        }
    }
    for (path, bytes) in after {
        match before.get(path) {
            Some(old) if old != bytes => steps.push(match bytes.strip_prefix(old.as_slice()) {
                Some(added) => Step::Append { path: path.clone(), bytes: added.to_vec() },
                None => Step::Create { path: path.clone(), bytes: bytes.clone() },
            }),
            _ => {}
        }
    }
    steps
}
