//! What was understood of lists, kept as long as their files stay as they are: a long list is read once, and in the
//! background, so that it keeps nobody waiting at a blank page.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use crate::campaign::reading::{self, Reading};
use crate::domain::lang::Text;
use crate::domain::phone::Region;

/// A list that is read in this time is shown at once; a short one is worth waiting for.
const PATIENCE: Duration = Duration::from_millis(50);
const PATIENCE_WITH_SHORT: Duration = Duration::from_secs(5);
/// A short list, in bytes.
const SHORT: u64 = 100_000;
/// Lists that are kept; with one more, all are forgotten.
const MOST: usize = 20;

/// How a list was understood, or why it cannot be read.
pub type Understood = Result<Arc<Reading>, Text>;

/// The lists that were read, or are being read.
#[derive(Default)]
pub struct Readings(Mutex<HashMap<PathBuf, Kept>>);

struct Kept {
    mark: Mark,
    ended: watch::Receiver<Option<Understood>>,
}

/// What a list is known by: with any of it changed, it is read anew.
#[derive(PartialEq, Eq)]
struct Mark {
    bytes: u64,
    written: Option<SystemTime>,
    column: Option<String>,
}

impl Readings {
    /// How a list is understood; `None` while it is being read.
    pub async fn of(&self, file: &Path, column: Option<&str>, region: Region) -> Option<Understood> {
        let (mut ended, bytes) = self.begun(file, column, region);
        let patience = if bytes <= SHORT { PATIENCE_WITH_SHORT } else { PATIENCE };
        let read = tokio::time::timeout(patience, ended.wait_for(Option::is_some)).await;
        read.ok()?.ok()?.clone()
    }

    /// The reading of this list as it is now, begun if it was not; and how many bytes it has.
    fn begun(&self, file: &Path, column: Option<&str>, region: Region) -> (watch::Receiver<Option<Understood>>, u64) {
        let data = fs::metadata(file).ok();
        let mark = Mark {
            bytes: data.as_ref().map_or(0, fs::Metadata::len),
            written: data.and_then(|data| data.modified().ok()),
            column: column.map(str::to_owned),
        };
        let bytes = mark.bytes;
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = all.get(file).filter(|kept| kept.mark == mark) {
            return (kept.ended.clone(), bytes);
        }
        if all.len() >= MOST {
            all.clear();
        }
        let (end, ended) = watch::channel(None);
        let (path, column) = (file.to_owned(), mark.column.clone());
        tokio::task::spawn_blocking(move || {
            let read = reading::read(&path, column.as_deref(), region);
            end.send_replace(Some(read.map(Arc::new).map_err(|why| why.by_name())));
        });
        all.insert(file.to_owned(), Kept { mark, ended: ended.clone() });
        (ended, bytes)
    }
}
