//! Files beside campaigns that somebody has finished writing: routines, services, platforms, questions. Says which
//! mistakes are new. Changes nothing.

use std::path::{Path, PathBuf};

use super::Again;
use super::still::{Patience, Rest, Watched};
use crate::campaign::file::practice::{Misplaced, Shelves};
use crate::campaign::stamp::Stamp;

/// Follows them from look to look.
#[derive(Clone)]
pub(super) struct Beside {
    shelves: Shelves,
    watched: Option<Watched<Vec<(PathBuf, Stamp)>>>,
    told: Vec<Misplaced>,
}

/// What is to be told after a look.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct News {
    /// Mistakes that were not told yet.
    pub mistakes: Vec<Misplaced>,
    /// Whether the last mistake is gone.
    pub mended: bool,
}

impl Beside {
    pub(super) fn new(folder: &Path) -> Self {
        Self { shelves: Shelves::of(folder), watched: None, told: Vec::new() }
    }

    /// Looks at all of them, and reads them when they have come to rest.
    pub(super) fn look(&mut self, at: i64, patience: Patience) -> (Again, News) {
        let stamps = self.shelves.stamps();
        let watched = self.watched.get_or_insert_with(|| Watched::new(stamps.clone(), at));
        match watched.look(stamps, at, patience) {
            Rest::Judged => return (Again::Later, News::default()),
            Rest::Moving => return (Again::Soon, News::default()),
            Rest::Still | Rest::Restless => watched.judge(),
        }
        let found = self.shelves.mistakes();
        let mended = found.is_empty() && !self.told.is_empty();
        let before = std::mem::replace(&mut self.told, found.clone());
        let mistakes = found.into_iter().filter(|mistake| !before.contains(mistake)).collect();
        (Again::Later, News { mistakes, mended })
    }
}
