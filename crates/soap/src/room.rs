//! Room for the envelopes of an endpoint: so many bytes of them are in memory at once, whoever
//! sends them.

use crate::mtom::MtomError;
use model::limits::SOAP_ENVELOPES_BYTES;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that one place of the room stands for.
const PLACE_BYTES: u64 = 1024;

/// The room of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Room(Arc<Semaphore>);

/// What one message has taken of it; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    room: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
    bytes: u64,
    places: u64,
}

impl Room {
    /// Room for so many bytes.
    pub(crate) fn of_bytes(bytes: u64) -> Room {
        let places = usize::try_from(bytes / PLACE_BYTES).unwrap_or(usize::MAX);
        Room(Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))))
    }

    /// A message begins.
    pub(crate) fn begin(&self) -> Taken {
        Taken { room: self.0.clone(), permit: None, bytes: 0, places: 0 }
    }
}

impl Taken {
    /// Room without end, for messages that somebody else bounds.
    pub(crate) fn without_end() -> Taken {
        Room::of_bytes(u64::MAX).begin()
    }
}

impl Default for Room {
    fn default() -> Room {
        Room::of_bytes(SOAP_ENVELOPES_BYTES)
    }
}

impl Taken {
    /// Takes room for more bytes. Nobody waits for it: those who have some would wait for one
    /// another.
    ///
    /// # Errors
    /// [`MtomError::NoRoom`]
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), MtomError> {
        self.bytes += bytes as u64;
        let wanted = self.bytes.div_ceil(PLACE_BYTES);
        let more = u32::try_from(wanted - self.places).map_err(|_| MtomError::NoRoom)?;
        if more == 0 {
            return Ok(());
        }
        let taken = self.room.clone().try_acquire_many_owned(more);
        let taken = taken.map_err(|_| MtomError::NoRoom)?;
        match &mut self.permit {
            Some(permit) => permit.merge(taken),
            none => *none = Some(taken),
        }
        self.places = wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_bounded_and_comes_back() {
        let room = Room::of_bytes(4 * PLACE_BYTES);
        let (mut one, mut other) = (room.begin(), room.begin());
        for _ in 0..3 {
            one.take(1_000).unwrap();
        }
        other.take(1).unwrap();
        assert_eq!(other.take(1_023), Ok(()), "the same place");
        assert_eq!(other.take(1), Err(MtomError::NoRoom));
        drop(one);
        assert_eq!(room.begin().take(3_000), Ok(()));
    }
}
