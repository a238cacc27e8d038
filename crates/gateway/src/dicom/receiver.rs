//! Instances of a C-GET on their way to the archive.

use crate::dicom::turn::Turn;
use dimse::{IncomingData, InstanceReceiver, ReceivedInstance, Status, SubOperations};
use futures::StreamExt;
use futures::stream;
use ports::{AnnouncedInstance, InstanceError, InstanceOrigin, InstanceOutcome};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What receiving came to.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// Instances that the archive has dealt with: kept, or in quarantine.
    pub settled: HashSet<String>,
    /// Why no more is taken.
    pub refused: Option<InstanceError>,
}

/// Gives what comes of one patient to the archive.
pub(crate) struct Receiver<'a> {
    pub turn: &'a Turn,
    /// The number that was asked for.
    pub patient_id: &'a str,
    pub received: &'a Mutex<Received>,
}

impl InstanceReceiver for Receiver<'_> {
    async fn receive(&self, instance: &ReceivedInstance, data: &mut IncomingData<'_>) -> Status {
        let wait_us = self.turn.throttle.wait_us(self.turn.now().0);
        if wait_us > 0 {
            tokio::time::sleep(Duration::from_micros(wait_us)).await;
        }
        let origin = InstanceOrigin {
            source: self.turn.source.name.clone(),
            asked_patient: Some(self.patient_id.to_owned()),
            announced: Some(AnnouncedInstance {
                sop_class_uid: instance.class.clone(),
                sop_instance_uid: instance.instance.clone(),
                transfer_syntax_uid: instance.transfer_syntax.clone(),
            }),
            actor: instance.source_title.clone(),
        };
        let pieces = stream::unfold(data, |data| async move {
            match data.next().await {
                Ok(Some(piece)) => Some((Ok(piece), data)),
                Ok(None) => None,
                Err(error) => Some((Err(std::io::Error::other(error)), data)),
            }
        });
        let taken = self.turn.images.sink.receive(&origin, pieces.boxed()).await;
        let mut received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        match taken {
            Ok(receipt) => {
                if let InstanceOutcome::Quarantined(reason) = receipt.outcome {
                    tracing::warn!(
                        source = self.turn.source.name,
                        reason,
                        "an instance waits in quarantine"
                    );
                }
                received.settled.insert(instance.instance.clone());
                Status::SUCCESS
            }
            Err(error) => {
                let status = match &error {
                    InstanceError::Full | InstanceError::Unavailable(_) => Status::OUT_OF_RESOURCES,
                    InstanceError::BrokenOff(_) | InstanceError::TooLarge { .. } => {
                        Status::CANNOT_UNDERSTAND
                    }
                    _ => Status::NOT_AUTHORIZED,
                };
                // One that broke off or is too large keeps no other away.
                if !matches!(error, InstanceError::BrokenOff(_) | InstanceError::TooLarge { .. }) {
                    received.refused = Some(error);
                }
                status
            }
        }
    }

    fn goes_on(&self, _: &SubOperations) -> bool {
        let received = self.received.lock().unwrap_or_else(PoisonError::into_inner);
        received.refused.is_none() && !self.turn.stop.is_asked()
    }
}
