//! A message on its way through a use case.

use crate::asking::Asking;
use crate::v2::answer::Sending;
use crate::v2::header::Header;
use hl7v2::Message;
use std::ops::Deref;
use store::message_receipt::Received;

/// A message, who sent it, and what its use case needs.
pub(crate) struct Request {
    pub message: Message,
    pub header: Header,
    pub asking: Asking,
    pub received: Received,
}

impl Request {
    /// What answers begin with.
    pub(crate) fn sending(&self) -> Sending<'_> {
        Sending { settings: &self.settings, ids: self.ids.as_ref(), now: self.now }
    }
}

/// What is done for a message is done for whoever asks by it, in any notation.
impl Deref for Request {
    type Target = Asking;

    fn deref(&self) -> &Asking {
        &self.asking
    }
}
