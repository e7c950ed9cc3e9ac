//! The files of one kind, read again when they have changed. A file that somebody is writing counts as it stood before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::entry::Entry;
use super::kind::{Kind, ROUTINES};
use super::platform::Platform;
use super::question::Question;
use super::routine::Routine;
use super::service::Service;
use crate::campaign::file::mistake::Severity;
use crate::campaign::stamp::Stamp;
use crate::domain::gather::Gather;

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
    mistakes: Vec<Misplaced>,
}

/// A mistake in one of these files, without its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misplaced {
    /// The file, by its path from the folder of campaigns.
    pub file: String,
    /// Its line and column; none for an entry that stands in another file too.
    pub at: Option<(usize, usize)>,
    /// What it is.
    pub code: &'static str,
}

impl Misplaced {
    /// Where it stands: `services/oslo.toml:3:1`.
    pub fn place(&self) -> String {
        let at = self.at.map(|(line, column)| format!(":{line}:{column}"));
        format!("{}{}", self.file, at.unwrap_or_default())
    }
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place(), self.code)
    }
}

/// What stands in the files of one kind.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// All entries without a mistake, in the order of the files.
    pub entries: Vec<T>,
    /// Where the mistakes stand.
    pub mistakes: Vec<Misplaced>,
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
        for (path, stamp) in stamps(&self.folder, T::KIND) {
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
                    found.mistakes.push(Misplaced { file: self.shown(path), at: None, code: "duplicate" });
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
            let at = Some(checked.position(mistake));
            Misplaced { file: self.shown(path), at, code: mistake.code }
        });
        let mistakes: Vec<_> = mistakes.collect();
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

impl Shelf<Service> {
    /// What services are, in a word each.
    pub fn kinds(&self) -> BTreeSet<String> {
        self.look().entries.into_iter().map(|service| service.kind).gather()
    }
}

/// All kinds of files in one folder. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Shelves {
    routines: Shelf<Routine>,
    services: Shelf<Service>,
    platforms: Shelf<Platform>,
    questions: Shelf<Question>,
}

impl Shelves {
    /// The files beside the campaigns of a folder.
    pub fn of(folder: &Path) -> Self {
        Self {
            routines: Shelf::of(folder.to_owned()),
            services: Shelf::of(folder.to_owned()),
            platforms: Shelf::of(folder.to_owned()),
            questions: Shelf::of(folder.to_owned()),
        }
    }

    /// Where mistakes stand in any of them.
    pub fn mistakes(&self) -> Vec<Misplaced> {
        let mut all = self.routines.look().mistakes;
        all.extend(self.services.look().mistakes);
        all.extend(self.platforms.look().mistakes);
        all.extend(self.questions.look().mistakes);
        all
    }

    /// What tells that one of them may have changed.
    pub fn stamps(&self) -> Vec<(PathBuf, Stamp)> {
        let folder = &self.routines.folder;
        Kind::ALL.into_iter().flat_map(|kind| stamps(folder, kind)).collect()
    }
}

/// What tells that a file of a kind may have changed.
pub fn stamps(folder: &Path, kind: Kind) -> Vec<(PathBuf, Stamp)> {
    let stamped = |path: PathBuf| Stamp::of(&path).ok().flatten().map(|stamp| (path, stamp));
    files(folder, kind).into_iter().filter_map(stamped).collect()
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
