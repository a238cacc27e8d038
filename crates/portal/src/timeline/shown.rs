//! Entries as they are shown: each with its facility, and what two sources of one facility both
//! sent once, with two provenances.

use crate::facility::{Facility, of_source};
use crate::images::card::Card;
use model::entry::Category;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use store::timeline_query::Entry;

/// An entry with its facility.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The entry; of equal ones the one that came first.
    pub entry: Entry,
    /// Place of its facility among the facilities of the page.
    pub facility: usize,
    /// Other sources of the same facility that sent the same bytes.
    pub also_from: Vec<i64>,
    /// The study of which it tells; it then leads to the study's page.
    pub study: Option<Card>,
}

/// Gives each entry its facility and folds what two sources of one facility both hold for one
/// person. Entries of sources that the page does not know are left out: they were not permitted.
pub fn fold(entries: Vec<Entry>, facilities: &[Facility]) -> Vec<Shown> {
    let mut first_of: HashMap<(usize, i64, Category), usize> = HashMap::new();
    let mut shown: Vec<Shown> = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(facility) = place_of(facilities, entry.source_id) else { continue };
        let several = facilities[facility].sources.len() > 1;
        if several {
            match first_of.entry((facility, entry.content_key, entry.category)) {
                Slot::Vacant(slot) => {
                    slot.insert(shown.len());
                }
                Slot::Occupied(slot) => {
                    let first = &mut shown[*slot.get()];
                    if let Some(source) =
                        entry.source_id.filter(|id| first.entry.source_id != Some(*id))
                    {
                        first.also_from.push(source);
                        first.entry.taken = first.entry.taken.min(entry.taken);
                        continue;
                    }
                }
            }
        }
        shown.push(Shown { entry, facility, also_from: Vec::new(), study: None });
    }
    shown
}

fn place_of(facilities: &[Facility], source_id: Option<i64>) -> Option<usize> {
    let found = of_source(facilities, source_id)?;
    facilities.iter().position(|facility| facility.id == found.id)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::facility::group;
    use crate::facility::tests::source;
    use model::Timestamp;
    use model::entry::Abnormal;

    pub(crate) fn entry(document_id: i64, source_id: i64, day: i64, category: Category) -> Entry {
        Entry {
            identity_id: 1,
            at: Some(Timestamp(day)),
            document_id,
            day,
            source_id: Some(source_id),
            category,
            label: "内科".into(),
            item_count: 1,
            abnormal: Abnormal::None,
            department: "内科".into(),
            inpatient: None,
            until_day: None,
            content_key: document_id,
            taken: Timestamp(document_id),
        }
    }

    #[test]
    fn the_same_bytes_from_two_sources_of_one_facility_are_one_entry() {
        let facilities = group(vec![
            source(1, 1, "up", None),
            source(2, 1, "up", None),
            source(3, 2, "up", None),
        ]);
        let same = |document, source| Entry {
            content_key: 77,
            ..entry(document, source, 20260101, Category::Laboratory)
        };
        let shown = fold(vec![same(1, 1), same(2, 2), same(3, 3), same(4, 1)], &facilities);
        let documents: Vec<_> = shown.iter().map(|it| it.entry.document_id).collect();
        assert_eq!(documents, [1, 3, 4], "another facility and another item stay apart");
        assert_eq!(shown[0].also_from, [2]);
    }

    #[test]
    fn entries_of_unknown_sources_are_not_shown() {
        let facilities = group(vec![source(1, 1, "up", None)]);
        let hidden = Entry { source_id: None, ..entry(1, 1, 20260101, Category::Visit) };
        let other = entry(2, 9, 20260101, Category::Visit);
        assert!(fold(vec![hidden, other], &facilities).is_empty());
    }
}
