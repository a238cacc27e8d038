//! Content folders of the extended storage: one folder is one document with its attachments
//! (SS-MIX2 extended storage; ssmix2.md §3.2).

use crate::beneath::{EntryKind, FileStamp, ReadFile, RootFolder, Trouble};
use crate::listing::{is_litter, join};
use crate::place::shown_bytes;
use model::limits;
use ssmix2::layout::extended::{ContentFile, primary_file};

/// A file of a content folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Path below the content folder.
    pub name: Vec<u8>,
    /// Size and time.
    pub stamp: FileStamp,
}

/// A content folder that was read: its document and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Name and bytes of the primary file.
    pub primary: (String, ReadFile),
    /// Names and bytes of the others, by name.
    pub attachments: Vec<(String, ReadFile)>,
    /// Size and time of all together.
    pub stamp: FileStamp,
}

/// Why a content folder gives no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentTrouble {
    /// There is no file in it.
    Empty,
    /// Something in it cannot be read; the path of what.
    Within(Vec<u8>, Trouble),
}

/// The files of a content folder and of the folders in it, by name. Folders deeper than the
/// limit are refused.
pub fn files(root: &RootFolder, folder: &[u8]) -> Result<Vec<FoundFile>, Trouble> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_vec()];
    while let Some(at) = waiting.pop() {
        let depth = at.iter().filter(|byte| **byte == b'/').count() as u64 + 1;
        if depth > limits::STORAGE_DEPTH {
            return Err(Trouble::Refused("folders are nested deeper than the limit".to_owned()));
        }
        let open = root.folder(&at)?;
        for entry in open.entries()? {
            if is_litter(&entry.name) {
                continue;
            }
            let path = join(&at, &entry.name);
            match entry.kind {
                EntryKind::File => {
                    let stamp = open.stamp(&entry.name)?;
                    found.push(FoundFile { name: path[folder.len() + 1..].to_vec(), stamp });
                }
                EntryKind::Folder => waiting.push(path),
                EntryKind::Special(what) => return Err(Trouble::NotAFile(what)),
                EntryKind::Link => return Err(Trouble::Link),
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Size and time of a content folder: the sum of the sizes, the newest time.
pub fn stamp(files: &[FoundFile]) -> FileStamp {
    FileStamp {
        size: files.iter().map(|file| file.stamp.size).sum(),
        modified_us: files.iter().map(|file| file.stamp.modified_us).max().unwrap_or(0),
    }
}

/// Reads a content folder whole. All its files together are bounded like one file.
pub fn read(root: &RootFolder, folder: &[u8]) -> Result<Content, ContentTrouble> {
    let within = |name: &[u8], trouble| ContentTrouble::Within(join(folder, name), trouble);
    let found =
        files(root, folder).map_err(|trouble| ContentTrouble::Within(folder.to_vec(), trouble))?;
    let stamp = stamp(&found);
    if stamp.size > limits::SSMIX2_FILE_BYTES {
        return Err(ContentTrouble::Within(folder.to_vec(), Trouble::TooLarge(stamp.size)));
    }
    let names: Vec<String> = found.iter().map(|file| shown_bytes(&file.name)).collect();
    let listed: Vec<ContentFile<'_>> = names
        .iter()
        .zip(&found)
        .map(|(name, file)| ContentFile { name, size_bytes: file.stamp.size })
        .collect();
    let primary_at = primary_file(&listed).ok_or(ContentTrouble::Empty)?;
    let mut primary = None;
    let mut attachments = Vec::new();
    for (at, (name, file)) in names.iter().zip(&found).enumerate() {
        let read = root
            .read(&join(folder, &file.name), limits::SSMIX2_FILE_BYTES)
            .map_err(|trouble| within(&file.name, trouble))?;
        if at == primary_at {
            primary = Some((name.clone(), read));
        } else {
            attachments.push((name.clone(), read));
        }
    }
    let primary = primary.ok_or(ContentTrouble::Empty)?;
    Ok(Content { primary, attachments, stamp })
}
