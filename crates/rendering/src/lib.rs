//! A frame of a DICOM image as a picture (PS3.18 8.3.5, Retrieve Rendered and Thumbnail), or as
//! plain samples for clients that cannot decode it.
//!
//! The [`Renderer`] finds the frame with `dicomfile`'s bounded reading and sends it, with the few
//! attributes that say how it looks, to a child process ([`serve`]) that decodes it and applies the
//! stages of PS3.4 annex N: modality, values of interest, presentation; palette and colour models. A
//! frame that cannot be shown becomes a picture that says why, and the next one is unaffected.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod child;
mod decode;
mod description;
mod display;
mod encode;
mod error;
mod instance;
mod job;
mod picture;
mod placeholder;
mod reason;
mod renderer;
mod request;
mod scale;

pub use child::serve;
pub use description::{ImageDescription, Photometric};
pub use error::RenderError;
pub use instance::{FrameError, Instance, StoredFrame};
pub use reason::Reason;
pub use renderer::Renderer;
pub use request::{
    Format, NativeFrame, Object, Region, RenderRequest, Rendered, Viewport, Window, WindowFunction,
};
