//! The child's side: one frame in, a picture or its samples out.

use crate::decode::decode;
use crate::display::display;
use crate::encode::encode;
use crate::job::{self, AnswerHead, JobHead, Task};
use crate::{ImageDescription, Reason, scale};
use dicomfile::{DataSet, Encoding};
use worker::{ChildError, Confinement};

/// Limits this process for good and renders frames for its parent until that closes.
///
/// # Errors
/// [`ChildError`] if it cannot limit itself or the parent's pipe breaks.
pub fn serve() -> Result<(), ChildError> {
    worker::serve(Confinement::default(), |job| match answer(job) {
        Ok((head, body)) => job::answer(&head, &body),
        Err(reason) => job::answer(&AnswerHead::NotShown(reason), &[]),
    })
}

fn answer(job: &[u8]) -> Result<(AnswerHead, Vec<u8>), Reason> {
    let (JobHead { task, transfer_syntax, layout }, attributes, bytes) =
        job::read(job).ok_or_else(|| Reason::undecodable("not a job"))?;
    let attributes =
        DataSet::read(attributes, Encoding::ExplicitLittle).map_err(Reason::undecodable)?;
    let description = ImageDescription::read(&attributes)?;
    let frame = decode(bytes, layout, &transfer_syntax, &description)?;
    match task {
        Task::Decode => Ok((AnswerHead::Samples(frame.description), frame.bytes)),
        Task::Render { viewport, window, format } => {
            let picture = display(&frame, &attributes, window.as_ref())?;
            drop(frame);
            let picture = match viewport {
                Some(viewport) => scale::fit(picture, &viewport),
                None => picture,
            };
            Ok((AnswerHead::Picture, encode(&picture, format)?))
        }
    }
}
