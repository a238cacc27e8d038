//! Facts of drugs: one line of a prescription or an injection.

use crate::code::Coded;
use crate::date::PartialTime;
use crate::empty::Empty;
use serde::{Deserialize, Serialize};

/// One drug: of a prescription or an injection, ordered, dispensed or administered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MedicationLine {
    /// RXE-2, RXC-2 (injections), RXA-5.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub drug: Coded,
    /// RXE-3, RXC-3, RXA-6 as sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub dose: String,
    /// RXE-5, RXC-4, RXA-7.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub dose_unit: Coded,
    /// RXE-6.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub form: Coded,
    /// RXE-10 with RXE-11.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub total: String,
    /// RXE-11.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub total_unit: Coded,
    /// RXE-19 as sent, number.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub daily_dose: String,
    /// RXE-19 unit.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub daily_dose_unit: Coded,
    /// TQ1-3 usage.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub usage: Coded,
    /// RXE-7, TQ1-11: instructions in words.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub instructions: Vec<String>,
    /// TQ1-6 as sent: days (`5^d`); `days` when its unit is days.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub duration: String,
    /// The number of days, where TQ1-6 gives days.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub days: Option<u32>,
    /// TQ1-14: the number of doses of a drug to be taken as needed (頓用回数).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub doses: Option<u32>,
    /// TQ1-7 / RXA-3.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub start: Option<PartialTime>,
    /// TQ1-8 / RXA-4, or the last day by start and days (then `end_derived`).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub end: Option<PartialTime>,
    /// The end was computed from start and days, not sent.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub end_derived: bool,
    /// RXR-1 route.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub route: Coded,
    /// RXR-2 site.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub site: Coded,
    /// RXE-21, RXE-27: in-house, take-home, internal, as needed …
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub kinds: Vec<Coded>,
    /// ORC-4 RP number (group within the order).
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub group: String,
    /// RXA-20 as sent: `CP` complete, `PA` partial, `RE` refused, `NA` not given.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub completion: String,
    /// RXC-1: `B` base, `A` additive.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub component: String,
    /// RXE-23/24 or RXA-12 rate in words.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub rate: String,
    /// ORC-2.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub order_number: String,
    /// ORC-12 or RXA-10.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub doctor: String,
    /// ORC-17.
    #[serde(skip_serializing_if = "Empty::is_empty")]
    pub department: Coded,
}
