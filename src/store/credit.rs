//! What an answer, a visit or a no is credited to: the campaign whose message came last, its version and its language.
//!
//! Noted in the row itself when it comes, so that the figures do not change when the message is erased before it.

use super::db::{DbError, Tx, sql};
use crate::domain::id::{ContactId, ReplyId, TouchId};

/// Notes to which message an answer is credited, whether its person had answered the campaign before, and whether it is
/// their first friendly one: a thank-you or a smile, a wish for help, a wish to hear more.
///
/// # Errors
/// As the database has it.
pub async fn reply(tx: &mut Tx, id: ReplyId) -> Result<(), DbError> {
    let query = sql("update reply set \
         variant = (select m.variant from message m where m.contact_id = reply.contact_id and m.campaign = reply.campaign), \
         message_language = (select m.language from message m where m.contact_id = reply.contact_id and m.campaign = reply.campaign), \
         again = exists (select 1 from reply e where e.contact_id = reply.contact_id and e.campaign = reply.campaign and e.id <> reply.id), \
         liked = reply.kind in ('thanks', 'help', 'start') and not exists (select 1 from reply e \
         where e.contact_id = reply.contact_id and e.campaign = reply.campaign and e.id <> reply.id and e.liked = true) \
         where id = $1 and campaign is not null");
    tx.run(query.bind(id)).await.map(drop)
}

/// Credits an entry of the ledger: to the campaign it names, else to the one whose message came last.
///
/// # Errors
/// As the database has it.
pub async fn touch(tx: &mut Tx, contact: ContactId, id: TouchId, campaign: Option<&str>) -> Result<(), DbError> {
    let latest = match campaign {
        Some(named) => Some(named.to_owned()),
        None => latest_campaign(tx, contact).await?,
    };
    let Some(campaign) = latest else { return Ok(()) };
    let query = sql("update touch set campaign = $1, \
         variant = (select m.variant from message m where m.contact_id = touch.contact_id and m.campaign = $1), \
         message_language = (select m.language from message m where m.contact_id = touch.contact_id and m.campaign = $1), \
         again = exists (select 1 from touch e where e.contact_id = touch.contact_id and e.campaign = $1 and e.kind = touch.kind and e.id <> touch.id) \
         where id = $2");
    tx.run(query.bind(campaign).bind(id)).await.map(drop)
}

/// Takes back the credit of a no that was registered by mistake, after something that has this id: figures forget it.
/// The entry stays.
///
/// # Errors
/// As the database has it.
pub async fn forget_no(tx: &mut Tx, contact: ContactId, after: TouchId) -> Result<(), DbError> {
    let query = sql("update touch set campaign = null, variant = null, message_language = null, again = false \
         where contact_id = $1 and kind = 'opt_out' and id > $2");
    tx.run(query.bind(contact).bind(after)).await.map(drop)
}

/// The campaign of the contact's newest message that went out or may have.
///
/// # Errors
/// As the database has it.
pub async fn latest_campaign(tx: &mut Tx, contact: ContactId) -> Result<Option<String>, DbError> {
    let query = sql(
        "select campaign from message where contact_id = $1 and state not in ('queued', 'withdrawn', 'failed') order by state_at desc limit 1",
    );
    tx.maybe(query.bind(contact)).await?.map(|row| row.get(0)).transpose()
}
