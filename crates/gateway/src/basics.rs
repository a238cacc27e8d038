//! Who a patient is, as the storage says now: read when staff say that two patients are one.

use crate::beneath::{RootFolder, Trouble};
use crate::error::GatewayError;
use crate::listing::{identify, join};
use crate::place::RootRole;
use crate::source::Source;
use model::demographics::Demographics;
use model::item::VersionState;
use model::limits::SSMIX2_FILE_BYTES;
use ssmix2::layout::patient_folder;
use ssmix2::{Expected, examine};

/// The folder of basic data below a patient's: no care date, ADT-00.
pub(crate) const BASICS: &str = "-/ADT-00";

/// The newest basic data (ADT-00) of a patient in a source; `None` where there are none, or none
/// that can be read: what is wrong with a file is found when the source is pulled. Only for a
/// patient who is about to be enrolled; nothing is kept. Blocks.
///
/// # Errors
/// A root cannot be read.
pub fn basics(source: &Source, patient_id: &str) -> Result<Option<Demographics>, GatewayError> {
    let Ok(folders) = patient_folder(patient_id) else { return Ok(None) };
    let folder = format!("{}/{BASICS}", folders.join("/"));
    let mut newest: Option<(String, Demographics)> = None;
    for root in source.roots.iter().filter(|root| root.role == RootRole::Standardized) {
        let down = |trouble: Trouble| GatewayError::Down {
            source_name: source.name.clone(),
            reason: format!("the {} root {}: {trouble}", root.role, root.path.display()),
        };
        let open = RootFolder::open(&root.path).map_err(down)?;
        let entries = match open.folder(folder.as_bytes()).and_then(|folder| folder.entries()) {
            Ok(entries) => entries,
            Err(Trouble::Missing) => continue,
            Err(trouble) => return Err(down(trouble)),
        };
        for entry in entries {
            let path = join(folder.as_bytes(), &entry.name);
            let Some((item, sent, VersionState::Current)) = identify(RootRole::Standardized, &path)
            else {
                continue;
            };
            if newest.as_ref().is_some_and(|(newest_sent, _)| *newest_sent >= sent) {
                continue;
            }
            let expected = Expected {
                patient_id,
                data_type: &item.data_type,
                care_date: &item.care_date,
                order_key: &item.order_key,
                sent: &sent,
                department: "",
            };
            let read = open.read(&path, SSMIX2_FILE_BYTES).ok();
            if let Some(Ok(examined)) = read.map(|read| examine(&read.bytes, &expected)) {
                newest = Some((sent, examined.demographics));
            }
        }
    }
    Ok(newest.map(|(_, demographics)| demographics))
}
