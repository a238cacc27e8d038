//! Facts of the laboratory: orders, results, bacteriology.

use crate::code::Coded;
use crate::date::PartialTime;
use crate::empty::Empty;
use crate::entry::Abnormal;
use serde::{Deserialize, Serialize};

/// One ordered test.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LabOrder {
    /// OBX-3 of the order, else OBR-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub item: Coded,
    /// OBR-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub battery: Coded,
    /// SPM-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub specimen: Coded,
    /// ORC-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub order_number: String,
    /// Department.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub department: Coded,
}

/// One result or observation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LabResult {
    /// OBX-3.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub item: Coded,
    /// The key under which values of several hospitals stand in one row of the flow-sheet:
    /// `JC10:` + analyte, identification and material where the code has JLAC10's shape, else
    /// the local code with its system. Values with other units never share a row.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub chart_key: String,
    /// OBR-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub battery: Coded,
    /// SPM-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub specimen: Coded,
    /// OBX-4 (pairs values of one group).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub sub_id: String,
    /// OBX-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub value_type: String,
    /// OBX-5 as sent, every repetition joined with `~`; coded values show their text.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub value: String,
    /// OBX-5 of type CWE.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub coded_value: Coded,
    /// The number within the value as decimal text where the whole value is one number with an
    /// optional comparator; else absent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub number: Option<String>,
    /// `<`, `<=`, `>`, `>=` as written, where the value has one.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub comparator: String,
    /// OBX-6.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub unit: Coded,
    /// OBX-7 as sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub reference_range: String,
    /// OBX-8 as sent (`H`, `L`, `HH`, …).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub flags: Vec<String>,
    /// The worst of `flags`.
    pub abnormal: Abnormal,
    /// OBX-11 as sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub result_status: String,
    /// SPM-17, else OBR-7.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub collected: Option<PartialTime>,
    /// OBR-22.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub reported: Option<PartialTime>,
    /// OBX-14.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub observed: Option<PartialTime>,
    /// NTE-3 of the result, its request and its specimen.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub comments: Vec<String>,
    /// ORC-2 or OBR-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub order_number: String,
    /// Department.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub department: Coded,
}

/// A bacteriology pair.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Bacteriology {
    /// The organism (OBX-5 of the organism row).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub organism: Coded,
    /// Its amount as sent, from the row with the same sub-ID.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub amount: String,
    /// The antibiotic, in susceptibility rows.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub drug: Coded,
    /// `S`, `I`, `R` (OBX-8, else OBX-5), as sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub susceptibility: String,
    /// The inhibitory concentration or zone (OBX-5) as sent, where it is not the judgement.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub mic: String,
    /// Its unit, OBX-6.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub mic_unit: Coded,
    /// The test: OBX-3 of the organism's or the drug's row.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub item: Coded,
    /// OBR-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub battery: Coded,
    /// NTE-3 of its rows, request and specimen.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub comments: Vec<String>,
    /// SPM-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub specimen: Coded,
    /// OBX-4.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub sub_id: String,
    /// OBX-11 as sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub result_status: String,
    /// SPM-17.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub collected: Option<PartialTime>,
    /// ORC-2 or OBR-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub order_number: String,
}
