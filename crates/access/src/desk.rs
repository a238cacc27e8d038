//! Whose records an account works on when it says which of them are of one human.

use crate::error::AccessError;
use crate::open::Numbering;
use crate::role::{Role, Viewer};
use store::Tx;
use store::person::Identity;

/// Whose records a desk works on. Who a patient is, and where somebody is a patient at all, is
/// shown there without asking consent, so it is as narrow as the duty allows (security.md J4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskScope {
    /// Nobody's: whoever treats patients sees them by consent, on the pages of the record.
    Closed,
    /// Persons all of whose records this facility numbers: its own two systems, or a patient
    /// who was registered twice. That somebody is a patient elsewhere is not for its staff.
    Facility(i64),
    /// Everybody's: the operators of the region.
    Region,
}

/// Whose records an account works on.
pub fn desk_scope(viewer: &Viewer) -> DeskScope {
    match viewer.role {
        Role::Doctor => DeskScope::Closed,
        Role::Staff => DeskScope::Facility(viewer.facility_id),
        Role::Operator => DeskScope::Region,
    }
}

impl DeskScope {
    /// Whether the account has a desk at all.
    pub fn is_open(self) -> bool {
        self != DeskScope::Closed
    }

    /// Whether it decides reviews: those lie between facilities.
    pub fn reviews(self) -> bool {
        self == DeskScope::Region
    }

    /// Whether a person may be worked on. `holders` names, for each of its records, the
    /// facilities that number it; a person without records is nobody's patient.
    pub fn opens(self, holders: &[Vec<i64>]) -> bool {
        match self {
            DeskScope::Closed => false,
            DeskScope::Region => true,
            DeskScope::Facility(own) => {
                !holders.is_empty() && holders.iter().all(|facilities| facilities.contains(&own))
            }
        }
    }
}

/// Which facilities number which records, to ask [`DeskScope::opens`] for many persons.
pub struct Holders(Numbering);

impl Holders {
    /// Reads it.
    pub fn load(tx: &mut Tx) -> Result<Holders, AccessError> {
        Ok(Holders(Numbering::load(tx)?))
    }

    /// The facilities of each record; that of a community ID is derived and left out.
    pub fn of(&self, records: &[Identity]) -> Vec<Vec<i64>> {
        let own = records.iter().filter(|record| !record.is_affinity);
        own.map(|record| self.0.facilities(record.domain_id).to_vec()).collect()
    }

    /// The domains in which a facility numbers its patients.
    pub fn domains_of(&self, facility_id: i64) -> Vec<i64> {
        self.0.domains_of(facility_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(role: Role) -> DeskScope {
        desk_scope(&Viewer { account_id: 1, facility_id: 7, role })
    }

    #[test]
    fn doctors_have_no_desk_staff_their_own_house_operators_the_region() {
        let own = [vec![7], vec![7, 8]];
        let partly = [vec![7], vec![8]];
        let elsewhere = [vec![8]];
        for (role, open, reviews, opens) in [
            (Role::Doctor, false, false, [false, false, false, false]),
            (Role::Staff, true, false, [true, false, false, false]),
            (Role::Operator, true, true, [true, true, true, true]),
        ] {
            let scope = scope(role);
            assert_eq!((scope.is_open(), scope.reviews()), (open, reviews), "{role:?}");
            let asked: [&[Vec<i64>]; 4] = [&own, &partly, &elsewhere, &[]];
            assert_eq!(asked.map(|holders| scope.opens(holders)), opens, "{role:?}");
        }
        assert_eq!(Role::ALL.len(), 3, "a new role needs its line");
    }
}
