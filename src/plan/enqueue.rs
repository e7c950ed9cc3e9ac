//! From an approved plan into the outbox: contacts are made and messages queued, a chunk a transaction.
//!
//! Interrupted, it goes on where it was: a contact has one message of a campaign, whoever puts it there. Messages are
//! queued in the order of the list, which is the order in which they go out. When a plan takes the place of an earlier
//! one, messages that still wait get their new letter, and after that those that it leaves out are withdrawn: a person may
//! stand in the list by several numbers, and be left out by one of them only. Nothing else of them is touched. Letters are
//! opened and sealed between the transactions, never inside.

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::letter::letter;
use crate::campaign::file::Definition;
use crate::clock::new_id;
use crate::domain::channel::Channel;
use crate::domain::decision::Decision;
use crate::domain::id::{ContactId, MessageId, PlanId};
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::blind::Blind;
use crate::store::message::{self, NewMessage};
use crate::store::target::{self, Target};
use crate::store::waiting::{self, Place, Rewritten};
use crate::store::{Chunks, Db, DbError, Tx, campaign, contact};

/// Carries out an approved plan: queues everybody it names, then its campaign runs, or goes on. `progress` hears of
/// each chunk's size.
///
/// # Errors
/// As the database has it; called again, it goes on.
pub async fn enqueue(
    db: &Db,
    ledger: &Ledger,
    name: &str,
    plan: PlanId,
    mut progress: impl FnMut(u64),
) -> Result<Chunks, DbError> {
    let mut chunks = Chunks::default();
    let mut tx = db.read().await?;
    let stored = campaign::plan(&mut tx, &ledger.vault, plan).await?.ok_or(DbError::Unknown("plan"))?;
    drop(tx);
    let definition: Definition = serde_json::from_str(&stored.definition).map_err(|_| DbError::Unknown("campaign"))?;
    let mut tx = db.read().await?;
    let (_, earlier) = waiting::of_earlier(&mut tx, name, plan, Place::default(), 1).await?;
    drop(tx);
    let not_before = begins_ms(&definition, ledger.clock.zone());
    let carrying = Carrying { ledger, name, plan, definition, not_before };
    let mut from = 0;
    loop {
        let mut tx = db.read().await?;
        let targets = target::page(&mut tx, plan, from, chunks.rows, true).await?;
        let Some(last) = targets.last() else { break };
        from = last.n + 1;
        let size = targets.len() as u64;
        let chunk = carrying.prepare(&mut tx, targets).await?;
        drop(tx);
        if !chunks.write(db, async |tx, _| carrying.queue(tx, chunk).await).await? {
            return Ok(chunks);
        }
        progress(size);
    }
    if earlier.is_some() && !carrying.leave_out(db, &mut chunks).await? {
        return Ok(chunks);
    }
    if !carrying.clear(db, &mut chunks).await? {
        return Ok(chunks);
    }
    let now = ledger.clock.now_ms();
    chunks.write(db, async |tx, _| campaign::carried_out(tx, name, plan, now).await).await?;
    Ok(chunks)
}

/// A plan that is being carried out.
struct Carrying<'a> {
    ledger: &'a Ledger,
    name: &'a str,
    plan: PlanId,
    definition: Definition,
    not_before: i64,
}

/// What one transaction writes.
#[derive(Default)]
struct Chunk {
    known: HashMap<Blind, ContactId>,
    unknown: Vec<(Blind, Private)>,
    new: Vec<(Blind, Prepared)>,
    again: Vec<Rewritten>,
    withdrawn: Vec<(MessageId, Decision)>,
}

/// A message but for its contact.
struct Prepared {
    id: MessageId,
    channel: String,
    variant: String,
    language: String,
    sealed: Vec<u8>,
}

impl Carrying<'_> {
    /// Opens the letters of a chunk, and seals each for its message: the one that waits already, or a new one.
    async fn prepare(&self, tx: &mut Tx, targets: Vec<Target>) -> Result<Chunk, DbError> {
        let blinds: Vec<Blind> = targets.iter().filter_map(|target| target.blind).collect();
        let known = contact::find_all(tx, &blinds).await?;
        let known: HashMap<Blind, ContactId> = known.into_iter().map(|(blind, contact)| (blind, contact.id)).collect();
        let waits = waiting::of(tx, self.name, known.values().copied().collect()).await?;
        let mut chunk = Chunk::default();
        for target in targets {
            let letter = letter(self.ledger, self.plan, &target)?.ok_or(DbError::Unknown("letter"))?;
            let blind = target.blind.ok_or(DbError::Unknown("address"))?;
            let contact = known.get(&blind);
            let waits = contact.and_then(|contact| waits.get(contact));
            let id = waits.map_or_else(new_id, |waits| waits.id);
            let prepared = Prepared {
                id,
                channel: target.channel.unwrap_or_default(),
                variant: target.variant.unwrap_or_default(),
                language: target.language.unwrap_or_default(),
                sealed: message::seal(&self.ledger.vault, id, &letter)?,
            };
            match waits {
                // Written by an earlier run of this very plan.
                Some(waits) if waits.plan == self.plan => {}
                Some(_) => chunk.again.push(self.rewritten(prepared)),
                None => {
                    if contact.is_none() {
                        chunk.unknown.push((blind, Private::new(letter.to)));
                    }
                    chunk.new.push((blind, prepared));
                }
            }
        }
        chunk.known = known;
        Ok(chunk)
    }

    /// Writes a chunk; false when the plan is not to be carried out any more.
    async fn queue(&self, tx: &mut Tx, chunk: Chunk) -> Result<bool, DbError> {
        let Chunk { mut known, unknown, new, again, withdrawn } = chunk;
        let now = self.ledger.clock.now_ms();
        if !campaign::is_due(tx, self.name, self.plan).await? {
            return Ok(false);
        }
        if !unknown.is_empty() {
            contact::create_all(tx, &self.ledger.vault, &unknown, now).await?;
            let blinds: Vec<Blind> = unknown.iter().map(|(blind, _)| *blind).collect();
            let made = contact::find_all(tx, &blinds).await?;
            known.extend(made.into_iter().map(|(blind, contact)| (blind, contact.id)));
        }
        let mut messages = Vec::with_capacity(new.len());
        for (blind, message) in new {
            messages.push(NewMessage {
                id: message.id,
                contact: *known.get(&blind).ok_or(DbError::Unknown("contact"))?,
                account: self.account_of(&message.channel),
                channel: message.channel,
                variant: message.variant,
                language: message.language,
                not_before: self.not_before,
                sealed: message.sealed,
            });
        }
        message::enqueue(tx, self.name, self.plan, messages, now).await?;
        for message in again {
            waiting::rewrite(tx, self.plan, message).await?;
        }
        waiting::withdraw(tx, &withdrawn, now).await?;
        Ok(true)
    }

    /// Withdraws what still waits for those whom the plan names and leaves out, each with its reason; false when the plan is
    /// not due any more.
    async fn leave_out(&self, db: &Db, chunks: &mut Chunks) -> Result<bool, DbError> {
        let mut from = 0;
        loop {
            let mut tx = db.read().await?;
            let targets = target::page(&mut tx, self.plan, from, chunks.rows, false).await?;
            let Some(last) = targets.last() else { return Ok(true) };
            from = last.n + 1;
            // Of equal numbers the first decided.
            let left = |target: &&Target| !matches!(target.decision, Decision::Eligible | Decision::Duplicate);
            let left: HashMap<Blind, Decision> =
                targets.iter().filter(left).filter_map(|target| Some((target.blind?, target.decision))).collect();
            let blinds: Vec<Blind> = left.keys().copied().collect();
            let known = contact::find_all(&mut tx, &blinds).await?;
            let waits = waiting::of(&mut tx, self.name, known.values().map(|contact| contact.id).collect()).await?;
            drop(tx);
            let waiting = |(blind, why): (&Blind, &Decision)| {
                let waits = waits.get(&known.get(blind)?.id).filter(|waits| waits.plan != self.plan)?;
                Some((waits.id, *why))
            };
            let chunk = Chunk { withdrawn: left.iter().filter_map(waiting).collect(), ..Chunk::default() };
            if !chunk.withdrawn.is_empty() && !chunks.write(db, async |tx, _| self.queue(tx, chunk).await).await? {
                return Ok(false);
            }
        }
    }

    fn account_of(&self, channel: &str) -> String {
        let account = Channel::parse(channel).and_then(|channel| self.definition.account_of(channel));
        account.unwrap_or(&self.definition.account).to_owned()
    }

    fn rewritten(&self, message: Prepared) -> Rewritten {
        let Prepared { id, channel, variant, language, sealed } = message;
        let account = self.account_of(&channel);
        Rewritten { id, channel, account, variant, language, not_before: self.not_before, sealed }
    }

    /// Withdraws what still waits under an earlier definition and is on the new list no more; false when the plan is
    /// not due any more.
    async fn clear(&self, db: &Db, chunks: &mut Chunks) -> Result<bool, DbError> {
        let mut from = Place::default();
        loop {
            let mut tx = db.read().await?;
            let (left, next) = waiting::of_earlier(&mut tx, self.name, self.plan, from, chunks.rows).await?;
            drop(tx);
            let Some(next) = next else { return Ok(true) };
            from = next;
            let withdrawn = left.into_iter().map(|message| (message, Decision::Filtered)).collect();
            let chunk = Chunk { withdrawn, ..Chunk::default() };
            if !chunks.write(db, async |tx, _| self.queue(tx, chunk).await).await? {
                return Ok(false);
            }
        }
    }
}

/// The first moment of the campaign's first day.
fn begins_ms(definition: &Definition, zone: &TimeZone) -> i64 {
    zone.to_ambiguous_timestamp(definition.starts.at(0, 0, 0, 0)).compatible().map_or(0, |begin| begin.as_millisecond())
}
