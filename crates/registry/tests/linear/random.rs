//! What the clients of a history ask, by its seed.

use super::model::{Entry, ON_DEMAND, Operation, SNAPSHOTS, VERSIONS, VERSIONS_OF_ITEM};
use model::item::VersionState::{Current, Deleted, Deprecated};

/// Clients of one history.
pub const CLIENTS: usize = 3;
/// Requests of each client.
pub const REQUESTS: usize = 4;

/// Each client's requests.
pub fn requests(seed: u64) -> Vec<Vec<Operation>> {
    let mut numbers = Numbers(seed);
    let mut fresh: Entry = 0;
    let (mut on_demand, mut snapshot) = (ON_DEMAND, SNAPSHOTS);
    let mut plan: Vec<Vec<Operation>> = vec![Vec::new(); CLIENTS];
    // Some versions have two writers, some targets are not there yet.
    for request in 0..REQUESTS {
        for client in &mut plan {
            if request == 0 && client.is_empty() && fresh == 0 {
                client.push(Operation::Submit { entry: fresh });
                fresh += 1;
                continue;
            }
            let target = match numbers.below(8) {
                0 => ON_DEMAND + numbers.below(2) as Entry,
                1 => VERSIONS + numbers.below(u64::from(VERSIONS_OF_ITEM)) as Entry,
                _ => numbers.below(u64::from(fresh)) as Entry,
            };
            match numbers.below(20) {
                0 => {
                    client.push(Operation::OnDemand { entry: on_demand });
                    on_demand += 1;
                    continue;
                }
                1 => {
                    let target = match numbers.below(4) {
                        0 => target,
                        _ => ON_DEMAND + numbers.below(2) as Entry,
                    };
                    client.push(Operation::Snapshot { entry: snapshot, target });
                    snapshot += 1;
                    continue;
                }
                2..=5 => {
                    client.push(of_storage(&mut numbers));
                    continue;
                }
                _ => {}
            }
            let logical = numbers.below(u64::from(fresh.min(2))) as Entry;
            let kind = numbers.below(100);
            let makes_entry = kind <= 44;
            let is_repeat = kind <= 33 && numbers.below(12) == 0;
            let entry = if is_repeat { 0 } else { fresh };
            fresh += Entry::from(makes_entry && !is_repeat);
            client.push(match kind {
                0..=9 => Operation::Submit { entry },
                // That no document replaces itself is a rule of the message, kept before this.
                10..=33 if entry == target => Operation::Submit { entry },
                10..=33 => Operation::Replace { entry, target },
                34..=44 => {
                    let previous = 1 + numbers.below(2) as u32;
                    let propagates = numbers.below(2) == 0;
                    Operation::Version { entry, logical, previous, propagates }
                }
                45..=57 => Operation::Status { target, approved: kind.is_multiple_of(2) },
                58..=65 => Operation::Put { entry: target },
                66..=69 => Operation::Take { entry: target },
                70..=71 => Operation::Steal { target },
                72..=77 => Operation::Find,
                78..=91 => Operation::All,
                _ => Operation::Get { entry: target },
            });
        }
    }
    plan
}

/// What a gateway submits, and sometimes what is removed of it.
fn of_storage(numbers: &mut Numbers) -> Operation {
    let entry = VERSIONS + numbers.below(u64::from(VERSIONS_OF_ITEM)) as Entry;
    match numbers.below(10) {
        0..=4 => Operation::Intake { entry, told: Current },
        5..=6 => Operation::Intake { entry, told: Deprecated },
        7 => Operation::Intake { entry, told: Deleted },
        _ => Operation::Remove { entry },
    }
}

/// SplitMix64.
pub struct Numbers(pub u64);

impl Numbers {
    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}
