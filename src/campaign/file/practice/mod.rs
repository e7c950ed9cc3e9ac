//! Files that stand beside campaigns: routines, services, platforms, questions. Read as campaign files are, with every
//! mistake by its line; what they lead to is not known here.

mod editor;
mod entry;
mod kind;
mod platform;
mod question;
mod routine;
mod service;
mod shelf;
#[cfg(test)]
mod tests;

use std::path::Path;

use jiff::civil::Date;

use super::checked::Checked;
pub use entry::Entry;
pub use kind::{Kind, ROUTINES};
pub use platform::Platform;
pub use question::{Answer, Question};
pub use routine::{Routine, When};
pub use service::{Area, Service, review};
pub use shelf::{Found, Misplaced, Shelf, Shelves, stamps};

impl Kind {
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
