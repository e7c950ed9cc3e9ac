//! From an approved plan into the outbox: contacts are made and messages queued, a chunk a transaction.
//!
//! Interrupted, it goes on where it was: a contact has one message of a campaign, whoever puts it there.

use jiff::tz::TimeZone;

use super::letter;
use crate::campaign::file::Definition;
use crate::clock::new_id;
use crate::domain::campaign::CampaignState;
use crate::domain::id::PlanId;
use crate::domain::private::Private;
use crate::ledger::Ledger;
use crate::store::campaign::{self, Target};
use crate::store::contact::{self, Blind};
use crate::store::message::{self, NewMessage};
use crate::store::{Db, DbError, Tx};

/// Messages in one transaction.
const CHUNK: i64 = 200;

/// Queues everybody an approved plan names and sets the campaign running. `progress` hears of each chunk's size.
///
/// # Errors
/// As the database has it; called again, it goes on.
pub async fn enqueue(
    db: &Db,
    ledger: &Ledger,
    name: &str,
    plan: PlanId,
    mut progress: impl FnMut(u64),
) -> Result<(), DbError> {
    let mut tx = db.read().await?;
    let stored = campaign::plan(&mut tx, &ledger.vault, plan).await?.ok_or(DbError::Unknown("plan"))?;
    drop(tx);
    let definition: Definition = serde_json::from_str(&stored.definition).map_err(|_| DbError::Unknown("campaign"))?;
    let mut from = 0;
    loop {
        let mut tx = db.begin().await?;
        if !campaign::stays(&mut tx, name, CampaignState::Approved).await? {
            return Ok(());
        }
        let targets = campaign::targets(&mut tx, plan, from, CHUNK, true).await?;
        let Some(last) = targets.last() else { break };
        from = last.n + 1;
        let size = targets.len() as u64;
        queue(&mut tx, ledger, &definition, plan, targets).await?;
        tx.commit().await?;
        progress(size);
    }
    let mut tx = db.begin().await?;
    let (from, to) = ([CampaignState::Approved], CampaignState::Running);
    campaign::move_state(&mut tx, name, &from, to, None, ledger.clock.now_ms()).await?;
    tx.commit().await
}

async fn queue(
    tx: &mut Tx,
    ledger: &Ledger,
    definition: &Definition,
    plan: PlanId,
    targets: Vec<Target>,
) -> Result<(), DbError> {
    let now = ledger.clock.now_ms();
    let blinds: Vec<Blind> = targets.iter().filter_map(|target| target.blind).collect();
    let known = contact::find_all(tx, &blinds).await?;
    let mut letters = Vec::with_capacity(targets.len());
    for target in targets {
        let letter = letter(ledger, plan, &target)?.ok_or(DbError::Unknown("letter"))?;
        letters.push((target.blind.ok_or(DbError::Unknown("address"))?, target, letter));
    }
    let new: Vec<(Blind, Private)> = letters
        .iter()
        .filter(|(blind, ..)| !known.contains_key(blind))
        .map(|(blind, _, letter)| (*blind, Private::new(letter.to.clone())))
        .collect();
    contact::create_all(tx, &ledger.vault, &new, now).await?;
    let known = contact::find_all(tx, &blinds).await?;
    let not_before = begins_ms(definition, ledger.clock.zone());
    let mut messages = Vec::with_capacity(letters.len());
    for (blind, target, letter) in letters {
        let id = new_id();
        messages.push(NewMessage {
            id,
            contact: known.get(&blind).ok_or(DbError::Unknown("contact"))?.id,
            channel: target.channel.unwrap_or_default(),
            account: definition.account.clone(),
            variant: target.variant.unwrap_or_default(),
            language: target.language.unwrap_or_default(),
            not_before,
            sealed: message::seal(&ledger.vault, id, &letter)?,
        });
    }
    message::enqueue(tx, &definition.name, plan, messages, now).await.map(drop)
}

/// The first moment of the campaign's first day.
fn begins_ms(definition: &Definition, zone: &TimeZone) -> i64 {
    zone.to_ambiguous_timestamp(definition.starts.at(0, 0, 0, 0)).compatible().map_or(0, |begin| begin.as_millisecond())
}
