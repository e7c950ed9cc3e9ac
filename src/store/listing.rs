//! What is known of providers' lists: when each is asked next, when a doubt is looked for again, which answers were seen.

use std::collections::HashSet;

use super::db::{DbError, Tx, sql};
use crate::domain::id::{ContactId, MessageId};
use crate::domain::message::MessageState;
use crate::domain::span::MINUTE_MS;
use crate::words;

words! {
    /// What a list is asked for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum What {
        /// Answers from people.
        Replies = "replies",
        /// Messages of ours.
        Sent = "sent",
    }

    fn as_str;
}

/// Up to when everything is known of an account that is due, civil; 0 when it was never asked. `None` when it is not due.
///
/// # Errors
/// As the database has it.
pub async fn due(tx: &mut Tx, account: &str, what: What, now_ms: i64) -> Result<Option<i64>, DbError> {
    let query = sql("select next_at, since from listing where account = $1 and what = $2");
    let Some(row) = tx.maybe(query.bind(account).bind(what.as_str())).await? else { return Ok(Some(0)) };
    let since: Option<i64> = row.get(1)?;
    Ok((row.int(0)? <= now_ms).then(|| since.unwrap_or(0)))
}

/// Takes the turn to ask an account's list, until a civil time; false when another node has it.
///
/// # Errors
/// As the database has it.
pub async fn take(tx: &mut Tx, account: &str, what: What, now_ms: i64, until: i64) -> Result<bool, DbError> {
    let query = sql("insert into listing (account, what, next_at) values ($1, $2, $3) \
         on conflict (account, what) do update set next_at = excluded.next_at where listing.next_at <= $4");
    Ok(tx.run(query.bind(account).bind(what.as_str()).bind(until).bind(now_ms)).await? == 1)
}

/// Notes when an account's list is asked next.
///
/// # Errors
/// As the database has it.
pub async fn next(tx: &mut Tx, account: &str, what: What, at: i64) -> Result<(), DbError> {
    let query = sql("update listing set next_at = $1 where account = $2 and what = $3");
    tx.run(query.bind(at).bind(account).bind(what.as_str())).await.map(drop)
}

/// Notes up to when everything on an account's list is known.
///
/// # Errors
/// As the database has it.
pub async fn known_until(tx: &mut Tx, account: &str, what: What, at: i64) -> Result<(), DbError> {
    let query = sql("insert into listing (account, what, next_at, since) values ($1, $2, 0, $3) \
         on conflict (account, what) do update set since = excluded.since");
    tx.run(query.bind(account).bind(what.as_str()).bind(at)).await.map(drop)
}

/// A message in doubt whose turn it is to be looked for.
#[derive(Debug)]
pub struct Doubt {
    /// The message.
    pub id: MessageId,
    /// Which try is in doubt.
    pub attempt: i64,
    /// Its sealed letter.
    pub sealed: Vec<u8>,
    /// The try's token.
    pub token: String,
    /// When the first try began, civil.
    pub first_at: i64,
    /// When the last try began, civil.
    pub last_at: i64,
    /// When it came in doubt, civil.
    pub since: i64,
    /// And by the steady clock.
    pub since_steady: i64,
    /// How many complete listings after the horizon did not show it.
    pub absent: i64,
}

/// The doubts of an account whose turn it is, oldest first: those never looked for are due when they are `first_ms` old.
///
/// # Errors
/// As the database has it.
pub async fn doubts(tx: &mut Tx, account: &str, first_ms: i64, now_ms: i64, limit: i64) -> Result<Vec<Doubt>, DbError> {
    let query = sql("select m.id, m.attempt, m.sealed, a.token, \
         (select min(f.began_at) from attempt f where f.message_id = m.id), a.began_at, m.state_at, \
         coalesce(m.doubt_at, 0), coalesce(l.absent, 0) \
         from message m join attempt a on a.message_id = m.id and a.n = m.attempt \
         left join look l on l.message_id = m.id and l.attempt = m.attempt \
         where m.state = 'in_doubt' and m.account = $1 and coalesce(l.next_at, m.state_at + $2) <= $3 \
         order by m.state_at, m.id limit $4");
    let rows = tx.all(query.bind(account).bind(first_ms).bind(now_ms).bind(limit)).await?;
    rows.iter()
        .map(|row| {
            Ok(Doubt {
                id: row.id(0)?,
                attempt: row.int(1)?,
                sealed: row.get(2)?,
                token: row.get(3)?,
                first_at: row.int(4)?,
                last_at: row.int(5)?,
                since: row.int(6)?,
                since_steady: row.int(7)?,
                absent: row.int(8)?,
            })
        })
        .collect()
}

/// Notes that doubts were looked for: how many complete listings lacked each by now, and when it is looked for again.
///
/// # Errors
/// As the database has it.
pub async fn looked(tx: &mut Tx, looks: &[(&Doubt, i64, i64)]) -> Result<(), DbError> {
    let rows = looks.iter().map(|(doubt, absent, next_at)| {
        vec![doubt.id.into(), doubt.attempt.into(), (*absent).into(), (*next_at).into()]
    });
    let head = "insert into look (message_id, attempt, absent, next_at)";
    let tail = "on conflict (message_id) do update set attempt = excluded.attempt, \
        absent = excluded.absent, next_at = excluded.next_at, \
        repeat_until = case when look.attempt = excluded.attempt then look.repeat_until end";
    tx.insert(head, rows.collect(), tail).await.map(drop)
}

/// A repeat is under way no longer than this.
pub const LONGEST_REPEAT_MS: i64 = 10 * MINUTE_MS;

/// Notes until which steady time a doubt's repeat is under way at the longest; 0 when it is over. It must have been looked for.
///
/// # Errors
/// As the database has it.
pub async fn repeat_until(tx: &mut Tx, doubt: &Doubt, until: i64) -> Result<(), DbError> {
    let query = sql("update look set repeat_until = $1 where message_id = $2 and attempt = $3");
    tx.run(query.bind(until).bind(doubt.id).bind(doubt.attempt)).await.map(drop)
}

/// Whether a try was ever repeated.
///
/// # Errors
/// As the database has it.
pub async fn was_repeated(tx: &mut Tx, id: MessageId, attempt: i64) -> Result<bool, DbError> {
    Ok(repeat_of(tx, id, attempt).await?.is_some())
}

/// Whether a repeat of a try is under way at this steady time. One that lasts longer than any was noted before the machine
/// started anew. Asked with the message locked.
///
/// # Errors
/// As the database has it.
pub async fn is_repeated(tx: &mut Tx, id: MessageId, attempt: i64, steady_ms: i64) -> Result<bool, DbError> {
    let until = repeat_of(tx, id, attempt).await?;
    Ok(until.is_some_and(|until| (1..=LONGEST_REPEAT_MS).contains(&(until - steady_ms))))
}

async fn repeat_of(tx: &mut Tx, id: MessageId, attempt: i64) -> Result<Option<i64>, DbError> {
    let query = sql("select repeat_until from look where message_id = $1 and attempt = $2");
    tx.maybe(query.bind(id).bind(attempt)).await?.map_or(Ok(None), |row| row.get(0))
}

/// Forgets what was noted of messages that are not in doubt any more.
///
/// # Errors
/// As the database has it.
pub async fn forget_looks(tx: &mut Tx) -> Result<(), DbError> {
    let query = sql("delete from look where not exists \
         (select 1 from message m where m.id = look.message_id and m.state = 'in_doubt')");
    tx.run(query).await.map(drop)
}

/// When the oldest try began of the messages that came to `accepted` or `sent` between two civil times, and of which
/// nothing was heard since; `None` when there are none.
///
/// # Errors
/// As the database has it.
pub async fn unheard(tx: &mut Tx, account: &str, from_ms: i64, until_ms: i64) -> Result<Option<i64>, DbError> {
    let query = sql("select min(a.began_at) from message m join attempt a on a.message_id = m.id and a.n = m.attempt \
         where m.account = $1 and m.state in ('accepted', 'sent') and m.state_at > $2 and m.state_at <= $3 \
         and m.campaign in (select name from campaign)");
    let row = tx.maybe(query.bind(account).bind(from_ms).bind(until_ms)).await?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// Where the messages stand that have these ids with the provider, under any of these accounts; direct ones too.
///
/// # Errors
/// As the database has it.
pub async fn states(tx: &mut Tx, accounts: &[&str], ids: &[&str]) -> Result<Vec<(String, MessageState)>, DbError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(400) {
        let query = sql("select a.provider_id, m.state from attempt a join message m on m.id = a.message_id \
             where a.account in (")
        .list(accounts.iter().copied())
        .push(") and a.provider_id in (")
        .list(chunk.iter().copied())
        .push(") union all select d.provider_id, d.state from direct d where d.account in (")
        .list(accounts.iter().copied())
        .push(") and d.provider_id in (")
        .list(chunk.iter().copied())
        .push(")");
        for row in tx.all(query).await? {
            found.push((row.get(0)?, row.word(1, "message state", MessageState::parse)?));
        }
    }
    Ok(found)
}

/// Which of these answers an account brought, as webhooks or from the list.
///
/// # Errors
/// As the database has it.
pub async fn known_replies(tx: &mut Tx, accounts: &[&str], ids: &[&str]) -> Result<HashSet<String>, DbError> {
    among(tx, "select provider_id from reply where account in (", accounts, ids).await
}

/// Which of these answers a listing has shown before.
///
/// # Errors
/// As the database has it.
pub async fn seen(tx: &mut Tx, accounts: &[&str], ids: &[&str]) -> Result<HashSet<String>, DbError> {
    among(tx, "select provider_id from seen where account in (", accounts, ids).await
}

async fn among(tx: &mut Tx, select: &'static str, accounts: &[&str], ids: &[&str]) -> Result<HashSet<String>, DbError> {
    let mut found = HashSet::new();
    for chunk in ids.chunks(400) {
        let query = sql(select).list(accounts.iter().copied()).push(") and provider_id in (");
        for row in tx.all(query.list(chunk.iter().copied()).push(")")).await? {
            found.insert(row.get(0)?);
        }
    }
    Ok(found)
}

/// Notes that a listing has shown these answers.
///
/// # Errors
/// As the database has it.
pub async fn see(tx: &mut Tx, account: &str, ids: &[&str], now_ms: i64) -> Result<(), DbError> {
    let rows = ids.iter().map(|id| vec![account.into(), (*id).into(), now_ms.into()]);
    let head = "insert into seen (account, provider_id, at)";
    tx.insert(head, rows.collect(), "on conflict (account, provider_id) do nothing").await.map(drop)
}

/// Notes the answers of a contact as seen where a list is asked for answers: they are about to be forgotten, and the
/// provider may have them still.
///
/// # Errors
/// As the database has it.
pub async fn see_all_of(tx: &mut Tx, contact: ContactId, now_ms: i64) -> Result<(), DbError> {
    let query = sql("insert into seen (account, provider_id, at) select account, provider_id, $1 from reply \
         where contact_id = $2 and account in (select account from listing where what = 'replies') on conflict (account, provider_id) do nothing");
    tx.run(query.bind(now_ms).bind(contact)).await.map(drop)
}

/// Forgets answers that a listing showed before a civil time for the first time: no listing reaches back so far.
///
/// # Errors
/// As the database has it.
pub async fn forget_seen(tx: &mut Tx, account: &str, before_ms: i64) -> Result<(), DbError> {
    let query = sql("delete from seen where account = $1 and at < $2");
    tx.run(query.bind(account).bind(before_ms)).await.map(drop)
}
