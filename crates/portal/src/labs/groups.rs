//! The groups of the flow-sheet, from the first digit of JLAC10's analyte code.

/// A group: what stands together under one head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// 3: 生化学
    Chemistry,
    /// 2: 血算・凝固
    Haematology,
    /// 1: 尿・糞便
    Urine,
    /// 4: 内分泌
    Endocrine,
    /// 5: 免疫・感染
    Immunology,
    /// 6: 微生物
    Microbiology,
    /// Other national codes.
    Other,
    /// Codes of one hospital only.
    Local,
}

impl Group {
    /// The group of a row's key.
    pub fn of(chart_key: &str) -> Group {
        let Some(code) = chart_key.strip_prefix("JC10:") else { return Group::Local };
        match code.bytes().next() {
            Some(b'1') => Group::Urine,
            Some(b'2') => Group::Haematology,
            Some(b'3') => Group::Chemistry,
            Some(b'4') => Group::Endocrine,
            Some(b'5') => Group::Immunology,
            Some(b'6') => Group::Microbiology,
            _ => Group::Other,
        }
    }

    /// Every group in the order of the page.
    pub const ALL: [Group; 8] = [
        Group::Chemistry,
        Group::Haematology,
        Group::Urine,
        Group::Endocrine,
        Group::Immunology,
        Group::Microbiology,
        Group::Other,
        Group::Local,
    ];

    /// Its name in addresses, and with `group-` before it the key of its word.
    pub fn name(self) -> &'static str {
        match self {
            Group::Chemistry => "chemistry",
            Group::Haematology => "haematology",
            Group::Urine => "urine",
            Group::Endocrine => "endocrine",
            Group::Immunology => "immunology",
            Group::Microbiology => "microbiology",
            Group::Other => "other",
            Group::Local => "local",
        }
    }
}
