//! The head of a campaign's queue: whose turn it is, with what the intent must check.

use serde::Deserialize;
use uuid::Uuid;

use super::contact::Contact;
use super::db::{DbError, Row, Tx, sql};
use crate::domain::channel::Channel;
use crate::domain::hex::unhex;
use crate::domain::id::{ContactId, MessageId, PlanId};

/// The head of a queue: a message with what the intent must check.
#[derive(Debug)]
pub struct Head {
    /// The message.
    pub id: MessageId,
    /// How often it was tried.
    pub attempt: i64,
    /// The plan it came from.
    pub plan: PlanId,
    /// In which language.
    pub language: String,
    /// Which version.
    pub variant: String,
    /// The sealed letter.
    pub sealed: Vec<u8>,
    /// Its contact as it stands now.
    pub contact: Contact,
}

/// The messages of a channel whose turn it is, oldest first, with their contacts; on PostgreSQL locked, those locked elsewhere
/// passed over. A held contact, and one with a message under way, in doubt, or a call, waits and is not among them.
///
/// `limit $4` alone would have SQLite plan the statement anew for each number; a sum is nothing that it looks into.
///
/// # Errors
/// As the database has it.
pub async fn heads(
    tx: &mut Tx,
    campaign: &str,
    channel: Channel,
    now_ms: i64,
    limit: i64,
) -> Result<Vec<Head>, DbError> {
    let packs = tx.packs();
    let lock = tx.lock_clause(" for update of m, c skip locked");
    let query = sql(if packs { PACKED } else { "" })
        .push(
            "select m.id as id, m.attempt as attempt, m.plan_id as plan_id, m.language as language, m.variant as variant, \
             m.sealed as sealed, c.id as contact_id, c.language as speaks, c.opted_out as opted_out, c.left_out as left_out, \
             c.contacted_at as contacted_at from message m join contact c on c.id = m.contact_id \
             where m.state = 'queued' and m.campaign = $1 and m.channel = $2 and m.not_before <= $3 and c.unread = 0 and c.calling is null \
             and not exists (select 1 from message o where o.contact_id = m.contact_id and o.state in ('submitting', 'in_doubt')) \
             order by m.not_before, m.id limit $4 + 0",
        )
        .push(if packs { ")" } else { lock });
    let query = query.bind(campaign).bind(channel.as_str()).bind(now_ms).bind(limit);
    if packs {
        return tx.maybe(query).await?.map_or(Ok(Vec::new()), |row| unpack(&row.get::<String>(0)?));
    }
    tx.all(query).await?.iter().map(read).collect()
}

/// All rows as one.
const PACKED: &str = "select json_group_array(json_array(hex(id), attempt, hex(plan_id), language, variant, hex(sealed), \
     hex(contact_id), speaks, opted_out, left_out, contacted_at)) from (";

/// A row among others: bytes as hexadecimal digits.
#[derive(Deserialize)]
struct Packed<'a>(
    &'a str,
    i64,
    &'a str,
    String,
    String,
    &'a str,
    &'a str,
    Option<String>,
    u8,
    Option<String>,
    Option<i64>,
);

fn unpack(rows: &str) -> Result<Vec<Head>, DbError> {
    let rows: Vec<Packed<'_>> = serde_json::from_str(rows).map_err(|_| DbError::Unknown("packed rows"))?;
    let head = |row: Packed<'_>| {
        let Packed(id, attempt, plan, language, variant, sealed, contact, speaks, no, left_out, contacted_at) = row;
        Some(Head {
            id: MessageId(uuid(id)?),
            attempt,
            plan: PlanId(uuid(plan)?),
            language,
            variant,
            sealed: unhex(sealed)?,
            contact: unheld(ContactId(uuid(contact)?), speaks, no != 0, left_out, contacted_at),
        })
    };
    rows.into_iter().map(|row| head(row).ok_or(DbError::Unknown("packed row"))).collect()
}

fn uuid(digits: &str) -> Option<Uuid> {
    Uuid::try_parse(digits).ok()
}

fn read(row: &Row) -> Result<Head, DbError> {
    Ok(Head {
        id: row.id(0)?,
        attempt: row.int(1)?,
        plan: row.id(2)?,
        language: row.get(3)?,
        variant: row.get(4)?,
        sealed: row.get(5)?,
        contact: unheld(row.id(6)?, row.get(7)?, row.get(8)?, row.get(9)?, row.get(10)?),
    })
}

/// A contact that nothing holds.
fn unheld(
    id: ContactId,
    language: Option<String>,
    opted_out: bool,
    left_out: Option<String>,
    contacted_at: Option<i64>,
) -> Contact {
    Contact { id, language, opted_out, left_out, contacted_at, unread: 0, calling: None }
}
