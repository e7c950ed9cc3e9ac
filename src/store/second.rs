//! What waits for a second person, and what somebody has agreed to and is not done yet. Knows not who may agree.

use super::db::{Arg, DbError, Row, Tx, sql};
use crate::domain::id::{AskId, ContactId};
use crate::domain::matter::Matter;
use crate::domain::moment::APART_MS;
use crate::domain::private::Private;
use crate::vault::{Place, Vault};

/// What somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its id.
    pub id: AskId,
    /// What kind it is.
    pub matter: Matter,
    /// What it is about, as others may read it.
    pub shown: String,
    /// Why, sealed under its id; see [`why`].
    pub why: Option<Vec<u8>>,
    /// Who asked.
    pub asked_by: String,
    /// The same name in small letters.
    pub asker: String,
    /// When, civil.
    pub asked_at: i64,
    /// Until when it can be agreed to and done, civil.
    pub ends_at: i64,
    /// Who agreed.
    pub agreed_by: Option<String>,
}

const COLUMNS: &str = "select id, matter, shown, asked_by, asker, asked_at, ends_at, agreed_by, why from second";

fn read(row: &Row) -> Result<Ask, DbError> {
    Ok(Ask {
        id: row.id(0)?,
        matter: row.word(1, "matter", Matter::parse)?,
        shown: row.get(2)?,
        asked_by: row.get(3)?,
        asker: row.get(4)?,
        asked_at: row.int(5)?,
        ends_at: row.int(6)?,
        agreed_by: row.get(7)?,
        why: row.get(8)?,
    })
}

/// All that stands at a civil time, the oldest first.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx, now: i64) -> Result<Vec<Ask>, DbError> {
    let query = sql(COLUMNS).push(" where ends_at > $1 order by asked_at, id").bind(now);
    tx.all(query).await?.iter().map(read).collect()
}

/// The one with this id.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: AskId) -> Result<Option<Ask>, DbError> {
    tx.maybe(sql(COLUMNS).push(" where id = $1").bind(id)).await?.as_ref().map(read).transpose()
}

/// The one about this.
///
/// # Errors
/// As the database has it.
pub async fn about(tx: &mut Tx, matter: Matter, about: &[u8; 32]) -> Result<Option<Ask>, DbError> {
    let query = sql(COLUMNS).push(" where matter = $1 and about = $2").bind(matter.as_str()).bind(about);
    tx.maybe(query).await?.as_ref().map(read).transpose()
}

/// Asks; `false` when somebody has asked for the same meanwhile.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, ask: &Ask, about: &[u8; 32]) -> Result<bool, DbError> {
    let row = vec![
        ask.id.into(),
        ask.matter.as_str().into(),
        about.into(),
        ask.shown.as_str().into(),
        ask.asked_by.as_str().into(),
        ask.asker.as_str().into(),
        ask.asked_at.into(),
        ask.ends_at.into(),
        Arg::Bytes(ask.why.clone()),
    ];
    let head = "insert into second (id, matter, about, shown, asked_by, asker, asked_at, ends_at, why)";
    Ok(tx.insert(head, vec![row], "on conflict (matter, about) do nothing").await? == 1)
}

/// Agrees; `false` when it is gone, or somebody has agreed already.
///
/// # Errors
/// As the database has it.
pub async fn agree(tx: &mut Tx, id: AskId, by: &str, now: i64) -> Result<bool, DbError> {
    let query = sql("update second set agreed_by = $1 where id = $2 and agreed_by is null and ends_at > $3");
    Ok(tx.run(query.bind(by).bind(id).bind(now)).await? == 1)
}

/// Takes one away: done, or refused. `false` when it was gone.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, id: AskId) -> Result<bool, DbError> {
    Ok(tx.run(sql("delete from second where id = $1").bind(id)).await? == 1)
}

/// Takes away what was asked about people who are forgotten.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, contacts: &[ContactId]) -> Result<(), DbError> {
    for contact in contacts {
        tx.run(sql("delete from second where shown = $1").bind(contact.to_string())).await?;
    }
    Ok(())
}

/// Seals why something is asked for.
///
/// # Errors
/// When the vault cannot seal.
pub fn seal(vault: &Vault, id: AskId, why: &Private) -> Result<Vec<u8>, DbError> {
    Ok(vault.seal(place(&id), why.expose().as_bytes())?)
}

/// Why it was asked for, if that was said.
///
/// # Errors
/// When it does not open.
pub fn why(vault: &Vault, ask: &Ask) -> Result<Option<Private>, DbError> {
    let open = |sealed: &Vec<u8>| Ok(Private::new(vault.open_text(place(&ask.id), sealed)?));
    ask.why.as_ref().map(open).transpose()
}

fn place(id: &AskId) -> Place<'_> {
    Place { table: "second", column: "why", row: id.0.as_bytes() }
}

/// Takes away what has ended at a civil time, and what a clock that was wrong let begin later.
///
/// # Errors
/// As the database has it.
pub async fn sweep(tx: &mut Tx, now: i64) -> Result<(), DbError> {
    tx.run(sql("delete from second where ends_at <= $1 or asked_at > $2").bind(now).bind(now + APART_MS))
        .await
        .map(drop)
}
