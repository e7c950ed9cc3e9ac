//! Webhooks as they came, each once, and what became of them. What took effect is known by its digest alone; the raw bytes
//! are kept, sealed, of those that wait for their time or could not be applied.

use std::collections::HashSet;

use super::db::{Arg, DbError, Tx, sql};
use crate::clock::new_id;
use crate::domain::id::HookId;
use crate::vault::{Place, Vault, VaultError};

/// A webhook as it came.
#[derive(Debug)]
pub struct Hook {
    /// Its id.
    pub id: HookId,
    /// The account it came to.
    pub account: String,
    /// What it brings: `inbound` or `status`.
    pub kind: String,
    /// The raw bytes, opened.
    pub raw: Vec<u8>,
}

/// Stores a webhook, due at a civil time. `None` when the same bytes came before.
///
/// # Errors
/// As the database has it.
pub async fn add(
    tx: &mut Tx,
    vault: &Vault,
    account: &str,
    kind: &'static str,
    raw: &[u8],
    now_ms: i64,
    due_at: i64,
) -> Result<Option<HookId>, DbError> {
    let NewHook { id, account, kind, digest, sealed } = NewHook::new(vault, account, kind, raw, "").seal(vault, raw)?;
    let row = vec![id.into(), account.into(), kind.into(), digest.into(), now_ms.into(), due_at.into(), sealed.into()];
    let head = "insert into hook (id, account, kind, digest, received_at, due_at, sealed)";
    let added = tx.insert(head, vec![row], "on conflict (account, digest) do nothing").await?;
    Ok((added == 1).then_some(id))
}

/// A webhook that takes effect in the transaction that notes it.
#[derive(Clone, Debug)]
pub struct NewHook {
    id: HookId,
    /// The account it came to.
    pub account: String,
    kind: &'static str,
    digest: Vec<u8>,
    /// Nothing, of one that can be read.
    sealed: Vec<u8>,
}

impl NewHook {
    /// A webhook by the digest of its raw bytes. Those that are `near` by the same letters lie together in the index of what
    /// came before.
    pub fn new(vault: &Vault, account: &str, kind: &'static str, raw: &[u8], near: &str) -> Self {
        let keyed = vault.keyed(b"hook", &[kind.as_bytes(), b"\0", raw].concat());
        let (digest, account) = ([near.as_bytes(), &keyed].concat(), account.to_owned());
        Self { id: new_id(), account, kind, digest, sealed: Vec::new() }
    }

    /// Keeps the raw bytes too. Sealed beforehand, so that no transaction waits for it.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn seal(mut self, vault: &Vault, raw: &[u8]) -> Result<Self, VaultError> {
        self.sealed = vault.seal(place(&self.id), raw)?;
        Ok(self)
    }
}

/// Whether the same bytes came before.
///
/// # Errors
/// As the database has it.
pub async fn is_known(tx: &mut Tx, new: &NewHook) -> Result<bool, DbError> {
    let query = sql("select 1 from hook where account = $1 and digest = $2");
    Ok(tx.maybe(query.bind(&new.account).bind(new.digest.clone())).await?.is_some())
}

/// Notes webhooks as worked on, each with why it cannot be read, if it cannot. For each: whether it is news, or the same
/// bytes came before.
///
/// # Errors
/// As the database has it.
pub async fn add_done(tx: &mut Tx, all: &[(&NewHook, Option<&str>)], now_ms: i64) -> Result<Vec<bool>, DbError> {
    let rows = all.iter().map(|(new, problem)| {
        [
            new.id.into(),
            new.account.as_str().into(),
            new.kind.into(),
            new.digest.clone().into(),
            (*problem).into(),
            Arg::from(new.sealed.clone()),
        ]
    });
    let query = sql("insert into hook (received_at, due_at, done_at, id, account, kind, digest, problem, sealed) \
         select $1, $2, $3, v.column1, v.column2, v.column3, v.column4, v.column5, v.column6 from ")
    .bind(now_ms)
    .bind(now_ms)
    .bind(now_ms)
    .values(rows)
    .push(" where v.column1 is not null on conflict (account, digest) do nothing");
    if tx.run(query).await? == all.len() as u64 {
        return Ok(vec![true; all.len()]);
    }
    let query = sql("select id from hook where id in (").list(all.iter().map(|(new, _)| new.id)).push(")");
    let news: Result<HashSet<HookId>, DbError> = tx.all(query).await?.iter().map(|row| row.id(0)).collect();
    let news = news?;
    Ok(all.iter().map(|(new, _)| news.contains(&new.id)).collect())
}

/// Notes that a webhook was worked on, and what was wrong with it, if anything; if nothing, its raw bytes go.
///
/// # Errors
/// As the database has it.
pub async fn done(tx: &mut Tx, id: HookId, problem: Option<&str>, now_ms: i64) -> Result<(), DbError> {
    let query = match problem {
        Some(why) => sql("update hook set done_at = $1, problem = $2 where id = $3").bind(now_ms).bind(why),
        None => sql("update hook set done_at = $1, sealed = $2 where id = $3").bind(now_ms).bind(Vec::new()),
    };
    tx.run(query.bind(id)).await.map(drop)
}

/// Whether a webhook waits to be worked on.
///
/// # Errors
/// As the database has it.
pub async fn waits(tx: &mut Tx, now_ms: i64) -> Result<bool, DbError> {
    let query = sql("select 1 from hook where done_at is null and due_at <= $1 limit 1");
    Ok(tx.maybe(query.bind(now_ms)).await?.is_some())
}

/// The webhooks whose time has come and that nobody worked on, oldest first.
///
/// # Errors
/// As the database has it, and when a field does not open.
pub async fn due(tx: &mut Tx, vault: &Vault, now_ms: i64, limit: i64) -> Result<Vec<Hook>, DbError> {
    let lock = tx.lock_clause(" for update skip locked");
    let query = sql(
        "select id, account, kind, sealed from hook where done_at is null and due_at <= $1 order by due_at, id limit $2",
    );
    let rows = tx.all(query.push(lock).bind(now_ms).bind(limit)).await?;
    rows.iter()
        .map(|row| {
            let id: HookId = row.id(0)?;
            let sealed: Vec<u8> = row.get(3)?;
            Ok(Hook { id, account: row.get(1)?, kind: row.get(2)?, raw: vault.open(place(&id), &sealed)? })
        })
        .collect()
}

fn place(id: &HookId) -> Place<'_> {
    Place { table: "hook", column: "sealed", row: id.0.as_bytes() }
}
