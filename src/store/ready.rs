//! Answers that stand ready: texts of the organisation's own, which name nobody.

use super::db::{DbError, Row, Tx, sql};
use crate::domain::reply::ReplyKind;

/// A ready answer in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyAnswer {
    /// What it is called; the same in all languages.
    pub key: String,
    /// Its language.
    pub language: String,
    /// The kind of answer that it suits.
    pub kind: ReplyKind,
    /// The text, with variables.
    pub text: String,
    /// Its place among the others.
    pub position: i64,
    /// Who changed it last.
    pub changed_by: Option<String>,
    /// When, civil.
    pub changed_at: Option<i64>,
}

fn read(row: &Row) -> Result<ReadyAnswer, DbError> {
    Ok(ReadyAnswer {
        key: row.get(0)?,
        language: row.get(1)?,
        kind: row.word(2, "kind of reply", ReplyKind::parse)?,
        text: row.get(3)?,
        position: row.int(4)?,
        changed_by: row.get(5)?,
        changed_at: row.get(6)?,
    })
}

/// All ready answers, in their order.
///
/// # Errors
/// As the database has it.
pub async fn all(tx: &mut Tx) -> Result<Vec<ReadyAnswer>, DbError> {
    let query = sql(
        "select key, language, kind, text, position, changed_by, changed_at from ready_answer order by position, key, language",
    );
    tx.all(query).await?.iter().map(read).collect()
}

/// Adds a ready answer, or puts it in the place of the one with its key and language.
///
/// # Errors
/// As the database has it.
pub async fn set(tx: &mut Tx, ready: &ReadyAnswer) -> Result<(), DbError> {
    let row = vec![
        (&ready.key).into(),
        (&ready.language).into(),
        ready.kind.as_str().into(),
        (&ready.text).into(),
        ready.position.into(),
        ready.changed_by.clone().into(),
        ready.changed_at.into(),
    ];
    let head = "insert into ready_answer (key, language, kind, text, position, changed_by, changed_at)";
    let tail = "on conflict (key, language) do update set kind = excluded.kind, text = excluded.text, \
        position = excluded.position, changed_by = excluded.changed_by, changed_at = excluded.changed_at";
    tx.insert(head, vec![row], tail).await.map(drop)
}

/// Removes a ready answer; false when there was none.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, key: &str, language: &str) -> Result<bool, DbError> {
    let query = sql("delete from ready_answer where key = $1 and language = $2");
    Ok(tx.run(query.bind(key).bind(language)).await? > 0)
}
