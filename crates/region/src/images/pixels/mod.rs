//! What modalities make of bodies: pixel values, frame by frame.

mod noise;
mod photograph;
mod projection;
mod section;
mod ultrasound;

pub(crate) use noise::Noise;
pub(crate) use photograph::{endoscopy, skin};
pub(crate) use projection::{ProjectionGrid, projection};
pub(crate) use section::{Contrast, Section, ct_values, mr_values};
pub(crate) use ultrasound::{Doppler, Fan, frame};
