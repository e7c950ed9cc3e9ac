//! The daemon: starts the loops, and stops them in order.
//!
//! Stopping: no new message begins, what is under way ends or is left to the reaper, then the server and the database
//! close; all within ten seconds.

mod alarms;
pub mod folder;
mod lock;
mod loops;
mod stir;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::alarm::Watch;
use crate::audit::Keeper;
use crate::backup::routine::Routine;
use crate::campaign::folder::Folder;
use crate::campaign::lists::Lists;
use crate::gateway::{Accounts, AccountsError};
use crate::keys::{self, IndexError};
use crate::ledger::Ledger;
use crate::outbox::{Brake, Direct, Outbox, Pace, Reaper, Reconciler, Settler};
use crate::retention::Eraser;
use crate::settings::Settings;
use crate::store::{Db, DbError, opened};
use crate::tasks::Tasks;
use crate::tasks::daily::Daily;
use crate::tasks::mail::{MailError, Mailer};
use crate::tasks::routine::Routines;
use crate::webhook::{self, Webhooks};
use crate::witness::{Mender, Witness};
use folder::{Guard, Reader};
pub use lock::{Lock, LockError};
use loops::{Loop, repeat};
use stir::Stir;

/// What is under way may take this long to end after a stop.
const GRACE: Duration = Duration::from_secs(7);
/// How often it is looked at whether answers reach us.
const TRY_WAYS_IN: Duration = Duration::from_secs(20);
/// What came to the audit is looked at, and its end anchored, so often.
const LOOK_AT_AUDIT: Duration = Duration::from_secs(3_600);
/// And the last word to the database this long.
const GOODBYE: Duration = Duration::from_secs(2);
/// The provider is asked so often how many people may be written to first.
const ASK_LIMIT: Duration = Duration::from_secs(6 * 3_600);

/// Why the daemon does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another daemon has this database.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The key of the index is replaced first, and cannot be.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The database does not answer.
    #[error(transparent)]
    Db(#[from] DbError),
    /// An account cannot work as it stands in the settings.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// Mail cannot be sent as it stands in the settings.
    #[error(transparent)]
    Mail(#[from] MailError),
    /// The address cannot be listened on.
    #[error("cannot listen on {listen}: {source}; is another program there? change [server] listen")]
    Listen {
        /// The address.
        listen: std::net::SocketAddr,
        /// The reason.
        source: std::io::Error,
    },
}

/// A daemon that has started; it runs until it is stopped.
pub struct Daemon {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
    db: Db,
    listen: std::net::SocketAddr,
    witness: Arc<Witness>,
    _lock: Option<Lock>,
}

impl Daemon {
    /// Takes the lock, opens the port and starts every loop; `pages` are served beside the webhooks.
    ///
    /// # Errors
    /// When another daemon has the database, the port is taken, or an account is wrong; nothing was sent then.
    pub async fn start(settings: Settings, db: Db, ledger: Ledger, pages: Router) -> Result<Self, StartError> {
        let lock = sqlite_file(&settings).map(|file| Lock::take(&file)).transpose()?;
        // A replacing that was interrupted, or a backup from before it.
        let forward = keys::forward(&db, &ledger.vault, &ledger.clock, |_, _| {}).await?;
        if forward > 0 {
            info!(indexes = forward, "every index was brought forward to the newest key");
        }
        let accounts = Arc::new(Accounts::open(&settings, &ledger.clock)?);
        let (witness, fence) = Witness::start(&db, &ledger, &settings).await?;
        let witness = Arc::new(witness);
        let listener = TcpListener::bind(settings.server.listen)
            .await
            .map_err(|source| StartError::Listen { listen: settings.server.listen, source })?;
        let listen = listener.local_addr().unwrap_or(settings.server.listen);
        // What changed while nothing ran is found before anything is sent; no long list is waited for.
        let folder = Arc::new(Folder::named(&settings));
        let mut guard = Guard::new(db.clone(), ledger.clone(), folder.clone(), Daily::of(&settings).lang);
        guard.begin().await?;
        let reader = Reader::new(db.clone(), ledger.clone(), folder);
        let settler = Settler::new(ledger.clone(), settings.organisation.holidays);
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();

        let pace =
            Pace { slots: usize::from(settings.sending.under_way), answer_within_ms: settings.sending.answer_within };
        let outbox = Outbox::new(db.clone(), settler.clone(), ledger.clone(), accounts.clone(), fence, pace);
        let within = pace.answer_within_ms;
        let direct = Direct::new(db.clone(), settler.clone(), ledger.clone(), accounts.clone(), fence, within);
        let sends = settings.node.sends;
        let mailer = Arc::new(Mailer::new(&settings)?);
        let audit = Keeper::new(ledger.vault.clone(), ledger.clock.clone(), &settings.path(&settings.witness.file));
        let (keeper, kept) = (audit.clone(), db.clone());
        tasks.spawn(repeat("audit", LOOK_AT_AUDIT, stopped.clone(), async move || keeper.step(&kept).await));
        let alarms = Watch {
            audit,
            accounts: accounts.clone(),
            troubles: outbox.troubles(),
            backups: Routine::of(&settings.backup, |folder| settings.path(folder)),
            words: (&settings).into(),
            ways: mailer.alarm_ways(),
        };
        tasks.spawn(alarms::run(db.clone(), ledger.clone(), alarms, mailer.clone(), stopped.clone()));
        if sends {
            tasks.spawn(loops::hear(db.clone(), outbox.waker(), stopped.clone()));
            tasks.spawn(on_its_own_thread(send(outbox, stopped.clone())));
            tasks.spawn(loops::send_direct(direct, stopped.clone()));
        }
        let mender = Mender::new(db.clone(), ledger.clone(), settler.clone(), accounts.clone(), witness.clone());

        let reaper = Reaper::new(db.clone(), settler.clone(), ledger.clock.clone(), fence)
            .with_brake(Brake::from(&settings.sending));
        let reconciler = Reconciler::new(db.clone(), ledger.clone(), settler.clone(), accounts.clone());
        let (asked, halt) = ((db.clone(), accounts.clone()), stopped.clone());
        tasks.spawn(repeat("messaging limit", ASK_LIMIT, stopped.clone(), async move || {
            unless_stopped(halt.clone(), ask_messaging_limit(&asked.0, &asked.1)).await
        }));
        let eraser = Eraser::new(db.clone(), ledger.clone(), accounts.clone());
        let webhooks = Arc::new(Webhooks::new(db.clone(), ledger.clone(), settler.clone(), accounts, &settings));
        let routines = Routines::of(ledger.clone(), &settings);
        let house = Loop {
            db: db.clone(),
            tasks: Tasks::of(ledger.clone(), &settings),
            daily: Daily::of(&settings),
            mailer,
            lists: Lists::of(Folder::named(&settings)),
            backups: Routine::of(&settings.backup, |folder| settings.path(folder)),
            retention: settings.retention,
            doubted: Arc::default(),
            stir: Stir::default(),
            routines,
            ledger,
        };
        // Nothing is written to a file that is older than it was: the whole ends, and the next start knows what to do.
        let older = Arc::new(Notify::new());
        let (eye, seen, ends) = (witness.clone(), db.clone(), older.clone());
        tasks.spawn(repeat("witness", Duration::from_secs(2), stopped.clone(), async move || {
            let looked = eye.step(&seen).await;
            if seen.is_older() {
                ends.notify_one();
            }
            looked
        }));
        let mut halt = stopped.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = older.notified() => {}
                _ = halt.wait_for(|stopped| *stopped) => {}
            }
        });
        let due = webhooks.clone();
        tasks.spawn(repeat("webhooks", Duration::from_millis(100), stopped.clone(), async move || {
            while due.due().await? > 0 {}
            Ok(())
        }));
        let (ways, halt) = (webhooks.clone(), stopped.clone());
        tasks.spawn(repeat("way in", TRY_WAYS_IN, stopped.clone(), async move || {
            unless_stopped(halt.clone(), ways.try_ways_in()).await
        }));
        if sends {
            tasks.spawn(repeat("reaper", Duration::from_millis(500), stopped.clone(), async move || {
                reaper.step().await
            }));
            // Apart, so that no answer waits until what became of messages is known, nor for another account's provider.
            let reconciler = Arc::new(reconciler);
            for account in settings.gateways.keys() {
                let (poll, halt, name) = (webhooks.clone(), stopped.clone(), account.clone());
                tasks.spawn(repeat("answers' list", Duration::from_secs(5), stopped.clone(), async move || {
                    unless_stopped(halt.clone(), poll.poll(&name)).await
                }));
                let (reconciler, halt, name) = (reconciler.clone(), stopped.clone(), account.clone());
                tasks.spawn(repeat("messages' list", Duration::from_secs(5), stopped.clone(), async move || {
                    unless_stopped(halt.clone(), reconciler.step(&name)).await
                }));
            }
            let halt = stopped.clone();
            tasks.spawn(repeat("erasing at providers", Duration::from_secs(1), stopped.clone(), async move || {
                unless_stopped(halt.clone(), async { eraser.step().await.map(drop) }).await
            }));
            let halt = stopped.clone();
            tasks.spawn(repeat("quarantine", Duration::from_secs(5), stopped.clone(), async move || {
                unless_stopped(halt.clone(), mender.step()).await
            }));
        }
        house.start(&mut tasks, &stopped, sends);
        folder::start(guard, reader, &mut tasks, &stopped);
        tasks.spawn(webhook::serve(listener, webhooks, pages, stopped));
        info!(%listen, fence, sends, "lykt runs");
        Ok(Self { stop, tasks, db, listen, witness, _lock: lock })
    }

    /// The address that webhooks come to.
    pub fn listen(&self) -> std::net::SocketAddr {
        self.listen
    }

    /// Waits until a part of it ends by itself, which none should: the others would go on without it, and nobody would know.
    pub async fn broken(&mut self) {
        let ended = self.tasks.join_next().await;
        let why = ended.and_then(Result::err).map(|e| e.to_string()).unwrap_or_default();
        error!(
            error = why,
            "a part of the daemon has ended by a mistake of its own; the rest stops too, to be started again"
        );
    }

    /// Stops: nothing new begins, what is under way ends.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let ended = tokio::time::timeout(GRACE, async { while self.tasks.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            warn!("some work did not end in time; its messages are settled at the next start");
            self.tasks.shutdown().await;
        }
        // A database that is away must not keep the program from ending.
        if !tokio::time::timeout(GOODBYE, self.witness.stop(&self.db)).await.is_ok_and(|said| said.is_ok()) {
            warn!("the database did not hear that this node has stopped");
        }
        self.db.close().await;
        info!("lykt has stopped");
    }
}

/// Lets work go at the stop that may take long and can be let go at any time.
async fn unless_stopped(
    mut stopped: watch::Receiver<bool>,
    work: impl Future<Output = Result<(), DbError>>,
) -> Result<(), DbError> {
    tokio::select! {
        done = work => done,
        _ = stopped.wait_for(|stopped| *stopped) => Ok(()),
    }
}

/// Asks to how many people may be written first, in case nobody told when it changed.
async fn ask_messaging_limit(db: &Db, accounts: &Accounts) -> Result<(), DbError> {
    let Some(limit) = accounts.ask_messaging_limit().await else { return Ok(()) };
    let mut tx = db.begin().await?;
    opened::tell(&mut tx, limit).await?;
    tx.commit().await
}

/// The SQLite file whose lock keeps a second daemon away; several nodes may share a PostgreSQL.
fn sqlite_file(settings: &Settings) -> Option<PathBuf> {
    settings.database_url().strip_prefix("sqlite:").map(PathBuf::from)
}

/// Does something on a thread of its own, which ends when this is let go: what all sends wait for waits behind none of them.
async fn on_its_own_thread(work: impl Future<Output = ()> + Send + 'static) {
    let (_held, let_go) = oneshot::channel::<()>();
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            tokio::select! {
                () = work => {}
                _ = let_go => {}
            }
        });
    });
    if let Err(ended) = done.await
        && ended.is_panic()
    {
        std::panic::resume_unwind(ended.into_panic());
    }
}

/// The sending loop. After the stop it only settles what is under way.
async fn send(mut outbox: Outbox, mut stopped: watch::Receiver<bool>) {
    let mut failing = false;
    while !*stopped.borrow_and_update() {
        match outbox.step().await {
            Ok(_) => failing = false,
            Err(e) => {
                if !failing {
                    error!(error = %e, "nothing can be sent for now");
                }
                failing = true;
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
        tokio::select! {
            () = outbox.wait() => {}
            _ = stopped.changed() => {}
        }
    }
    loop {
        match outbox.settle_ended().await {
            Ok(0) => break,
            Ok(_) => outbox.wait().await,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}
