//! CT and MR images (PS3.3 A.3 and A.4).

use super::{Header, Studio};
use crate::images::codec::{Frames, Syntax};
use crate::images::phantom::{ABDOMEN_MM, CHEST_MM, Grid, HEAD_MM};
use crate::images::pixels::{Contrast, Section, ct_values, mr_values};
use crate::images::series::Part;
use crate::plan::RegionError;
use dicomfile::tags;

/// What is stored of Hounsfield units is larger by this.
const CT_OFFSET: i32 = 1_024;

impl Studio<'_> {
    pub(super) fn ct(
        &self,
        header: &mut Header,
        place: usize,
        part: Part,
        with_contrast: bool,
    ) -> Result<usize, RegionError> {
        let section = self.section(place, part, if part == Part::Head { 4 } else { 11 });
        let values = ct_values(&section, with_contrast);
        // One vendor stores signed numbers as they are, the others unsigned ones with an offset.
        let is_signed = self.series.syntax == Syntax::Rle;
        let offset = if is_signed { 0 } else { CT_OFFSET };
        let stored: Vec<i32> = values.iter().map(|value| value + offset).collect();
        let (windows, names) = match part {
            Part::Chest => (["-600\\40", "1500\\400"], "LUNG\\MEDIASTINUM"),
            Part::Abdomen => (["60", "350"], "ABDOMEN"),
            Part::Head => (["35", "80"], "BRAIN"),
        };
        header
            .set
            .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\AXIAL")
            .put_str(tags::KVP, "120")
            .put_str(tags::CONVOLUTION_KERNEL, if part == Part::Chest { "FC52" } else { "FC13" })
            .put_number(tags::X_RAY_TUBE_CURRENT, 210)
            .put_number(tags::ACQUISITION_NUMBER, 1)
            .put_number(tags::RESCALE_INTERCEPT, i64::from(-offset))
            .put_number(tags::RESCALE_SLOPE, 1)
            .put_str(tags::RESCALE_TYPE, "HU")
            .put_str(tags::WINDOW_CENTER, windows[0])
            .put_str(tags::WINDOW_WIDTH, windows[1])
            .put_str(tags::WINDOW_CENTER_WIDTH_EXPLANATION, names);
        if with_contrast {
            header.text(tags::CONTRAST_BOLUS_AGENT, "非イオン性造影剤 300")?;
        }
        self.plane(header, &section);
        let [bits, sign] = if is_signed { [16, 1] } else { [12, 0] };
        self.gray(header, &section.grid, &stored, bits, sign)
    }

    pub(super) fn mr(
        &self,
        header: &mut Header,
        place: usize,
        contrast: Contrast,
    ) -> Result<usize, RegionError> {
        let section = self.section(place, Part::Head, 4);
        let values = mr_values(&section, contrast);
        let (sequence, times, window) = match contrast {
            Contrast::T1 => ("SE", ["500", "12"], ["560", "1100"]),
            Contrast::T2 => ("SE", ["4200", "98"], ["600", "1200"]),
            Contrast::Flair => ("IR", ["9000", "110"], ["480", "960"]),
        };
        header
            .set
            .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\M\\SE")
            .put_str(tags::SCANNING_SEQUENCE, sequence)
            .put_str(tags::SEQUENCE_VARIANT, "SK")
            .put_str(tags::SCAN_OPTIONS, "")
            .put_str(tags::MR_ACQUISITION_TYPE, "2D")
            .put_str(tags::REPETITION_TIME, times[0])
            .put_str(tags::ECHO_TIME, times[1])
            .put_str(tags::ECHO_TRAIN_LENGTH, "9")
            .put_str(tags::MAGNETIC_FIELD_STRENGTH, "1.5")
            .put_str(tags::WINDOW_CENTER, window[0])
            .put_str(tags::WINDOW_WIDTH, window[1]);
        if contrast == Contrast::Flair {
            header.set.put_str(tags::INVERSION_TIME, "2500");
        }
        self.plane(header, &section);
        self.gray(header, &section.grid, &values, 12, 0)
    }

    /// The slice of a place: chests and abdomens from above, heads from below.
    fn section(&self, place: usize, part: Part, deviation: i32) -> Section<'_> {
        let (heights, field_mm) = match part {
            Part::Head => (HEAD_MM, 250.0),
            Part::Chest => ([CHEST_MM[1], CHEST_MM[0]], 385.0),
            Part::Abdomen => ([ABDOMEN_MM[1], ABDOMEN_MM[0]], 375.0),
        };
        let step = (heights[1] - heights[0]) / (self.series.count.max(2) - 1) as f32;
        let matrix = self.plan.matrix;
        Section {
            body: &self.body,
            grid: Grid { columns: matrix, rows: matrix, spacing_mm: field_mm / matrix as f32 },
            z_mm: heights[0] + step * place as f32,
            number: place,
            seed: self.seed ^ (self.series.number as u64) << 32,
            noise: self.noise,
            deviation,
        }
    }

    /// Image plane and frame of reference (PS3.3 C.7.6.2, C.7.4.1).
    fn plane(&self, header: &mut Header, section: &Section<'_>) {
        let [x, y] = section.grid.origin_mm();
        let spacing = format!("{:.5}", section.grid.spacing_mm);
        let next = self.section(section.number + 1, self.part(), 0);
        let thickness = format!("{:.3}", (next.z_mm - section.z_mm).abs());
        header
            .set
            .put_str(tags::IMAGE_POSITION_PATIENT, &format!("{x:.4}\\{y:.4}\\{:.4}", section.z_mm))
            .put_str(tags::IMAGE_ORIENTATION_PATIENT, "1\\0\\0\\0\\1\\0")
            .put_str(tags::PIXEL_SPACING, &format!("{spacing}\\{spacing}"))
            .put_str(tags::SLICE_THICKNESS, &thickness)
            .put_str(tags::SPACING_BETWEEN_SLICES, &thickness)
            .put_str(tags::SLICE_LOCATION, &format!("{:.4}", section.z_mm))
            .put_str(tags::PATIENT_POSITION, "HFS")
            .put_str(tags::FRAME_OF_REFERENCE_UID, &format!("{}.0", self.study.uid))
            .put_str(tags::POSITION_REFERENCE_INDICATOR, "");
    }

    fn part(&self) -> Part {
        match self.series.body_part {
            "CHEST" => Part::Chest,
            "ABDOMEN" => Part::Abdomen,
            _ => Part::Head,
        }
    }

    /// Pixel data of numbers in two bytes.
    pub(super) fn gray(
        &self,
        header: &mut Header,
        grid: &Grid,
        values: &[i32],
        bits: i64,
        sign: i64,
    ) -> Result<usize, RegionError> {
        header
            .set
            .put_number(tags::BITS_STORED, bits)
            .put_number(tags::HIGH_BIT, bits - 1)
            .put_number(tags::PIXEL_REPRESENTATION, sign);
        if !header.set.has(tags::PHOTOMETRIC_INTERPRETATION) {
            header.set.put_str(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2");
        }
        let bytes = values.iter().flat_map(|value| (*value as u16).to_le_bytes()).collect();
        let frames = Frames {
            columns: grid.columns,
            rows: grid.rows,
            samples: 1,
            bytes_each: 2,
            frames: vec![bytes],
        };
        self.put_frames(&mut header.set, &frames)
    }
}
