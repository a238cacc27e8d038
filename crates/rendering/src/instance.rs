//! A DICOM object as rendering sees it: the attributes of its pixels, and one frame as stored.

mod attributes;
mod fragments;
mod source;

use crate::decode::{GE_PRIVATE_IMPLICIT, Layout};
use crate::{ImageDescription, Reason, RenderError};
use bytes::Bytes;
use dicomfile::{PixelData, Scan, VR, scan, tags};
use model::limits::WORKER_JOB_BYTES;
use source::Source;
use std::io::{Read, Seek};
use thiserror::Error;

/// An object whose header was read. Its pixel data stay where they are.
pub struct Instance<R> {
    source: Source<R>,
    scan: Scan,
}

/// One frame as it stands in its object, and what is needed to decode it.
#[derive(Debug, Clone)]
pub struct StoredFrame {
    /// UID of the object's transfer syntax.
    pub transfer_syntax: String,
    /// The frame's bytes: native samples, or the fragments of one compressed frame joined.
    pub bytes: Bytes,
    /// Where the frame begins in the bytes.
    pub(crate) layout: Layout,
    /// The attributes that say how it looks, as an explicit little-endian data set.
    pub(crate) attributes: Bytes,
}

/// Why a frame cannot be had.
#[derive(Debug, Error)]
pub enum FrameError {
    /// It cannot be shown, and a picture can say why.
    #[error(transparent)]
    NotShown(#[from] Reason),
    /// There is no such frame, or the object cannot be read.
    #[error(transparent)]
    Failed(#[from] RenderError),
}

impl From<std::io::Error> for FrameError {
    fn from(error: std::io::Error) -> FrameError {
        FrameError::Failed(error.into())
    }
}

impl<R: Read + Seek> Instance<R> {
    /// Reads an object's header.
    ///
    /// # Errors
    /// [`RenderError::Unreadable`] if it is no DICOM that can be read, [`RenderError::Io`].
    pub fn open(mut reader: R) -> Result<Instance<R>, RenderError> {
        let size = reader.seek(std::io::SeekFrom::End(0))?;
        reader.rewind()?;
        let scan = scan(&mut reader, Some(size)).map_err(|error| error.problem)?;
        let source = Source::new(reader, size, &scan)?;
        Ok(Instance { source, scan })
    }

    /// What the scan found.
    pub fn scan(&self) -> &Scan {
        &self.scan
    }

    /// Number of its frames (0028,0008); 0 without pixel data.
    pub fn frames(&self) -> u32 {
        self.scan.pixel_data.map_or(0, |pixels| pixels.frames)
    }

    /// The frame that stands for all: Representative Frame Number (0028,6010), else the middle.
    pub fn representative_frame(&self) -> u32 {
        let told = self.scan.header.number(tags::REPRESENTATIVE_FRAME_NUMBER);
        let told = told.and_then(|frame| u32::try_from(frame).ok());
        let middle = self.frames().div_ceil(2).max(1);
        told.filter(|frame| (1..=self.frames()).contains(frame)).unwrap_or(middle)
    }

    /// One frame, from 1.
    ///
    /// # Errors
    /// [`FrameError`]; nothing is allocated for what a header only claims.
    pub fn stored_frame(&mut self, frame: u32) -> Result<StoredFrame, FrameError> {
        let Some(pixels) = self.scan.pixel_data else {
            return Err(Reason::NoPixelData.into());
        };
        if !(1..=pixels.frames).contains(&frame) {
            return Err(RenderError::NoSuchFrame { frame, frames: pixels.frames }.into());
        }
        let attributes = attributes::of(&self.scan, &mut self.source, frame)?;
        let description = ImageDescription::read(&attributes)?;
        let (bytes, layout) = match pixels.is_encapsulated() {
            true => {
                let bytes = fragments::frame(&self.scan, &mut self.source, &pixels, frame)?;
                (bytes, Layout { skip_bits: 0, swapped_bytes: 1 })
            }
            false => self.native(&pixels, &description, frame)?,
        };
        let attributes = attributes.write(dicomfile::Encoding::ExplicitLittle);
        let attributes = attributes.map_err(Reason::undecodable)?;
        Ok(StoredFrame {
            transfer_syntax: self.syntax(&pixels),
            bytes: bytes.into(),
            layout,
            attributes: attributes.into(),
        })
    }

    /// The transfer syntax that the pixel data are really in: some declare a compressed one and
    /// store what is not.
    fn syntax(&self, pixels: &PixelData) -> String {
        let declared = &self.scan.transfer_syntax;
        match declared.is_encapsulated() && !pixels.is_encapsulated() {
            true => dicomfile::TransferSyntax::EXPLICIT_LITTLE.uid().to_owned(),
            false => declared.uid().to_owned(),
        }
    }

    fn native(
        &mut self,
        pixels: &PixelData,
        description: &ImageDescription,
        frame: u32,
    ) -> Result<(Vec<u8>, Layout), FrameError> {
        let swapped_bytes = self.swapped_bytes(pixels, description);
        let first_bit = u64::from(frame - 1) * description.frame_bits();
        let last_bit = first_bit + description.frame_bits();
        let unit = u64::from(swapped_bytes.max(1));
        let start = first_bit / 8 / unit * unit;
        let end = last_bit.div_ceil(8).div_ceil(unit) * unit;
        let available = pixels.length.unwrap_or_default();
        let bytes = (end - start).min(available.saturating_sub(start));
        if bytes > WORKER_JOB_BYTES {
            return Err(Reason::TooLarge { pixels: description.pixels() as u64 }.into());
        }
        let bytes = self.source.read_up_to(pixels.offset + start, bytes)?;
        let skip_bits = (first_bit - start * 8) as u32;
        Ok((bytes, Layout { skip_bits, swapped_bytes }))
    }

    /// How many bytes at a time stand the wrong way round (PS3.5 7.3; 8 bits in words of 16 too).
    fn swapped_bytes(&self, pixels: &PixelData, description: &ImageDescription) -> u8 {
        let syntax = &self.scan.transfer_syntax;
        match description.sample_bytes() as u8 {
            1 if syntax.is_big_endian() && pixels.vr == VR::OW => 2,
            1 => 1,
            wide if syntax.is_big_endian() || syntax.uid() == GE_PRIVATE_IMPLICIT => wide,
            _ => 1,
        }
    }
}
