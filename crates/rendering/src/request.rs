//! What is asked for, and what comes back.

use crate::{ImageDescription, Reason};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A DICOM object: a Part 10 file, or a bare data set.
#[derive(Debug, Clone)]
pub enum Object {
    /// Its bytes.
    Bytes(Bytes),
    /// The file that holds it; only its header and the frame are read.
    Path(PathBuf),
}

/// One picture of one frame.
#[derive(Debug, Clone)]
pub struct RenderRequest {
    /// The object.
    pub object: Object,
    /// The frame, from 1; none is the representative frame (0028,6010), or the middle one.
    pub frame: Option<u32>,
    /// The size; none is one pixel for one sample.
    pub viewport: Option<Viewport>,
    /// The window; none is the object's own.
    pub window: Option<Window>,
    /// The kind of picture.
    pub format: Format,
}

/// The kind of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Format {
    /// JPEG of quality 85.
    #[default]
    Jpeg,
    /// PNG.
    Png,
}

impl Format {
    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
        }
    }
}

/// The box that a picture fills in one direction at least, its proportions kept (PS3.18
/// 8.3.5.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewport {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The part of the image that is shown; none is all of it.
    pub region: Option<Region>,
    /// Whether a smaller image grows into the box.
    pub enlarge: bool,
}

/// A part of an image, in its pixels; what lies outside of the image is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The first column.
    pub left: u32,
    /// The first row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// A window over modality values (PS3.3 C.11.2.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// Its centre, in the unit of the modality values.
    pub center: f64,
    /// Its width, likewise.
    pub width: f64,
    /// How values become brightness.
    pub function: WindowFunction,
}

/// VOI LUT Function (0028,1056).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum WindowFunction {
    /// LINEAR, the default.
    #[default]
    Linear,
    /// LINEAR_EXACT.
    LinearExact,
    /// SIGMOID.
    Sigmoid,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: &'static str,
    /// If the frame could not be shown: why, as the picture says.
    pub placeholder: Option<Reason>,
}

/// A frame decoded to what Explicit VR Little Endian holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeFrame {
    /// The image's attributes as they now are: decoding changes colour models and planes.
    pub description: ImageDescription,
    /// The samples, little endian, colour by pixel.
    pub bytes: Vec<u8>,
}
