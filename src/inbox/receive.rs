//! Takes in an answer in the webhook's own transaction, so that a no stands before the provider gets its 2xx.
//!
//! Nothing is ever sent from here: an answer holds its person until somebody has read it.

use super::sender::Sender;
use super::{kind, person};
use crate::audit::On;
use crate::clock::new_id;
use crate::domain::act::Act;
use crate::domain::decision::Decision;
use crate::domain::hex::hex;
use crate::domain::id::ReplyId;
use crate::domain::reply::ReplyKind;
use crate::domain::span::DAY_MS;
use crate::gateway::{self, ProviderId};
use crate::ledger::{Ledger, NoSource, trust};
use crate::store::reply::{self, Reply};
use crate::store::touch::{Touch, TouchKind};
use crate::store::{DbError, Tx, contact, credit};
use crate::vault::Vault;

/// WhatsApp repeats a webhook for a week; what claims to be older is told by a clock that is wrong.
const REPEATED_MS: i64 = 7 * DAY_MS;

/// Takes in an answer: it is kept, holds its person, and a certain no takes effect. `None` when the account brought it
/// before.
///
/// # Errors
/// As the database has it; nothing of the answer may be committed then.
pub async fn receive(
    ledger: &Ledger,
    tx: &mut Tx,
    account: &str,
    news: &gateway::Reply,
) -> Result<Option<ReplyId>, DbError> {
    let sender = Sender::read(news.from.expose(), ledger.region);
    let apart = person::of_answer(ledger, tx, account, &sender, news).await?;
    let contact = ledger.contact(tx, &sender.address).await?;
    let reading = kind::classify(news.said());
    let now = trust::now_ms(tx, &ledger.clock).await?;
    let mut answer = Reply {
        id: new_id(),
        contact: contact.id,
        account: account.to_owned(),
        channel: sender.channel,
        provider_id: kept_id(&ledger.vault, &news.provider_id),
        received_at: now,
        wrote_at: wrote_at(news, now).filter(|_| !ledger.clock.lapses()),
        // What the provider already took as a no is one, whatever the words.
        kind: news.hint.unwrap_or(reading.kind),
        language: reading.spoken,
        campaign: credit::latest_campaign(tx, contact.id).await?,
        read_at: None,
        read_by: None,
        owner: None,
        text: Some(news.text.clone()),
    };
    if !reply::add(tx, &ledger.vault, &answer).await? {
        let known = reply::told(tx, &ledger.vault, account, &answer.provider_id).await?;
        if known.is_none_or(|known| is_same(&known, &answer)) {
            return Ok(None);
        }
        // A provider that gives one id to several answers: each of them is news, once.
        let (from, text) = (sender.address.expose(), news.text.expose());
        answer.provider_id = kept_id(&ledger.vault, &ProviderId::made(&[&answer.provider_id, from, text]));
        if !reply::add(tx, &ledger.vault, &answer).await? {
            return Ok(None);
        }
    }
    contact::add_unread(tx, contact.id, 1).await?;
    if let (None, Some(language)) = (&contact.language, &answer.language) {
        contact::set_language(tx, contact.id, Some(language)).await?;
    }
    ledger.register(tx, contact.id, &entry(&answer)).await?;
    follow(ledger, tx, &answer).await?;
    for other in apart.into_iter().filter(|_| answer.kind == ReplyKind::OptOut) {
        ledger.opt_out(tx, other, NoSource::Reply, None).await?;
    }
    Ok(Some(answer.id))
}

/// Under which id an answer is kept: one that was made of what was said tells it to nobody.
pub fn kept_id(vault: &Vault, id: &ProviderId) -> String {
    match id.is_made() {
        true => hex(vault.keyed(b"answer", id.as_str().as_bytes())),
        false => id.as_str().to_owned(),
    }
}

/// When it was written, by the provider's clock: no later than now, and no longer ago than providers repeat their news.
fn wrote_at(news: &gateway::Reply, now: i64) -> Option<i64> {
    let told = news.written_at?.as_millisecond();
    (told > now - REPEATED_MS).then_some(told.min(now))
}

fn is_same(one: &Reply, other: &Reply) -> bool {
    let text = |reply: &Reply| reply.text.as_ref().map(|text| text.expose().clone());
    one.contact == other.contact && text(one) == text(other)
}

fn entry(answer: &Reply) -> Touch {
    let mut entry = Touch::new(TouchKind::Reply, answer.received_at);
    entry.channel = Some(answer.channel.clone());
    entry.campaign = answer.campaign.clone();
    entry.detail = Some(answer.kind.as_str().to_owned());
    entry
}

/// What follows without a person: a certain no, and being left out. Everything else only holds.
async fn follow(ledger: &Ledger, tx: &mut Tx, answer: &Reply) -> Result<(), DbError> {
    let contact = answer.contact;
    match answer.kind {
        ReplyKind::OptOut => ledger.opt_out(tx, contact, NoSource::Reply, None).await.map(drop),
        ReplyKind::NotInGroup => ledger.leave_out(tx, contact, Decision::NotInGroup).await,
        ReplyKind::WrongNumber => ledger.leave_out(tx, contact, Decision::WrongNumber).await,
        ReplyKind::Suspected | ReplyKind::Start | ReplyKind::Help | ReplyKind::Thanks | ReplyKind::Other => Ok(()),
    }
}

/// An answer, if it is still there, with its contact's row locked until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn lock(ledger: &Ledger, tx: &mut Tx, id: ReplyId) -> Result<Option<Reply>, DbError> {
    loop {
        let Some(found) = reply::get(tx, &ledger.vault, id).await? else { return Ok(None) };
        contact::lock(tx, found.contact).await?;
        // While we waited for the row, the answer may have gone to another with whom its person was linked.
        if reply::exists(tx, id, found.contact).await? {
            return Ok(Some(found));
        }
    }
}

/// Notes that a person has read an answer; with the last one their contact is held no longer. False when it was read
/// before, or is not there any more.
///
/// # Errors
/// As the database has it.
pub async fn read(ledger: &Ledger, tx: &mut Tx, id: ReplyId, actor: Option<&str>) -> Result<bool, DbError> {
    let Some(answer) = lock(ledger, tx, id).await? else { return Ok(false) };
    let news = reply::mark_read(tx, id, actor, ledger.clock.now_ms()).await?;
    if news {
        contact::lower_unread(tx, answer.contact).await?;
        ledger.book().note(tx, Act::AnswerRead, On::Reply(id)).await?;
    }
    Ok(news)
}
