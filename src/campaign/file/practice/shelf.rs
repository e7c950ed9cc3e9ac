//! The files of one kind, read again when they have changed. A file that somebody is writing counts as it stood before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Entry, Kind, ROUTINES};
use crate::campaign::file::Severity;
use crate::campaign::folder::Stamp;

/// More files of one kind nobody writes.
const MOST: usize = 500;

/// The files of one kind. Cheap to clone; clones share what they have read.
#[derive(Clone, Debug)]
pub struct Shelf<T> {
    folder: PathBuf,
    known: Arc<Mutex<BTreeMap<PathBuf, File<T>>>>,
}

#[derive(Debug)]
struct File<T> {
    stamp: Stamp,
    entries: Vec<T>,
    mistakes: Vec<String>,
}

/// What stands in the files of one kind.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// All entries without a mistake, in the order of the files.
    pub entries: Vec<T>,
    /// Where the mistakes stand, and their codes.
    pub mistakes: Vec<String>,
}

impl<T: Entry> Shelf<T> {
    /// The files of this kind in a folder of campaigns.
    pub fn of(folder: PathBuf) -> Self {
        Self { folder, known: Arc::default() }
    }

    /// What stands in them now. Of two entries of one name in two files the first counts.
    pub fn look(&self) -> Found<T> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = std::mem::take(&mut *known);
        for path in files(&self.folder, T::KIND) {
            let Ok(Some(stamp)) = Stamp::of(&path) else { continue };
            let file = match before.remove(&path) {
                Some(file) if file.stamp == stamp => file,
                old => self.read(&path, stamp, old),
            };
            known.insert(path, file);
        }
        let mut found = Found { entries: Vec::<T>::new(), mistakes: Vec::new() };
        for (path, file) in &*known {
            found.mistakes.extend(file.mistakes.iter().cloned());
            for entry in &file.entries {
                if found.entries.iter().any(|other| other.name() == entry.name()) {
                    found.mistakes.push(format!("{} duplicate", self.shown(path)));
                } else {
                    found.entries.push(entry.clone());
                }
            }
        }
        found
    }

    fn read(&self, path: &Path, stamp: Stamp, old: Option<File<T>>) -> File<T> {
        let (checked, entries) = T::read_all(path, &self.folder, None);
        let errors = checked.mistakes.iter().filter(|mistake| mistake.severity == Severity::Error);
        let mistakes = errors.map(|mistake| {
            let (line, column) = checked.position(mistake);
            format!("{}:{line}:{column} {}", self.shown(path), mistake.code)
        });
        let mistakes: Vec<String> = mistakes.collect();
        let entries = match old {
            Some(old) if !mistakes.is_empty() => old.entries,
            _ => entries,
        };
        File { stamp, entries, mistakes }
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).unwrap_or(path).display().to_string()
    }
}

/// The files of a kind in a folder of campaigns, in order. What editors put beside a file is not among them.
fn files(folder: &Path, kind: Kind) -> Vec<PathBuf> {
    let inside = folder.join(kind.folder()).read_dir().into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<PathBuf> = inside
        .map(|entry| entry.path())
        .filter(|path| Kind::of(path) == Some(kind))
        .filter(|path| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| !name.starts_with(['.', '#', '~']))
        })
        .take(MOST)
        .collect();
    files.sort();
    if kind == Kind::Routines {
        files.insert(0, folder.join(format!("{ROUTINES}.toml")));
    }
    files
}
