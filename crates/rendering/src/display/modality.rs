//! Stored values into those of the modality, Hounsfield units for example (PS3.3 C.11.1).

use super::lut::Lut;
use crate::{ImageDescription, Reason};
use dicomfile::{DataSet, tags};

/// The modality transformation.
#[derive(Debug)]
pub enum Modality {
    /// `value * slope + intercept`; 1 and 0 where nothing is said.
    Linear {
        /// Rescale Slope (0028,1053).
        slope: f64,
        /// Rescale Intercept (0028,1052).
        intercept: f64,
    },
    /// The first table of the Modality LUT Sequence (0028,3000).
    Table(Lut),
}

impl Modality {
    /// Reads it.
    pub fn read(header: &DataSet, description: &ImageDescription) -> Result<Modality, Reason> {
        if let Some(item) = header.items(tags::MODALITY_LUT_SEQUENCE).first() {
            let signed = description.signed;
            let lut = Lut::read(item, tags::LUT_DESCRIPTOR, tags::LUT_DATA, signed)?;
            if let Some(lut) = lut {
                return Ok(Modality::Table(lut));
            }
        }
        let slope = header.decimal(tags::RESCALE_SLOPE).filter(|slope| *slope != 0.0);
        let intercept = header.decimal(tags::RESCALE_INTERCEPT);
        Ok(Modality::Linear {
            slope: slope.unwrap_or(1.0),
            intercept: intercept.unwrap_or_default(),
        })
    }

    /// The modality's value of a stored one.
    pub fn value(&self, stored: f64) -> f64 {
        match self {
            Modality::Linear { slope, intercept } => stored * slope + intercept,
            Modality::Table(lut) => lut.entry(stored as i64).into(),
        }
    }

    /// Whether a value below 0 can come out.
    pub fn is_signed(&self, description: &ImageDescription) -> bool {
        match self {
            Modality::Linear { intercept, .. } => description.signed || *intercept < 0.0,
            Modality::Table(_) => false,
        }
    }
}
