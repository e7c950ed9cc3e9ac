//! How SQLite finds the rows of a statement, looked at in debug builds, and so in every test: a table that grows with the
//! people we know is never looked through while nobody else can write, and rows that are named are found by their names.

use std::collections::HashSet;
use std::sync::Mutex;

use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::Sql;

/// Tables that grow with the people we know, and with what happens.
const LARGE: [&str; 13] = [
    "address", "attempt", "audit", "contact", "counted", "direct", "hook", "message", "no", "reply", "target", "task",
    "touch",
];
/// States that most tasks of a year are in.
const ENDED_TASKS: [&str; 3] = ["'done'", "'dropped'", "'lapsed'"];
/// Statements that were looked at.
static SEEN: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Looks at a statement when it is new.
///
/// # Panics
/// When it looks through a large table in a transaction that writes, and does not say that it does; or when it finds rows
/// that it names in another way than by their names.
pub(super) async fn look(connection: &mut SqliteConnection, sql: &Sql, writes: bool) {
    let text = sql.text();
    if !SEEN.lock().is_ok_and(|mut seen| seen.get_or_insert_default().insert(text.to_owned())) {
        return;
    }
    let explained = sqlx::query(AssertSqlSafe(format!("explain query plan {text}"))).fetch_all(connection).await;
    let Ok(steps) = explained else { return };
    let steps: Vec<String> = steps.iter().filter_map(|step| step.try_get(3).ok()).collect();
    let through = (writes && !sql.whole).then(|| looked_through(text, &steps)).flatten();
    assert!(through.is_none(), "nobody can write while this looks through a whole table: {text}\n{steps:#?}");
    let most = steps.iter().find(|step| step.contains("task_due (state=?)"));
    let most = most.filter(|_| !sql.whole && ENDED_TASKS.iter().any(|state| text.contains(state)));
    assert!(most.is_none(), "this goes through most tasks of a year: {text}\n{steps:#?}");
    let missed =
        named(text).filter(|_| !sql.whole).find(|name| !steps.iter().any(|step| step.contains(&format!("{name}=?"))));
    assert!(missed.is_none(), "this names rows, and looks for them in another way: {text}\n{steps:#?}");
}

/// A step that looks through a large table by no index, though the statement asks for some of its rows.
fn looked_through<'a>(text: &str, steps: &'a [String]) -> Option<&'a String> {
    let of = |name: &str, table: &str| {
        name == table || [" as ", " "].iter().any(|as_| text.contains(&format!(" {table}{as_}{name} ")))
    };
    let is_large = |name: &str| LARGE.iter().any(|table| of(name, table));
    steps.iter().filter(|_| text.contains(" where ")).find(|step| match step.split(' ').collect::<Vec<_>>()[..] {
        ["SCAN", name] => is_large(name),
        _ => false,
    })
}

/// The columns by which rows are named: `contact_id in (?, ?)`.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(" in (?").filter_map(|(at, _)| {
        let column = text[..at].rsplit([' ', '(', '.']).next()?;
        (column == "blind" || column.ends_with("id")).then_some(column)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Db, sql};
    use super::Sql;

    async fn of(statement: Sql, writes: bool) {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
        let mut tx = if writes { db.begin().await.unwrap() } else { db.read().await.unwrap() };
        tx.run(statement).await.unwrap();
    }

    #[tokio::test]
    #[should_panic(expected = "nobody can write while this looks through a whole table")]
    async fn a_whole_table_is_not_looked_through_while_nobody_can_write() {
        of(sql("update contact set unread = 0 where language = 'zz'"), true).await;
    }

    #[tokio::test]
    async fn what_must_be_looked_through_says_so_and_who_only_reads_may() {
        of(sql("update contact set unread = 0 where language = 'yy'").whole(), true).await;
        of(sql("select 1 from contact where language = 'xx'"), false).await;
    }

    #[tokio::test]
    #[should_panic(expected = "this goes through most tasks of a year")]
    async fn the_tasks_of_a_year_are_not_gone_through() {
        of(sql("select 1 from task where state in ('dropped', 'lapsed') and made_at <= 5 limit 1"), false).await;
    }

    #[tokio::test]
    #[should_panic(expected = "this names rows, and looks for them in another way")]
    async fn rows_that_are_named_are_found_by_their_names() {
        let ids = (0..500).map(|_| crate::clock::new_id::<crate::domain::id::ContactId>());
        let query = sql("select id from message where campaign = $1 and state = 'queued' and contact_id in (");
        of(query.bind("a").list(ids).push(")"), false).await;
    }
}
