//! Messages in the outbox.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::db::{DbError, Row, Tx, sql};
pub use super::waiting::requeue;
use crate::domain::id::{ContactId, MessageId, PlanId};
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::domain::template::Template;
use crate::vault::{Place, Vault};

/// What goes out: sealed as JSON in the row.
#[derive(Default, Serialize, Deserialize)]
pub struct Letter {
    /// The address in E.164.
    pub to: String,
    /// The text.
    pub text: String,
    /// The picture's name under our own `/media/`, if there is one.
    pub media: Option<String>,
    /// The provider's template that says it, if the channel asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// The channels that stand in, in this order, when it is proven that this one does not reach the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// Where the person is, as the list has it; kept where services are offered by place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What scripts of calls name of the person's row in the list, by its variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cells: BTreeMap<String, String>,
}

impl Letter {
    /// Whether its time is over and nothing is left of it: a letter that stands has an address.
    pub fn is_gone(&self) -> bool {
        self.to.is_empty()
    }
}

/// A message to be put in the outbox.
#[derive(Debug)]
pub struct NewMessage {
    /// Its id.
    pub id: MessageId,
    /// Its contact.
    pub contact: ContactId,
    /// How it travels.
    pub channel: String,
    /// By which account.
    pub account: String,
    /// Which version.
    pub variant: String,
    /// In which language.
    pub language: String,
    /// Not before this civil time.
    pub not_before: i64,
    /// The [`Letter`], sealed for this id.
    pub sealed: Vec<u8>,
}

/// A message as settling needs it.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its campaign.
    pub campaign: String,
    /// Its contact.
    pub contact: ContactId,
    /// The plan it came from.
    pub plan: PlanId,
    /// Where it stands.
    pub state: MessageState,
    /// How often it was tried.
    pub attempt: i64,
    /// Who may settle it.
    pub fence: i64,
    /// How it travels.
    pub channel: String,
    /// By which account.
    pub account: String,
    /// In which language.
    pub language: String,
    /// Which version.
    pub variant: String,
    /// When it came to its state, civil.
    pub state_at: i64,
}

/// A message that a link put aside is still its person's: what becomes of it is news of whoever has the number now.
pub(super) const COLUMNS: &str = "id, campaign, (select coalesce(c.shadow_of, c.id) from contact c where c.id = contact_id), \
     plan_id, state, attempt, fence, channel, account, language, variant, state_at";

pub(super) fn read(row: &Row) -> Result<Message, DbError> {
    Ok(Message {
        id: row.id(0)?,
        campaign: row.get(1)?,
        contact: row.id(2)?,
        plan: row.id(3)?,
        state: row.word(4, "message state", MessageState::parse)?,
        attempt: row.int(5)?,
        fence: row.int(6)?,
        channel: row.get(7)?,
        account: row.get(8)?,
        language: row.get(9)?,
        variant: row.get(10)?,
        state_at: row.int(11)?,
    })
}

/// Seals a letter for its message.
///
/// # Errors
/// When there is no randomness.
pub fn seal(vault: &Vault, id: MessageId, letter: &Letter) -> Result<Vec<u8>, DbError> {
    let open = Private::new(serde_json::to_string(letter).map_err(|_| DbError::Unknown("letter"))?);
    Ok(vault.seal(place(&id), open.expose().as_bytes())?)
}

/// Opens a message's letter; one whose time is over is empty.
///
/// # Errors
/// When the field does not open.
pub fn open(vault: &Vault, id: MessageId, sealed: &[u8]) -> Result<Letter, DbError> {
    if sealed.is_empty() {
        return Ok(Letter::default());
    }
    let open = Private::new(vault.open_text(place(&id), sealed)?);
    serde_json::from_str(open.expose()).map_err(|_| DbError::Unknown("letter"))
}

/// Puts messages in the outbox; a contact that has one of this campaign keeps that one.
///
/// # Errors
/// As the database has it.
pub async fn enqueue(
    tx: &mut Tx,
    campaign: &str,
    plan: PlanId,
    new: Vec<NewMessage>,
    now_ms: i64,
) -> Result<u64, DbError> {
    let rows = new.into_iter().map(|m| {
        vec![
            m.id.into(),
            campaign.into(),
            m.contact.into(),
            plan.into(),
            "queued".into(),
            m.channel.into(),
            m.account.into(),
            m.variant.into(),
            m.language.into(),
            m.not_before.into(),
            now_ms.into(),
            m.sealed.into(),
        ]
    });
    let head = "insert into message (id, campaign, contact_id, plan_id, state, channel, account, variant, language, not_before, state_at, sealed)";
    let made = tx.insert(head, rows.collect(), "on conflict (campaign, contact_id) do nothing").await?;
    tx.wake().await?;
    Ok(made)
}

/// A message by its id, as it stands.
///
/// # Errors
/// As the database has it.
pub async fn find(tx: &mut Tx, id: MessageId) -> Result<Option<Message>, DbError> {
    let query = sql("select ").push(COLUMNS).push(" from message m where m.id = $1");
    tx.maybe(query.bind(id)).await?.as_ref().map(read).transpose()
}

/// The messages of a contact, oldest first, each with its sealed letter.
///
/// # Errors
/// As the database has it.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Vec<(Message, Vec<u8>)>, DbError> {
    let query = sql("select ").push(COLUMNS).push(", sealed from message where contact_id = $1 order by id");
    tx.all(query.bind(contact)).await?.iter().map(|row| Ok((read(row)?, row.get(12)?))).collect()
}

/// A message by its id, locked on PostgreSQL until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: MessageId) -> Result<Option<Message>, DbError> {
    let lock = tx.lock_clause(" for update");
    let query = sql("select ").push(COLUMNS).push(" from message m where m.id = $1").push(lock);
    tx.maybe(query.bind(id)).await?.as_ref().map(read).transpose()
}

/// Moves a message by compare-and-set on its state and try; false when it stood elsewhere by now.
///
/// # Errors
/// As the database has it.
pub async fn move_state(
    tx: &mut Tx,
    message: &Message,
    to: MessageState,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let query = sql("update message set state = $1, reason = $2, state_at = $3, deadline = null where id = $4 and state = $5 and attempt = $6")
        .bind(to.as_str())
        .bind(reason)
        .bind(now_ms)
        .bind(message.id)
        .bind(message.state.as_str())
        .bind(message.attempt);
    Ok(tx.run(query).await? == 1)
}

/// Puts a message in doubt since a steady time; a compare-and-set as [`move_state`].
///
/// # Errors
/// As the database has it.
pub async fn doubt(tx: &mut Tx, message: &Message, why: &str, since: i64, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("update message set state = 'in_doubt', reason = $1, doubt_at = $2, state_at = $3, deadline = null where id = $4 and state = 'submitting' and attempt = $5")
        .bind(why)
        .bind(since)
        .bind(now_ms)
        .bind(message.id)
        .bind(message.attempt);
    Ok(tx.run(query).await? == 1)
}

/// Said twice: by the first words the index of what is open is found, which is short.
const OVERDUE: &str = " from message m where m.state in ('submitting', 'in_doubt') and m.state = 'submitting' and (m.deadline <= $1 or m.fence < $2)";

/// Whether there is any message that [`overdue`] would give. Locks nothing.
///
/// # Errors
/// As the database has it.
pub async fn any_overdue(tx: &mut Tx, steady_ms: i64, dead_before_fence: i64) -> Result<bool, DbError> {
    let query = sql("select 1").push(OVERDUE).push(" limit 1");
    Ok(tx.maybe(query.bind(steady_ms).bind(dead_before_fence)).await?.is_some())
}

/// Messages under way whose lease has run out, or whose sender is another start of this only daemon; locked on
/// PostgreSQL, those locked elsewhere passed over.
///
/// # Errors
/// As the database has it.
pub async fn overdue(tx: &mut Tx, steady_ms: i64, dead_before_fence: i64, limit: i64) -> Result<Vec<Message>, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = sql("select ").push(COLUMNS).push(OVERDUE).push(" limit $3").push(lock);
    tx.all(query.bind(steady_ms).bind(dead_before_fence).bind(limit)).await?.iter().map(read).collect()
}

/// Messages in doubt since before a civil time, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn in_doubt(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<Vec<Message>, DbError> {
    let query = sql("select ")
        .push(COLUMNS)
        .push(" from message m where m.state = 'in_doubt' and m.state_at < $1 order by m.state_at, m.id limit $2");
    tx.all(query.bind(before_ms).bind(limit)).await?.iter().map(read).collect()
}

/// How many messages are in doubt.
///
/// # Errors
/// As the database has it.
pub async fn doubts(tx: &mut Tx) -> Result<i64, DbError> {
    tx.maybe(sql("select count(*) from message where state = 'in_doubt'")).await?.map_or(Ok(0), |row| row.int(0))
}

/// A message that stands in the way of a new one.
#[derive(Debug)]
pub struct Open {
    /// Whose it is.
    pub contact: ContactId,
    /// Where it stands.
    pub state: MessageState,
    /// Its campaign.
    pub campaign: String,
    /// Its version.
    pub variant: String,
}

/// The messages of contacts that stand in the way of a new one: open ones of any campaign, and any of this campaign.
///
/// # Errors
/// As the database has it.
pub async fn open_of(tx: &mut Tx, campaign: &str, contacts: &[ContactId]) -> Result<Vec<Open>, DbError> {
    let mut found = Vec::new();
    for chunk in contacts.chunks(500) {
        let query = sql("select contact_id, state, campaign, variant from message where (state in ('queued', 'submitting', 'in_doubt') or campaign = $1) and contact_id in (")
            .bind(campaign)
            .list(chunk.iter().copied())
            .push(")");
        for row in tx.all(query).await? {
            let state = row.word(1, "message state", MessageState::parse)?;
            found.push(Open { contact: row.id(0)?, state, campaign: row.get(2)?, variant: row.get(3)? });
        }
    }
    Ok(found)
}

fn place(id: &MessageId) -> Place<'_> {
    Place { table: "message", column: "sealed", row: id.0.as_bytes() }
}
