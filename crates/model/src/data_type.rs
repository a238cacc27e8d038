//! The data types (データ種別) of an SS-MIX2 standardized storage.

use crate::entry::Category;
use serde::{Deserialize, Serialize};

macro_rules! data_types {
    ($($variant:ident $name:literal $category:ident $dated:literal $meaning:literal),+ $(,)?) => {
        /// A data type of the standardized storage; the name stands in paths and file names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum DataType {
            $(#[doc = $meaning] #[serde(rename = $name)] $variant),+
        }

        impl DataType {
            /// Every data type, in the order of the guideline's table.
            pub const ALL: &'static [DataType] = &[$(DataType::$variant),+];

            /// The name as it stands in paths, such as `OML-11`.
            pub fn name(self) -> &'static str {
                match self { $(DataType::$variant => $name),+ }
            }

            /// The data type of a name, if the guideline knows it.
            pub fn from_name(name: &str) -> Option<DataType> {
                match name { $($name => Some(DataType::$variant),)+ _ => None }
            }

            /// The row of the timeline on which its documents stand.
            pub fn category(self) -> Category {
                match self { $(DataType::$variant => Category::$category),+ }
            }

            /// Whether its care date (診療日) is a date; the others write `-`.
            pub fn is_dated(self) -> bool {
                match self { $(DataType::$variant => $dated),+ }
            }

            /// The Japanese name of the guideline.
            pub fn meaning(self) -> &'static str {
                match self { $(DataType::$variant => $meaning),+ }
            }
        }
    };
}

data_types! {
    Adt00 "ADT-00" Patient false "患者基本情報",
    Adt01 "ADT-01" Patient false "担当医の変更",
    Adt12 "ADT-12" Visit true "外来診察の受付",
    Adt21 "ADT-21" Visit true "入院予定",
    Adt22 "ADT-22" Visit true "入院実施",
    Adt31 "ADT-31" Visit true "外出泊実施",
    Adt32 "ADT-32" Visit true "外出泊帰院実施",
    Adt41 "ADT-41" Visit true "転科・転棟予定",
    Adt42 "ADT-42" Visit true "転科・転棟実施",
    Adt51 "ADT-51" Visit true "退院予定",
    Adt52 "ADT-52" Visit true "退院実施",
    Adt61 "ADT-61" Allergy false "アレルギー情報",
    Ppr01 "PPR-01" Diagnosis false "病名(歴)情報",
    Omd "OMD" Diet true "食事オーダ",
    Omp01 "OMP-01" Prescription true "処方オーダ",
    Omp11 "OMP-11" Prescription true "処方実施通知",
    Omp02 "OMP-02" Injection true "注射オーダ",
    Omp12 "OMP-12" Injection true "注射実施通知",
    Oml01 "OML-01" Laboratory true "検体検査オーダ",
    Oml11 "OML-11" Laboratory true "検体検査結果",
    Omg01 "OMG-01" Imaging true "放射線検査オーダ",
    Omg11 "OMG-11" Imaging true "放射線検査の実施",
    Omg02 "OMG-02" Endoscopy true "内視鏡検査オーダ",
    Omg12 "OMG-12" Endoscopy true "内視鏡検査の実施",
    Omg03 "OMG-03" Physiology true "生理検査オーダ",
    Omg13 "OMG-13" Physiology true "生理検査結果",
}

#[cfg(test)]
mod tests {
    use super::DataType;

    #[test]
    fn every_name_leads_back_to_its_type() {
        for data_type in DataType::ALL {
            assert_eq!(DataType::from_name(data_type.name()), Some(*data_type));
        }
        assert_eq!(DataType::from_name("OML-12"), None);
    }
}
