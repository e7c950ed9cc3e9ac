//! What the system announces of the folder, as a nudge to look. Knows nothing of what changed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use notify::event::{AccessKind, AccessMode};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::watch;
use tracing::{info, warn};

use crate::campaign::stamp::Stamp;

/// Hears of changes anywhere in the folder, for as long as it lives.
pub(super) struct Nudge {
    folder: PathBuf,
    count: Arc<watch::Sender<u64>>,
    ear: Mutex<Ear>,
}

/// What listens, and to which place on the disk; a folder that was put in the old one's place is another.
#[derive(Default)]
struct Ear {
    watcher: Option<(RecommendedWatcher, Stamp)>,
    complained: bool,
}

impl Nudge {
    pub(super) fn new(folder: &Path) -> Self {
        let nudge = Self { folder: folder.to_owned(), count: Arc::new(watch::Sender::new(0)), ear: Mutex::default() };
        nudge.renew();
        nudge
    }

    /// Counts up with each nudge.
    pub(super) fn heard(&self) -> watch::Receiver<u64> {
        self.count.subscribe()
    }

    /// Begins to listen when it does not yet, or to another folder by now; whether changes are announced.
    pub(super) fn renew(&self) -> bool {
        let Ok(mut ear) = self.ear.lock() else { return false };
        let place = Stamp::of(&self.folder).ok().flatten();
        match (&ear.watcher, place) {
            (Some((_, heard)), Some(place)) if heard.same_place(&place) => return true,
            (_, None) => {
                ear.watcher = None;
                return false;
            }
            _ => {}
        }
        ear.watcher = None;
        match self.listen() {
            Ok(watcher) => {
                if ear.complained {
                    info!("changes in the folder of campaigns are announced again");
                }
                ear.complained = false;
                ear.watcher = place.map(|place| (watcher, place));
                // What happened before anybody listened was not announced.
                self.count.send_modify(|count| *count += 1);
                true
            }
            Err(error) => {
                if !ear.complained {
                    warn!(%error, "this machine does not announce changes in the folder of campaigns: it is looked at every 2 seconds instead");
                }
                ear.complained = true;
                false
            }
        }
    }

    fn listen(&self) -> notify::Result<RecommendedWatcher> {
        let count = self.count.clone();
        let hear = move |event: notify::Result<Event>| {
            // An error is a nudge too: what was lost in a full queue may have been a change.
            if event.is_err() || event.is_ok_and(|event| writes(&event.kind)) {
                count.send_modify(|count| *count += 1);
            }
        };
        let mut watcher = RecommendedWatcher::new(hear, Config::default().with_follow_symlinks(false))?;
        watcher.watch(&self.folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    }
}

/// Whether something may be another now; our own reading is announced too.
fn writes(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(access) => *access == AccessKind::Close(AccessMode::Write),
        _ => true,
    }
}
