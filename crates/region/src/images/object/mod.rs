//! Objects of a study: every attribute that its kind needs, in the words of its server.

mod colour;
mod common;
mod document;
mod picture;
mod section;

pub(crate) use common::Header;

use super::codec::{Frames, PixelData, Syntax, encode};
use super::phantom::{Build, Solid, abdomen, chest, head};
use super::pixels::Noise;
use super::plan::ImagingPlan;
use super::series::{Content, Part, Series};
use super::study::Study;
use crate::plan::RegionError;
use crate::random::Random;
use dicomfile::{DataSet, Element, VR, Value, tags, write_file};

/// Where a series is made: what its instances share.
pub(crate) struct Studio<'a> {
    pub(crate) plan: &'a ImagingPlan,
    pub(crate) seed: u64,
    pub(crate) noise: &'a Noise,
    pub(crate) study: &'a Study,
    pub(crate) series: &'a Series,
    pub(crate) body: Vec<Solid>,
}

/// An object as it is written.
pub(crate) struct Made {
    pub(crate) bytes: Vec<u8>,
    /// Frames; 0 of an object without pixels.
    pub(crate) frames: usize,
}

impl<'a> Studio<'a> {
    pub(crate) fn new(
        plan: &'a ImagingPlan,
        seed: u64,
        noise: &'a Noise,
        study: &'a Study,
        series: &'a Series,
    ) -> Studio<'a> {
        let build = build(seed, study);
        let body = match series.content {
            Content::Ct { part: Part::Head, .. } | Content::Mr(_) => head(&build),
            Content::Ct { part: Part::Abdomen, .. } => abdomen(&build),
            Content::Ct { part: Part::Chest, .. } | Content::Radiograph { .. } => chest(&build),
            _ => Vec::new(),
        };
        Studio { plan, seed, noise, study, series, body }
    }

    /// The instance at a place from 0.
    ///
    /// # Errors
    /// When a text cannot be written in the study's character set.
    pub(crate) fn make(&self, place: usize) -> Result<Made, RegionError> {
        let mut header = Header::new(self.study, self.series, place)?;
        let frames = match self.series.content {
            Content::Ct { part, with_contrast } => {
                self.ct(&mut header, place, part, with_contrast)?
            }
            Content::Mr(contrast) => self.mr(&mut header, place, contrast)?,
            Content::Radiograph { is_inverted, is_digital } => {
                self.radiograph(&mut header, is_inverted, is_digital)?
            }
            Content::Cine => self.cine(&mut header)?,
            Content::ColourCine => self.colour_cine(&mut header)?,
            Content::ColourStill => self.colour_still(&mut header, place)?,
            Content::Endoscopy => self.endoscopy(&mut header, place)?,
            Content::Photograph => self.photograph(&mut header)?,
            Content::KeyObjects => self.key_objects(&mut header)?,
            Content::Rejection => self.rejection(&mut header)?,
            Content::Presentation => self.presentation(&mut header)?,
            Content::Report => self.report(&mut header)?,
            Content::Pdf => self.pdf(&mut header)?,
        };
        let syntax = self.series.syntax.transfer_syntax();
        Ok(Made { bytes: write_file(&header.set, &syntax)?, frames })
    }

    /// Puts frames as the pixel data of the series' syntax; their number.
    fn put_frames(&self, set: &mut DataSet, frames: &Frames) -> Result<usize, RegionError> {
        set.put_number(tags::ROWS, frames.rows as i64)
            .put_number(tags::COLUMNS, frames.columns as i64)
            .put_number(tags::SAMPLES_PER_PIXEL, frames.samples as i64)
            .put_number(tags::BITS_ALLOCATED, 8 * frames.bytes_each as i64);
        if frames.samples > 1 {
            set.put_number(tags::PLANAR_CONFIGURATION, 0);
        }
        if frames.bytes_each == 1 {
            set.put_number(tags::BITS_STORED, 8)
                .put_number(tags::HIGH_BIT, 7)
                .put_number(tags::PIXEL_REPRESENTATION, 0);
        }
        if self.series.syntax == Syntax::JpegBaseline {
            set.put_str(tags::LOSSY_IMAGE_COMPRESSION, "01")
                .put_str(tags::LOSSY_IMAGE_COMPRESSION_RATIO, "10")
                .put_str(tags::LOSSY_IMAGE_COMPRESSION_METHOD, "ISO_10918_1");
        }
        let vr = if frames.bytes_each == 2 { VR::OW } else { VR::OB };
        set.put(match encode(frames, self.series.syntax)? {
            PixelData::Native(bytes) => Element::new(tags::PIXEL_DATA, vr, bytes),
            PixelData::Encapsulated(fragments) => {
                Element { tag: tags::PIXEL_DATA, vr: VR::OB, value: Value::Fragments(fragments) }
            }
        });
        Ok(frames.frames.len())
    }
}

/// The body of a patient: the same in every study of theirs, wherever it is made.
fn build(seed: u64, study: &Study) -> Build {
    let number = study.patient.person.map_or(u64::from(u32::MAX), u64::from);
    let mut random = Random::new(seed, &format!("body-{number}"));
    let size = random.between(94, 106) as f32 / 100.0;
    let smaller = if study.subject.is_woman { 0.95 } else { 1.0 };
    Build { seed: seed ^ number, size: size * smaller, has_lesion: random.chance(60) }
}
