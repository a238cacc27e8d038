//! What series an examination gives.

use super::codec::Syntax;
use super::pixels::Contrast;
use super::plan::ImagingPlan;
use super::server::ServerSpec;

/// A part of the body that a scanner looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Head,
    Chest,
    Abdomen,
}

/// What a series consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Computed tomography.
    Ct { part: Part, with_contrast: bool },
    /// Magnetic resonance of the head.
    Mr(Contrast),
    /// A chest radiograph; inverted ones are MONOCHROME1.
    Radiograph { is_inverted: bool, is_digital: bool },
    /// A loop of ultrasound, gray.
    Cine,
    /// A loop with flow in colour.
    ColourCine,
    /// A still picture with flow in colour, as YBR_FULL.
    ColourStill,
    /// Photographs of an endoscope.
    Endoscopy,
    /// Photographs of skin.
    Photograph,
    /// A key object selection document over the study's first images.
    KeyObjects,
    /// A rejection note over the study's first images (IHE RAD TF-1 21.4, IOCM).
    Rejection,
    /// A grayscale presentation state of the study's first image.
    Presentation,
    /// A report as basic text SR.
    Report,
    /// A report as encapsulated PDF.
    Pdf,
}

/// A series to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Series {
    pub(crate) uid: String,
    pub(crate) number: usize,
    pub(crate) modality: &'static str,
    pub(crate) description: &'static str,
    pub(crate) body_part: &'static str,
    pub(crate) content: Content,
    pub(crate) syntax: Syntax,
    /// How many instances.
    pub(crate) count: usize,
}

/// What is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Examined {
    ChestRadiograph,
    ChestCt,
    HeadCt,
    AbdomenCt,
    HeadMr,
    Endoscopy,
    Ultrasound,
    Skin,
}

impl Examined {
    /// What an order of the region's catalogue asks for.
    pub(crate) fn of_modality(modality: &str) -> Examined {
        match modality {
            "CT" => Examined::ChestCt,
            "MR" => Examined::HeadMr,
            "ES" => Examined::Endoscopy,
            _ => Examined::ChestRadiograph,
        }
    }

    /// Study Description.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Examined::ChestRadiograph => "胸部Ｘ線 正面",
            Examined::ChestCt => "胸部ＣＴ 単純",
            Examined::HeadCt => "頭部ＣＴ 単純",
            Examined::AbdomenCt => "腹部ＣＴ 造影",
            Examined::HeadMr => "頭部ＭＲＩ",
            Examined::Endoscopy => "上部消化管内視鏡",
            Examined::Ultrasound => "腹部超音波",
            Examined::Skin => "皮膚写真",
        }
    }
}

/// The series of an examination on a server. `with_documents` adds key objects, a presentation
/// state and reports.
pub(crate) fn series(
    examined: Examined,
    study_uid: &str,
    server: &ServerSpec,
    plan: &ImagingPlan,
    with_documents: bool,
) -> Vec<Series> {
    let mut list = Vec::new();
    let mut add = |modality, description, body_part, content, syntax, count| {
        let number = list.len() + 1;
        let uid = format!("{study_uid}.{number}");
        list.push(Series { uid, number, modality, description, body_part, content, syntax, count });
    };
    let ct = |part, with_contrast| Content::Ct { part, with_contrast };
    let slices = plan.slices;
    let sections = server.sections;
    match examined {
        Examined::ChestRadiograph => {
            let is_digital = server.facility == 2;
            let content = Content::Radiograph { is_inverted: server.facility == 1, is_digital };
            let modality = if is_digital { "DX" } else { "CR" };
            add(modality, "胸部正面 P→A", "CHEST", content, server.usual, 1);
        }
        Examined::ChestCt => {
            add("CT", "胸部 5mm", "CHEST", ct(Part::Chest, false), sections, slices)
        }
        Examined::HeadCt => add("CT", "頭部 5mm", "HEAD", ct(Part::Head, false), sections, slices),
        Examined::AbdomenCt => {
            add("CT", "腹部 造影 5mm", "ABDOMEN", ct(Part::Abdomen, true), sections, slices);
        }
        Examined::HeadMr => {
            let mr = [
                ("T1WI 横断", Contrast::T1),
                ("T2WI 横断", Contrast::T2),
                ("FLAIR 横断", Contrast::Flair),
            ];
            for (description, contrast) in mr {
                let content = Content::Mr(contrast);
                add("MR", description, "HEAD", content, sections, (slices * 2).div_ceil(3));
            }
        }
        Examined::Endoscopy => {
            add("ES", "上部内視鏡", "STOMACH", Content::Endoscopy, Syntax::JpegBaseline, 4);
        }
        Examined::Ultrasound => {
            add("US", "肝・胆・右腎 動画", "ABDOMEN", Content::Cine, server.usual, 1);
            let colour = Content::ColourCine;
            add("US", "門脈 カラードプラ", "ABDOMEN", colour, Syntax::JpegBaseline, 1);
            add("US", "門脈 静止画", "ABDOMEN", Content::ColourStill, server.usual, 2);
        }
        Examined::Skin => {
            add("XC", "左前腕 皮膚", "ARM", Content::Photograph, server.usual, 1);
        }
    }
    if with_documents {
        let plain = server.usual;
        add("KO", "キー画像", "", Content::KeyObjects, plain, 1);
        add("PR", "計測・注釈", "", Content::Presentation, plain, 1);
        add("SR", "読影レポート", "", Content::Report, Syntax::Deflated, 1);
        add("DOC", "読影レポート PDF", "", Content::Pdf, plain, 1);
    }
    list
}

impl Content {
    /// SOP Class UID (PS3.6 annex A).
    pub(crate) fn sop_class(self) -> &'static str {
        use dicomfile::uids;
        match self {
            Content::Ct { .. } => uids::CT_IMAGE_STORAGE,
            Content::Mr(_) => uids::MR_IMAGE_STORAGE,
            Content::Radiograph { is_digital: true, .. } => {
                uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION
            }
            Content::Radiograph { .. } => uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
            Content::Cine | Content::ColourCine => uids::ULTRASOUND_MULTI_FRAME_IMAGE_STORAGE,
            Content::ColourStill => uids::ULTRASOUND_IMAGE_STORAGE,
            Content::Endoscopy => uids::VL_ENDOSCOPIC_IMAGE_STORAGE,
            Content::Photograph => uids::VL_PHOTOGRAPHIC_IMAGE_STORAGE,
            Content::KeyObjects | Content::Rejection => uids::KEY_OBJECT_SELECTION_DOCUMENT_STORAGE,
            Content::Presentation => uids::GRAYSCALE_SOFTCOPY_PRESENTATION_STATE_STORAGE,
            Content::Report => uids::BASIC_TEXT_SR_STORAGE,
            Content::Pdf => uids::ENCAPSULATED_PDF_STORAGE,
        }
    }
}

impl Series {
    /// SOP Instance UID of its instance at a place from 0.
    pub(crate) fn instance_uid(&self, place: usize) -> String {
        format!("{}.{}", self.uid, place + 1)
    }
}
