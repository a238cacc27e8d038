//! Ultrasound and photographs: eight bits, gray or colour (PS3.3 A.6, A.7, A.32).

use super::{Header, Studio};
use crate::images::codec::{Frames, Syntax};
use crate::images::pixels::{Doppler, Fan, endoscopy, frame, skin};
use crate::plan::RegionError;
use dicomfile::{VR, tags};

impl Studio<'_> {
    pub(super) fn cine(&self, header: &mut Header) -> Result<usize, RegionError> {
        let fan = self.fan();
        // Gray: the first of three equal samples.
        let gray = |rgb: Vec<u8>| rgb.into_iter().step_by(3).collect();
        let frames = (0..fan.frames).map(|at| gray(frame(&fan, at, Doppler::Off, self.noise)));
        header.set.put_str(tags::PHOTOMETRIC_INTERPRETATION, "MONOCHROME2");
        self.looped(header, &fan, frames.collect(), 1)
    }

    pub(super) fn colour_cine(&self, header: &mut Header) -> Result<usize, RegionError> {
        let fan = self.fan();
        let frames = (0..fan.frames).map(|at| frame(&fan, at, Doppler::Colour, self.noise));
        // What JPEG makes of RGB.
        header.set.put_str(tags::PHOTOMETRIC_INTERPRETATION, "YBR_FULL_422");
        self.looped(header, &fan, frames.collect(), 3)
    }

    pub(super) fn colour_still(
        &self,
        header: &mut Header,
        place: usize,
    ) -> Result<usize, RegionError> {
        let fan = self.fan();
        let picture = frame(&fan, place * 4 + 2, Doppler::Colour, self.noise);
        header
            .set
            .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\ABDOMINAL")
            .put_str(tags::PATIENT_ORIENTATION, "")
            .put_str(tags::PHOTOMETRIC_INTERPRETATION, "YBR_FULL");
        let frames = Frames { frames: vec![full_range(&picture)], ..self.frames(3) };
        self.put_frames(&mut header.set, &frames)
    }

    pub(super) fn endoscopy(
        &self,
        header: &mut Header,
        place: usize,
    ) -> Result<usize, RegionError> {
        let picture = endoscopy(self.plan.picture(), place, self.noise);
        header.set.put_str(tags::PHOTOMETRIC_INTERPRETATION, "YBR_FULL_422");
        self.visible_light(header, picture)
    }

    pub(super) fn photograph(&self, header: &mut Header) -> Result<usize, RegionError> {
        let picture = skin(self.plan.picture(), self.noise);
        header.set.put_str(tags::PHOTOMETRIC_INTERPRETATION, "RGB");
        self.visible_light(header, picture)
    }

    fn visible_light(&self, header: &mut Header, picture: Vec<u8>) -> Result<usize, RegionError> {
        header
            .set
            .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY")
            .put_str(tags::PATIENT_ORIENTATION, "")
            .put_str(tags::BURNED_IN_ANNOTATION, "NO")
            .put_sequence(tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new());
        if self.series.syntax != Syntax::JpegBaseline {
            header.set.put_str(tags::LOSSY_IMAGE_COMPRESSION, "00");
        }
        let frames = Frames { frames: vec![picture], ..self.frames(3) };
        self.put_frames(&mut header.set, &frames)
    }

    /// A loop with the time between its frames (PS3.3 C.7.6.5, C.7.6.6).
    fn looped(
        &self,
        header: &mut Header,
        fan: &Fan,
        frames: Vec<Vec<u8>>,
        samples: usize,
    ) -> Result<usize, RegionError> {
        header
            .set
            .put_str(tags::IMAGE_TYPE, "ORIGINAL\\PRIMARY\\ABDOMINAL")
            .put_str(tags::PATIENT_ORIENTATION, "")
            .put_number(tags::NUMBER_OF_FRAMES, fan.frames as i64)
            .put_str(tags::FRAME_TIME, "50")
            .put_number(tags::CINE_RATE, 20)
            .put_number(tags::RECOMMENDED_DISPLAY_FRAME_RATE, 20)
            .put_bytes(tags::FRAME_INCREMENT_POINTER, VR::AT, [0x18, 0, 0x63, 0x10]);
        let frames = Frames { frames, ..self.frames(samples) };
        self.put_frames(&mut header.set, &frames)
    }

    fn fan(&self) -> Fan {
        let [columns, rows] = self.plan.picture();
        Fan { columns, rows, frames: self.plan.loop_frames }
    }

    fn frames(&self, samples: usize) -> Frames {
        let [columns, rows] = self.plan.picture();
        Frames { columns, rows, samples, bytes_each: 1, frames: Vec::new() }
    }
}

/// RGB as luminance and two differences of colour, over the whole range (PS3.3 C.7.6.3.1.2).
fn full_range(rgb: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rgb.len());
    for pixel in rgb.chunks_exact(3) {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(f32::from);
        let luminance = 0.299 * red + 0.587 * green + 0.114 * blue;
        let to_blue = -0.1687 * red - 0.3313 * green + 0.5 * blue + 128.0;
        let to_red = 0.5 * red - 0.4187 * green - 0.0813 * blue + 128.0;
        out.extend([luminance, to_blue, to_red].map(|part| part.round().clamp(0.0, 255.0) as u8));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::full_range;

    #[test]
    fn gray_has_no_colour_and_red_is_red() {
        assert_eq!(full_range(&[90, 90, 90, 255, 0, 0]), [90, 128, 128, 76, 85, 255]);
    }
}
