//! The kinds of files that stand beside campaigns, and where each stands.

use std::path::Path;

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
}
