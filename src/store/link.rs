//! Two contacts made one, and parted again: rows change their contact, and remember of which they were.
//!
//! Knows nothing of letters: to whom a message was written is said by who parts them.

use super::blind::{Blind, blind};
use super::db::{DbError, Tx, sql};
use crate::clock::new_id;
use crate::domain::id::{AddressId, ContactId, MessageId};

/// What moves with a contact.
const MOVES: [&str; 6] = ["address", "touch", "reply", "message", "task", "direct"];

/// The address with a blind index: its id, its contact, and the contact it was of before.
///
/// # Errors
/// As the database has it.
pub async fn address(
    tx: &mut Tx,
    blind: &[u8; 32],
) -> Result<Option<(AddressId, ContactId, Option<ContactId>)>, DbError> {
    let row = tx.maybe(sql("select id, contact_id, origin from address where blind = $1").bind(blind)).await?;
    row.map(|row| Ok((row.id(0)?, row.id(1)?, row.get::<Option<uuid::Uuid>>(2)?.map(ContactId)))).transpose()
}

/// The addresses of a contact in order, each with the contact it was of before.
///
/// # Errors
/// As the database has it.
pub async fn addresses(tx: &mut Tx, contact: ContactId) -> Result<Vec<(AddressId, Option<ContactId>)>, DbError> {
    let rows = tx.all(sql("select id, origin from address where contact_id = $1 order by id").bind(contact)).await?;
    rows.iter().map(|row| Ok((row.id(0)?, row.get::<Option<uuid::Uuid>>(1)?.map(ContactId)))).collect()
}

/// The blind indexes of a contact's addresses, each with the contact it was of before.
///
/// # Errors
/// As the database has it.
pub async fn blinds(tx: &mut Tx, contact: ContactId) -> Result<Vec<(Blind, Option<ContactId>)>, DbError> {
    let rows = tx.all(sql("select blind, origin from address where contact_id = $1 order by id").bind(contact)).await?;
    rows.iter().map(|row| Ok((blind(row, 0)?, row.get::<Option<uuid::Uuid>>(1)?.map(ContactId)))).collect()
}

/// The contacts without an address that keep messages of this one.
///
/// # Errors
/// As the database has it.
pub async fn shadows(tx: &mut Tx, contact: ContactId) -> Result<Vec<ContactId>, DbError> {
    let rows = tx.all(sql("select id from contact where shadow_of = $1 order by id").bind(contact)).await?;
    rows.iter().map(|row| row.id(0)).collect()
}

/// Whether a person said of these two contacts that they are two.
///
/// # Errors
/// As the database has it.
pub async fn parted(tx: &mut Tx, one: ContactId, two: ContactId) -> Result<bool, DbError> {
    let query = sql("select 1 from contact where (id = $1 and parted_from = $2) or (id = $2 and parted_from = $1)");
    Ok(tx.maybe(query.bind(one).bind(two)).await?.is_some())
}

/// Gives everything of one contact to another, and removes it. Both rows are locked. A contact has one message a
/// campaign: where both have one, the other's stays on a contact without an address, to which nothing is sent.
///
/// # Errors
/// As the database has it.
pub async fn join(tx: &mut Tx, keep: ContactId, other: ContactId, now_ms: i64) -> Result<(), DbError> {
    let same = sql("select m.id from message m where m.contact_id = $1 and exists \
         (select 1 from message k where k.contact_id = $2 and k.campaign = m.campaign)");
    let same: Vec<MessageId> =
        tx.all(same.bind(other).bind(keep)).await?.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
    if !same.is_empty() {
        let shadow: ContactId = new_id();
        let made = sql("insert into contact (id, opted_out, made_at, shadow_of) values ($1, true, $2, $3)");
        tx.run(made.bind(shadow).bind(now_ms).bind(keep)).await?;
        let query = sql("update message set contact_id = $1, origin = coalesce(origin, $2) where id in (");
        tx.run(query.bind(shadow).bind(other).list(same).push(")")).await?;
    }
    for table in MOVES {
        let query = sql("update ")
            .push(table)
            .push(" set contact_id = $1, origin = coalesce(origin, $2) where contact_id = $2");
        tx.run(query.bind(keep).bind(other)).await?;
    }
    tx.run(sql("update contact set shadow_of = $1 where shadow_of = $2").bind(keep).bind(other)).await?;
    tx.run(sql("update contact set parted_from = null where id = $1 and parted_from = $2").bind(keep).bind(other))
        .await?;
    tx.run(sql("update contact set parted_from = $1 where parted_from = $2 and id <> $1").bind(keep).bind(other))
        .await?;
    let merged = sql("update contact set \
         parted_from = coalesce(parted_from, (select o.parted_from from contact o where o.id = $1 and o.parted_from <> $2)), \
         language = coalesce(language, (select o.language from contact o where o.id = $1)), \
         prefers = coalesce(prefers, (select o.prefers from contact o where o.id = $1)), \
         left_out = coalesce(left_out, (select o.left_out from contact o where o.id = $1)), \
         calling = coalesce(calling, (select o.calling from contact o where o.id = $1)), \
         made_at = (select max(o.made_at) from contact o where o.id in ($1, $2)), \
         contacted_at = (select max(o.contacted_at) from contact o where o.id in ($1, $2)), \
         waits_from = (select max(o.waits_from) from contact o where o.id in ($1, $2)), \
         unread = (select count(*) from reply r where r.contact_id = $2 and r.read_at is null) where id = $2");
    tx.run(merged.bind(other).bind(keep).exactly(1, "contact")).await?;
    let keeper = sql("update contact set keeper = (select o.keeper from contact o where o.id = $1), \
         kept_before = (select o.kept_before from contact o where o.id = $1), \
         kept_since = (select o.kept_since from contact o where o.id = $1) where id = $2 and keeper is null");
    tx.run(keeper.bind(other).bind(keep)).await?;
    // Whom the provider counted stays counted, under the contact that is kept.
    let counted = sql("insert into opened (contact_id, at) select $1, o.at from opened o where o.contact_id = $2 \
         on conflict (contact_id) do nothing");
    tx.run(counted.bind(keep).bind(other)).await?;
    tx.run(sql("delete from opened where contact_id = $1").bind(other)).await?;
    tx.run(sql("delete from contact where id = $1").bind(other).exactly(1, "contact")).await.map(drop)
}

/// Marks one address as having come from a contact of its own, which it never had.
///
/// # Errors
/// As the database has it.
pub async fn single_out(tx: &mut Tx, address: AddressId) -> Result<ContactId, DbError> {
    let origin: ContactId = new_id();
    tx.run(sql("update address set origin = $1 where id = $2").bind(origin).bind(address).exactly(1, "address"))
        .await?;
    Ok(origin)
}

/// Has a message go to a contact when it is parted, with its entries and its calls; false when one of its campaign goes
/// there already, and it stays.
///
/// # Errors
/// As the database has it.
pub async fn goes(tx: &mut Tx, keep: ContactId, origin: ContactId, message: MessageId) -> Result<bool, DbError> {
    let query = sql("update message set origin = $1 where id = $2 and not exists (select 1 from message o \
         where o.origin = $1 and o.campaign = message.campaign and o.id <> $2)");
    if tx.run(query.bind(origin).bind(message)).await? == 0 {
        return Ok(false);
    }
    for table in ["touch", "task"] {
        let query = sql("update ").push(table).push(" set origin = $1 where contact_id = $2 and message_id = $3");
        tx.run(query.bind(origin).bind(keep).bind(message)).await?;
    }
    Ok(true)
}

/// Has a message stay when a contact is parted, with its entries and its calls, also where it had come with that one.
///
/// # Errors
/// As the database has it.
pub async fn stays(tx: &mut Tx, origin: ContactId, message: MessageId) -> Result<(), DbError> {
    for (table, column) in [("message", "id"), ("touch", "message_id"), ("task", "message_id")] {
        let query = sql("update ").push(table).push(" set origin = null where ").push(column);
        tx.run(query.push(" = $1 and origin = $2").bind(message).bind(origin)).await?;
    }
    Ok(())
}

/// Drops the calls that would follow a message to the parted contact, where an answer since then stays with the other:
/// nobody can tell which of the two answered. A call that is the approach itself is not called off by an answer.
///
/// # Errors
/// As the database has it.
pub async fn drop_answered(tx: &mut Tx, keep: ContactId, origin: ContactId, now_ms: i64) -> Result<u64, DbError> {
    let query = sql("update task set state = 'dropped', reason = 'replied', done_at = $1 \
         where origin = $2 and contact_id = $3 and state not in ('done', 'dropped', 'lapsed') \
         and not exists (select 1 from message m where m.id = task.message_id and m.channel in ('call', 'manual')) \
         and exists (select 1 from reply r where r.contact_id = $3 and r.received_at >= task.made_at \
         and (r.origin is null or r.origin <> $2))");
    tx.run(query.bind(now_ms).bind(origin).bind(keep)).await
}

/// Gives back to a contact what was its own before it was joined, and the messages of which that was said; what else
/// happened since stays. The cooldown of the one they were holds for both. The kept row is locked.
///
/// # Errors
/// As the database has it.
pub async fn part(tx: &mut Tx, keep: ContactId, origin: ContactId) -> Result<(), DbError> {
    let made = sql("insert into contact (id, language, opted_out, left_out, made_at, contacted_at, parted_from) \
         select $1, c.language, c.opted_out, c.left_out, c.made_at, c.contacted_at, c.id from contact c where c.id = $2");
    tx.run(made.bind(origin).bind(keep).exactly(1, "contact")).await?;
    let waits = sql("update contact set waits_from = contacted_at where id in (");
    tx.run(waits.list([keep, origin]).push(")")).await?;
    for table in MOVES {
        let query = sql("update ").push(table).push(
            " set contact_id = $1, origin = null where origin = $1 and (contact_id = $2 or contact_id in (select s.id from contact s where s.shadow_of = $2))",
        );
        tx.run(query.bind(origin).bind(keep)).await?;
    }
    let calls = sql(
        "update contact set calling = (select k.calling from contact k where k.id = $1) where id = $2 and exists \
         (select 1 from message m join contact k on k.calling = m.campaign where k.id = $1 and m.contact_id = $2 and m.channel in ('call', 'manual') and m.state = 'accepted')",
    );
    if tx.run(calls.bind(keep).bind(origin)).await? == 1 {
        tx.run(sql("update contact set calling = null where id = $1").bind(keep)).await?;
    }
    for id in [keep, origin] {
        let anew = sql("update contact set \
             unread = (select count(*) from reply r where r.contact_id = $1 and r.read_at is null) where id = $1");
        tx.run(anew.bind(id).exactly(1, "contact")).await?;
    }
    let empty = sql(
        "delete from contact where shadow_of = $1 and not exists (select 1 from message m where m.contact_id = contact.id)",
    );
    tx.run(empty.bind(keep)).await.map(drop)
}
