//! Answers people gave, until a person has read them and as long as they are kept.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::credit;
use super::db::{DbError, Row, Tx, sql};
use crate::domain::id::{ContactId, DirectId, ReplyId};
use crate::domain::private::Private;
use crate::domain::reply::ReplyKind;
use crate::vault::{Place, Vault};

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// Its id.
    pub id: ReplyId,
    /// Who answered.
    pub contact: ContactId,
    /// The account it came to.
    pub account: String,
    /// How it came.
    pub channel: String,
    /// The provider's id of it.
    pub provider_id: String,
    /// When it came, civil.
    pub received_at: i64,
    /// When it was written, civil, where the provider says so.
    pub wrote_at: Option<i64>,
    /// What it seems to mean.
    pub kind: ReplyKind,
    /// Its language, when it could be told.
    pub language: Option<String>,
    /// The campaign whose message came last before it.
    pub campaign: Option<String>,
    /// When a person read it.
    pub read_at: Option<i64>,
    /// Who read it.
    pub read_by: Option<String>,
    /// Who has taken it on.
    pub owner: Option<String>,
    /// The text, sealed in the database; `None` when its time was over.
    pub text: Option<Private>,
}

const COLUMNS: &str = "select id, contact_id, account, channel, provider_id, received_at, kind, language, campaign, read_at, sealed, read_by, owner, wrote_at from reply";

fn read(vault: &Vault, row: &Row) -> Result<Reply, DbError> {
    let id: ReplyId = row.id(0)?;
    let sealed: Vec<u8> = row.get(10)?;
    Ok(Reply {
        id,
        contact: row.id(1)?,
        account: row.get(2)?,
        channel: row.get(3)?,
        provider_id: row.get(4)?,
        received_at: row.int(5)?,
        wrote_at: row.get(13)?,
        kind: row.word(6, "kind of reply", ReplyKind::parse)?,
        language: row.get(7)?,
        campaign: row.get(8)?,
        read_at: row.get(9)?,
        read_by: row.get(11)?,
        owner: row.get(12)?,
        text: match sealed.is_empty() {
            true => None,
            false => Some(Private::new(vault.open_text(place(&id), &sealed)?)),
        },
    })
}

/// Stores an answer; false when the account brought it before.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, vault: &Vault, reply: &Reply) -> Result<bool, DbError> {
    let row = vec![
        reply.id.into(),
        reply.contact.into(),
        (&reply.account).into(),
        (&reply.channel).into(),
        (&reply.provider_id).into(),
        reply.received_at.into(),
        reply.kind.as_str().into(),
        reply.language.clone().into(),
        reply.campaign.clone().into(),
        reply.wrote_at.into(),
        vault.seal(place(&reply.id), reply.text.as_ref().map_or("", |text| text.expose()).as_bytes())?.into(),
    ];
    let head = "insert into reply (id, contact_id, account, channel, provider_id, received_at, kind, language, campaign, wrote_at, sealed)";
    let added = tx.insert(head, vec![row], "on conflict (account, provider_id) do nothing").await? == 1;
    if added {
        credit::reply(tx, reply.id).await?;
    }
    Ok(added)
}

/// The answer that an account brought under this id.
///
/// # Errors
/// As the database has it, and when the text does not open.
pub async fn told(tx: &mut Tx, vault: &Vault, account: &str, provider_id: &str) -> Result<Option<Reply>, DbError> {
    let query = sql(COLUMNS).push(" where account = $1 and provider_id = $2");
    tx.maybe(query.bind(account).bind(provider_id)).await?.map(|row| read(vault, &row)).transpose()
}

/// Whether somebody has written since this id was drawn.
///
/// # Errors
/// As the database has it.
pub async fn any_after(tx: &mut Tx, contact: ContactId, drawn: DirectId) -> Result<bool, DbError> {
    let query = sql("select 1 from reply where contact_id = $1 and id > $2 limit 1");
    Ok(tx.maybe(query.bind(contact).bind(drawn)).await?.is_some())
}

/// Whether the answer that an account brought under this id holds nobody any more: somebody has read it, or has lifted the
/// no that it was.
///
/// # Errors
/// As the database has it.
pub async fn is_over(tx: &mut Tx, account: &str, provider_id: &str) -> Result<bool, DbError> {
    let query = sql("select 1 from reply r join contact c on c.id = r.contact_id where r.account = $1 \
         and r.provider_id = $2 and (r.read_at is not null or (r.kind = 'opt_out' and c.opted_out = false))");
    Ok(tx.maybe(query.bind(account).bind(provider_id)).await?.is_some())
}

/// Answers, suspected and certain noes first, then oldest first; only the unread unless `all`.
///
/// # Errors
/// As the database has it, and when a text does not open.
pub async fn list(tx: &mut Tx, vault: &Vault, all: bool, limit: i64) -> Result<Vec<Reply>, DbError> {
    let query = sql(COLUMNS)
        .push(if all { " where 1 = 1" } else { " where read_at is null" })
        .push(" order by case kind when 'suspected' then 0 when 'opt_out' then 1 when 'help' then 2 else 3 end, received_at, id limit $1");
    tx.all(query.bind(limit)).await?.iter().map(|row| read(vault, row)).collect()
}

/// The newest answers, read or not.
///
/// # Errors
/// As the database has it, and when a text does not open.
pub async fn newest(tx: &mut Tx, vault: &Vault, limit: i64) -> Result<Vec<Reply>, DbError> {
    let query = sql(COLUMNS).push(" order by received_at desc, id desc limit $1");
    tx.all(query.bind(limit)).await?.iter().map(|row| read(vault, row)).collect()
}

/// How many answers are kept, read or not.
///
/// # Errors
/// As the database has it.
pub async fn kept(tx: &mut Tx) -> Result<i64, DbError> {
    tx.maybe(sql("select count(*) from reply")).await?.map_or(Ok(0), |row| row.int(0))
}

/// An answer by its id.
///
/// # Errors
/// As the database has it, and when the text does not open.
pub async fn get(tx: &mut Tx, vault: &Vault, id: ReplyId) -> Result<Option<Reply>, DbError> {
    let row = tx.maybe(sql(COLUMNS).push(" where id = $1").bind(id)).await?;
    row.as_ref().map(|row| read(vault, row)).transpose()
}

/// The answers of a contact, oldest first.
///
/// # Errors
/// As the database has it, and when a text does not open.
pub async fn of_contact(tx: &mut Tx, vault: &Vault, contact: ContactId) -> Result<Vec<Reply>, DbError> {
    let query = sql(COLUMNS).push(" where contact_id = $1 order by received_at, id");
    tx.all(query.bind(contact)).await?.iter().map(|row| read(vault, row)).collect()
}

/// Whether the contact answered since a civil time.
///
/// # Errors
/// As the database has it.
pub async fn since(tx: &mut Tx, contact: ContactId, from_ms: i64) -> Result<bool, DbError> {
    let query = sql("select 1 from reply where contact_id = $1 and received_at >= $2 limit 1");
    Ok(tx.maybe(query.bind(contact).bind(from_ms)).await?.is_some())
}

/// Marks an answer as read by a person; false when it was already. The caller lowers the contact's unread count.
///
/// # Errors
/// As the database has it.
pub async fn mark_read(tx: &mut Tx, id: ReplyId, by: Option<&str>, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update reply set read_at = $1, read_by = $2 where id = $3 and read_at is null");
    Ok(tx.run(query.bind(now_ms).bind(by).bind(id)).await? == 1)
}

/// Whether this answer of this contact is still there.
///
/// # Errors
/// As the database has it.
pub async fn exists(tx: &mut Tx, id: ReplyId, contact: ContactId) -> Result<bool, DbError> {
    let query = sql("select 1 from reply where id = $1 and contact_id = $2");
    Ok(tx.maybe(query.bind(id).bind(contact)).await?.is_some())
}

/// Passes an answer from one owner to another, by compare-and-set; false when somebody else has it by now.
///
/// # Errors
/// As the database has it.
pub async fn pass(
    tx: &mut Tx,
    id: ReplyId,
    from: Option<&str>,
    to: Option<&str>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let query = sql("update reply set owner = $1, owner_at = $2 where id = $3 and coalesce(owner, '') = $4");
    Ok(tx.run(query.bind(to).bind(now_ms).bind(id).bind(from.unwrap_or_default())).await? == 1)
}

/// Answers to a campaign by kind.
///
/// # Errors
/// As the database has it.
pub async fn counts(tx: &mut Tx, campaign: &str) -> Result<BTreeMap<ReplyKind, i64>, DbError> {
    let query = sql("select kind, count(*) from reply where campaign = $1 group by kind");
    let rows = tx.all(query.bind(campaign)).await?;
    rows.iter().map(|row| Ok((row.word(0, "kind of reply", ReplyKind::parse)?, row.int(1)?))).collect()
}

/// Answers nobody has read, by kind.
///
/// # Errors
/// As the database has it.
pub async fn unread(tx: &mut Tx) -> Result<BTreeMap<ReplyKind, i64>, DbError> {
    let rows = tx.all(sql("select kind, count(*) from reply where read_at is null group by kind")).await?;
    rows.iter().map(|row| Ok((row.word(0, "kind of reply", ReplyKind::parse)?, row.int(1)?))).collect()
}

fn place(id: &ReplyId) -> Place<'_> {
    Place { table: "reply", column: "sealed", row: id.0.as_bytes() }
}

/// Which of these contacts wrote to an account after a civil time, by the provider's word where it gives one.
///
/// # Errors
/// As the database has it.
pub async fn wrote_since(
    tx: &mut Tx,
    account: &str,
    after_ms: i64,
    contacts: &[ContactId],
) -> Result<HashSet<ContactId>, DbError> {
    let mut found = HashSet::new();
    for chunk in contacts.chunks(500) {
        // Asked for the account, SQLite would look through all of its answers, for each chunk anew.
        let query =
            sql("select contact_id, account from reply where coalesce(wrote_at, received_at) > $1 and contact_id in (");
        for row in tx.all(query.bind(after_ms).list(chunk.iter().copied()).push(")")).await? {
            if row.get::<String>(1)? == account {
                found.insert(row.id(0)?);
            }
        }
    }
    Ok(found)
}

/// The channel on which each of these contacts wrote last, if ever.
///
/// # Errors
/// As the database has it.
pub async fn last_channels(tx: &mut Tx, contacts: &[ContactId]) -> Result<HashMap<ContactId, String>, DbError> {
    let mut found = HashMap::new();
    for chunk in contacts.chunks(500) {
        let query = sql("select contact_id, channel from reply where contact_id in (").list(chunk.iter().copied());
        for row in tx.all(query.push(") order by received_at")).await? {
            found.insert(row.id(0)?, row.get(1)?);
        }
    }
    Ok(found)
}
