//! Forgetting: on time, by the calendar of the organisation, and on request. Counts stay, and so does every no.
//!
//! In short transactions, so that nothing waits for it. Opens no sealed field.

mod contact;
mod cutoff;
mod nightly;
mod provider;
mod texts;

use std::collections::BTreeMap;

use jiff::SignedDuration;
use tracing::{info, warn};
use uuid::Uuid;

pub use contact::{Erasure, forget};
use cutoff::older_than;
pub use nightly::run_due;
pub use provider::Eraser;

use crate::audit;
use crate::domain::span::Span;
use crate::ledger::{Ledger, NoSource};
use crate::settings::Retention;
use crate::store::counted::{self, Alike, CREDITED};
use crate::store::old::{self, Old, Table};
use crate::store::tally::{self, Counted};
use crate::store::walk::{self, Walk};
use crate::store::{self, Db, DbError, Tx, absence, direct, erasure, opened, partner, routine, second, verdict};

/// Rows in one transaction.
const CHUNK: i64 = 200;
/// How often a run may meet others on the same rows.
const CONFLICTS: u32 = 20;
/// A raw webhook that could not be applied is kept so long: enough to look into the fault.
const FAULTY_HOOKS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// That a partner's question was answered is noted so long. It is answered for a week: its note must stay longer.
const ANSWERED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How long things are kept.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Each entry of the ledger; no shorter than the cooldown.
    pub entries: Span,
    /// The texts of what went in and out.
    pub texts: Span,
    /// Webhooks that were applied.
    pub webhooks: Span,
}

impl From<&Retention> for Keep {
    fn from(settings: &Retention) -> Self {
        Self { entries: settings.keep, texts: settings.texts, webhooks: settings.webhooks }
    }
}

/// How much was erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Messages.
    pub messages: u64,
    /// Answers.
    pub replies: u64,
    /// Tasks.
    pub tasks: u64,
    /// Entries of the ledger.
    pub touches: u64,
    /// What people sent by hand.
    pub directs: u64,
    /// Webhooks.
    pub hooks: u64,
    /// Notices to staff.
    pub notices: u64,
    /// Plans and their rows.
    pub plans: u64,
    /// Contacts with their addresses.
    pub contacts: u64,
    /// Texts that went before what they belong to.
    pub texts: u64,
}

impl Erased {
    fn of(&mut self, table: Table) -> &mut u64 {
        match table {
            Table::Message => &mut self.messages,
            Table::Reply => &mut self.replies,
            Table::Task => &mut self.tasks,
            Table::Touch => &mut self.touches,
        }
    }
}

/// What failed first; what comes after it is done all the same.
#[derive(Default)]
struct Failed(Option<DbError>);

impl Failed {
    fn note<T: Default>(&mut self, done: Result<T, DbError>) -> T {
        done.unwrap_or_else(|e| {
            self.0.get_or_insert(e);
            T::default()
        })
    }
}

/// Erases what is older than its time: each row by its own, a contact with its last one. Where a table fails, the others
/// go all the same.
///
/// # Errors
/// What failed first, as the database has it; what was committed stays erased, and the next run goes on.
pub async fn erase(db: &Db, ledger: &Ledger, keep: Keep) -> Result<Erased, DbError> {
    let clock = &ledger.clock;
    let (today, zone) = (clock.today(), clock.zone());
    // What the cooldown runs from must stay as long as it runs.
    let before = older_than(today, keep.entries, zone).min(older_than(today, ledger.cooldown, zone));
    let faulty_before = (clock.now() - FAULTY_HOOKS).as_millisecond();
    let hooks_before = older_than(today, keep.webhooks, zone);
    let (mut erased, mut failed) = (Erased::default(), Failed::default());
    // Texts first, whatever else goes: with them, providers are asked for what they have.
    let texts_before = older_than(today, keep.texts, zone).max(before);
    erased.texts = failed.note(texts::remove(db, texts_before, clock.now_ms()).await);
    for table in Table::ALL {
        *erased.of(table) = failed.note(in_chunks(db, ledger, What::Rows(table), before).await);
    }
    failed.note(in_chunks(db, ledger, What::Outcomes, before).await);
    erased.directs = failed.note(in_chunks(db, ledger, What::Directs, before).await);
    erased.hooks = failed.note(in_chunks(db, ledger, What::Hooks, hooks_before).await);
    erased.hooks += failed.note(in_chunks(db, ledger, What::FaultyHooks, faulty_before).await);
    erased.notices = failed.note(in_chunks(db, ledger, What::Notices, before).await);
    failed.note(in_chunks(db, ledger, What::Routines, before).await);
    failed.note(in_chunks(db, ledger, What::Verdicts, before).await);
    failed.note(in_chunks(db, ledger, What::Absences, before).await);
    failed.note(in_chunks(db, ledger, What::Opened, clock.now_ms()).await);
    failed.note(forget_partners(db, ledger, before).await);
    failed.note(forget_asked(db, ledger).await);
    erased.plans = failed.note(in_chunks(db, ledger, What::Plans, before).await);
    failed.note(in_chunks(db, ledger, What::LastContact, before).await);
    erased.contacts = failed.note(in_chunks(db, ledger, What::Contacts, before).await);
    if erased != Erased::default() {
        let Erased { messages, replies, touches, contacts, texts, .. } = erased;
        info!(messages, replies, touches, contacts, texts, "what was older than its time is erased");
        failed.note(db.wash().await);
    }
    if let Some(e) = failed.0 {
        return Err(e);
    }
    let unread = store::texts::unread(&mut db.read().await?, texts_before).await?;
    if unread > 0 {
        warn!(answers = unread, "answers keep their text past its time, because nobody has read them");
    }
    Ok(erased)
}

/// What partners said that no longer holds, notes of their questions, and days of more than the ledger's time ago.
async fn forget_partners(db: &Db, ledger: &Ledger, entries_before: i64) -> Result<(), DbError> {
    let clock = &ledger.clock;
    let day = clock.day_of(entries_before).to_string();
    let answered_before = (clock.now() - ANSWERED).as_millisecond();
    let mut tx = db.begin().await?;
    partner::forget_old(&mut tx, clock.now_ms(), answered_before, &day).await?;
    tx.commit().await
}

/// What waited for a second person longer than a day, with why.
async fn forget_asked(db: &Db, ledger: &Ledger) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    second::sweep(&mut tx, ledger.clock.now_ms()).await?;
    tx.commit().await
}

/// Lets go of what the audit has of more than its time ago, with an entry that says so.
///
/// # Errors
/// As the database has it; what was committed by then is gone.
pub async fn erase_audit(db: &Db, ledger: &Ledger, keep: Span) -> Result<u64, DbError> {
    let clock = &ledger.clock;
    let gone = audit::forget(db, ledger.book(), older_than(clock.today(), keep, clock.zone())).await?;
    if gone > 0 {
        info!(entries = gone, "what the audit had of more than its time ago is gone");
    }
    Ok(gone)
}

/// What goes in one chunk.
#[derive(Clone, Copy)]
enum What {
    Rows(Table),
    Outcomes,
    Directs,
    Hooks,
    FaultyHooks,
    Notices,
    Routines,
    Verdicts,
    Absences,
    Opened,
    Plans,
    LastContact,
    Contacts,
}

impl What {
    /// How it is found where no index has its time.
    fn walk(self) -> Option<Walk> {
        match self {
            What::Rows(table) => table.walk(),
            What::Hooks => Some(Walk::Hooks),
            What::FaultyHooks => Some(Walk::FaultyHooks),
            What::LastContact => Some(Walk::LastContact),
            What::Contacts => Some(Walk::Contacts),
            _ => None,
        }
    }
}

/// Erases a chunk a transaction until nothing is left; how many rows it was in all.
async fn in_chunks(db: &Db, ledger: &Ledger, what: What, before: i64) -> Result<u64, DbError> {
    let (mut done, mut conflicts, mut after) = (0, 0, Uuid::nil());
    loop {
        let walked = match what.walk() {
            Some(walk) => walk::find(&mut db.read().await?, walk, before, after, CHUNK).await?,
            None => Vec::new(),
        };
        if what.walk().is_some() && walked.is_empty() {
            return Ok(done);
        }
        match one_chunk(db, ledger, what, before, &walked).await {
            Ok(0) if walked.is_empty() => return Ok(done),
            Ok(n) => {
                done += n;
                after = walked.last().copied().unwrap_or(after);
            }
            // Somebody works on the same rows: they are looked at again.
            Err(e) if e.is_conflict() && conflicts < CONFLICTS => conflicts += 1,
            Err(e) => return Err(e),
        }
    }
}

async fn one_chunk(db: &Db, ledger: &Ledger, what: What, before: i64, walked: &[Uuid]) -> Result<u64, DbError> {
    let mut tx = db.begin().await?;
    let n = chunk(ledger, &mut tx, what, before, walked).await?;
    if n > 0 {
        tx.commit().await?;
    }
    Ok(n)
}

async fn chunk(ledger: &Ledger, tx: &mut Tx, what: What, before: i64, walked: &[Uuid]) -> Result<u64, DbError> {
    match what {
        What::Rows(table) => {
            let rows = old::find(tx, table, before, CHUNK, walked).await?;
            if table == Table::Reply {
                keep_noes(ledger, tx, &rows).await?;
            }
            if let Some(texts) = table.texts() {
                erasure::ask_of(tx, texts, &rows, ledger.clock.now_ms()).await?;
            }
            count(ledger, tx, &rows).await?;
            old::remove(tx, table, &rows).await?;
            Ok(rows.len() as u64)
        }
        What::Outcomes => outcomes(ledger, tx, before).await,
        What::Directs => direct::remove_old(tx, before, CHUNK).await,
        What::Hooks => walk::remove_hooks(tx, Walk::Hooks, before, walked).await,
        What::FaultyHooks => walk::remove_hooks(tx, Walk::FaultyHooks, before, walked).await,
        What::Notices => old::remove_notices(tx, before, CHUNK).await,
        What::Routines => routine::forget(tx, before, CHUNK).await,
        What::Verdicts => verdict::forget(tx, before, CHUNK).await,
        What::Absences => absence::forget(tx, ledger.clock.day_of(before), CHUNK).await,
        What::Opened => opened::forget(tx, before, CHUNK).await,
        What::Plans => old::remove_plans(tx, before, CHUNK).await,
        What::LastContact => walk::forget_contacted(tx, before, walked).await,
        What::Contacts => {
            let ids = walk::empty_contacts(tx, before, walked).await?;
            old::remove_contacts(tx, &ids).await?;
            Ok(ids.len() as u64)
        }
    }
}

/// Outcomes name nobody; when their time is over, only their months are kept. Those that were taken back go.
async fn outcomes(ledger: &Ledger, tx: &mut Tx, before: i64) -> Result<u64, DbError> {
    let rows = counted::old(tx, &ledger.clock.day_of(before).to_string(), CHUNK).await?;
    let mut counts: BTreeMap<Counted, i64> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.undone_at.is_none()) {
        let kept = |campaign: &String, what: String| Counted {
            campaign: campaign.clone(),
            month: row.day.chars().take(7).collect(),
            what,
            variant: row.variant.clone().unwrap_or_default(),
            language: row.language.clone().unwrap_or_default(),
        };
        let what = Alike::what(&row.name, row.heard, row.late);
        *counts.entry(kept(&row.campaign, what)).or_default() += 1;
        if let Some(credit) = row.credit.as_ref().filter(|credit| **credit != row.campaign) {
            *counts.entry(kept(credit, CREDITED.to_owned())).or_default() += 1;
        }
    }
    tally::add(tx, counts).await?;
    if !rows.is_empty() {
        counted::remove(tx, &rows.iter().map(|row| row.id).collect::<Vec<_>>()).await?;
    }
    Ok(rows.len() as u64)
}

/// An answer that may be a no, and that goes before anybody has read it, is one: nobody will ever know better.
async fn keep_noes(ledger: &Ledger, tx: &mut Tx, answers: &[Old]) -> Result<(), DbError> {
    for contact in old::unheard(tx, answers).await? {
        ledger.take_no(tx, contact, NoSource::Reply).await?;
    }
    Ok(())
}

/// Adds rows that are about to go to the counts that stay.
async fn count(ledger: &Ledger, tx: &mut Tx, rows: &[Old]) -> Result<(), DbError> {
    let mut counts: BTreeMap<Counted, i64> = BTreeMap::new();
    for row in rows {
        let counted = Counted {
            campaign: row.campaign.clone(),
            month: ledger.clock.day_of(row.at).strftime("%Y-%m").to_string(),
            what: row.what.clone(),
            variant: row.variant.clone(),
            language: row.language.clone(),
        };
        *counts.entry(counted).or_default() += 1;
    }
    tally::add(tx, counts).await
}
