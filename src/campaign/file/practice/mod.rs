//! Files that stand beside campaigns: routines, services, platforms, questions. Read as campaign files are, with every
//! mistake by its line; what they lead to is not known here.

mod editor;
mod entry;
mod platform;
mod question;
mod routine;
mod service;
mod sheet;
mod shelf;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::civil::Date;

use super::mistake::Mistakes;
use super::schema::Key;
use super::section::Section;
use super::{Checked, first, source, syntax};
pub use platform::Platform;
pub use question::{Answer, Question};
pub use routine::{Routine, When};
pub use service::{Area, Service, review};
pub use shelf::{Found, Misplaced, Shelf, Shelves, stamps};

/// The stem of the one file at the top of the folder that is no campaign.
pub const ROUTINES: &str = "routines";

/// What such a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Recurring tasks.
    Routines,
    /// Services that people are told of.
    Services,
    /// Where the group is, and how we are there.
    Platforms,
    /// What the group is asked.
    Questions,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 4] = [Kind::Routines, Kind::Services, Kind::Platforms, Kind::Questions];

    /// The folder that such files lie in, inside the folder of campaigns.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Routines => ROUTINES,
            Kind::Services => "services",
            Kind::Platforms => "platforms",
            Kind::Questions => "questions",
        }
    }

    /// The kind of a file, by its place; `None` for a campaign.
    pub fn of(path: &Path) -> Option<Kind> {
        let ends = |with: &str| path.extension().is_some_and(|ending| ending == with);
        let folder = path.parent().and_then(Path::file_name);
        let inside = Kind::ALL.into_iter().find(|kind| folder.is_some_and(|folder| folder == kind.folder()));
        match inside {
            Some(Kind::Services) if ends("csv") => inside,
            _ if !ends("toml") => None,
            None if path.file_stem().is_some_and(|stem| stem == ROUTINES) => Some(Kind::Routines),
            kind => kind,
        }
    }

    /// Checks a file.
    pub fn check(self, path: &Path, folder: &Path, today: Option<Date>) -> Checked {
        match self {
            Kind::Routines => Routine::read_all(path, folder, today).0,
            Kind::Services => Service::read_all(path, folder, today).0,
            Kind::Platforms => Platform::read_all(path, folder, today).0,
            Kind::Questions => Question::read_all(path, folder, today).0,
        }
    }
}

/// What stands in a file of these, once for each table.
pub trait Entry: Sized + Clone {
    /// What the file holds.
    const KIND: Kind;

    /// What tells it from the others.
    fn name(&self) -> &str;

    /// Reads a file; the entries without mistakes count even when others have some.
    fn read_all(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<Self>);
}

/// How a table of such a file is read.
trait Readable: Entry {
    /// The name of the table.
    const SECTION: &'static str;
    /// The keys.
    const KEYS: &'static [Key];
    /// Those that must be there.
    const REQUIRED: &'static [&'static str];

    /// Reads one; what is wrong is told.
    fn read(section: &Section<'_>, today: Option<Date>, m: &mut Mistakes) -> Option<Self>;
}

fn read_file<T: Readable>(path: &Path, folder: &Path, today: Option<Date>) -> (Checked, Vec<T>) {
    let mut m = Mistakes::default();
    let source = source::read(path, folder, &mut m);
    let mut entries = Vec::new();
    if source.sound {
        let (readable, broken) = syntax::read(&source.text, &mut m);
        let table = syntax::table(&readable);
        let top = Section::of(T::KEYS, "", &table, first(&source.text));
        let mut found = Mistakes::default();
        top.unknown(&mut found);
        top.need(&[T::SECTION], &mut found);
        for section in top.tables(T::SECTION, T::SECTION, &mut found).unwrap_or_default() {
            let mut own = Mistakes::default();
            section.unknown(&mut own);
            let read = T::read(&section, today, &mut own);
            if let Some(read) = read.filter(|_| own.errors() == 0) {
                entry::once(&entries, &read, &section, &mut own);
                entries.push(read);
            }
            found.append(own);
        }
        found.retain(|mistake| broken.trusts(&mistake.span, mistake.code));
        m.append(found);
    }
    (checked(m, source), entries)
}

/// What is told of such a file.
fn checked(m: Mistakes, source: source::Source) -> Checked {
    Checked {
        definition: None,
        mistakes: m.in_order(),
        source: source.text,
        file_hash: source.hash,
        list_hash: String::new(),
        beside: Vec::new(),
        list_facts: None,
    }
}
