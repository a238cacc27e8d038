//! Items of a storage while the region is made: logical things with their versions.

use crate::day::{Day, Moment};
use crate::message::examination::Examination;
use crate::message::lab::Report;
use crate::truth::LabValue;
use hl7v2::build::MessageBuilder;
use model::item::{Storage, VersionState};
use std::collections::BTreeMap;

/// How many facts of each kind a document holds.
pub(crate) type FactCounts = BTreeMap<&'static str, u32>;

/// What a version consists of.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// A message of the standardized storage.
    Message(MessageBuilder),
    /// The files of a content folder: name and bytes.
    Files(Vec<(String, Vec<u8>)>),
}

/// A message with what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) content: Content,
    pub(crate) facts: FactCounts,
    pub(crate) labs: Vec<LabValue>,
}

impl Document {
    pub(crate) fn message(message: MessageBuilder, facts: &[(&'static str, u32)]) -> Document {
        Document {
            content: Content::Message(message),
            facts: facts.iter().copied().filter(|(_, count)| *count > 0).collect(),
            labs: Vec::new(),
        }
    }

    pub(crate) fn files(files: Vec<(String, Vec<u8>)>) -> Document {
        Document { content: Content::Files(files), facts: FactCounts::new(), labs: Vec::new() }
    }
}

/// One stored version.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) sent: Moment,
    /// When it was appended to the transaction storage: a late record comes long after `sent`.
    pub(crate) recorded: Moment,
    pub(crate) state: VersionState,
    /// Whether this is the message by which the item was deleted.
    pub(crate) is_delete_message: bool,
    pub(crate) document: Document,
}

/// A logical item of one patient in one source.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) source: usize,
    pub(crate) person: u32,
    pub(crate) patient_id: String,
    pub(crate) storage: Storage,
    pub(crate) data_type: String,
    /// Code of the data kind in content folders.
    pub(crate) kind_code: String,
    pub(crate) care_day: Option<Day>,
    pub(crate) order_key: String,
    pub(crate) department: String,
    pub(crate) versions: Vec<Version>,
    /// What a laboratory result says, so that a later event can change it.
    pub(crate) report: Option<Report>,
    /// What was performed, so that its images can be made.
    pub(crate) examination: Option<Examination>,
}

impl Item {
    pub(crate) fn care_date(&self) -> String {
        self.care_day.map_or_else(|| "-".to_owned(), Day::digits)
    }

    /// The version that is valid, if the item was not deleted.
    pub(crate) fn current(&self) -> Option<&Version> {
        self.versions.iter().find(|version| version.state == VersionState::Current)
    }

    /// Adds a later version; the ones before become history.
    pub(crate) fn supersede(&mut self, sent: Moment, document: Document) {
        for version in &mut self.versions {
            if version.state == VersionState::Current {
                version.state = VersionState::Deprecated;
            }
        }
        self.versions.push(Version {
            sent,
            recorded: sent,
            state: VersionState::Current,
            is_delete_message: false,
            document,
        });
    }

    /// Deletes the item: every version is marked, and in the standardized storage the delete
    /// message is kept too.
    pub(crate) fn delete(&mut self, sent: Moment, delete_message: Option<Document>) {
        for version in &mut self.versions {
            version.state = VersionState::Deleted;
        }
        if let Some(document) = delete_message {
            self.versions.push(Version {
                sent,
                recorded: sent,
                state: VersionState::Deleted,
                is_delete_message: true,
                document,
            });
        }
    }
}
