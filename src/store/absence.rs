//! Who is away, and who stands in. Names people who work here, and no contact.

use jiff::civil::Date;

use super::db::{Arg, DbError, Row, Tx, sql};
use crate::domain::id::AbsenceId;

/// Somebody is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absence {
    /// Its id.
    pub id: AbsenceId,
    /// Who is away.
    pub who: String,
    /// Who stands in.
    pub substitute: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Who wrote it down.
    pub by: Option<String>,
    /// When, civil.
    pub at: i64,
}

impl Absence {
    /// Whether they are away on this day.
    pub fn lasts(&self, day: Date) -> bool {
        (self.from..=self.until).contains(&day)
    }
}

const COLUMNS: &str = "select id, who, substitute, from_day, until_day, noted_by, noted_at from absence";

fn read(row: &Row) -> Result<Absence, DbError> {
    let day = |place| row.word(place, "day", |word| word.parse().ok());
    Ok(Absence {
        id: row.id(0)?,
        who: row.get(1)?,
        substitute: row.get(2)?,
        from: day(3)?,
        until: day(4)?,
        by: row.get(5)?,
        at: row.int(6)?,
    })
}

/// Writes an absence down.
///
/// # Errors
/// As the database has it.
pub async fn add(tx: &mut Tx, new: &Absence) -> Result<(), DbError> {
    let row: Vec<Arg> = vec![
        new.id.into(),
        (&new.who).into(),
        (&new.substitute).into(),
        new.from.to_string().into(),
        new.until.to_string().into(),
        new.by.clone().into(),
        new.at.into(),
    ];
    let head = "insert into absence (id, who, substitute, from_day, until_day, noted_by, noted_at)";
    tx.insert(head, vec![row], "").await.map(drop)
}

/// The absences that are not over on a day, the first to begin first.
///
/// # Errors
/// As the database has it.
pub async fn since(tx: &mut Tx, day: Date) -> Result<Vec<Absence>, DbError> {
    let query = sql(COLUMNS).push(" where until_day >= $1 order by from_day, who").bind(day.to_string());
    tx.all(query).await?.iter().map(read).collect()
}

/// For whom somebody stands in on a day.
///
/// # Errors
/// As the database has it.
pub async fn stood_in_for(tx: &mut Tx, who: &str, day: Date) -> Result<Vec<Absence>, DbError> {
    let query = sql(COLUMNS).push(" where substitute = $1 and from_day <= $2 and until_day >= $2 order by who");
    tx.all(query.bind(who).bind(day.to_string())).await?.iter().map(read).collect()
}

/// Takes an absence away.
///
/// # Errors
/// As the database has it.
pub async fn remove(tx: &mut Tx, id: AbsenceId) -> Result<bool, DbError> {
    Ok(tx.run(sql("delete from absence where id = $1").bind(id)).await? == 1)
}

/// Removes a chunk of absences that were over before a day.
///
/// # Errors
/// As the database has it.
pub async fn forget(tx: &mut Tx, before: Date, limit: i64) -> Result<u64, DbError> {
    let query = sql("delete from absence where id in (select id from absence where until_day < $1 limit $2)");
    tx.run(query.bind(before.to_string()).bind(limit)).await
}
