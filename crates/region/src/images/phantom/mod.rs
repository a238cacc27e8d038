//! Bodies of solids: what stands where in a patient, in millimetres of the patient's system
//! (PS3.3 C.7.6.2.1.1: x to the left, y to the back, z to the head).
//!
//! A body is a list of ellipsoids, each painted over what stood before it. A slice costs what its
//! ellipses cover, not solids times pixels, so that thousands of slices are made in seconds.

mod abdomen;
mod chest;
mod head;
mod solid;
mod trunk;

pub(crate) use abdomen::{ABDOMEN_MM, abdomen};
pub(crate) use chest::{CHEST_MM, chest};
pub(crate) use head::{HEAD_MM, head};
pub(crate) use solid::{Grid, Solid, paint, tube};

/// What a place consists of; each modality has a value for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Tissue {
    Air,
    Lung,
    Fat,
    Muscle,
    Skin,
    Water,
    Csf,
    Gray,
    White,
    Dura,
    Blood,
    Clot,
    Edema,
    Liver,
    Spleen,
    KidneyCortex,
    KidneyMedulla,
    Bowel,
    Tumour,
    Marrow,
    Bone,
    Calcification,
}

/// What the plan says of a patient's body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Build {
    /// Seed of what differs from person to person.
    pub(crate) seed: u64,
    /// Size relative to the average adult.
    pub(crate) size: f32,
    /// Whether something is to be found.
    pub(crate) has_lesion: bool,
}
