//! Imaging: studies, series and instances of identities, as in DICOM (PS3.3 A.1.2).
//!
//! A study row is that of one identity at one source; the same Study Instance UID under another
//! identity is another row, which may share objects with it. Nothing is counted against a limit:
//! lists are read in pages, each after the last row of the one before.

pub(crate) mod character_set;
mod description;
pub(crate) mod instance;
pub(crate) mod keep;
pub(crate) mod metadata;
pub(crate) mod mutation;
pub(crate) mod page;
pub(crate) mod progress;
pub(crate) mod rejection;
pub(crate) mod series;
pub(crate) mod study_row;
pub(crate) mod thumbnail;

pub use character_set::{CharacterSetCount, add_character_set, character_sets_of_source};
pub use description::{InstanceDescription, SeriesDescription, StudyDescription};
pub use instance::{
    HeldInstance, InstanceRow, NO_INSTANCE_NUMBER, all_instances_of_study, held_instances,
    instance_by_id, instances_by_uid, instances_of_series, instances_of_study, middle_of_series,
};
pub use keep::{
    Added, NewInstance, Superseded, ensure_series, ensure_study, grow_series, grow_study,
    insert_instance,
};
pub use metadata::{
    Part, Waiting, delete_headers, headers, insert_header, insert_part, parts, rewrite_part,
    waiting_headers,
};
pub use mutation::{
    hide_instances, know, recount, set_copy_of, set_disappeared, set_fetching, set_hidden,
    set_left_out, set_manifest, set_restricted, set_series_told, set_told, set_wanted,
    show_instances,
};
pub use page::{
    FETCH_JOB, OtherInstance, SeriesHead, ask_for_images, other_instances, series_heads,
    studies_of_manifests,
};
pub use progress::{MissingPatient, SourceEstimate, clear_fetching, estimate, missing_patients};
pub use rejection::{Rejection, put_rejection, rejections};
pub use series::{SeriesRow, lock_series, series_by_id, series_of_studies};
pub use study_row::{
    After, SourceTotals, StudyRow, StudyState, Told, lock_study, studies_before,
    studies_by_accession, studies_by_ids, studies_by_uid, studies_of_identities,
    studies_of_patient, studies_of_source, study_by_id, totals,
};
pub use thumbnail::{
    Thumbnail, WantingSeries, put_thumbnail, set_series_thumbnail, thumbnail_of_instance,
    thumbnail_of_series, wanting_thumbnails,
};
