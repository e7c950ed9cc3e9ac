//! Answers a partner's question: turns what it hid, without seeing it, and adds the table of everybody we know.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Mutex;
use tracing::{info, warn};
use uuid::Uuid;

use super::book::{Book, Pair};
use super::oprf::{ELEMENT, NoElement, Secret};
use super::terms::Terms;
use super::word::{Bytes, Id, Why, Word};
use super::{Unread, table};
use crate::audit::On;
use crate::clock;
use crate::domain::act::Act;
use crate::domain::cooldown::again_on;
use crate::domain::partner::{Month, Says, Share};
use crate::domain::span::{DAY_MS, HOUR_MS};
use crate::ledger::Ledger;
use crate::store::partner::{self, Told};
use crate::store::{Db, DbError};

/// A number costs at least so long, milliseconds of the steady clock.
const FLOOR_MS: i64 = 1;
/// A table is used for so long, milliseconds of the steady clock: making one costs a core 30 microseconds for each contact.
const FRESH_MS: i64 = HOUR_MS;
/// A question is answered when it is not older, civil milliseconds; one that was carried by hand takes days.
const OLDEST_MS: i64 = 7 * DAY_MS;
/// Nor further ahead.
const AHEAD_MS: i64 = DAY_MS;
/// Contacts in one look at the database.
const PAGE: i64 = 1_000;

/// What answers a partner was made with: a key of its own, and the table under it.
struct Ready {
    secret: Secret,
    table: Vec<u8>,
    gives: Vec<Share>,
    made_at: i64,
}

/// Why there is no answer at all.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It is nobody's whom we know, or was changed on its way.
    #[error(transparent)]
    Unread(#[from] Unread),
    /// The database is away.
    #[error(transparent)]
    Db(#[from] DbError),
    /// There is no randomness to make it with.
    #[error("the operating system gave no randomness to answer with")]
    Random,
}

impl From<NoElement> for NoAnswer {
    fn from(_: NoElement) -> Self {
        NoAnswer::Random
    }
}

/// Answers partners. Cheap to clone; clones share their tables.
#[derive(Clone, Default)]
pub struct Answering {
    ready: Arc<Mutex<HashMap<String, Arc<Ready>>>>,
}

impl Answering {
    /// What we say to a word of theirs, sealed for them.
    ///
    /// # Errors
    /// When it is not theirs, or as the database has it; nothing was told then.
    pub async fn answer(&self, db: &Db, ledger: &Ledger, book: &Book, envelope: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        let began = clock::boot_ms();
        let pair = book.of(envelope).ok_or(Unread)?;
        let (id, at, terms, elements) = match Word::open(&pair.key, envelope)? {
            Word::Terms { terms } => {
                let mut tx = db.begin().await?;
                pair.heard_terms(&mut tx, ledger, &terms).await?;
                tx.commit().await?;
                return Ok(pair.tell()?);
            }
            Word::Question { id, at, terms, elements } => (id, at, terms, elements.0),
            Word::Answer { .. } | Word::Refusal { .. } => return Err(Unread.into()),
        };
        let n = elements.len() / ELEMENT;
        let refuse = |why: Why| Ok(Word::Refusal { why, terms: pair.ours.clone() }.seal(&pair.key)?);
        if !elements.len().is_multiple_of(ELEMENT) {
            return refuse(Why::Unreadable);
        }
        if let Some(why) = self.admit(db, ledger, pair, &terms, (id, at), n).await? {
            warn!(partner.name = pair.name, numbers = n, why = ?why, "a partner's question was refused");
            return refuse(why);
        }
        let ready = self.ready(db, ledger, pair, &terms).await?;
        let turning = ready.clone();
        // Each is a multiplication on a curve: they have a thread of their own.
        let turned = tokio::task::spawn_blocking(move || {
            elements.chunks_exact(ELEMENT).map(|element| turning.secret.turn(element)).collect::<Result<Vec<_>, _>>()
        });
        let Ok(Ok(turned)) = turned.await else { return refuse(Why::Unreadable) };
        let floor = i64::try_from(n).unwrap_or(i64::MAX).saturating_mul(FLOOR_MS);
        let left = floor.saturating_sub(clock::boot_ms() - began);
        tokio::time::sleep(Duration::from_millis(u64::try_from(left).unwrap_or_default())).await;
        info!(partner.name = pair.name, numbers = n, "a partner's question was answered");
        let (elements, table) = (Bytes(turned.concat()), Bytes(ready.table.clone()));
        Ok(Word::Answer { id, terms: pair.ours.clone(), elements, table }.seal(&pair.key)?)
    }

    /// Whether a question is answered; what it costs is taken from the day's share, and it is in the audit, before that.
    async fn admit(
        &self,
        db: &Db,
        ledger: &Ledger,
        pair: &Pair,
        terms: &Terms,
        (id, at): (Id, i64),
        n: usize,
    ) -> Result<Option<Why>, DbError> {
        let now = ledger.clock.now_ms();
        let n = i64::try_from(n).unwrap_or(i64::MAX);
        let mut tx = db.begin().await?;
        if !pair.heard_terms(&mut tx, ledger, terms).await? {
            tx.commit().await?;
            return Ok(Some(Why::Terms));
        }
        if !(now - OLDEST_MS..=now + AHEAD_MS).contains(&at) {
            return Ok(Some(Why::Late));
        }
        if !partner::answered(&mut tx, Uuid::from_bytes(id), &pair.name, now).await? {
            return Ok(Some(Why::Again));
        }
        let day = ledger.clock.today().to_string();
        if !partner::take_share(&mut tx, &pair.name, &day, n, pair.partner.per_day.into()).await? {
            tx.commit().await?;
            return Ok(Some(Why::Quota));
        }
        ledger.book().note_many(&mut tx, Act::PartnerAnswered, On::Partner(&pair.name), n).await?;
        tx.commit().await?;
        Ok(None)
    }

    /// The key and the table for a partner. Whoever comes while one is made waits for it.
    async fn ready(&self, db: &Db, ledger: &Ledger, pair: &Pair, terms: &Terms) -> Result<Arc<Ready>, NoAnswer> {
        let mut all = self.ready.lock().await;
        let gives = pair.ours.gives(terms);
        if let Some(ready) = all.get(&pair.name)
            && ready.gives == gives
            && clock::boot_ms() - ready.made_at < FRESH_MS
        {
            return Ok(ready.clone());
        }
        let (mut told, mut after) = (Vec::new(), None);
        loop {
            let mut tx = db.read().await?;
            let (page, last) = partner::people(&mut tx, &ledger.vault, after, PAGE).await?;
            told.extend(page.into_iter().filter_map(|person| Some((says(ledger, &gives, &person)?, person.number))));
            after = last;
            if after.is_none() {
                break;
            }
        }
        let made = tokio::task::spawn_blocking(move || {
            let secret = Secret::make()?;
            let outputs: Result<Vec<_>, NoElement> =
                told.into_iter().map(|(says, number)| Ok((secret.output(number.expose().as_bytes())?, says))).collect();
            let table = table::write(outputs?).map_err(|_| NoAnswer::Random)?;
            Ok::<_, NoAnswer>(Ready { secret, table, gives, made_at: clock::boot_ms() })
        });
        let ready = Arc::new(made.await.map_err(|_| NoAnswer::Random)??);
        all.insert(pair.name.clone(), ready.clone());
        Ok(ready)
    }
}

/// What is said of somebody; `None` when that is nothing.
fn says(ledger: &Ledger, gives: &[Share], person: &Told) -> Option<Says> {
    if person.no && gives.contains(&Share::Noes) {
        return Some(Says::No);
    }
    let last = person.contacted_at.filter(|_| gives.contains(&Share::Approaches))?;
    let last = ledger.clock.zone().to_datetime(Timestamp::from_millisecond(last).ok()?).date();
    let again = again_on(last, ledger.cooldown);
    (ledger.clock.today() < again).then(|| Says::Wait(Month::from_day(again)))
}
