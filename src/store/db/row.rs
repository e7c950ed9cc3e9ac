//! A row of a result, whichever database it came from.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Postgres, Row as _, Sqlite, Type};
use uuid::Uuid;

use super::DbError;

/// A row of a result.
#[derive(Debug)]
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// The value of a column, by number from 0.
    ///
    /// # Errors
    /// When the column holds something else.
    pub fn get<T>(&self, column: usize) -> Result<T, DbError>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
        .map_err(DbError::Refused)
    }

    /// The id in a column.
    ///
    /// # Errors
    /// When the column holds no id.
    pub fn id<T: From<Uuid>>(&self, column: usize) -> Result<T, DbError> {
        self.get::<Uuid>(column).map(T::from)
    }

    /// The number in a column.
    ///
    /// # Errors
    /// When the column holds no number.
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.get(column)
    }

    /// The word in a column, read by its parser.
    ///
    /// # Errors
    /// When the column holds no word that the parser knows.
    pub fn word<T>(&self, column: usize, what: &'static str, parse: fn(&str) -> Option<T>) -> Result<T, DbError> {
        parse(&self.get::<String>(column)?).ok_or(DbError::Unknown(what))
    }
}
