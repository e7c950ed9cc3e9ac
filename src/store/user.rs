//! People who work here: their names, roles, hashed passwords and sealed second factors. Knows no rule of signing in.

use super::db::{DbError, Row, Sql, Tx, sql};
use crate::domain::id::UserId;
use crate::domain::lang::Lang;
use crate::domain::private::Private;
use crate::domain::role::Role;

/// Somebody who works here.
#[derive(Clone, Debug)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name, as it stands in the ledger.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The language they chose.
    pub lang: Option<Lang>,
    /// Their password's hash.
    pub password: Private,
    /// The sealed secret of their second factor.
    pub factor: Option<Vec<u8>>,
    /// Whether they have shown a code of it.
    pub factor_confirmed: bool,
    /// When they were added, civil.
    pub made_at: i64,
    /// Since when they may not come in, civil.
    pub disabled_at: Option<i64>,
}

const COLUMNS: &str = "select u.id, u.name, u.role, u.lang, u.password, u.factor, u.factor_confirmed, u.made_at, \
    u.disabled_at from app_user u";

fn read(row: &Row) -> Result<User, DbError> {
    Ok(User {
        id: row.id(0)?,
        name: row.get(1)?,
        role: row.word(2, "role", Role::parse)?,
        lang: row.get::<Option<String>>(3)?.as_deref().and_then(Lang::parse),
        password: Private::new(row.get(4)?),
        factor: row.get(5)?,
        factor_confirmed: row.get(6)?,
        made_at: row.int(7)?,
        disabled_at: row.get(8)?,
    })
}

/// Who changes a row, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Their name, when said.
    pub actor: Option<&'a str>,
    /// Civil time.
    pub at: i64,
}

/// Everybody, by name.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx) -> Result<Vec<User>, DbError> {
    tx.all(sql(COLUMNS).push(" order by u.folded")).await?.iter().map(read).collect()
}

/// The user with this name, in small letters.
///
/// # Errors
/// As the database has it.
pub async fn named(tx: &mut Tx, folded: &str) -> Result<Option<User>, DbError> {
    let query = sql(COLUMNS).push(" where u.folded = $1").bind(folded);
    tx.maybe(query).await?.as_ref().map(read).transpose()
}

/// The user with this id.
///
/// # Errors
/// As the database has it.
pub async fn get(tx: &mut Tx, id: UserId) -> Result<Option<User>, DbError> {
    tx.maybe(sql(COLUMNS).push(" where u.id = $1").bind(id)).await?.as_ref().map(read).transpose()
}

/// Adds a user; `false` when the name is taken.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, user: &User, folded: &str, by: By<'_>) -> Result<bool, DbError> {
    let row = vec![
        user.id.into(),
        user.name.as_str().into(),
        folded.into(),
        user.role.as_str().into(),
        user.password.expose().into(),
        by.at.into(),
        by.actor.into(),
        by.at.into(),
    ];
    let head = "insert into app_user (id, name, folded, role, password, made_at, changed_by, changed_at)";
    Ok(tx.insert(head, vec![row], "on conflict (folded) do nothing").await? == 1)
}

/// Gives another role.
///
/// # Errors
/// As the database has it.
pub async fn set_role(tx: &mut Tx, id: UserId, role: Role, by: By<'_>) -> Result<(), DbError> {
    change(tx, sql("update app_user set role = $1").bind(role.as_str()), id, by).await
}

/// Gives another password.
///
/// # Errors
/// As the database has it.
pub async fn set_password(tx: &mut Tx, id: UserId, hash: &Private, by: By<'_>) -> Result<(), DbError> {
    change(tx, sql("update app_user set password = $1").bind(hash.expose()), id, by).await
}

/// Forgets the second factor.
///
/// # Errors
/// As the database has it.
pub async fn reset_factor(tx: &mut Tx, id: UserId, by: By<'_>) -> Result<(), DbError> {
    let set = sql("update app_user set factor = $1, factor_confirmed = false, factor_step = 0");
    change(tx, set.bind(None::<Vec<u8>>), id, by).await
}

/// Closes or opens the door.
///
/// # Errors
/// As the database has it.
pub async fn set_disabled(tx: &mut Tx, id: UserId, since: Option<i64>, by: By<'_>) -> Result<(), DbError> {
    change(tx, sql("update app_user set disabled_at = $1").bind(since), id, by).await
}

async fn change(tx: &mut Tx, set: Sql, id: UserId, by: By<'_>) -> Result<(), DbError> {
    let set = set.push(", changed_by = $2, changed_at = $3 where id = $4");
    tx.run(set.bind(by.actor).bind(by.at).bind(id).exactly(1, "change of a user")).await.map(drop)
}

/// Notes the language somebody chose.
///
/// # Errors
/// As the database has it.
pub async fn set_lang(tx: &mut Tx, id: UserId, lang: &str) -> Result<(), DbError> {
    tx.run(sql("update app_user set lang = $1 where id = $2").bind(lang).bind(id)).await.map(drop)
}

/// Keeps the sealed secret of a second factor that is to be confirmed, unless there is one already.
///
/// # Errors
/// As the database has it.
pub async fn offer_factor(tx: &mut Tx, id: UserId, sealed: Vec<u8>) -> Result<(), DbError> {
    let query = sql("update app_user set factor = $1 where id = $2 and factor is null");
    tx.run(query.bind(sealed).bind(id)).await.map(drop)
}

/// Whether everything that was verified is still so; it stays so until the transaction ends.
///
/// # Errors
/// As the database has it.
pub async fn stands(tx: &mut Tx, verified: &User) -> Result<bool, DbError> {
    let query = sql("update app_user set factor_confirmed = true \
         where id = $1 and password = $2 and factor = $3 and factor_confirmed and disabled_at is null");
    let query = query.bind(verified.id).bind(verified.password.expose()).bind(verified.factor.clone());
    Ok(tx.run(query).await? == 1)
}

/// Takes a code: confirms the factor and notes its step. `false` when the step was taken before, or when anything that
/// was verified has changed meanwhile.
///
/// # Errors
/// As the database has it.
pub async fn take_step(tx: &mut Tx, verified: &User, step: i64) -> Result<bool, DbError> {
    let query = sql("update app_user set factor_step = $1, factor_confirmed = true \
         where id = $2 and factor_step < $1 and password = $3 and factor = $4 and disabled_at is null");
    let query = query.bind(step).bind(verified.id).bind(verified.password.expose()).bind(verified.factor.clone());
    Ok(tx.run(query).await? == 1)
}
