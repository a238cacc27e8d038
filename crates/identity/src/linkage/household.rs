//! What a household shares is one witness, whatever number of fields it stands in.

use super::field::{FIELDS, Field};
use super::score::Millibits;
use serde::{Deserialize, Serialize};

/// How evidence of a household is held down. Its fields are correlated: taken as independent, two
/// members of one family who share surname, address, telephone and insurance outvote a given name
/// and a birth date that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HouseholdRule {
    /// Of the fields beside the strongest, this share counts, in thousandths.
    pub rest_thousandths: i32,
    /// The group never counts more, for or against.
    pub most_millibits: Millibits,
}

impl HouseholdRule {
    /// A quarter of the rest, at most 12 bits (identity.md §5.3).
    pub const JAPAN: HouseholdRule =
        HouseholdRule { rest_thousandths: 250, most_millibits: 12_000 };

    /// Every field counts in full: for data that knows no households.
    pub const NONE: HouseholdRule =
        HouseholdRule { rest_thousandths: 1_000, most_millibits: i32::MAX };

    /// What must be added to the sum of all fields so that the group counts as one witness.
    pub fn adjustment(&self, fields: &[Millibits; FIELDS]) -> Millibits {
        let group = || {
            Field::ALL
                .iter()
                .filter(|field| field.is_of_household())
                .filter_map(|field| fields.get(field.place()).copied())
        };
        let sum: Millibits = group().sum();
        let for_it = self.held(group().filter(|bits| *bits > 0));
        let against = self.held(group().filter(|bits| *bits < 0).map(|bits| -bits));
        for_it - against - sum
    }

    fn held(&self, bits: impl Iterator<Item = Millibits>) -> Millibits {
        let (most, all) =
            bits.fold((0, 0_i32), |(most, all), bits| (bits.max(most), all.saturating_add(bits)));
        let rest = i64::from(all - most) * i64::from(self.rest_thousandths) / 1_000;
        let rest = Millibits::try_from(rest).unwrap_or(Millibits::MAX);
        most.saturating_add(rest).min(self.most_millibits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_counts_in_full_and_the_rest_in_part_up_to_the_cap() {
        let mut fields = [0; FIELDS];
        fields[Field::GivenName.place()] = 9_000;
        fields[Field::Telephone.place()] = 8_000;
        fields[Field::FamilyName.place()] = 6_000;
        fields[Field::Area.place()] = -2_000;
        let adjustment = HouseholdRule::JAPAN.adjustment(&fields);
        assert_eq!(9_000 + 8_000 + 6_000 - 2_000 + adjustment, 9_000 + 9_500 - 2_000);
        fields[Field::Insurance.place()] = 16_000;
        let adjustment = HouseholdRule::JAPAN.adjustment(&fields);
        assert_eq!(9_000 + 30_000 - 2_000 + adjustment, 9_000 + 12_000 - 2_000);
        assert_eq!(HouseholdRule::NONE.adjustment(&fields), 0);
    }
}
