//! Why there is no picture at all, not even one that says why.

use model::limits::RENDER_VIEWPORT_PIXELS;
use thiserror::Error;
use worker::WorkerError;

/// Why a request has no picture.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The object cannot be had.
    #[error("the object cannot be read")]
    Io(#[from] std::io::Error),
    /// The object is no DICOM that could be read.
    #[error("the object is not readable as DICOM")]
    Unreadable(#[from] dicomfile::ReadError),
    /// The object has no such frame.
    #[error("there is no frame {frame}: the object has {frames}")]
    NoSuchFrame {
        /// The frame that was asked for, from 1.
        frame: u32,
        /// Frames of the object.
        frames: u32,
    },
    /// The picture's size is 0 or beyond the limit.
    #[error("a viewport has 1 to {RENDER_VIEWPORT_PIXELS} pixels each way")]
    Viewport,
    /// Too many pictures are waited for, or no child process could be started.
    #[error("the picture cannot be made now")]
    Worker(#[source] WorkerError),
    /// The child answered what is no answer.
    #[error("the worker process gave no picture")]
    Answer,
}
