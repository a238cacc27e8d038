//! What an act would do, drawn as the persons before and after it.

use crate::person::contradiction_words;
use crate::record::{RecordLine, record_line};
use page::Texts;
use ports::{Effect, Group};

/// A person before or after.
pub struct GroupBox {
    /// Its community ID; words for one that is still to be drawn.
    pub community_id: String,
    /// Where its ID leads, once nothing is left of it.
    pub leads_to: String,
    /// Its records; those that move are marked.
    pub records: Vec<(RecordLine, bool)>,
    /// How many lines of the timeline it has.
    pub entries: i64,
    /// Who may see something of it; empty where nobody may.
    pub viewers: String,
    /// In what its records contradict each other.
    pub contradiction: String,
}

/// The persons before and after an act.
pub fn boxes(effect: &Effect, texts: Texts) -> (Vec<GroupBox>, Vec<GroupBox>) {
    let side = |groups: &[Group]| groups.iter().map(|group| drawn(group, effect, texts)).collect();
    (side(&effect.before), side(&effect.after))
}

fn drawn(group: &Group, effect: &Effect, texts: Texts) -> GroupBox {
    let count = |id: i64| effect.entry_counts.get(&id).copied().unwrap_or(0);
    let records = group.records.iter().map(|record| {
        let line = record_line(record, &group.records, count(record.id), &effect.places, texts);
        (line, effect.moved.contains(&record.id))
    });
    let viewers = group.viewers.iter().map(|id| {
        let facility = effect.places.facilities.get(id);
        facility.map_or_else(|| id.to_string(), |facility| facility.name.clone())
    });
    GroupBox {
        community_id: match &group.community_id {
            Some(id) => id.to_string(),
            None => texts.get("effect-new-id"),
        },
        leads_to: group.leads_to.as_ref().map(ToString::to_string).unwrap_or_default(),
        records: records.collect(),
        entries: group.records.iter().map(|record| count(record.id)).sum(),
        viewers: viewers.collect::<Vec<_>>().join("・"),
        contradiction: contradiction_words(group.contradiction, texts),
    }
}
