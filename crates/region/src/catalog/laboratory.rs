//! Laboratory items with reference ranges, in scaled integers: 45 with one decimal is 4.5.

/// One item.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item {
    /// JLAC10, 17 characters.
    pub(crate) code: &'static str,
    pub(crate) local: &'static str,
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) specimen: Specimen,
    pub(crate) decimals: u32,
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// Beyond these the result is called in by telephone (`LL`, `HH`).
    pub(crate) panic: Option<[i64; 2]>,
}

/// What was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Specimen {
    Serum,
    Plasma,
    Blood,
    Urine,
}

impl Specimen {
    /// JLAC10 material code and name, and the code of the hospital.
    pub(crate) fn code(self) -> [&'static str; 3] {
        match self {
            Specimen::Serum => ["023", "血清", "S1"],
            Specimen::Plasma => ["022", "血漿", "P1"],
            Specimen::Blood => ["019", "全血", "B1"],
            Specimen::Urine => ["001", "尿", "U1"],
        }
    }

    /// The battery that the laboratory reports it under.
    pub(crate) fn battery(self) -> [&'static str; 2] {
        match self {
            Specimen::Serum => ["E002", "生化学的検査"],
            Specimen::Plasma => ["E005", "血糖検査"],
            Specimen::Blood => ["E001", "血液学的検査"],
            Specimen::Urine => ["E003", "尿検査"],
        }
    }
}

macro_rules! items {
    ($($code:literal $local:literal $name:literal $unit:literal $specimen:ident $decimals:literal
       $low:literal $high:literal $panic:expr;)+) => {
        /// Every numeric item.
        pub(crate) const ITEMS: &[Item] = &[$(Item {
            code: $code,
            local: $local,
            name: $name,
            unit: $unit,
            specimen: Specimen::$specimen,
            decimals: $decimals,
            low: $low,
            high: $high,
            panic: $panic,
        }),+];
    };
}

items! {
    "3A010000002327101" "10222" "総蛋白" "g/dL" Serum 1 66 81 None;
    "3A015000002327101" "10223" "アルブミン" "g/dL" Serum 1 41 51 None;
    "3J010000002327101" "10213" "総ビリルビン" "mg/dL" Serum 1 4 15 None;
    "3B035000002327201" "10207" "ＡＳＴ" "U/L" Serum 0 13 30 None;
    "3B045000002327201" "10208" "ＡＬＴ" "U/L" Serum 0 10 42 None;
    "3B050000002327201" "10206" "ＬＤ" "U/L" Serum 0 124 222 None;
    "3B090000002327101" "10210" "γ－ＧＴ" "U/L" Serum 0 13 64 None;
    "3C025000002327201" "10301" "尿素窒素" "mg/dL" Serum 1 80 200 None;
    "3C015000002327101" "10302" "クレアチニン" "mg/dL" Serum 2 46 107 None;
    "3C020000002327101" "10303" "尿酸" "mg/dL" Serum 1 26 78 None;
    "3H010000002326101" "10401" "ナトリウム" "mmol/L" Serum 0 138 145 Some([120, 160]);
    "3H015000002326101" "10402" "カリウム" "mmol/L" Serum 1 36 48 Some([25, 60]);
    "3H020000002326101" "10403" "クロール" "mmol/L" Serum 0 101 108 None;
    "3F077000002327101" "10501" "ＬＤＬコレステロール" "mg/dL" Serum 0 65 139 None;
    "3F070000002327101" "10502" "ＨＤＬコレステロール" "mg/dL" Serum 0 40 90 None;
    "3F015000002327101" "10503" "中性脂肪" "mg/dL" Serum 0 30 149 None;
    "5C070000002306201" "10601" "ＣＲＰ" "mg/dL" Serum 2 0 14 None;
    "3D010000002227201" "10701" "血糖" "mg/dL" Plasma 0 73 109 Some([50, 500]);
    "3D046000001906202" "10702" "ヘモグロビンＡ１ｃ" "%" Blood 1 49 60 None;
    "2A010000001930101" "20101" "白血球数" "10*3/uL" Blood 1 33 86 None;
    "2A020000001930101" "20102" "赤血球数" "10*6/uL" Blood 2 386 555 None;
    "2A030000001930101" "20103" "ヘモグロビン" "g/dL" Blood 1 116 168 None;
    "2A050000001930101" "20104" "血小板数" "10*3/uL" Blood 0 158 348 None;
}

/// A qualitative item of urine, with its values from normal to abnormal.
pub(crate) const URINE_PROTEIN: [&str; 3] = ["1A010000000190111", "30101", "尿蛋白定性"];
/// Values of [`URINE_PROTEIN`].
pub(crate) const URINE_PROTEIN_VALUES: &[&str] = &["(-)", "(±)", "(1+)", "(2+)"];

impl Item {
    /// A scaled value as the laboratory writes it.
    pub(crate) fn written(&self, scaled: i64) -> String {
        if self.decimals == 0 {
            return scaled.to_string();
        }
        let scale = 10_i64.pow(self.decimals);
        let width = self.decimals as usize;
        format!("{}.{:0width$}", scaled / scale, scaled % scale)
    }

    /// The flag of a scaled value; empty within the range.
    pub(crate) fn flag(&self, scaled: i64) -> &'static str {
        match self.panic {
            Some([lowest, _]) if scaled < lowest => "LL",
            Some([_, highest]) if scaled > highest => "HH",
            _ if scaled < self.low => "L",
            _ if scaled > self.high => "H",
            _ => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_and_flagged() {
        let potassium = ITEMS.iter().find(|item| item.local == "10402").unwrap();
        assert_eq!(potassium.written(45), "4.5");
        assert_eq!(["LL", "L", "", "H", "HH"], [20, 30, 40, 50, 61].map(|v| potassium.flag(v)));
        let creatinine = ITEMS.iter().find(|item| item.local == "10302").unwrap();
        assert_eq!(creatinine.written(107), "1.07");
        assert!(ITEMS.iter().all(|item| item.code.len() == 17 && item.low < item.high));
    }
}
