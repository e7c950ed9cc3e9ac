//! Plans that are being made: in the background, so that a long list keeps nobody waiting at a blank page.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::domain::lang::Text;
use crate::plan::{Seen, Stage};
use crate::text;

/// The plans that are being made, by campaign.
#[derive(Default)]
pub struct Planning(Mutex<HashMap<String, Arc<Making>>>);

/// One plan that is being made, or was.
pub struct Making {
    stage: AtomicU8,
    done: AtomicU64,
    of: AtomicU64,
    ended: watch::Receiver<Option<Ended>>,
}

/// How it ended: `None` when all is well.
pub type Ended = Result<(), Text>;

impl Making {
    /// How it ended, if it did.
    pub fn ended(&self) -> Option<Ended> {
        self.ended.borrow().clone()
    }

    /// Waits for the end.
    pub async fn end(&self) {
        // Whoever makes it ends it, or is gone, which is an end too.
        let _ = self.ended.clone().wait_for(Option::is_some).await;
    }

    /// What it does just now, and how much of it is done, in per cent.
    pub fn told(&self) -> (Text, u64) {
        let of = self.of.load(Ordering::Relaxed).max(1);
        let percent = (self.done.load(Ordering::Relaxed) * 100 / of).min(100);
        let told = match self.stage.load(Ordering::Relaxed) {
            0 => text!("Checks the file and its list", "Sjekker filen og listen"),
            1 => text!("Reads the list", "Leser listen"),
            2 => text!("Asks the ledger", "Spør kontaktloggen"),
            3 => text!("Asks partners", "Spør partnere"),
            _ => text!("Writes the plan", "Skriver planen"),
        };
        (told, percent)
    }

    /// Notes how far it is.
    pub(super) fn see(&self, seen: &Seen<'_>) {
        if let Seen::Stage { stage, done, of } = seen {
            let stage = match stage {
                Stage::Read => 1,
                Stage::Ask => 2,
                Stage::Partners => 3,
                Stage::Write => 4,
            };
            self.stage.store(stage, Ordering::Relaxed);
            self.done.store(*done, Ordering::Relaxed);
            self.of.store(*of, Ordering::Relaxed);
        }
    }
}

impl Planning {
    /// The plan of a campaign that is being made, or ended just now.
    pub fn of(&self, name: &str) -> Option<Arc<Making>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Forgets one that has ended.
    pub fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Begins to make a plan, unless one of this campaign is being made already.
    pub(super) fn begin(&self, name: &str, make: impl FnOnce(&Making) -> Ended + Send + 'static) -> Arc<Making> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(making) = all.get(name).filter(|making| making.ended().is_none()) {
            return making.clone();
        }
        let (end, ended) = watch::channel(None);
        let making =
            Arc::new(Making { stage: AtomicU8::new(0), done: AtomicU64::new(0), of: AtomicU64::new(1), ended });
        all.insert(name.to_owned(), making.clone());
        let seen = making.clone();
        // Reading a list blocks: it has a thread of its own.
        tokio::task::spawn_blocking(move || {
            end.send_replace(Some(make(&seen)));
        });
        making
    }
}
