//! Imaging, endoscopy and physiology.

/// An examination with images.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Imaging {
    /// JJ1017 of the order and of its part (16 and 32 characters).
    pub(crate) code: &'static str,
    pub(crate) part_code: &'static str,
    pub(crate) local: &'static str,
    pub(crate) name: &'static str,
    pub(crate) part_name: &'static str,
    /// DICOM modality.
    pub(crate) modality: &'static str,
}

/// What the radiology departments do.
pub(crate) const IMAGING: &[Imaging] = &[
    Imaging {
        code: "1000000000000000",
        part_code: "10000002000102000000010000000000",
        local: "R0101",
        name: "Ｘ線単純撮影",
        part_name: "胸部.Ｘ線単純撮影.立位正面(P→A)",
        modality: "CR",
    },
    Imaging {
        code: "6000000000000000",
        part_code: "60000002000000000000010000000000",
        local: "R0201",
        name: "ＣＴ検査",
        part_name: "胸部.ＣＴ検査.単純",
        modality: "CT",
    },
    Imaging {
        code: "7000000000000000",
        part_code: "70000001000000000000010000000000",
        local: "R0301",
        name: "ＭＲ検査",
        part_name: "頭部.ＭＲ検査.単純",
        modality: "MR",
    },
];

/// Upper endoscopy: LENDO codes of order and part.
pub(crate) const ENDOSCOPY: [[&str; 2]; 2] =
    [["11000000000", "検査.上部.-.-.-.-"], ["11000000100", "検査.上部.-.-.上部通常内視鏡.-"]];

/// Electrocardiogram: JLAC10 code and name.
pub(crate) const ELECTROCARDIOGRAM: [&str; 2] = ["9A110", "標準１２誘導心電図"];

/// Its values: MFER code, name, unit, lowest and highest usual value.
pub(crate) const ELECTROCARDIOGRAM_VALUES: &[([&str; 3], [i64; 2])] = &[
    (["32769", "心拍数", "bpm"], [52, 98]),
    (["32770", "ＰＱ時間", "msec"], [120, 210]),
    (["58240", "ＱＲＳ幅", "msec"], [72, 118]),
    (["56008", "ＱＴ時間", "msec"], [350, 445]),
];
