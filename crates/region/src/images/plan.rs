//! How many images, and how large.

/// What images to make of a region. The same plan of the same region gives the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImagingPlan {
    /// Columns and rows of a section.
    pub matrix: usize,
    /// Sections of a CT series; an MR series has two thirds of them.
    pub slices: usize,
    /// Studies that each server keeps of the orders of its hospital; those that only a server
    /// knows come on top.
    pub studies_per_server: usize,
    /// Frames of an ultrasound loop.
    pub loop_frames: usize,
}

impl ImagingPlan {
    /// Of the demonstration: small enough to be made and pulled while somebody waits.
    pub const DEMO: ImagingPlan =
        ImagingPlan { matrix: 256, slices: 20, studies_per_server: 7, loop_frames: 16 };

    /// Of tests that look at headers: every kind of object, hardly any pixels.
    pub const TINY: ImagingPlan =
        ImagingPlan { matrix: 32, slices: 3, studies_per_server: 9, loop_frames: 3 };

    /// Columns and rows of a radiograph, of a section's twice.
    pub(crate) fn radiograph(&self) -> usize {
        self.matrix * 2
    }

    /// Columns and rows of a colour picture.
    pub(crate) fn picture(&self) -> [usize; 2] {
        [self.matrix * 5 / 4, self.matrix * 15 / 16]
    }
}
