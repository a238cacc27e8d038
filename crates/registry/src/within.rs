//! What a submission says of its own objects, found without a walk through all of it for each.

use crate::prepare::Prepared;
use model::document::{Association, AssociationType};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// The objects of a submission and the associations between them.
pub(crate) struct Within {
    is_intake: bool,
    set: Uuid,
    /// Documents by entryUUID, with their places.
    documents: HashMap<Uuid, usize>,
    folders: HashSet<Uuid>,
    associations: HashSet<Uuid>,
    /// Targets of HasMembers from the set.
    members: HashSet<Uuid>,
    /// What a document appends to.
    appended: HashMap<Uuid, Vec<Uuid>>,
}

impl Within {
    /// Of a submission.
    pub fn of(submission: &Prepared) -> Within {
        let set = submission.set.entry_uuid;
        let mut within = Within {
            is_intake: submission.is_intake,
            set,
            documents: HashMap::with_capacity(submission.documents.len()),
            folders: submission.folders.iter().map(|(folder, _)| folder.entry_uuid).collect(),
            associations: submission.associations.iter().map(|one| one.entry_uuid).collect(),
            members: HashSet::new(),
            appended: HashMap::new(),
        };
        for (place, prepared) in submission.documents.iter().enumerate() {
            within.documents.entry(prepared.entry.entry_uuid).or_insert(place);
        }
        for association in &submission.associations {
            match association.association_type {
                AssociationType::HasMember if association.source == set => {
                    within.members.insert(association.target);
                }
                AssociationType::Appends => {
                    let targets = within.appended.entry(association.source).or_default();
                    targets.push(association.target);
                }
                _ => {}
            }
        }
        within
    }

    /// Whether a gateway of ours sends it.
    pub fn is_intake(&self) -> bool {
        self.is_intake
    }

    /// Whether an association needs no row of its own: the HasMember from a gateway's set to what
    /// it brings, which the registry makes itself.
    pub fn is_implied(&self, association: &Association) -> bool {
        let target = association.target;
        self.is_intake
            && association.association_type == AssociationType::HasMember
            && association.source == self.set
            && (self.documents.contains_key(&target)
                || self.folders.contains(&target)
                || self.associations.contains(&target))
    }

    /// Whether the set names an object as its member.
    pub fn is_member(&self, uuid: Uuid) -> bool {
        self.members.contains(&uuid)
    }

    /// Whether an association is of the submission.
    pub fn is_association(&self, uuid: Uuid) -> bool {
        self.associations.contains(&uuid)
    }

    /// The places of the documents of the submission to which one of them appends.
    pub fn appended_to(&self, uuid: Uuid) -> impl Iterator<Item = usize> {
        let targets = self.appended.get(&uuid).into_iter().flatten();
        targets.filter_map(|target| self.documents.get(target).copied())
    }
}
