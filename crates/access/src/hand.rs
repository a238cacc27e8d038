//! What somebody who changes something reaches. Pure, like [`crate::decide`], on whose word it
//! rests.

use crate::role::Viewer;

/// Who changes something, by what right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hand {
    /// The centre itself: everything is its own.
    Centre,
    /// A gateway of ours speaks for its facility's sources, whatever consent says, and knows of
    /// nothing else.
    Gateway {
        /// Its facility.
        facility_id: i64,
    },
    /// A peer.
    Peer {
        /// Through whose eyes it sees.
        viewer: Viewer,
        /// Its own source, that of what it submitted.
        source_id: Option<i64>,
        /// Whether it may change also what other facilities brought.
        may_change_all: bool,
    },
}

/// What an object is to somebody who changes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grip {
    /// Not there, as far as may be told.
    Absent,
    /// There, and not to be changed.
    Seen,
    /// There, and to be changed or removed.
    Own,
}

impl Hand {
    /// What an object is whose source and facility these are. A peer knows what consent opens to
    /// it, and what it brought itself.
    pub fn grip(&self, is_open: bool, source_id: Option<i64>, facility_id: Option<i64>) -> Grip {
        match *self {
            Hand::Centre => Grip::Own,
            Hand::Gateway { facility_id: own } => match facility_id == Some(own) {
                true => Grip::Own,
                false => Grip::Absent,
            },
            Hand::Peer { viewer, source_id: own, may_change_all } => {
                let is_its = own.is_some() && source_id == own;
                let is_of_facility = is_its || facility_id == Some(viewer.facility_id);
                match (is_open || is_its, is_of_facility || may_change_all) {
                    (false, _) => Grip::Absent,
                    (true, false) => Grip::Seen,
                    (true, true) => Grip::Own,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::Role;

    fn peer(may_change_all: bool) -> Hand {
        let viewer = Viewer { account_id: 0, facility_id: 1, role: Role::Doctor };
        Hand::Peer { viewer, source_id: Some(10), may_change_all }
    }

    #[test]
    fn a_peer_changes_what_it_knows_of_its_facility() {
        let grip = |is_open, source, facility| peer(false).grip(is_open, source, facility);
        assert_eq!(grip(true, Some(11), Some(1)), Grip::Own);
        assert_eq!(grip(false, Some(11), Some(1)), Grip::Absent, "another system's, not open");
        assert_eq!(grip(false, Some(10), Some(1)), Grip::Own, "it brought that itself");
        assert_eq!(grip(true, Some(20), Some(2)), Grip::Seen);
        assert_eq!(grip(true, None, None), Grip::Seen);
        assert_eq!(peer(true).grip(true, None, None), Grip::Own);
        assert_eq!(peer(true).grip(false, Some(20), Some(2)), Grip::Absent);
    }

    #[test]
    fn a_gateway_knows_its_facility_alone() {
        let gateway = Hand::Gateway { facility_id: 1 };
        assert_eq!(gateway.grip(false, Some(11), Some(1)), Grip::Own);
        assert_eq!(gateway.grip(true, Some(20), Some(2)), Grip::Absent);
        assert_eq!(gateway.grip(true, None, None), Grip::Absent);
        assert_eq!(Hand::Centre.grip(false, None, None), Grip::Own);
    }
}
