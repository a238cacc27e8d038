//! The fields that are compared and the levels on which they agree.

use serde::{Deserialize, Serialize};

macro_rules! named {
    ($(#[$meta:meta])* $kind:ident { $($(#[doc = $doc:literal])+ $variant:ident $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum $kind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $kind {
            /// Every one, in order.
            pub const ALL: &'static [$kind] = &[$($kind::$variant,)+];

            /// The name as it is stored and shown.
            pub fn name(self) -> &'static str {
                match self {
                    $($kind::$variant => $name,)+
                }
            }

            /// Its place in [`Self::ALL`].
            pub fn place(self) -> usize {
                self as usize
            }
        }
    };
}

named! {
    /// What is compared. A name's two forms are one witness: the form that agrees better stands as
    /// the name, the other one *beside* it, weighed only for what it adds to the first.
    Field {
        /// Given name, in the form that agrees better.
        GivenName "given-name",
        /// Its reading, where the writing stands as the name.
        GivenReadingBeside "given-reading-beside",
        /// Its writing, where the reading stands as the name.
        GivenWritingBeside "given-writing-beside",
        /// Family name, in the form that agrees better.
        FamilyName "family-name",
        /// Its reading, where the writing stands as the name.
        FamilyReadingBeside "family-reading-beside",
        /// Its writing, where the reading stands as the name.
        FamilyWritingBeside "family-writing-beside",
        /// Birth date.
        BirthDate "birth-date",
        /// Administrative sex.
        Sex "sex",
        /// Postal code.
        PostalCode "postal-code",
        /// The area of the address.
        Area "area",
        /// The numbers of the address.
        HouseNumber "house-number",
        /// Telephone numbers.
        Telephone "telephone",
        /// Insurer, symbol and number (保険者番号, 記号, 番号): a household's.
        Insurance "insurance",
        /// Branch (枝番) under the same insurance number: a person's.
        InsuranceBranch "insurance-branch",
    }
}

named! {
    /// How two values of a field agree. Not every field knows every level.
    Level {
        /// One side has no value: says nothing.
        Missing "missing",
        /// Only gaiji stand between agreement and not: says nothing.
        Silent "silent",
        /// The same after normalisation.
        Exact "exact",
        /// The same value, one that stands where none is known (1 January).
        Placeholder "placeholder",
        /// Variants of the same kanji.
        Variant "variant",
        /// Kanji that are written for one another.
        Similar "similar",
        /// Readings that sound alike.
        Loose "loose",
        /// Letters against kana, by their consonants.
        Skeleton "skeleton",
        /// Family and given name changed places.
        Swapped "swapped",
        /// The same as a former name.
        Former "former",
        /// A birth date one year off.
        YearByOne "year-by-one",
        /// A birth date off by an era.
        EraYears "era-years",
        /// Day and month changed places.
        DayMonthSwapped "day-month-swapped",
        /// One edit apart.
        OneEdit "one-edit",
        /// Much alike.
        Near "near",
        /// In part the same.
        Partial "partial",
        /// Different.
        Differ "differ",
    }
}

/// How many fields there are.
pub const FIELDS: usize = Field::ALL.len();
/// How many levels there are.
pub const LEVELS: usize = Level::ALL.len();

impl Field {
    /// Whether members of one household share it.
    pub fn is_of_household(self) -> bool {
        matches!(
            self,
            Field::FamilyName
                | Field::FamilyReadingBeside
                | Field::FamilyWritingBeside
                | Field::PostalCode
                | Field::Area
                | Field::HouseNumber
                | Field::Telephone
                | Field::Insurance
        )
    }
}

impl Level {
    /// Whether it says nothing, for or against.
    pub fn is_silent(self) -> bool {
        matches!(self, Level::Missing | Level::Silent)
    }

    /// Whether a name on this level is the same name, written in another way at most.
    pub fn is_same_name(self) -> bool {
        matches!(self, Level::Exact | Level::Variant | Level::Similar | Level::Loose)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_are_stored() {
        for (at, field) in Field::ALL.iter().enumerate() {
            assert_eq!(field.place(), at);
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
        }
        for (at, level) in Level::ALL.iter().enumerate() {
            assert_eq!(level.place(), at);
            assert_eq!(serde_json::to_value(level).unwrap(), level.name());
        }
    }
}
