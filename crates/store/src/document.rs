//! Documents, their items, submission sets, folders and associations: typed statements.
//!
//! Rules of XDS and of intake are the registry's; here one function is one statement.

pub mod association;
pub mod bytes;
pub mod entry;
pub mod folder;
pub mod item;
pub mod metadata;
pub mod patient;
pub mod reading;
pub mod removal;
pub mod row;
pub mod set;
pub mod stored_query;
pub mod version;

pub use association::{AssociationRow, End, EndKind, NewAssociation};
pub use bytes::{Content, Place};
pub use entry::{EntryFilter, EntryRow};
pub use folder::FolderRow;
pub use item::VersionRow;
pub use patient::Patient;
pub use row::{KnownDocument, NewDocument, Settlement};
pub use set::SetRow;
