//! Storage commitment, push model (PS3.4 J.3): who sent instances asks that they are kept, and is
//! told of each whether it is.

use crate::DimseError;
use crate::associate::AcceptedContext;
use crate::command::{Command, RESPONSE, field};
use crate::identifier;
use crate::inbound::Event;
use crate::instance::IncomingData;
use crate::link::{Link, Wait};
use crate::status::Status;
use dicom_dictionary_std::{tags, uids};
use dicomfile::DataSet;

/// Action Type ID: request storage commitment (PS3.4 J.3.2.1).
pub(crate) const REQUEST_ACTION: u16 = 1;
/// Event Type ID: all of it is kept (PS3.4 J.3.3.1.1).
const ALL_KEPT: u16 = 1;
/// Event Type ID: some of it is not.
const SOME_FAILED: u16 = 2;
/// Failure reason: no such object instance (PS3.4 J.3.3.1.4).
pub const NO_SUCH_INSTANCE: u16 = 0x0112;

/// An instance by its SOP class and UID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// SOP Class UID.
    pub class: String,
    /// SOP Instance UID.
    pub instance: String,
}

/// What is asked to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentRequest {
    /// By which the report names the request.
    pub transaction: String,
    /// The instances.
    pub references: Vec<Reference>,
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitmentReport {
    /// The request's.
    pub transaction: String,
    /// Kept: their keeping is the archive's duty from now on.
    pub kept: Vec<Reference>,
    /// Not kept, each with its failure reason (PS3.4 J.3.3.1.4).
    pub failed: Vec<(Reference, u16)>,
}

impl CommitmentRequest {
    /// Reads the list of an N-ACTION; `None` without a transaction.
    pub fn read(set: &DataSet) -> Option<CommitmentRequest> {
        let transaction = set.uid(tags::TRANSACTION_UID)?.to_owned();
        let items = set.items(tags::REFERENCED_SOP_SEQUENCE);
        Some(CommitmentRequest { transaction, references: items.iter().filter_map(read).collect() })
    }

    /// As the list of an N-ACTION.
    pub fn data_set(&self) -> DataSet {
        let mut set = DataSet::new();
        set.put_str(tags::TRANSACTION_UID, &self.transaction);
        let items = self.references.iter().map(write).collect();
        set.put_sequence(tags::REFERENCED_SOP_SEQUENCE, items);
        set
    }
}

impl CommitmentReport {
    /// Reads the list of an N-EVENT-REPORT; `None` without a transaction.
    pub fn read(set: &DataSet) -> Option<CommitmentReport> {
        let failed = set.items(tags::FAILED_SOP_SEQUENCE).iter().filter_map(|item| {
            let reason = item.number(tags::FAILURE_REASON).and_then(|one| u16::try_from(one).ok());
            Some((read(item)?, reason.unwrap_or(Status::PROCESSING_FAILURE.0)))
        });
        Some(CommitmentReport {
            transaction: set.uid(tags::TRANSACTION_UID)?.to_owned(),
            kept: set.items(tags::REFERENCED_SOP_SEQUENCE).iter().filter_map(read).collect(),
            failed: failed.collect(),
        })
    }

    /// As the list of an N-EVENT-REPORT.
    pub fn data_set(&self) -> DataSet {
        let mut set = DataSet::new();
        set.put_str(tags::TRANSACTION_UID, &self.transaction);
        if !self.kept.is_empty() {
            let items = self.kept.iter().map(write).collect();
            set.put_sequence(tags::REFERENCED_SOP_SEQUENCE, items);
        }
        if !self.failed.is_empty() {
            let items = self.failed.iter().map(|(reference, reason)| {
                let mut item = write(reference);
                item.put_number(tags::FAILURE_REASON, i64::from(*reason));
                item
            });
            set.put_sequence(tags::FAILED_SOP_SEQUENCE, items.collect());
        }
        set
    }
}

/// Sends a report as N-EVENT-REPORT, and gives the status of its answer.
pub(crate) async fn tell(
    link: &mut Link,
    context: &AcceptedContext,
    message_id: u16,
    report: &CommitmentReport,
) -> Result<Status, DimseError> {
    let class = uids::STORAGE_COMMITMENT_PUSH_MODEL;
    let mut command = Command::request(field::N_EVENT_REPORT, message_id, class);
    command.affected_instance = Some(uids::STORAGE_COMMITMENT_PUSH_MODEL_INSTANCE.to_owned());
    command.event_type = Some(if report.failed.is_empty() { ALL_KEPT } else { SOME_FAILED });
    let bytes = identifier::write(&report.data_set(), &context.transfer_syntax)?;
    link.message(context.id, &command, Some(&bytes)).await?;
    match link.event(Wait::Answer).await? {
        Event::Command { command: answer, .. }
            if answer.field == field::N_EVENT_REPORT | RESPONSE =>
        {
            IncomingData::new(link, answer.has_data_set).drain().await?;
            Ok(Status(answer.status.unwrap_or(Status::PROCESSING_FAILURE.0)))
        }
        other => Err(other.instead()),
    }
}

fn read(item: &DataSet) -> Option<Reference> {
    Some(Reference {
        class: item.uid(tags::REFERENCED_SOP_CLASS_UID)?.to_owned(),
        instance: item.uid(tags::REFERENCED_SOP_INSTANCE_UID)?.to_owned(),
    })
}

fn write(reference: &Reference) -> DataSet {
    let mut item = DataSet::new();
    item.put_str(tags::REFERENCED_SOP_CLASS_UID, &reference.class);
    item.put_str(tags::REFERENCED_SOP_INSTANCE_UID, &reference.instance);
    item
}
