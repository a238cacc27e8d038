//! How often records go wrong, in thousandths.

/// Rates of dirt, each in thousandths of records or of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dirt {
    /// People who moved between two registrations.
    pub moved: usize,
    /// Women of 22 to 45 who married and changed their name between two registrations.
    pub married: usize,
    /// Of their later records, those that tell the former name.
    pub former_name_told: usize,
    /// Births that were twins.
    pub twins: usize,
    /// Records with the reading alone.
    pub kana_only: usize,
    /// Records without a reading.
    pub kana_missing: usize,
    /// Readings with a slip of one kana.
    pub kana_slip: usize,
    /// Given names in other kanji of the same reading.
    pub wrong_kanji: usize,
    /// Family and given name in each other's place.
    pub swapped: usize,
    /// Birth dates that went wrong, all kinds together.
    pub birth_slip: usize,
    /// Birth dates that are missing.
    pub birth_missing: usize,
    /// Wrong sex.
    pub sex_wrong: usize,
    /// Records without an address.
    pub address_missing: usize,
    /// Records without a telephone number.
    pub telephone_missing: usize,
    /// Telephone numbers with a slip of one digit.
    pub telephone_slip: usize,
    /// Records without insurance.
    pub insurance_missing: usize,
    /// Insurance numbers without a branch.
    pub branch_missing: usize,
    /// Records with an earlier insurer's number.
    pub insurance_changed: usize,
    /// Insurance numbers that belong to another member, branch and all.
    pub insurance_of_another: usize,
    /// People with a second number in one hospital.
    pub second_number: usize,
}

impl Dirt {
    /// What the bench runs with.
    pub const USUAL: Dirt = Dirt {
        moved: 120,
        married: 60,
        former_name_told: 300,
        twins: 12,
        kana_only: 15,
        kana_missing: 10,
        kana_slip: 4,
        wrong_kanji: 3,
        swapped: 1,
        birth_slip: 7,
        birth_missing: 1,
        sex_wrong: 1,
        address_missing: 30,
        telephone_missing: 120,
        telephone_slip: 5,
        insurance_missing: 250,
        branch_missing: 250,
        insurance_changed: 80,
        insurance_of_another: 2,
        second_number: 2,
    };
}
