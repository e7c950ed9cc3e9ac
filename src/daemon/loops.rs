//! The quiet loops: the clock's note, approved plans, call tasks, the day's list, mail, forgetting.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, Notify, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use super::stir::Stir;
use crate::backup::routine::Routine;
use crate::campaign::lists::Lists;
use crate::campaign::old_list::{DAYS, list_files};
use crate::clock::Clock;
use crate::keys;
use crate::ledger::{Ledger, trust};
use crate::metrics;
use crate::outbox::Direct;
use crate::plan::approved::carry_out;
use crate::retention;
use crate::settings::Retention;
use crate::store::{Db, DbError};
use crate::tasks::Tasks;
use crate::tasks::daily::{self, Daily};
use crate::tasks::mail::Mailer;
use crate::tasks::routine::Routines;

/// Erasing that failed is tried again after this long.
const REST: Duration = Duration::from_secs(600);

/// What the quiet loops work with. Cheap to clone.
#[derive(Clone)]
pub(super) struct Loop {
    pub db: Db,
    pub ledger: Ledger,
    pub tasks: Tasks,
    pub daily: Daily,
    pub mailer: Arc<Mailer>,
    pub lists: Lists,
    pub retention: Retention,
    pub backups: Option<Routine>,
    pub routines: Routines,
    /// Whether the clock was in question at the last look: said once, not at every look.
    pub doubted: Arc<AtomicBool>,
    pub stir: Stir,
}

/// Does something again and again until the stop. A failure is logged once, until it works again.
pub(super) async fn repeat(
    name: &'static str,
    every: Duration,
    stopped: watch::Receiver<bool>,
    work: impl AsyncFn() -> Result<(), DbError>,
) {
    repeat_or_rest(name, every, every, stopped, work).await;
}

/// The same for what is a lot of work: after a failure it rests so long.
async fn repeat_or_rest(
    name: &'static str,
    every: Duration,
    rest: Duration,
    mut stopped: watch::Receiver<bool>,
    work: impl AsyncFn() -> Result<(), DbError>,
) {
    let mut failing = false;
    while !*stopped.borrow_and_update() {
        match work().await {
            Ok(()) if failing => {
                info!(loop.name = name, "works again");
                failing = false;
            }
            Ok(()) => {}
            Err(e) => {
                metrics::failed(name);
                if !failing {
                    error!(loop.name = name, error = %e, "does not work for now; tries again");
                }
                failing = true;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(if failing { rest } else { every }) => {}
            _ = stopped.changed() => {}
        }
    }
}

/// Wakes the sending loop when another process has made something to send; without it, the poll finds it a little later.
pub(super) async fn hear(db: Db, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
    let mut ear = None;
    while !*stopped.borrow_and_update() {
        let heard = async {
            if ear.is_none() {
                ear = db.ear().await?;
            }
            match &mut ear {
                Some(ear) => ear.heard().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            heard = heard => match heard {
                Ok(()) => wake.notify_one(),
                Err(_) => {
                    ear = None;
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            },
            _ = stopped.changed() => {}
        }
    }
}

/// Sends what people send by hand. After the stop it only settles what is under way.
pub(super) async fn send_direct(direct: Direct, stopped: watch::Receiver<bool>) {
    let direct = Arc::new(Mutex::new(direct));
    let ours = direct.clone();
    let step = async move || ours.lock().await.step().await.map(drop);
    repeat("direct messages", Duration::from_millis(200), stopped, step).await;
    let mut direct = direct.lock().await;
    while direct.settle_ended().await.is_ok_and(|under_way| under_way > 0) {
        direct.wait().await;
    }
}

impl Loop {
    /// Starts every quiet loop; a node that does not send notes the time, seals with the newest key, and does
    /// nothing else by itself.
    pub(super) fn start(&self, tasks: &mut JoinSet<()>, stopped: &watch::Receiver<bool>, sends: bool) {
        macro_rules! every {
            ($name:literal, $ms:literal, $work:ident) => {{
                let house = self.clone();
                let work = async move || house.$work().await;
                tasks.spawn(repeat($name, Duration::from_millis($ms), stopped.clone(), work));
            }};
        }
        every!("clock", 5_000, note_clock);
        every!("lists", 60_000, sweep_lists);
        every!("keys", 2_000, seal_anew);
        if !sends {
            return;
        }
        every!("plans", 500, enqueue_approved);
        every!("tasks", 500, move_tasks);
        every!("day's list", 500, make_list);
        every!("routines", 1_000, run_routines);
        every!("mail", 1_000, send_mail);
        every!("backup", 5_000, back_up);
        let house = self.clone();
        let forget = async move || house.forget().await;
        tasks.spawn(repeat_or_rest("retention", Duration::from_secs(1), REST, stopped.clone(), forget));
    }

    async fn trusted(&self) -> Result<bool, DbError> {
        let mut tx = self.db.read().await?;
        trust::is_trusted(&mut tx, &self.ledger.clock).await
    }

    async fn note_clock(&self) -> Result<(), DbError> {
        let mut tx = self.db.begin().await?;
        let trusted = trust::note(&mut tx, &self.ledger.clock).await?;
        let agrees = trust::agrees(&mut tx, &self.ledger.clock).await?;
        tx.commit().await?;
        if !trusted && !self.doubted.swap(true, Ordering::Relaxed) {
            match agrees {
                true => error!(
                    "the clock was set back, or is more than a day from where it was; nothing is sent until \
                     `lykt doctor --confirm-clock`"
                ),
                false => error!(
                    "this machine's clock is minutes from the clock of the database's machine; this node sends nothing \
                     until both are set right"
                ),
            }
        }
        if trusted && self.doubted.swap(false, Ordering::Relaxed) {
            info!("the clock is right, or confirmed; sending goes on");
        }
        Ok(())
    }

    /// Seals with the newest key what is sealed with an older one.
    async fn seal_anew(&self) -> Result<(), DbError> {
        if keys::step(&self.db, &self.ledger.vault).await? {
            info!(key = self.ledger.vault.newest(), "everything is sealed with the newest key");
        }
        Ok(())
    }

    async fn back_up(&self) -> Result<(), DbError> {
        match &self.backups {
            Some(backups) => backups.step(&self.db, &self.ledger.vault, &self.ledger.clock).await,
            None => Ok(()),
        }
    }

    async fn enqueue_approved(&self) -> Result<(), DbError> {
        carry_out(&self.db, &self.ledger).await
    }

    async fn move_tasks(&self) -> Result<(), DbError> {
        if !self.trusted().await? {
            return Ok(());
        }
        if let Some(look) = self.stir.due(&self.db, &self.ledger.clock).await? {
            self.tasks.step(&self.db).await?;
            self.stir.done(look);
        }
        Ok(())
    }

    async fn make_list(&self) -> Result<(), DbError> {
        if self.trusted().await? {
            let made = daily::run_due(&self.tasks, &self.db, &self.daily).await?;
            if made {
                self.name_old_lists();
            }
        }
        Ok(())
    }

    async fn run_routines(&self) -> Result<(), DbError> {
        if !self.trusted().await? {
            return Ok(());
        }
        self.routines.step(&self.db).await.map(drop)
    }

    /// Takes away what a crash left of a list, which lies there in clear and hidden.
    async fn sweep_lists(&self) -> Result<(), DbError> {
        let lists = self.lists.clone();
        let files = tokio::task::spawn_blocking(move || lists.sweep()).await.unwrap_or_default();
        if files > 0 {
            info!(files, "lists that were never complete are removed");
        }
        Ok(())
    }

    /// Names lists that have lain in clear for too long, once a day.
    fn name_old_lists(&self) {
        let real = Clock::real(self.ledger.clock.zone().clone());
        for list in list_files(self.lists.campaigns(), real.now_ms()).into_iter().filter(|list| list.days > DAYS) {
            warn!(list.file = %list.path.display(), list.days, "a list lies in clear; remove it when its campaign is approved");
        }
    }

    async fn send_mail(&self) -> Result<(), DbError> {
        self.mailer.step(&self.db, &self.ledger.clock).await.map(drop)
    }

    async fn forget(&self) -> Result<(), DbError> {
        if self.trusted().await? {
            retention::run_due(&self.db, &self.ledger, &self.retention).await?;
        }
        Ok(())
    }
}
