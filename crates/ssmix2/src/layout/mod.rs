//! Where things stand in a storage: folders, file names, content folders, condition flags.
//!
//! Names are bytes on disk (CP932 on many SMB mounts) and text in keys: [`name_text`] is the one
//! way from the first to the second.

pub mod extended;
mod extended_content;
mod file_name;
mod flag;
mod name_error;
mod name_text;
mod path;
mod patient_folder;

pub use extended::{ContentFolder, DataKind};
pub use file_name::FileName;
pub(crate) use file_name::{check_care_date, check_patient_id, check_sent};
pub use flag::version_state;
pub use name_error::NameError;
pub use name_text::name_text;
pub use path::{PathError, check_content_path, check_file_path};
pub use patient_folder::patient_folder;
