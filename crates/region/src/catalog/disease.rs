//! Diagnoses, and what a chronic one brings with it.

use super::drug::{self, Drug};

/// A disease of MEDIS's table with its ICD-10 code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Disease {
    /// 病名管理番号, eight digits.
    pub(crate) number: &'static str,
    pub(crate) name: &'static str,
    pub(crate) icd10: &'static str,
    pub(crate) local: &'static str,
}

/// A chronic condition: its disease, department, drugs, and the laboratory items that it moves
/// (local code and the scaled value it moves them to).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Condition {
    pub(crate) disease: Disease,
    /// 統一診療科コード and name.
    pub(crate) department: [&'static str; 2],
    pub(crate) drugs: &'static [Drug],
    pub(crate) moved: &'static [(&'static str, i64)],
    /// From this age on.
    pub(crate) age: i64,
}

const fn disease(
    number: &'static str,
    name: &'static str,
    icd10: &'static str,
    local: &'static str,
) -> Disease {
    Disease { number, name, icd10, local }
}

/// Chronic conditions.
pub(crate) const CONDITIONS: &[Condition] = &[
    Condition {
        disease: disease("20061592", "高血圧症", "I10", "D0001"),
        department: ["08", "循環器科"],
        drugs: &[drug::AMLODIPINE, drug::TELMISARTAN],
        moved: &[("10402", 47)],
        age: 35,
    },
    Condition {
        disease: disease("20083742", "２型糖尿病", "E119", "D0002"),
        department: ["01", "内科"],
        drugs: &[drug::METFORMIN, drug::SITAGLIPTIN],
        moved: &[("10701", 158), ("10702", 74)],
        age: 35,
    },
    Condition {
        disease: disease("20068123", "脂質異常症", "E785", "D0003"),
        department: ["01", "内科"],
        drugs: &[drug::ROSUVASTATIN],
        moved: &[("10501", 162), ("10503", 205)],
        age: 35,
    },
    Condition {
        disease: disease("20095413", "慢性腎臓病", "N189", "D0004"),
        department: ["01", "内科"],
        drugs: &[drug::FEBUXOSTAT],
        moved: &[("10301", 312), ("10302", 184), ("10402", 52), ("20103", 104)],
        age: 55,
    },
    Condition {
        disease: disease("20054178", "心房細動", "I489", "D0005"),
        department: ["08", "循環器科"],
        drugs: &[drug::WARFARIN],
        moved: &[],
        age: 60,
    },
    Condition {
        disease: disease("20057721", "逆流性食道炎", "K210", "D0006"),
        department: ["06", "消化器科"],
        drugs: &[drug::LANSOPRAZOLE],
        moved: &[("10208", 55)],
        age: 30,
    },
    Condition {
        disease: disease("20062234", "鉄欠乏性貧血", "D509", "D0007"),
        department: ["01", "内科"],
        drugs: &[drug::FERROUS],
        moved: &[("20103", 94), ("20102", 352)],
        age: 12,
    },
    Condition {
        disease: disease("20051136", "気管支喘息", "J459", "D0008"),
        department: ["05", "呼吸器科"],
        drugs: &[drug::CARBOCISTEINE],
        moved: &[],
        age: 0,
    },
];

/// Diagnoses that were only suspected.
pub(crate) const SUSPECTED: &[Disease] = &[
    disease("20056014", "胃癌", "C169", "D0101"),
    disease("20065311", "大腸癌", "C189", "D0102"),
    disease("20072590", "甲状腺機能低下症", "E039", "D0103"),
];

/// Diagnoses that have ended.
pub(crate) const ENDED: &[Disease] = &[
    disease("20054174", "胃炎", "K297", "D0201"),
    disease("20058847", "急性気管支炎", "J209", "D0202"),
    disease("20050391", "インフルエンザ", "J111", "D0203"),
];

/// The reason for an admission.
pub(crate) const PNEUMONIA: Disease = disease("20080512", "肺炎", "J189", "D0301");

/// Allergens: category of HL7 table 0127 and its name, code, name and system, reaction.
pub(crate) const ALLERGENS: &[[&str; 6]] = &[
    ["DA", "薬剤アレルギー", "111348601", "セフトリアキソン", "HOT9", "全身の発疹"],
    ["FA", "食物アレルギー", "5A1002411023006", "ソバ", "JC10", "湿疹"],
    ["LA", "花粉アレルギー", "5A1002216023023", "スギ", "JC10", "目のかゆみ"],
    ["EA", "環境アレルギー", "5A1102700023023", "ハウスダスト", "JC10", "くしゃみ"],
];
