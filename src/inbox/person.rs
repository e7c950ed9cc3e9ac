//! Which addresses are one person's, as providers tell: WhatsApp knows people by a number of before, or by an id.
//!
//! Whoever has them becomes one contact, so that a no under one of them is heard of all.

use super::sender::Sender;
use crate::domain::id::ContactId;
use crate::domain::private::Private;
use crate::gateway::{Address, Reached, Reply};
use crate::ledger::{Apart, Ledger};
use crate::store::{DbError, Tx, attempt, contact, direct, link};

/// Two addresses are one person's, says the provider. Of somebody of whom we know neither, nothing is kept.
///
/// # Errors
/// As the database has it.
pub async fn same(ledger: &Ledger, tx: &mut Tx, one: &Address, other: &Address) -> Result<(), DbError> {
    let (one, other) = (Sender::read(one.expose(), ledger.region), Sender::read(other.expose(), ledger.region));
    let blinds = [&one.address, &other.address].map(|address| ledger.vault.blind(address.expose()));
    if contact::find_all(tx, &blinds).await?.is_empty() {
        return Ok(());
    }
    let mine = ledger.contact(tx, &one.address).await?.id;
    join(ledger, tx, mine, &other.address).await.map(drop)
}

/// Under these addresses the provider knows the people to whom our messages went.
///
/// # Errors
/// As the database has it.
pub async fn reached(ledger: &Ledger, tx: &mut Tx, account: &str, all: &[&Reached]) -> Result<(), DbError> {
    if all.is_empty() {
        return Ok(());
    }
    let tokens: Vec<&str> = all.iter().map(|one| one.token.expose()).collect();
    let written_to = attempt::contacts(tx, account, &tokens).await?;
    let read = |one: &&Reached| Sender::read(one.who.expose(), ledger.region).address;
    let people: Vec<Private> = all.iter().map(read).collect();
    let blinds: Vec<_> = people.iter().map(|who| ledger.vault.blind(who.expose())).collect();
    let known = contact::find_all(tx, &blinds).await?;
    for ((token, who), blind) in tokens.into_iter().zip(&people).zip(&blinds) {
        let known = known.get(blind).map(|known| known.id);
        if known.is_some() && known == written_to.get(token).copied() {
            continue;
        }
        // Looked up anew, for the joining before this one may have changed whose it is.
        if let Some(contact) = whose(tx, account, Some(token), "").await? {
            join(ledger, tx, contact, who).await?;
        }
    }
    Ok(())
}

/// To whom our message with this token, or this id of the provider's, went.
async fn whose(
    tx: &mut Tx,
    account: &str,
    token: Option<&str>,
    provider_id: &str,
) -> Result<Option<ContactId>, DbError> {
    match attempt::contact(tx, account, token, provider_id).await? {
        None => Ok(direct::by_receipt(tx, account, token, provider_id).await?.and_then(|direct| direct.contact)),
        found => Ok(found),
    }
}

/// Joins what an answer tells of its person: another address, or which of our messages it answers. Gives back those whose
/// contacts stay apart for now, for they must hear of a no too.
pub(super) async fn of_answer(
    ledger: &Ledger,
    tx: &mut Tx,
    account: &str,
    sender: &Sender,
    news: &Reply,
) -> Result<Vec<ContactId>, DbError> {
    let mut apart = Vec::new();
    if let Some(also) = &news.also {
        let mine = ledger.contact(tx, &sender.address).await?.id;
        apart.extend(join(ledger, tx, mine, &Sender::read(also.expose(), ledger.region).address).await?);
    }
    if let Some(message) = &news.answers
        && let Some(written_to) = whose(tx, account, None, message.as_str()).await?
    {
        let stays = join(ledger, tx, written_to, &sender.address).await?;
        apart.extend(stays.map(|_| written_to));
    }
    Ok(apart)
}

/// Makes a contact and whoever has this address one. The other one is given back where they stay two: for good when a person
/// parted them, else while a message to one of them is under way, until the next time the two come together.
async fn join(ledger: &Ledger, tx: &mut Tx, mine: ContactId, other: &Private) -> Result<Option<ContactId>, DbError> {
    let theirs = ledger.contact(tx, other).await?.id;
    if link::parted(tx, mine, theirs).await? {
        return Ok(Some(theirs));
    }
    match ledger.join(tx, mine, theirs, None).await? {
        Ok(_) | Err(Apart::Joined) => Ok(None),
        Err(Apart::UnderWay | Apart::Unread | Apart::Alone) => Ok(Some(theirs)),
    }
}
