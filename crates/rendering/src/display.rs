//! Samples into what is seen: modality, values of interest, presentation (PS3.4 annex N), palette
//! and colour models (PS3.3 C.7.6.3.1).

mod color;
mod grey;
mod lut;
mod modality;
mod palette;
mod samples;
mod voi;

use crate::picture::Picture;
use crate::{NativeFrame, Photometric, Reason, Window};
use dicomfile::DataSet;

/// The frame as it is seen, with the object's own window or another one.
pub fn display(
    frame: &NativeFrame,
    header: &DataSet,
    window: Option<&Window>,
) -> Result<Picture, Reason> {
    let description = &frame.description;
    let bytes = match description.photometric {
        Photometric::Monochrome1 | Photometric::Monochrome2 => {
            grey::display(frame, header, window)?
        }
        Photometric::PaletteColor => palette::display(frame, header)?,
        _ => color::display(frame)?,
    };
    let channels = match description.photometric {
        Photometric::Monochrome1 | Photometric::Monochrome2 => 1,
        _ => 3,
    };
    let (width, height) = (description.columns as usize, description.rows as usize);
    Ok(Picture { width, height, channels, bytes })
}
