//! Messages outside any campaign: answers that people write, tests to the panel, and receipts of a no.

use super::db::{DbError, Row, Tx, sql};
use super::message::Letter;
use crate::clock;
use crate::domain::id::{ContactId, DirectId, ReplyId};
use crate::domain::message::MessageState;
use crate::domain::private::Private;
use crate::vault::{Place, Vault, VaultError};
use crate::words;

words! {
    /// What a person sends.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Kind {
        /// An answer to somebody who wrote.
        Answer = "answer",
        /// A campaign's message to somebody on the panel.
        Test = "test",
        /// The receipt of a no.
        Receipt = "receipt",
    }

    /// The word in the database and JSON.
    pub fn as_str;
    /// Reads the word back; `None` when it is none of them.
    pub fn parse;
}

/// One of them, without what is sealed.
#[derive(Clone, Debug)]
pub struct Direct {
    /// Its id.
    pub id: DirectId,
    /// What it is.
    pub kind: Kind,
    /// To whom; none for a test.
    pub contact: Option<ContactId>,
    /// What it answers.
    pub reply: Option<ReplyId>,
    /// The campaign that is tried.
    pub campaign: Option<String>,
    /// Which version of it.
    pub variant: Option<String>,
    /// In which language.
    pub language: Option<String>,
    /// By which account.
    pub account: String,
    /// How it travels.
    pub channel: String,
    /// Where it stands.
    pub state: MessageState,
    /// Why it stands there.
    pub reason: Option<String>,
    /// Our token, which goes out with it.
    pub token: String,
    /// Whose intent it is.
    pub fence: i64,
    /// Who sent it.
    pub made_by: String,
    /// When, civil.
    pub made_at: i64,
    /// When it came to its state, civil.
    pub state_at: i64,
    /// The [`Letter`], sealed for this id.
    pub sealed: Vec<u8>,
}

const COLUMNS: &str = "select id, kind, contact_id, reply_id, campaign, variant, language, account, channel, state, \
    reason, token, fence, made_by, made_at, state_at, sealed from direct";

fn read(row: &Row) -> Result<Direct, DbError> {
    Ok(Direct {
        id: row.id(0)?,
        kind: row.word(1, "kind of direct message", Kind::parse)?,
        contact: row.get::<Option<uuid::Uuid>>(2)?.map(ContactId),
        reply: row.get::<Option<uuid::Uuid>>(3)?.map(ReplyId),
        campaign: row.get(4)?,
        variant: row.get(5)?,
        language: row.get(6)?,
        account: row.get(7)?,
        channel: row.get(8)?,
        state: row.word(9, "message state", MessageState::parse)?,
        reason: row.get(10)?,
        token: row.get(11)?,
        fence: row.int(12)?,
        made_by: row.get(13)?,
        made_at: row.int(14)?,
        state_at: row.int(15)?,
        sealed: row.get(16)?,
    })
}

impl Direct {
    /// A message that waits for its turn, to nobody yet; its token is drawn here.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn queued(
        vault: &Vault,
        kind: Kind,
        id: DirectId,
        letter: &Letter,
        by: &str,
        now_ms: i64,
    ) -> Result<Self, DbError> {
        Ok(Self {
            id,
            kind,
            contact: None,
            reply: None,
            campaign: None,
            variant: None,
            language: None,
            account: String::new(),
            channel: String::new(),
            state: MessageState::Queued,
            reason: None,
            token: clock::new_token().map_err(VaultError::from)?,
            fence: 0,
            made_by: by.to_owned(),
            made_at: now_ms,
            state_at: now_ms,
            sealed: seal(vault, id, letter)?,
        })
    }
}

/// Seals a letter for its message.
///
/// # Errors
/// When there is no randomness.
fn seal(vault: &Vault, id: DirectId, letter: &Letter) -> Result<Vec<u8>, DbError> {
    let open = Private::new(serde_json::to_string(letter).map_err(|_| DbError::Unknown("letter"))?);
    Ok(vault.seal(place(&id), open.expose().as_bytes())?)
}

/// Opens a message's letter; one whose time is over is empty.
///
/// # Errors
/// When the field does not open.
pub fn open(vault: &Vault, direct: &Direct) -> Result<Letter, DbError> {
    if direct.sealed.is_empty() {
        return Ok(Letter::default());
    }
    let open = Private::new(vault.open_text(place(&direct.id), &direct.sealed)?);
    serde_json::from_str(open.expose()).map_err(|_| DbError::Unknown("letter"))
}

fn place(id: &DirectId) -> Place<'_> {
    Place { table: "direct", column: "sealed", row: id.0.as_bytes() }
}

/// Puts a message in the queue; false when it is there already: the same press came twice.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, new: Direct) -> Result<bool, DbError> {
    let row = vec![
        new.id.into(),
        new.kind.as_str().into(),
        new.contact.into(),
        new.reply.into(),
        new.campaign.into(),
        new.variant.into(),
        new.language.into(),
        new.account.into(),
        new.channel.into(),
        new.state.as_str().into(),
        new.token.into(),
        new.made_by.into(),
        new.made_at.into(),
        new.state_at.into(),
        new.sealed.into(),
    ];
    let head = "insert into direct (id, kind, contact_id, reply_id, campaign, variant, language, account, channel, state, token, made_by, made_at, state_at, sealed)";
    Ok(tx.insert(head, vec![row], "on conflict (id) do nothing").await? == 1)
}

/// A message by its id.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: DirectId) -> Result<Option<Direct>, DbError> {
    tx.maybe(sql(COLUMNS).push(" where id = $1").bind(id)).await?.as_ref().map(read).transpose()
}

/// The same, locked on PostgreSQL until the transaction ends: what is read here is what will be changed.
///
/// # Errors
/// As the database has it.
pub async fn lock(tx: &mut Tx, id: DirectId) -> Result<Option<Direct>, DbError> {
    let lock = tx.lock_clause(" for update");
    tx.maybe(sql(COLUMNS).push(" where id = $1").push(lock).bind(id)).await?.as_ref().map(read).transpose()
}

/// Those that wait for their turn, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn queue(tx: &mut Tx, limit: i64) -> Result<Vec<Direct>, DbError> {
    let query = sql(COLUMNS).push(" where state = 'queued' order by made_at, id limit $1");
    tx.all(query.bind(limit)).await?.iter().map(read).collect()
}

/// Everything that was sent to a contact by hand, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn of_contact(tx: &mut Tx, contact: ContactId) -> Result<Vec<Direct>, DbError> {
    let query = sql(COLUMNS).push(" where contact_id = $1 order by made_at, id");
    tx.all(query.bind(contact)).await?.iter().map(read).collect()
}

/// The tests of a campaign, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn of_campaign(tx: &mut Tx, campaign: &str) -> Result<Vec<Direct>, DbError> {
    let query = sql(COLUMNS).push(" where campaign = $1 order by made_at, id");
    tx.all(query.bind(campaign)).await?.iter().map(read).collect()
}

/// The one that carried a token, or that the provider gave this id.
///
/// # Errors
/// As the database has it.
pub async fn by_receipt(
    tx: &mut Tx,
    account: &str,
    token: Option<&str>,
    provider_id: &str,
) -> Result<Option<Direct>, DbError> {
    let query = match token {
        Some(token) => sql(COLUMNS).push(" where token = $1 and account = $2").bind(token).bind(account),
        None => sql(COLUMNS).push(" where account = $1 and provider_id = $2").bind(account).bind(provider_id),
    };
    tx.maybe(query).await?.as_ref().map(read).transpose()
}

/// The intent: from the queue to `submitting`, by compare-and-set; false when it was not queued any more.
///
/// # Errors
/// As the database has it.
pub async fn begin(tx: &mut Tx, id: DirectId, fence: i64, deadline: i64, now_ms: i64) -> Result<bool, DbError> {
    let query = sql(
        "update direct set state = 'submitting', fence = $1, deadline = $2, state_at = $3 where id = $4 and state = 'queued'",
    );
    Ok(tx.run(query.bind(fence).bind(deadline).bind(now_ms).bind(id)).await? == 1)
}

/// Moves a message by compare-and-set on its state; false when it stood elsewhere by now.
///
/// # Errors
/// As the database has it.
pub async fn move_state(
    tx: &mut Tx,
    direct: &Direct,
    to: MessageState,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<bool, DbError> {
    let query =
        sql("update direct set state = $1, reason = $2, state_at = $3, deadline = null where id = $4 and state = $5")
            .bind(to.as_str())
            .bind(reason)
            .bind(now_ms)
            .bind(direct.id)
            .bind(direct.state.as_str());
    Ok(tx.run(query).await? == 1)
}

/// Notes the provider's id of a message and its code, and returns the id that stands. The first id to come is kept;
/// one that is already another message's says nothing of this one, and is not.
///
/// # Errors
/// As the database has it.
pub async fn note(
    tx: &mut Tx,
    direct: &Direct,
    provider_id: Option<&str>,
    code: Option<&str>,
) -> Result<Option<String>, DbError> {
    let query = sql("update direct set provider_id = case when exists (select 1 from direct o \
         where o.account = direct.account and o.provider_id = $1) or exists (select 1 from attempt a \
         where a.account = direct.account and a.provider_id = $1) then provider_id else coalesce(provider_id, $1) end, \
         code = coalesce($2, code) where id = $3 returning provider_id");
    tx.maybe(query.bind(provider_id).bind(code).bind(direct.id)).await?.map_or(Ok(None), |row| row.get(0))
}

/// Those under way whose lease has run out, or whose sender is another start of this only daemon; and how many at most.
///
/// # Errors
/// As the database has it.
pub async fn overdue(tx: &mut Tx, steady_ms: i64, dead_before_fence: i64, limit: i64) -> Result<Vec<Direct>, DbError> {
    let query = sql(COLUMNS).push(" where state = 'submitting' and (deadline <= $1 or fence < $2) limit $3");
    tx.all(query.bind(steady_ms).bind(dead_before_fence).bind(limit)).await?.iter().map(read).collect()
}

/// Those in doubt since before a civil time, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn in_doubt(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<Vec<Direct>, DbError> {
    let query = sql(COLUMNS).push(" where state = 'in_doubt' and state_at < $1 order by state_at, id limit $2");
    tx.all(query.bind(before_ms).bind(limit)).await?.iter().map(read).collect()
}

/// Removes what was made before a civil time and is not under way or in doubt: a chunk. How many went.
///
/// # Errors
/// As the database has it.
pub async fn remove_old(tx: &mut Tx, before_ms: i64, limit: i64) -> Result<u64, DbError> {
    let query = sql("delete from direct where id in (select id from direct where made_at < $1 \
         and state not in ('submitting', 'in_doubt') limit $2)");
    tx.run(query.bind(before_ms).bind(limit)).await
}

/// Removes everything that was sent to a contact by hand.
///
/// # Errors
/// As the database has it.
pub async fn remove_of(tx: &mut Tx, contact: ContactId) -> Result<u64, DbError> {
    tx.run(sql("delete from direct where contact_id = $1").bind(contact)).await
}
