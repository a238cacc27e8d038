//! The remarks collected on one document.

use model::reason::Flag;

/// A small ordered set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Flags(Vec<Flag>);

impl Flags {
    pub(crate) fn add(&mut self, flag: Flag) {
        if let Err(place) = self.0.binary_search(&flag) {
            self.0.insert(place, flag);
        }
    }

    pub(crate) fn into_vec(self) -> Vec<Flag> {
        self.0
    }
}
