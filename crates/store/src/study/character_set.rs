//! Verdicts on character sets, counted by what made the text: an operator sees which importing
//! device lies, and gives its source a rule.

use crate::{StoreError, Tx};
use model::Timestamp;

crate::statements! {
    ADD = "character_set_count/add",
    OF_SOURCE = "character_set_count/of_source",
}

/// How many instances of a device came with a declaration and got a verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CharacterSetCount {
    /// Station Name (0008,1010).
    pub station: String,
    /// Manufacturer and model.
    pub device: String,
    /// Specific Character Set (0008,0005) as declared.
    pub declared: String,
    /// The verdict's name.
    pub verdict: String,
    /// Instances.
    pub instances: i64,
    /// When the last one came.
    pub last: Timestamp,
}

/// Adds to the count of a source.
pub fn add_character_set(
    tx: &mut Tx,
    source_id: i64,
    count: &CharacterSetCount,
) -> Result<(), StoreError> {
    let CharacterSetCount { station, device, declared, verdict, instances, last } = count;
    let values = params![source_id, station, device, declared, verdict, *instances, *last];
    tx.execute(&ADD, values).map(drop)
}

/// The counts of a source, the most frequent first.
pub fn character_sets_of_source(
    tx: &mut Tx,
    source_id: i64,
) -> Result<Vec<CharacterSetCount>, StoreError> {
    tx.query(&OF_SOURCE, params![source_id], |row| {
        Ok(CharacterSetCount {
            station: row.text(0)?,
            device: row.text(1)?,
            declared: row.text(2)?,
            verdict: row.text(3)?,
            instances: row.int(4)?,
            last: Timestamp(row.int(5)?),
        })
    })
}
