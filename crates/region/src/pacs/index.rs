//! What stands in the folder: a header for each file.

use crate::plan::RegionError;
use dicomfile::{DataSet, Tag, tags};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Folders below the server's: study, series.
const DEPTH: usize = 3;

/// An instance.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) class: String,
    pub(super) instance: String,
    pub(super) transfer_syntax: String,
    /// Where the data set begins, behind the file meta information.
    pub(super) data_set_offset: u64,
    pub(super) header: DataSet,
    /// Size and time of the file when it was read.
    version: (u64, Option<SystemTime>),
}

/// The entries, by path.
#[derive(Debug)]
pub(super) struct Index {
    folder: PathBuf,
    entries: BTreeMap<PathBuf, Arc<Entry>>,
}

/// Query/Retrieve Level (PS3.4 C.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Patient,
    Study,
    Series,
    Image,
}

impl Level {
    pub(super) fn parse(text: &str) -> Option<Level> {
        match text {
            "PATIENT" => Some(Level::Patient),
            "STUDY" => Some(Level::Study),
            "SERIES" => Some(Level::Series),
            "IMAGE" => Some(Level::Image),
            _ => None,
        }
    }

    /// What tells entities of this level apart.
    fn unique_key(self) -> Tag {
        match self {
            Level::Patient => tags::PATIENT_ID,
            Level::Study => tags::STUDY_INSTANCE_UID,
            Level::Series => tags::SERIES_INSTANCE_UID,
            Level::Image => tags::SOP_INSTANCE_UID,
        }
    }
}

/// A patient, study, series or instance with what is counted of it.
#[derive(Debug)]
pub(super) struct Entity {
    pub(super) header: DataSet,
}

impl Index {
    pub(super) fn new(folder: &Path) -> Index {
        Index { folder: folder.to_owned(), entries: BTreeMap::new() }
    }

    /// Reads the headers of files that came or changed, and forgets those that went.
    pub(super) fn refresh(&mut self) -> Result<(), RegionError> {
        let mut entries = BTreeMap::new();
        let mut folders = vec![(self.folder.clone(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            let failed = |source| RegionError::Io { path: folder.display().to_string(), source };
            for entry in fs::read_dir(&folder).map_err(failed)? {
                let path = entry.map_err(failed)?.path();
                if path.is_dir() && depth < DEPTH {
                    folders.push((path, depth + 1));
                } else if path.extension().is_some_and(|extension| extension == "dcm") {
                    match self.entries.remove(&path).filter(|old| old.is_current()) {
                        Some(old) => drop(entries.insert(path, old)),
                        None => {
                            if let Some(entry) = Entry::read(&path) {
                                entries.insert(path, Arc::new(entry));
                            }
                        }
                    }
                }
            }
        }
        self.entries = entries;
        Ok(())
    }

    pub(super) fn entries(&self) -> Vec<Arc<Entry>> {
        self.entries.values().cloned().collect()
    }
}

impl Entry {
    fn read(path: &Path) -> Option<Entry> {
        let version = version(path)?;
        let file = BufReader::new(File::open(path).ok()?);
        match dicomfile::scan(file, Some(version.0)) {
            Ok(scan) => Some(Entry {
                path: path.to_owned(),
                class: scan.header.uid(tags::SOP_CLASS_UID)?.to_owned(),
                instance: scan.header.uid(tags::SOP_INSTANCE_UID)?.to_owned(),
                transfer_syntax: scan.transfer_syntax.uid().to_owned(),
                data_set_offset: scan.data_set_offset,
                header: scan.header,
                version,
            }),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "not served");
                None
            }
        }
    }

    fn is_current(&self) -> bool {
        version(&self.path).as_ref() == Some(&self.version)
    }
}

fn version(path: &Path) -> Option<(u64, Option<SystemTime>)> {
    let found = fs::metadata(path).ok()?;
    Some((found.len(), found.modified().ok()))
}

/// The entities of a level among instances, each with the header of its first instance and the
/// counts of PS3.4 C.3.4 that this server keeps.
pub(super) fn entities(entries: &[Arc<Entry>], level: Level) -> Vec<Entity> {
    let uid = |entry: &Entry, tag| entry.header.ascii(tag).unwrap_or_default().to_owned();
    let mut groups: BTreeMap<[String; 4], Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        let mut key: [String; 4] = Default::default();
        for (place, of) in
            [Level::Patient, Level::Study, Level::Series, Level::Image].into_iter().enumerate()
        {
            key[place] = uid(entry, of.unique_key());
            if of == level {
                break;
            }
        }
        groups.entry(key).or_default().push(entry);
    }
    let entity = |group: &Vec<&Entry>| {
        let mut header = group.first().map(|first| first.header.clone()).unwrap_or_default();
        counted(&mut header, group, level);
        Entity { header }
    };
    groups.values().map(entity).collect()
}

fn counted(header: &mut DataSet, group: &[&Entry], level: Level) {
    let distinct = |tag: Tag| -> BTreeSet<&str> {
        group.iter().filter_map(|entry| entry.header.ascii(tag)).collect()
    };
    let count = |tag: Tag| distinct(tag).len() as i64;
    let join = |values: BTreeSet<&str>| values.into_iter().collect::<Vec<_>>().join("\\");
    let instances = group.len() as i64;
    match level {
        Level::Patient => {
            header
                .put_number(
                    tags::NUMBER_OF_PATIENT_RELATED_STUDIES,
                    count(tags::STUDY_INSTANCE_UID),
                )
                .put_number(
                    tags::NUMBER_OF_PATIENT_RELATED_SERIES,
                    count(tags::SERIES_INSTANCE_UID),
                )
                .put_number(tags::NUMBER_OF_PATIENT_RELATED_INSTANCES, instances);
        }
        Level::Study => {
            header
                .put_str(tags::MODALITIES_IN_STUDY, &join(distinct(tags::MODALITY)))
                .put_str(tags::SOP_CLASSES_IN_STUDY, &join(distinct(tags::SOP_CLASS_UID)))
                .put_number(tags::NUMBER_OF_STUDY_RELATED_SERIES, count(tags::SERIES_INSTANCE_UID))
                .put_number(tags::NUMBER_OF_STUDY_RELATED_INSTANCES, instances);
        }
        Level::Series => {
            header.put_number(tags::NUMBER_OF_SERIES_RELATED_INSTANCES, instances);
        }
        Level::Image => {}
    }
}
