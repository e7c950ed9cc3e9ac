//! How the days were for those who work here: sums of weeks, and who took part in one that is not over. Nothing here says
//! who answered what.

use super::db::{DbError, Tx, sql};
use crate::domain::debrief::Day;
use crate::domain::week::Week;

/// The sums of a week that is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Which.
    pub week: Week,
    /// Answers that it was fine.
    pub fine: i64,
    /// Answers that it was heavy.
    pub heavy: i64,
    /// How many people took part.
    pub people: i64,
}

/// Notes that somebody took part on a day; false when they had.
///
/// # Errors
/// As the database has it.
pub async fn take_part(tx: &mut Tx, day: &str, week: Week, who: &str) -> Result<bool, DbError> {
    let query = sql("insert into debrief_part (day, week, who) values ($1, $2, $3) on conflict (day, who) do nothing");
    Ok(tx.run(query.bind(day).bind(week.monday().to_string()).bind(who)).await? == 1)
}

/// Whether somebody took part on a day.
///
/// # Errors
/// As the database has it.
pub async fn took_part(tx: &mut Tx, day: &str, who: &str) -> Result<bool, DbError> {
    let query = sql("select 1 from debrief_part where day = $1 and who = $2").bind(day).bind(who);
    Ok(tx.maybe(query).await?.is_some())
}

/// Adds an answer to the sums of a week.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, week: Week, was: Day) -> Result<(), DbError> {
    let query =
        sql("insert into debrief_week (week, fine, heavy) values ($1, $2, $3) on conflict (week) do update set \
         fine = debrief_week.fine + excluded.fine, heavy = debrief_week.heavy + excluded.heavy");
    let query = query.bind(week.monday().to_string());
    tx.run(query.bind(i64::from(was == Day::Fine)).bind(i64::from(was == Day::Heavy))).await.map(drop)
}

/// Whether a week is over whose people are not counted yet.
///
/// # Errors
/// As the database has it.
pub async fn any_to_close(tx: &mut Tx, this: Week) -> Result<bool, DbError> {
    let query = sql("select 1 from debrief_part where week < $1 limit 1").bind(this.monday().to_string());
    Ok(tx.maybe(query).await?.is_some())
}

/// Counts the people of the weeks that are over, and forgets who they were.
///
/// # Errors
/// As the database has it.
pub async fn close(tx: &mut Tx, this: Week) -> Result<(), DbError> {
    let this = this.monday().to_string();
    let count = sql("update debrief_week set people = (select count(distinct p.who) from debrief_part p \
         where p.week = debrief_week.week) where week < $1 and people is null");
    tx.run(count.bind(&this)).await?;
    tx.run(sql("delete from debrief_part where week < $1").bind(&this)).await.map(drop)
}

/// The weeks since one that are over, oldest first.
///
/// # Errors
/// As the database has it.
pub async fn weeks(tx: &mut Tx, since: Week) -> Result<Vec<Sums>, DbError> {
    let query =
        sql("select week, fine, heavy, people from debrief_week where people is not null and week >= $1 order by week");
    let rows = tx.all(query.bind(since.monday().to_string())).await?;
    let read = |row: &super::db::Row| {
        Ok(Sums { week: row.word(0, "week", Week::parse)?, fine: row.int(1)?, heavy: row.int(2)?, people: row.int(3)? })
    };
    rows.iter().map(read).collect()
}
