//! Reading beneath a storage's root, and nowhere else.
//!
//! Every open goes through `openat2` with `RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS` (security.md
//! §3, row "SS-MIX2 tree"): a link that leads out is refused by the kernel, in one step with the
//! open, so that nothing can be swapped between a check and a use. Where the kernel has no
//! `openat2`, every component is opened by itself and no link is followed at all. Names are
//! bytes: on an SMB mount they may be CP932.

use model::limits;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, ResolveFlags, Stat};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why something beneath a root could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Trouble {
    /// A link leads out of the root (or, without `openat2`, there is a link at all).
    #[error("a link leads out of the storage's root")]
    Outside,
    /// A link where only the thing itself is taken.
    #[error(
        "a link, which could lead to another patient's document; only the file itself is taken"
    )]
    Link,
    /// A FIFO, socket or device; it was not opened.
    #[error("not a file: {0}")]
    NotAFile(&'static str),
    /// Nothing of that name, or no longer.
    #[error("no longer there")]
    Missing,
    /// It changed while it was read.
    #[error("it changed while being read")]
    Changing,
    /// Larger than the limit; the size in bytes.
    #[error("{0} bytes, more than the limit for one file")]
    TooLarge(u64),
    /// The operating system refused.
    #[error("the operating system refused to read it: {0}")]
    Refused(String),
}

/// The root of a volume, opened once.
#[derive(Debug)]
pub struct RootFolder {
    fd: OwnedFd,
    path: PathBuf,
}

/// What a folder's entry is, as `readdir` says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A folder.
    Folder,
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// FIFO, socket or device, named.
    Special(&'static str),
}

/// One entry of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, as bytes.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
}

/// Size and modification time of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    /// Microseconds since 1970 (UTC), by the server's clock.
    pub modified_us: i64,
}

/// A file that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Size and time, the same before and after reading.
    pub stamp: FileStamp,
}

/// A regular file, opened for reading and not yet read.
#[derive(Debug)]
pub struct OpenFile {
    /// The file, at its beginning.
    pub file: File,
    /// Size and time when it was opened.
    pub stamp: FileStamp,
}

/// A folder held open, so that its entries can be looked at without walking the path again.
#[derive(Debug)]
pub struct OpenFolder {
    fd: OwnedFd,
}

impl RootFolder {
    /// Opens the root of a volume.
    pub fn open(path: &Path) -> Result<RootFolder, Trouble> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd =
            rustix::fs::open(path.as_os_str().as_bytes(), flags, Mode::empty()).map_err(trouble)?;
        Ok(RootFolder { fd, path: path.to_owned() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True when the root holds nothing at all: an unmounted share looks like this.
    pub fn is_empty(&self) -> Result<bool, Trouble> {
        let mut buffer = [MaybeUninit::uninit(); LISTING_BYTES];
        let mut entries = from_beginning(&self.fd, &mut buffer)?;
        while let Some(entry) = entries.next() {
            if !is_self_or_parent(entry.map_err(trouble)?.file_name().to_bytes()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Opens a folder beneath the root. `relative` has no leading slash; empty is the root.
    pub fn folder(&self, relative: &[u8]) -> Result<OpenFolder, Trouble> {
        let relative = if relative.is_empty() { b".".as_slice() } else { relative };
        let fd = self.open_beneath(relative, OFlags::RDONLY | OFlags::DIRECTORY)?;
        Ok(OpenFolder { fd })
    }

    /// What a path beneath the root is in the end, its links followed; nothing is opened for
    /// reading.
    pub fn resolve(&self, relative: &[u8]) -> Result<(EntryKind, FileStamp), Trouble> {
        let fd = self.open_beneath(relative, OFlags::PATH)?;
        let stat = rustix::fs::fstat(&fd).map_err(trouble)?;
        Ok((kind_of(FileType::from_raw_mode(stat.st_mode)), stamp_of(&stat)))
    }

    /// Reads a file beneath the root, at most `bytes_max`. Never waits for a FIFO's writer.
    pub fn read(&self, relative: &[u8], bytes_max: u64) -> Result<ReadFile, Trouble> {
        self.open_file(relative)?.read(bytes_max)
    }

    /// Opens a file beneath the root for reading from its beginning.
    pub fn open_file(&self, relative: &[u8]) -> Result<OpenFile, Trouble> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let fd = self.open_beneath(relative, flags)?;
        let stat = rustix::fs::fstat(&fd).map_err(trouble)?;
        match kind_of(FileType::from_raw_mode(stat.st_mode)) {
            EntryKind::File => Ok(OpenFile { file: File::from(fd), stamp: stamp_of(&stat) }),
            EntryKind::Special(what) => Err(Trouble::NotAFile(what)),
            EntryKind::Folder | EntryKind::Link => Err(Trouble::NotAFile("a folder")),
        }
    }

    fn open_beneath(&self, relative: &[u8], flags: OFlags) -> Result<OwnedFd, Trouble> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
        let flags = flags | OFlags::CLOEXEC;
        for _ in 0..limits::INTAKE_ATTEMPTS {
            match rustix::fs::openat2(&self.fd, relative, flags, Mode::empty(), resolve) {
                // A rename elsewhere on the path makes the kernel ask for another try.
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(Errno::NOSYS | Errno::PERM) => return self.open_by_components(relative, flags),
                other => return other.map_err(trouble),
            }
        }
        Err(Trouble::Missing)
    }

    fn open_by_components(&self, relative: &[u8], flags: OFlags) -> Result<OwnedFd, Trouble> {
        let parts: Vec<&[u8]> = relative.split(|byte| *byte == b'/').collect();
        if parts.iter().any(|part| part.is_empty() || *part == b"..") {
            return Err(Trouble::Outside);
        }
        let (last, folders) = parts.split_last().ok_or(Trouble::Missing)?;
        let mut at: Option<OwnedFd> = None;
        for folder in folders {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let parent = at.as_ref().map_or(self.fd.as_fd(), AsFd::as_fd);
            at = Some(rustix::fs::openat(parent, *folder, flags, Mode::empty()).map_err(trouble)?);
        }
        let parent = at.as_ref().map_or(self.fd.as_fd(), AsFd::as_fd);
        rustix::fs::openat(parent, *last, flags | OFlags::NOFOLLOW, Mode::empty()).map_err(trouble)
    }
}

impl OpenFile {
    /// Reads at most `length` bytes from `offset` on.
    pub fn read_part(mut self, offset: u64, length: u64) -> Result<Vec<u8>, Trouble> {
        let refused = |error: std::io::Error| Trouble::Refused(error.to_string());
        self.file.seek(SeekFrom::Start(offset)).map_err(refused)?;
        let mut bytes = Vec::new();
        self.file.take(length).read_to_end(&mut bytes).map_err(refused)?;
        Ok(bytes)
    }

    /// Reads it whole, at most `bytes_max`.
    pub fn read(self, bytes_max: u64) -> Result<ReadFile, Trouble> {
        let OpenFile { file, stamp } = self;
        if stamp.size > bytes_max {
            return Err(Trouble::TooLarge(stamp.size));
        }
        let bytes = read_whole(&file, stamp.size, bytes_max)?;
        let after = stamp_of(&rustix::fs::fstat(&file).map_err(trouble)?);
        if after != stamp || bytes.len() as u64 != stamp.size {
            return Err(Trouble::Changing);
        }
        Ok(ReadFile { bytes, stamp })
    }
}

impl OpenFolder {
    /// Its entries, sorted by name: the order of a pass does not depend on the file system.
    pub fn entries(&self) -> Result<Vec<Entry>, Trouble> {
        // On the stack: a storage has a folder for each day and type, and most hold one file.
        let mut buffer = [MaybeUninit::uninit(); LISTING_BYTES];
        let mut listed = from_beginning(&self.fd, &mut buffer)?;
        let mut entries = Vec::new();
        while let Some(entry) = listed.next() {
            let entry = entry.map_err(trouble)?;
            let name = entry.file_name().to_bytes();
            if is_self_or_parent(name) {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => self.kind_by_stat(name),
                known => Ok(kind_of(known)),
            };
            match kind {
                Ok(kind) => entries.push(Entry { name: name.to_vec(), kind }),
                Err(Trouble::Missing) => {}
                Err(other) => return Err(other),
            }
        }
        entries.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Size and time of an entry that is no link, without opening it.
    pub fn stamp(&self, name: &[u8]) -> Result<FileStamp, Trouble> {
        rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)
            .map(|stat| stamp_of(&stat))
            .map_err(trouble)
    }

    fn kind_by_stat(&self, name: &[u8]) -> Result<EntryKind, Trouble> {
        rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW)
            .map(|stat| kind_of(FileType::from_raw_mode(stat.st_mode)))
            .map_err(trouble)
    }
}

/// Bytes of a folder's entries asked for at one time.
const LISTING_BYTES: usize = 16 * 1024;

/// Reads an open folder's entries from the first on.
fn from_beginning<'a>(
    folder: &'a OwnedFd,
    buffer: &'a mut [MaybeUninit<u8>],
) -> Result<RawDir<'a, &'a OwnedFd>, Trouble> {
    rustix::fs::seek(folder, rustix::fs::SeekFrom::Start(0)).map_err(trouble)?;
    Ok(RawDir::new(folder, buffer))
}

/// Whether bytes can be one component of a path.
pub fn is_component(name: &[u8]) -> bool {
    !name.is_empty() && !is_self_or_parent(name) && !name.iter().any(|b| matches!(b, b'/' | 0))
}

fn is_self_or_parent(name: &[u8]) -> bool {
    name == b"." || name == b".."
}

fn read_whole(file: &File, size: u64, bytes_max: u64) -> Result<Vec<u8>, Trouble> {
    // One byte more than announced, so that the usual file ends within the first call and a
    // growing one is noticed.
    let mut bytes = vec![0_u8; usize::try_from(size).unwrap_or(usize::MAX).saturating_add(1)];
    let mut filled = 0;
    loop {
        if filled == bytes.len() {
            return Err(if filled as u64 > bytes_max {
                Trouble::TooLarge(filled as u64)
            } else {
                Trouble::Changing
            });
        }
        match rustix::io::read(file, &mut bytes[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(Errno::INTR) => {}
            Err(error) => return Err(trouble(error)),
        }
        if filled as u64 == size {
            break;
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

fn kind_of(file_type: FileType) -> EntryKind {
    match file_type {
        FileType::Directory => EntryKind::Folder,
        FileType::RegularFile => EntryKind::File,
        FileType::Symlink => EntryKind::Link,
        FileType::Fifo => EntryKind::Special("a FIFO"),
        FileType::Socket => EntryKind::Special("a socket"),
        FileType::CharacterDevice | FileType::BlockDevice => EntryKind::Special("a device"),
        FileType::Unknown => EntryKind::Special("of unknown kind"),
    }
}

fn stamp_of(stat: &Stat) -> FileStamp {
    FileStamp {
        size: u64::try_from(stat.st_size).unwrap_or(0),
        modified_us: stat.st_mtime.saturating_mul(1_000_000)
            + i64::try_from(stat.st_mtime_nsec / 1_000).unwrap_or(0),
    }
}

fn trouble(error: Errno) -> Trouble {
    match error {
        Errno::XDEV | Errno::LOOP => Trouble::Outside,
        Errno::NOENT | Errno::NOTDIR => Trouble::Missing,
        Errno::NXIO => Trouble::NotAFile("a socket or device"),
        other => Trouble::Refused(std::io::Error::from(other).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn root() -> (tempfile::TempDir, RootFolder) {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("root/a/b")).unwrap();
        fs::write(place.path().join("secret"), b"secret").unwrap();
        fs::write(place.path().join("root/a/b/file"), b"hello").unwrap();
        let folder = RootFolder::open(&place.path().join("root")).unwrap();
        (place, folder)
    }

    #[test]
    fn reads_a_file_with_its_stamp() {
        let (_place, root) = root();
        let read = root.read(b"a/b/file", 100).unwrap();
        assert_eq!(read.bytes, b"hello");
        assert_eq!(read.stamp, root.folder(b"a/b").unwrap().stamp(b"file").unwrap());
        assert_eq!(root.read(b"a/b/file", 4), Err(Trouble::TooLarge(5)));
    }

    #[test]
    fn follows_links_inside_and_refuses_those_that_lead_out() {
        let (place, root) = root();
        symlink("b/file", place.path().join("root/a/inside")).unwrap();
        symlink("../../secret", place.path().join("root/a/relative")).unwrap();
        symlink(place.path().join("secret"), place.path().join("root/a/absolute")).unwrap();
        symlink("..", place.path().join("root/up")).unwrap();
        assert_eq!(root.read(b"a/inside", 100).unwrap().bytes, b"hello");
        for out in ["a/relative", "a/absolute", "up/secret", "../secret", "/etc/hostname"] {
            assert_eq!(root.read(out.as_bytes(), 100), Err(Trouble::Outside), "{out}");
            assert_eq!(root.resolve(out.as_bytes()), Err(Trouble::Outside), "{out}");
        }
        assert_eq!(root.folder(b"up").map(|_| ()), Err(Trouble::Outside));
    }

    #[test]
    fn the_way_without_openat2_follows_no_link() {
        let (place, root) = root();
        symlink("b/file", place.path().join("root/a/inside")).unwrap();
        let open = |path: &[u8]| root.open_by_components(path, OFlags::RDONLY).map(|_| ());
        assert_eq!(open(b"a/b/file"), Ok(()));
        assert_eq!(open(b"a/inside"), Err(Trouble::Outside));
        assert_eq!(open(b"../secret"), Err(Trouble::Outside));
        assert_eq!(open(b"/etc/hostname"), Err(Trouble::Outside));
    }

    #[test]
    fn a_fifo_is_refused_at_once() {
        let (place, root) = root();
        let path = place.path().join("root/a/fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert_eq!(root.read(b"a/fifo", 100), Err(Trouble::NotAFile("a FIFO")));
        let entries = root.folder(b"a").unwrap().entries().unwrap();
        assert!(
            entries.contains(&Entry { name: b"fifo".to_vec(), kind: EntryKind::Special("a FIFO") })
        );
    }

    #[test]
    fn what_is_gone_is_missing() {
        let (_place, root) = root();
        assert_eq!(root.read(b"a/b/none", 100), Err(Trouble::Missing));
        assert_eq!(root.folder(b"x/y").map(|_| ()), Err(Trouble::Missing));
    }
}
