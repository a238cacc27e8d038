//! What the timeline shows of one document: a line made at intake by a pure function.

use serde::{Deserialize, Serialize};

/// The row of the timeline a document stands on, and the coarse `classCode` of its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 患者基本
    Patient,
    /// 受診・入退院
    Visit,
    /// 病名
    Diagnosis,
    /// アレルギー
    Allergy,
    /// 処方
    Prescription,
    /// 注射
    Injection,
    /// 検体検査
    Laboratory,
    /// 放射線画像
    Imaging,
    /// 内視鏡
    Endoscopy,
    /// 生理検査
    Physiology,
    /// 食事
    Diet,
    /// 文書
    Document,
}

impl Category {
    /// Every category in the order of the rows.
    pub const ALL: &'static [Category] = &[
        Category::Visit,
        Category::Prescription,
        Category::Injection,
        Category::Laboratory,
        Category::Imaging,
        Category::Endoscopy,
        Category::Physiology,
        Category::Document,
        Category::Diet,
        Category::Diagnosis,
        Category::Allergy,
        Category::Patient,
    ];

    /// The stable name used in the database, in URLs and in code lists.
    pub fn name(self) -> &'static str {
        match self {
            Category::Patient => "patient",
            Category::Visit => "visit",
            Category::Diagnosis => "diagnosis",
            Category::Allergy => "allergy",
            Category::Prescription => "prescription",
            Category::Injection => "injection",
            Category::Laboratory => "laboratory",
            Category::Imaging => "imaging",
            Category::Endoscopy => "endoscopy",
            Category::Physiology => "physiology",
            Category::Diet => "diet",
            Category::Document => "document",
        }
    }

    /// The category of a name.
    pub fn from_name(name: &str) -> Option<Category> {
        Category::ALL.iter().copied().find(|c| c.name() == name)
    }
}

/// The worst flag among the results of a document, as the laboratory sent it (OBX-8).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Abnormal {
    /// No flag was sent, or only such as say that it is not abnormal.
    #[default]
    None,
    /// `A`, or a flag of the hospital's own: abnormal without a direction.
    Abnormal,
    /// `L`
    Low,
    /// `H`
    High,
    /// `AA`: very abnormal without a direction.
    VeryAbnormal,
    /// `LL`
    VeryLow,
    /// `HH`
    VeryHigh,
}

/// One line of the timeline: the summary of one current document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    /// The row it stands on.
    pub category: Category,
    /// What the cell says: department, `22`, modality, days; as received, never translated.
    pub label: String,
    /// The number of items within (results, prescription lines, …).
    pub item_count: u32,
    /// The worst flag within.
    pub abnormal: Abnormal,
    /// Department code or name as sent.
    pub department: String,
    /// In-patient (`true`), out-patient (`false`), or not said.
    pub inpatient: Option<bool>,
    /// Where the thing it tells of ends, as digits (`YYYYMMDD…`): last day of a prescription,
    /// discharge. Derived from what was sent.
    pub until: Option<crate::PartialTime>,
}
