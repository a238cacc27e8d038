//! Radiographs (PS3.3 A.2 and A.26).

use super::{Header, Studio};
use crate::images::phantom::Grid;
use crate::images::pixels::{ProjectionGrid, projection};
use crate::plan::RegionError;
use dicomfile::tags;

impl Studio<'_> {
    pub(super) fn radiograph(
        &self,
        header: &mut Header,
        is_inverted: bool,
        is_digital: bool,
    ) -> Result<usize, RegionError> {
        const FIELD_MM: f32 = 412.0;
        let side = self.plan.radiograph();
        let spacing_mm = FIELD_MM / side as f32;
        let grid = ProjectionGrid { columns: side, rows: side, spacing_mm, top_mm: 212.0 };
        let values = projection(&self.body, &grid, self.seed, self.noise);
        let stored: Vec<i32> = match is_inverted {
            true => values.iter().map(|value| 4_095 - value).collect(),
            false => values,
        };
        let spacing = format!("{spacing_mm:.5}\\{spacing_mm:.5}");
        let photometric = if is_inverted { "MONOCHROME1" } else { "MONOCHROME2" };
        header
            .set
            .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY")
            .put_str(tags::PHOTOMETRIC_INTERPRETATION, photometric)
            .put_str(tags::VIEW_POSITION, "PA")
            .put_str(tags::PATIENT_ORIENTATION, "L\\F")
            .put_str(tags::KVP, "120")
            .put_number(tags::EXPOSURE, 3)
            .put_str(tags::IMAGER_PIXEL_SPACING, &spacing)
            .put_str(tags::PIXEL_SPACING, &spacing)
            .put_str(tags::WINDOW_CENTER, "2047")
            .put_str(tags::WINDOW_WIDTH, "3600")
            .put_str(tags::BURNED_IN_ANNOTATION, "NO");
        if is_digital {
            header
                .set
                .put_str(tags::PRESENTATION_INTENT_TYPE, "FOR PRESENTATION")
                .put_str(tags::PIXEL_INTENSITY_RELATIONSHIP, "LOG")
                .put_number(tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN, -1)
                .put_number(tags::RESCALE_INTERCEPT, 0)
                .put_number(tags::RESCALE_SLOPE, 1)
                .put_str(tags::RESCALE_TYPE, "US")
                .put_str(tags::PRESENTATION_LUT_SHAPE, "IDENTITY")
                .put_str(tags::LOSSY_IMAGE_COMPRESSION, "00")
                .put_str(tags::IMAGE_LATERALITY, "U")
                .put_str(tags::DETECTOR_TYPE, "SCINTILLATOR")
                .put_sequence(
                    tags::ANATOMIC_REGION_SEQUENCE,
                    vec![Header::code("51185008", "SCT", "Chest")],
                )
                .put_sequence(
                    tags::VIEW_CODE_SEQUENCE,
                    vec![Header::code("399348003", "SCT", "postero-anterior")],
                )
                .put_sequence(tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new());
        }
        let grid = Grid { columns: side, rows: side, spacing_mm };
        self.gray(header, &grid, &stored, 12, 0)
    }
}
