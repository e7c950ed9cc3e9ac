//! What tells that a file may have changed, without reading it.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::io::Errno;

/// A file as it was when somebody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    place: (u64, u64),
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of what a path leads to; `None` when there is nothing.
    ///
    /// # Errors
    /// When nobody can say whether there is something: a disk that does not answer is no file that was removed.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        match path.metadata() {
            Ok(data) => Ok(Some(Self {
                place: (data.dev(), data.ino()),
                size: data.size(),
                modified: (data.mtime(), data.mtime_nsec()),
                changed: (data.ctime(), data.ctime_nsec()),
            })),
            Err(error) if leads_nowhere(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The stamp as a word for a form.
    pub fn word(&self) -> String {
        let Self { place: (dev, ino), size, modified, changed } = self;
        format!("{dev:x}.{ino:x}.{size:x}.{:x}.{:x}.{:x}.{:x}", modified.0, modified.1, changed.0, changed.1)
    }

    /// How many bytes there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether both are stamps of one place on the disk, whatever stands in it.
    pub fn same_place(&self, other: &Stamp) -> bool {
        self.place == other.place
    }
}

/// Whether there is nothing at a path, or a link to nothing: one to itself, or to a name that none can have.
fn leads_nowhere(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_stamp_tells_a_change_that_keeps_size_and_time() {
        let house = tempfile::tempdir().unwrap();
        let file = house.path().join("a.toml");
        fs::write(&file, "a = 1").unwrap();
        let before = Stamp::of(&file).unwrap().unwrap();
        let data = file.metadata().unwrap();
        let other = house.path().join("b");
        fs::write(&other, "a = 2").unwrap();
        fs::File::open(&other).unwrap().set_modified(data.modified().unwrap()).unwrap();
        fs::rename(&other, &file).unwrap();
        assert_ne!(Stamp::of(&file).unwrap(), Some(before));
        assert_eq!(Stamp::of(&house.path().join("none")).unwrap(), None);
    }
}
