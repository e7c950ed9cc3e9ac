//! The ledger's entries: written once, read in order, erased on time.

use std::collections::HashSet;

use super::db::{Arg, DbError, Row, Sql, Tx, sql};
use super::{contact, credit};
use crate::clock::new_id;
use crate::domain::id::{ContactId, MessageId, OutcomeId, TouchId};
use crate::domain::lang::Text;
use crate::domain::private::Private;
use crate::vault::{Place, Vault};
use crate::{text, words};

words! {
    /// What kind of thing happened.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum TouchKind {
        /// We sent a message.
        Message = "message",
        /// We called.
        Call = "call",
        /// They answered.
        Reply = "reply",
        /// They came.
        Visit = "visit",
        /// What a campaign offers came about.
        Outcome = "outcome",
        /// They said no.
        OptOut = "opt_out",
        /// A person lifted the no.
        OptIn = "opt_in",
        /// They agreed to be written to on a channel that asks for it.
        Agreed = "agreed",
        /// A note by staff.
        Note = "note",
        /// Staff asked to see the number, and why.
        Revealed = "revealed",
        /// An outcome was registered by mistake; names the entry it takes back.
        TakenBack = "taken_back",
        /// Another address turned out to be the same person's.
        Linked = "linked",
        /// It turned out not to be.
        Unlinked = "unlinked",
    }

    /// All kinds.
    pub const ALL;
    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of ours.
    pub fn parse;
}

impl TouchKind {
    /// The word as a person reads it.
    pub fn explain(self) -> Text {
        match self {
            TouchKind::Message => text!("message", "melding"),
            TouchKind::Call => text!("call", "samtale"),
            TouchKind::Reply => text!("answer", "svar"),
            TouchKind::Visit => text!("visit", "besøk"),
            TouchKind::Outcome => text!("outcome", "utfall"),
            TouchKind::OptOut => text!("no", "nei"),
            TouchKind::OptIn => text!("no lifted", "nei opphevet"),
            TouchKind::Agreed => text!("agreed", "sagt ja"),
            TouchKind::Note => text!("note", "notat"),
            TouchKind::Revealed => text!("number shown", "nummer vist"),
            TouchKind::TakenBack => text!("taken back", "tatt tilbake"),
            TouchKind::Linked => text!("address linked", "adresse koblet"),
            TouchKind::Unlinked => text!("address parted", "adresse skilt ut"),
        }
    }
}

/// One entry of the ledger.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Its id: ids grow in the order in which entries were registered.
    pub id: TouchId,
    /// When it happened, unix milliseconds.
    pub at: i64,
    /// What happened.
    pub kind: TouchKind,
    /// How: `sms`, `phone`, a portal.
    pub channel: Option<String>,
    /// In which campaign.
    pub campaign: Option<String>,
    /// By which message.
    pub message_id: Option<MessageId>,
    /// Who did it.
    pub actor: Option<String>,
    /// A word on how it went: an outcome, a source, a verdict.
    pub detail: Option<String>,
    /// Whether the cooldown runs from it: an outbound message, or a call that was answered.
    pub counts: bool,
    /// What was written; sealed in the database.
    pub note: Option<Private>,
    /// The entry that this one takes back.
    pub takes_back: Option<TouchId>,
}

impl Touch {
    /// Whether staff contacted somebody themselves, in no campaign.
    pub fn is_by_hand(&self) -> bool {
        self.counts && self.campaign.is_none() && self.message_id.is_none()
    }

    /// An entry with nothing but its kind and time.
    pub fn new(kind: TouchKind, at: i64) -> Self {
        Self {
            id: new_id(),
            at,
            kind,
            channel: None,
            campaign: None,
            message_id: None,
            actor: None,
            detail: None,
            counts: false,
            note: None,
            takes_back: None,
        }
    }
}

/// Writes an entry, and moves the contact's `contacted_at` with it.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, vault: &Vault, contact: ContactId, touch: &Touch) -> Result<(), DbError> {
    let id = touch.id;
    let sealed = touch.note.as_ref().map(|note| vault.seal(place(&id), note.expose().as_bytes())).transpose()?;
    let row = vec![
        id.into(),
        contact.into(),
        touch.at.into(),
        touch.kind.as_str().into(),
        touch.channel.clone().into(),
        touch.campaign.clone().into(),
        touch.message_id.into(),
        touch.actor.clone().into(),
        touch.detail.clone().into(),
        touch.counts.into(),
        sealed.into(),
        Arg::Uuid(touch.takes_back.map(|id| id.0)),
    ];
    let head = "insert into touch (id, contact_id, at, kind, channel, campaign, message_id, actor, detail, counts, sealed, takes_back)";
    tx.insert(head, vec![row], "").await?;
    if matches!(touch.kind, TouchKind::Visit | TouchKind::OptOut) {
        credit::touch(tx, contact, id, touch.campaign.as_deref()).await?;
    }
    if touch.counts {
        let newest =
            sql("update contact set contacted_at = $1 where id = $2 and (contacted_at is null or contacted_at < $1)");
        tx.run(newest.bind(touch.at).bind(contact)).await?;
    }
    Ok(())
}

/// What entries for many messages have in common.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// The campaign.
    pub campaign: &'a str,
    /// How they went.
    pub channel: &'a str,
    /// A word on how it went.
    pub detail: &'a str,
    /// When, unix milliseconds.
    pub at: i64,
}

/// Messages, all to different contacts, have an entry each that counts, and the contacts are moved with them.
pub fn sent(sent: Sent<'_>, all: &[(ContactId, MessageId)]) -> [Sql; 2] {
    let Sent { campaign, channel, detail, at } = sent;
    let rows = all.iter().map(|(contact, message)| [new_id::<TouchId>().into(), (*contact).into(), (*message).into()]);
    let entries = sql("insert into touch (at, campaign, channel, detail, kind, counts, id, contact_id, message_id) \
         select $1, $2, $3, $4, 'message', true, v.column1, v.column2, v.column3 from ")
    .bind(at)
    .bind(campaign)
    .bind(channel)
    .bind(detail)
    .values(rows)
    .push(" where v.column1 is not null")
    .exactly(all.len() as u64, "entry");
    let moved =
        sql("update contact set contacted_at = $1 where (contacted_at is null or contacted_at < $1) and id in (")
            .bind(at)
            .list(all.iter().map(|(contact, _)| *contact))
            .push(")");
    [entries, moved]
}

/// Takes a message out of the cooldown, because it provably reached nobody. The entry stays.
///
/// # Errors
/// As the database has it.
pub async fn uncount(tx: &mut Tx, contact: ContactId, message: MessageId) -> Result<(), DbError> {
    count(tx, contact, message, false).await
}

/// Counts a message again that had been taken out: it reached somebody after all.
///
/// # Errors
/// As the database has it.
pub async fn recount(tx: &mut Tx, contact: ContactId, message: MessageId) -> Result<(), DbError> {
    count(tx, contact, message, true).await
}

async fn count(tx: &mut Tx, contact: ContactId, message: MessageId, counts: bool) -> Result<(), DbError> {
    let entry = sql("update touch set counts = $1 where contact_id = $2 and message_id = $3 and kind = 'message'");
    tx.run(entry.bind(counts).bind(contact).bind(message)).await?;
    find_newest(tx, contact).await
}

/// Takes an entry out of the cooldown, because it was a mistake. The entry stays.
///
/// # Errors
/// As the database has it.
pub async fn uncount_entry(tx: &mut Tx, contact: ContactId, id: TouchId) -> Result<(), DbError> {
    tx.run(sql("update touch set counts = $1 where id = $2").bind(false).bind(id)).await?;
    find_newest(tx, contact).await
}

/// Finds out anew from when the cooldown runs.
async fn find_newest(tx: &mut Tx, id: ContactId) -> Result<(), DbError> {
    // Whoever waits for the row inside the statement would not see what the other one wrote.
    contact::lock(tx, id).await?;
    let newest = sql("update contact set contacted_at = (select max(n.at) from \
         (select t.at from touch t where t.contact_id = $1 and t.counts = true \
         union all select c.waits_from from contact c where c.id = $1) n) where id = $1");
    tx.run(newest.bind(id)).await.map(drop)
}

/// All entries of a contact, oldest first, notes opened.
///
/// # Errors
/// As the database has it, and when a note does not open.
pub async fn history(tx: &mut Tx, vault: &Vault, contact: ContactId) -> Result<Vec<Touch>, DbError> {
    let query = sql(
        "select id, at, kind, channel, campaign, message_id, actor, detail, counts, sealed, takes_back from touch where contact_id = $1 order by at, id",
    );
    tx.all(query.bind(contact)).await?.iter().map(|row| read(vault, row)).collect()
}

/// Whether an entry of this kind stands since a time.
///
/// # Errors
/// As the database has it.
pub async fn since(tx: &mut Tx, contact: ContactId, kind: TouchKind, from_ms: i64) -> Result<bool, DbError> {
    let query = sql("select 1 from touch where contact_id = $1 and kind = $2 and at >= $3 limit 1");
    Ok(tx.maybe(query.bind(contact).bind(kind.as_str()).bind(from_ms)).await?.is_some())
}

/// When a contact last was contacted or answered before a time, this entry aside.
///
/// # Errors
/// As the database has it.
pub async fn last_before(tx: &mut Tx, contact: ContactId, except: TouchId, at: i64) -> Result<Option<i64>, DbError> {
    let query = sql("select max(at) from touch where contact_id = $1 and id <> $2 and at <= $3 \
         and (counts = true or kind = 'reply')");
    let row = tx.maybe(query.bind(contact).bind(except).bind(at)).await?;
    row.map_or(Ok(None), |row| row.get(0))
}

/// Notes that an entry is not the first of its kind.
///
/// # Errors
/// As the database has it.
pub async fn is_again(tx: &mut Tx, id: TouchId) -> Result<(), DbError> {
    tx.run(sql("update touch set again = true where id = $1").bind(id)).await.map(drop)
}

/// Whether anything happened with a contact after something that has this id: more than a note, or a look at the number.
/// What the person said counts since a time of its own, if one is given.
///
/// # Errors
/// As the database has it.
pub async fn any_after(
    tx: &mut Tx,
    contact: ContactId,
    id: OutcomeId,
    said_since: Option<i64>,
) -> Result<bool, DbError> {
    let query = sql("select 1 from touch where contact_id = $1 and ((id > $2 and kind not in ('revealed', 'note')) \
         or (at >= $3 and (kind = 'reply' or (kind = 'opt_out' and actor is null)))) limit 1");
    Ok(tx.maybe(query.bind(contact).bind(id).bind(said_since.unwrap_or(i64::MAX))).await?.is_some())
}

/// Which of these contacts wrote to us on a channel or agreed to it, and said no to nothing since: an account that needs
/// it may open a conversation with them.
///
/// # Errors
/// As the database has it.
pub async fn open_to(tx: &mut Tx, channel: &str, contacts: &[ContactId]) -> Result<HashSet<ContactId>, DbError> {
    let mut found = HashSet::new();
    for chunk in contacts.chunks(500) {
        let query = sql("select distinct t.contact_id from touch t where t.kind in ('reply', 'agreed') and t.channel = $1 \
             and not exists (select 1 from touch o where o.contact_id = t.contact_id and o.kind = 'opt_out' and o.at >= t.at) \
             and t.contact_id in (")
        .bind(channel);
        for row in tx.all(query.list(chunk.iter().copied()).push(")")).await? {
            found.insert(row.id(0)?);
        }
    }
    Ok(found)
}

fn read(vault: &Vault, row: &Row) -> Result<Touch, DbError> {
    let id: TouchId = row.id(0)?;
    let sealed: Option<Vec<u8>> = row.get(9)?;
    Ok(Touch {
        id,
        at: row.int(1)?,
        kind: row.word(2, "ledger entry", TouchKind::parse)?,
        channel: row.get(3)?,
        campaign: row.get(4)?,
        message_id: row.get::<Option<uuid::Uuid>>(5)?.map(MessageId),
        actor: row.get(6)?,
        detail: row.get(7)?,
        counts: row.get(8)?,
        note: sealed.map(|sealed| vault.open_text(place(&id), &sealed).map(Private::new)).transpose()?,
        takes_back: row.get::<Option<uuid::Uuid>>(10)?.map(TouchId),
    })
}

fn place(id: &TouchId) -> Place<'_> {
    Place { table: "touch", column: "sealed", row: id.0.as_bytes() }
}
