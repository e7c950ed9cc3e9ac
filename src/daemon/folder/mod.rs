//! The live folder: campaign files are looked at while the daemon runs, and an approval holds only as long as its files.
//!
//! What tells that something changed is only a nudge; the truth is what a look at the folder finds. So a machine that
//! announces nothing (a network disk, no inotify left) is only slower. The [`Guard`] holds what runs, at once; the
//! [`Reader`] checks what somebody has finished writing, and says so.

mod beside;
mod guard;
mod nudge;
mod reader;
mod still;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::{error, info};

use crate::store::DbError;
pub use guard::Guard;
use nudge::Nudge;
pub use reader::Reader;

/// When to look again, at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Again {
    /// At once: there is more to do.
    Now,
    /// Soon: something has just changed.
    Soon,
    /// When it is time.
    Later,
}

/// Nudges within this time are one.
const TOGETHER: Duration = Duration::from_millis(50);
/// How soon something that has just changed is looked at again.
const SOON: Duration = Duration::from_millis(100);
/// How often what runs is compared with its files, nudged or not.
const GUARD: Duration = Duration::from_millis(500);
/// How often all files are looked at: when changes are announced, and when they are not.
const READ: Duration = Duration::from_secs(10);
const READ_UNTOLD: Duration = Duration::from_secs(2);

/// Starts both loops.
pub(super) fn start(mut guard: Guard, mut reader: Reader, tasks: &mut JoinSet<()>, stopped: &watch::Receiver<bool>) {
    let nudge = Arc::new(Nudge::new(reader.folder().path()));
    let guarding = Look { name: "folder guard", nudged: nudge.heard(), stopped: stopped.clone() };
    tasks.spawn(guarding.on(async move || Ok((guard.step().await?, GUARD))));
    let reading = Look { name: "folder", nudged: nudge.heard(), stopped: stopped.clone() };
    tasks.spawn(reading.on(async move || {
        let announced = nudge.renew();
        Ok((reader.step().await?, if announced { READ } else { READ_UNTOLD }))
    }));
}

/// A loop that looks when it is nudged, and when it is time.
struct Look {
    name: &'static str,
    nudged: watch::Receiver<u64>,
    stopped: watch::Receiver<bool>,
}

impl Look {
    async fn on(mut self, mut look: impl AsyncFnMut() -> Result<(Again, Duration), DbError>) {
        let mut failing = false;
        while !*self.stopped.borrow_and_update() {
            let looked = tokio::select! {
                looked = look() => looked,
                // What is being read may be large, or on a disk that does not answer.
                _ = self.stopped.changed() => return,
            };
            let wait = match looked {
                Ok((again, later)) => {
                    if failing {
                        info!(loop.name = self.name, "works again");
                    }
                    failing = false;
                    match again {
                        Again::Now => Duration::ZERO,
                        Again::Soon => SOON,
                        Again::Later => later,
                    }
                }
                Err(e) => {
                    if !failing {
                        error!(loop.name = self.name, error = %e, "does not work for now; tries again");
                    }
                    failing = true;
                    GUARD
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = nudged(&mut self.nudged) => {}
                _ = self.stopped.changed() => {}
            }
        }
    }
}

/// Waits for a nudge, and a little longer for those that come with it.
async fn nudged(heard: &mut watch::Receiver<u64>) {
    if heard.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
    tokio::time::sleep(TOGETHER).await;
    heard.mark_unchanged();
}
