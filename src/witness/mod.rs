//! The witness: what tells a database that was restored, exchanged or copied from the one that this house used last.
//!
//! It stands outside the database and is written after it, again and again, so that the database is never behind it but
//! for one reason. Then the house goes into quarantine; what it lacks is fetched here, and a person ends it. Knows nothing
//! of how a provider speaks.

mod apart;
mod confirm;
mod file;
mod mend;

use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;
use tracing::{error, info, warn};

use crate::clock::new_id;
use crate::domain::id::HookId;
use crate::domain::span::{DAY_MS, HOUR_MS, MINUTE_MS};
use crate::ledger::Ledger;
use crate::ledger::quarantine::{self, Quarantine, Why};
use crate::ledger::timeline;
use crate::ledger::trust::{self, WITNESS as N};
use crate::settings::Settings;
use crate::store::node::{self, Node};
use crate::store::{Db, DbError, Tx, meta, no};
use apart::Apart;
pub use confirm::{Confirmed, Left, confirm, silent};
use file::{Found, Seen};
pub use mend::{Mender, unfinished};

const INSTALLATION: &str = "installation";
/// How far back news is looked for: transactions of other nodes end later than they began.
const LOOK_BACK_MS: i64 = 10 * MINUTE_MS;
/// Every no is compared with the file so often, by the steady clock: what came by another way is found then.
const SWEEP_MS: i64 = HOUR_MS;
const SWEPT_AT_ONCE: i64 = 1_000;
/// The file gets a higher number so often, by the steady clock.
const STAMPED_MS: i64 = MINUTE_MS;
/// What a database that knows no time may have lost.
const LOST_MS: i64 = 60 * DAY_MS;

/// Keeps the witness of one daemon.
pub struct Witness {
    path: PathBuf,
    ledger: Ledger,
    name: String,
    state: Mutex<State>,
}

struct State {
    seen: Seen,
    apart: Apart,
    /// Up to when noes are kept apart, civil.
    kept_until: i64,
    /// When every no was compared, steady.
    swept_at: Option<i64>,
    /// When the file got its number, steady.
    stamped_at: Option<i64>,
    /// Whether a file stands that this daemon wrote or found.
    stands: bool,
    complained: bool,
    robbed: bool,
    suspected: bool,
}

/// Which file the database is.
struct Here {
    file: Option<(u64, u64, String)>,
    stamp: Option<u32>,
}

/// Where the noes kept apart stand: beside the witness.
pub fn noes_beside(witness: &Path) -> PathBuf {
    witness.with_extension("noes")
}

impl Witness {
    /// Looks whether the database is the one that was seen last, puts the house into quarantine when not, and draws the
    /// number of this start.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn start(db: &Db, ledger: &Ledger, settings: &Settings) -> Result<(Self, i64), DbError> {
        let path = settings.path(&settings.witness.file);
        let (name, vault) = (settings.node.named(settings.server.listen.port()), &ledger.vault);
        let found = file::read(&path, vault).unwrap_or_else(|e| {
            error!(file = %path.display(), error = %e, "the witness cannot be read");
            Found::Damaged
        });
        let apart = open(&noes_beside(&path), ledger);
        let (machine, here) = (file::machine(vault), Here { file: db.file(), stamp: db.stamp() });
        let mut tx = db.begin().await?;
        let witnessed = node::is_witnessed(&mut tx, db.is_shared().then_some(name.as_str())).await?;
        let installation = installation(&mut tx, &found).await?;
        let keeps = timeline::note(&mut tx).await?;
        let why = match judge(&mut tx, &found, witnessed, &installation, &machine, &here).await? {
            None | Some(Why::Behind) if !keeps => Some(Why::TakenOver),
            why => why,
        };
        let seen = if let Found::Seen(seen) = &found { seen.clone() } else { Seen::default() };
        if let Some(why) = why {
            hold(&mut tx, ledger, why, &seen).await?;
        }
        let fence = meta::next_fence(&mut tx).await?;
        let now = tx.house_ms(&ledger.clock).await?;
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let sends = settings.node.sends;
        let node = Node { name: name.clone(), fence, version, sends, started_at: now, seen_at: now, stopped_at: None };
        node::start(&mut tx, &node).await?;
        let held = quarantine::get(&mut tx).await?;
        tx.commit().await?;
        if let Some(held) = held {
            say_held(&held);
        }
        if apart.lines < seen.noes {
            error!("lines are gone from the noes kept apart; a restore could lose a no");
        }
        // What was written apart from the daemon since it last ran is news too.
        let kept_until = if seen.at > 0 { seen.at } else { ledger.clock.now_ms() };
        let state = State {
            seen: Seen { installation, fence, machine, file: here.file, n: 0, ..seen },
            apart,
            kept_until,
            swept_at: None,
            stamped_at: None,
            stands: matches!(found, Found::Seen(_)),
            complained: false,
            robbed: false,
            suspected: false,
        };
        let witness = Self { path, ledger: ledger.clone(), name, state: Mutex::new(state) };
        witness.step(db).await?;
        Ok((witness, fence))
    }

    /// Writes what is seen: first in the database, then outside it.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn step(&self, db: &Db) -> Result<(), DbError> {
        let mut state = self.state.lock().await;
        let state = &mut *state;
        let (now, steady) = (self.ledger.clock.now_ms(), self.ledger.clock.steady_ms());
        let gone = if state.apart.is_whole() { Vec::new() } else { self.look_again(state) };
        let sweep = state.swept_at.is_none_or(|at| steady - at >= SWEEP_MS);
        let mut tx = match db.begin().await {
            Ok(tx) => tx,
            Err(e) => {
                self.suspect(db, state);
                return Err(e);
            }
        };
        let keeps = timeline::note(&mut tx).await?;
        let n = meta::grow(&mut tx, N).await?;
        // While we ran, another server took over, or another database was put in the old one's place.
        let why = if keeps { (state.seen.n >= n).then_some(Why::Behind) } else { Some(Why::TakenOver) };
        if let Some(why) = why {
            hold(&mut tx, &self.ledger, why, &state.seen).await?;
            say_held(&Quarantine::new(why, now, now));
        }
        let seen_at = tx.house_ms(&self.ledger.clock).await?;
        if !node::seen(&mut tx, &self.name, state.seen.fence, seen_at, state.stands).await? && !state.robbed {
            state.robbed = true;
            warn!(
                node.name = self.name,
                "another daemon has started under this node's name: give each its own [node] name"
            );
        }
        let from = state.kept_until.min(now) - LOOK_BACK_MS;
        let mut noes = no::since(&mut tx, from).await?;
        let lifted = no::lifted(&mut tx, from).await?;
        let n = meta::number(&mut tx, N).await?.unwrap_or(n);
        let held = quarantine::get(&mut tx).await?.is_some();
        tx.commit().await?;
        noes.extend(gone);
        if sweep {
            noes.extend(every_no(db).await?);
        }
        let day = self.ledger.clock.today().to_string();
        // In quarantine an older database must lift nothing.
        let lifted = if held { &[][..] } else { lifted.as_slice() };
        if state.stamped_at.is_none_or(|at| steady - at >= STAMPED_MS) {
            match stamp(db, &mut state.seen).await {
                Ok(true) => state.stamped_at = Some(steady),
                // Somebody writes or reads: the next time.
                Ok(false) => {}
                Err(_) => self.suspect(db, state),
            }
        }
        let kept = state.apart.add(&self.ledger.vault, &noes, lifted, &day);
        let seen = Seen { n, at: now, noes: state.apart.lines, ..state.seen.clone() };
        match kept.and_then(|()| file::write(&self.path, &self.ledger.vault, &seen)) {
            Ok(()) => {
                (state.seen, state.stands, state.kept_until) = (seen, true, now);
                if sweep {
                    state.swept_at = Some(steady);
                }
                if std::mem::take(&mut state.complained) {
                    info!("the witness is written again");
                }
            }
            Err(e) => {
                state.seen.n = n;
                if !std::mem::replace(&mut state.complained, true) {
                    error!(file = %self.path.display(), error = %e, "the witness cannot be written: a restored database would not be noticed");
                }
            }
        }
        Ok(())
    }

    /// Says outside the database that an older file was copied over it, so that the next start knows, whatever SQLite's log
    /// then makes of the file.
    fn suspect(&self, db: &Db, state: &mut State) {
        if !db.is_older() || std::mem::replace(&mut state.suspected, true) {
            return;
        }
        // Higher than any number that this file was given.
        state.seen.stamp = state.seen.stamp.saturating_add(2);
        match file::write(&self.path, &self.ledger.vault, &state.seen) {
            Ok(()) => error!(
                "an older file was copied over the database while it was used; nothing is written or sent, and lykt ends: start it again"
            ),
            Err(e) => error!(file = %self.path.display(), error = %e, "the witness cannot be written"),
        }
    }

    /// Reads the noes kept apart as somebody has left them; gives those that stood before, to be written again.
    fn look_again(&self, state: &mut State) -> Vec<no::No> {
        let path = noes_beside(&self.path);
        error!(file = %path.display(), "somebody has changed the noes kept apart, or taken them away: they are written again");
        let before = std::mem::replace(&mut state.apart, open(&path, &self.ledger));
        state.swept_at = None;
        before.standing().cloned().collect()
    }

    /// The noes kept apart, for whoever brings them back.
    async fn noes(&self) -> Vec<no::No> {
        self.state.lock().await.apart.standing().cloned().collect()
    }

    /// Says goodbye.
    ///
    /// # Errors
    /// As the database has it.
    pub async fn stop(&self, db: &Db) -> Result<(), DbError> {
        self.step(db).await?;
        let fence = self.state.lock().await.seen.fence;
        let mut tx = db.begin().await?;
        let at = tx.house_ms(&self.ledger.clock).await?;
        node::stop(&mut tx, &self.name, fence, at).await?;
        tx.commit().await
    }
}

fn open(path: &Path, ledger: &Ledger) -> Apart {
    let opened = Apart::open(path, &ledger.vault);
    let apart = opened.unwrap_or_else(|e: io::Error| {
        error!(file = %path.display(), error = %e, "the noes kept apart cannot be read");
        Apart::none(path)
    });
    if let Some(line) = apart.damaged {
        error!(file = %path.display(), line, "the noes kept apart were changed by somebody; all of them still count");
    }
    apart
}

/// Looks whether a database without a daemon is one that lacks what this house has seen, and puts it into quarantine then: a
/// command must not say yes by a file that was only just made, or that was put in another's place.
///
/// # Errors
/// As the database has it.
pub async fn look(db: &Db, ledger: &Ledger, settings: &Settings) -> Result<(), DbError> {
    if db.is_shared() {
        let mut tx = db.begin().await?;
        if !timeline::note(&mut tx).await? {
            hold(&mut tx, ledger, Why::TakenOver, &Seen::default()).await?;
        }
        tx.commit().await?;
    }
    // Before the database, which is never behind it.
    let Ok(Found::Seen(mut seen)) = file::read(&settings.path(&settings.witness.file), &ledger.vault) else {
        return Ok(());
    };
    let number = db.stamp();
    if !lacks(&mut db.read().await?, &seen, number).await? {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    if !lacks(&mut tx, &seen, number).await? {
        return Ok(());
    }
    // What was restored waits for a person already.
    match quarantine::get(&mut tx).await? {
        Some(_) => raise(&mut tx, &seen).await?,
        None => hold(&mut tx, ledger, Why::Behind, &seen).await?,
    }
    tx.commit().await?;
    // With the others above all that was seen: once a person has ended it, the next command does not begin it again.
    stamp(db, &mut seen).await.map(drop)
}

/// Whether a database is of this installation, or of none yet, and behind what was seen.
async fn lacks(tx: &mut Tx, seen: &Seen, stamp: Option<u32>) -> Result<bool, DbError> {
    let ours = meta::get(tx, INSTALLATION).await?.is_none_or(|known| known == seen.installation);
    Ok(ours && (seen.is_newer(stamp) || is_behind(tx, seen).await?))
}

/// Gives the file the next number.
async fn stamp(db: &Db, seen: &mut Seen) -> Result<bool, DbError> {
    let Some(stands) = db.stamp() else { return Ok(true) };
    let next = stands.max(seen.stamp).saturating_add(1);
    let stamped = db.set_stamp(next).await?;
    if stamped {
        seen.stamp = next;
    }
    Ok(stamped)
}

async fn is_behind(tx: &mut Tx, seen: &Seen) -> Result<bool, DbError> {
    let (n, fence) = (meta::number(tx, N).await?.unwrap_or(0), meta::number(tx, "fence").await?.unwrap_or(0));
    Ok(seen.n > n || seen.fence > fence)
}

/// The name of this installation; drawn once.
async fn installation(tx: &mut Tx, found: &Found) -> Result<String, DbError> {
    if let Some(known) = meta::get(tx, INSTALLATION).await? {
        return Ok(known);
    }
    let drawn = match found {
        // A database from before there were witnesses, or one that was only just made: the number tells which.
        Found::Seen(seen) if !seen.installation.is_empty() => seen.installation.clone(),
        _ => new_id::<HookId>().0.to_string(),
    };
    // Several nodes may start for the first time at once: all of them are one installation.
    meta::set_once(tx, INSTALLATION, &drawn).await
}

/// Whether the database is another one than was seen last, and how that shows.
async fn judge(
    tx: &mut Tx,
    found: &Found,
    witnessed: bool,
    installation: &str,
    machine: &str,
    here: &Here,
) -> Result<Option<Why>, DbError> {
    Ok(match found {
        Found::Missing | Found::Damaged if witnessed => Some(Why::NoWitness),
        Found::Missing => None,
        Found::Damaged => Some(Why::NoWitness),
        Found::Seen(seen) if seen.installation != installation => Some(Why::Foreign),
        Found::Seen(seen) if is_behind(tx, seen).await? => Some(Why::Behind),
        Found::Seen(seen) if !seen.machine.is_empty() && !machine.is_empty() && seen.machine != machine => {
            Some(Why::Elsewhere)
        }
        Found::Seen(seen) if seen.is_copied(here.file.as_ref()) => Some(Why::Elsewhere),
        Found::Seen(seen) if seen.is_newer(here.stamp) => Some(Why::Behind),
        Found::Seen(_) => None,
    })
}

/// Puts the house into quarantine, and the numbers of its database above all that was seen.
async fn hold(tx: &mut Tx, ledger: &Ledger, why: Why, seen: &Seen) -> Result<(), DbError> {
    let now = ledger.clock.now_ms();
    let known = trust::heartbeat(tx).await?.unwrap_or(now - LOST_MS);
    quarantine::begin(tx, Quarantine::new(why, known, now)).await?;
    raise(tx, seen).await
}

/// Puts the numbers of a database above all that was seen.
async fn raise(tx: &mut Tx, seen: &Seen) -> Result<(), DbError> {
    meta::raise(tx, N, seen.n + 1).await?;
    meta::raise(tx, "fence", seen.fence).await?;
    // The clock is judged by what was seen, not by the older note.
    if seen.at > 0 {
        trust::raise(tx, seen.at).await?;
    }
    Ok(())
}

fn say_held(held: &Quarantine) {
    let why = held.why.explain().en;
    error!(
        quarantine.why = held.why.as_str(),
        "{why}; nothing is sent and nobody is called until `lykt doctor --confirm-restore`"
    );
}

async fn every_no(db: &Db) -> Result<Vec<no::No>, DbError> {
    let (mut all, mut last): (Vec<no::No>, Vec<u8>) = (Vec::new(), Vec::new());
    loop {
        let mut tx = db.read().await?;
        let some = no::after(&mut tx, &last, SWEPT_AT_ONCE).await?;
        let ended = (some.len() as i64) < SWEPT_AT_ONCE;
        all.extend(some);
        match all.last() {
            Some(no) if !ended => last = no.blind.to_vec(),
            _ => return Ok(all),
        }
    }
}
