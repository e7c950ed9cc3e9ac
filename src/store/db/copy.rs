//! The whole database as rows that both kinds of database understand: read at one moment, and poured into an empty one.
//!
//! What there is to copy is asked of the database, so that no table is ever forgotten here.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::steps::MIGRATIONS;
use super::{Arg, Db, DbError, Row, Tx, sql, written};
use crate::words;

/// Rows that are read, and written, at a time.
pub const PAGE: usize = 500;

words! {
    /// What a column holds.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Kind {
        /// An id.
        Uuid = "uuid",
        /// Bytes.
        Bytes = "bytea",
        /// A word or a text.
        Text = "text",
        /// A number or a time.
        Int = "bigint",
        /// Yes or no.
        Bool = "boolean",
    }

    /// All kinds.
    pub const ALL;
    /// The type as migrations write it.
    pub fn as_str;
    /// Reads the word back.
    pub fn parse;
}

/// A table: its columns, and which of them are its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns in order.
    pub columns: Vec<(String, Kind)>,
    /// The places of its key among them.
    pub key: Vec<usize>,
}

impl Db {
    /// Begins a transaction that sees the database as it stands at its first question, to its end, and blocks nobody.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn snapshot(&self) -> Result<Tx, DbError> {
        let mut tx = self.read().await?;
        if matches!(tx, Tx::Postgres(_)) {
            tx.run(sql("set transaction isolation level repeatable read, read only")).await?;
        }
        Ok(tx)
    }

    /// Opens an empty database, and takes exactly these steps of its schema.
    ///
    /// # Errors
    /// When it is away, or this version does not know a step.
    pub async fn open_at(url: &str, steps: &[i64]) -> Result<Self, DbError> {
        if steps.iter().any(|step| !MIGRATIONS.iter().any(|(known, ..)| known == step)) {
            return Err(DbError::Unknown("step of the schema"));
        }
        let db = Self::connect(url).await?;
        db.migrate_to(|step| steps.contains(&step)).await?;
        Ok(db)
    }
}

/// The steps of the schema that the database has taken, each with what it was.
///
/// # Errors
/// As the database has it.
pub async fn steps(tx: &mut Tx) -> Result<Vec<i64>, DbError> {
    tx.all(sql("select version from _sqlx_migrations order by version")).await?.iter().map(|row| row.int(0)).collect()
}

/// About how many bytes the database has on its disk, without its free room.
///
/// # Errors
/// As the database has it.
pub async fn bytes(tx: &mut Tx) -> Result<u64, DbError> {
    let query = match tx {
        Tx::Sqlite(..) => sql("select (p.page_count - f.freelist_count) * s.page_size from pragma_page_count p, \
             pragma_freelist_count f, pragma_page_size s"),
        Tx::Postgres(_) => sql("select pg_database_size(current_database())"),
    };
    let bytes = tx.maybe(query).await?.map_or(Ok(0), |row| row.int(0))?;
    Ok(bytes.unsigned_abs())
}

/// Every table, each after those that it points to.
///
/// # Errors
/// As the database has it.
pub async fn tables(tx: &mut Tx) -> Result<Vec<Table>, DbError> {
    let names = match tx {
        Tx::Sqlite(..) => sql("select name from sqlite_master where type = 'table' and name not like 'sqlite%' \
             and name <> '_sqlx_migrations' order by name"),
        Tx::Postgres(_) => sql("select cast(tablename as text) from pg_tables where schemaname = current_schema() \
             and tablename <> '_sqlx_migrations' order by tablename"),
    };
    let mut left = Vec::new();
    for row in tx.all(names).await? {
        let name: String = row.get(0)?;
        let mut points_to = points_to(tx, &name).await?;
        points_to.remove(&name);
        left.push((table(tx, name).await?, points_to));
    }
    let mut sorted: Vec<Table> = Vec::new();
    while !left.is_empty() {
        let ready = |points_to: &BTreeSet<String>| points_to.iter().all(|to| sorted.iter().any(|t| t.name == *to));
        let at = left.iter().position(|(_, to)| ready(to)).ok_or(DbError::Unknown("order of the tables"))?;
        sorted.push(left.remove(at).0);
    }
    Ok(sorted)
}

async fn table(tx: &mut Tx, name: String) -> Result<Table, DbError> {
    let query = match tx {
        Tx::Sqlite(..) => sql("select name, lower(type), cast(pk as bigint) from pragma_table_info($1) order by cid"),
        Tx::Postgres(_) => sql("select cast(a.attname as text), format_type(a.atttypid, null), \
             cast(coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) as bigint) \
             from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary \
             where a.attrelid = cast(quote_ident($1) as regclass) and a.attnum > 0 and not a.attisdropped \
             order by a.attnum"),
    };
    let (mut columns, mut key) = (Vec::new(), Vec::new());
    for (at, row) in tx.all(query.bind(&name)).await?.iter().enumerate() {
        columns.push((row.get(0)?, row.word(1, "type of a column", Kind::parse)?));
        if row.int(2)? > 0 {
            key.push((row.int(2)?, at));
        }
    }
    key.sort_unstable();
    Ok(Table { name, columns, key: key.into_iter().map(|(_, at)| at).collect() })
}

async fn points_to(tx: &mut Tx, table: &str) -> Result<BTreeSet<String>, DbError> {
    let query = match tx {
        Tx::Sqlite(..) => sql("select \"table\" from pragma_foreign_key_list($1)"),
        Tx::Postgres(_) => {
            sql("select cast(r.relname as text) from pg_constraint c join pg_class r on r.oid = c.confrelid \
             where c.contype = 'f' and c.conrelid = cast(quote_ident($1) as regclass)")
        }
    };
    tx.all(query.bind(table)).await?.iter().map(|row| row.get(0)).collect()
}

/// How many rows a table has.
///
/// # Errors
/// As the database has it.
pub async fn count(tx: &mut Tx, table: &Table) -> Result<u64, DbError> {
    let query = written(&format!("select count(*) from {}", quoted(&table.name)));
    Ok(tx.maybe(query).await?.map_or(Ok(0), |row| row.int(0))?.unsigned_abs())
}

/// The next rows of a table in the order of its key, after a row.
///
/// # Errors
/// As the database has it.
pub async fn page(tx: &mut Tx, table: &Table, after: Option<&[Arg]>) -> Result<Vec<Vec<Arg>>, DbError> {
    let names = |places: &mut dyn Iterator<Item = usize>| {
        places.map(|at| quoted(&table.columns[at].0)).collect::<Vec<_>>().join(", ")
    };
    let key = names(&mut table.key.iter().copied());
    let all = names(&mut (0..table.columns.len()));
    let mut query = written(&format!("select {all} from {}", quoted(&table.name)));
    if let Some(row) = after {
        query = query.push_written(&format!(" where ({key}) > ("));
        query = query.list(table.key.iter().map(|at| row[*at].clone())).push(")");
    }
    query = query.push_written(&format!(" order by {key} limit {PAGE}"));
    tx.all(query).await?.iter().map(|row| read(row, table)).collect()
}

fn read(row: &Row, table: &Table) -> Result<Vec<Arg>, DbError> {
    let value = |(at, (_, kind)): (usize, &(String, Kind))| {
        Ok(match kind {
            Kind::Uuid => Arg::Uuid(row.get::<Option<Uuid>>(at)?),
            Kind::Bytes => Arg::Bytes(row.get(at)?),
            Kind::Text => Arg::Text(row.get(at)?),
            Kind::Int => Arg::Int(row.get(at)?),
            Kind::Bool => Arg::Bool(row.get(at)?),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}

/// Empties the tables, the last first: an empty database comes with some rows.
///
/// # Errors
/// As the database has it.
pub async fn clear(tx: &mut Tx) -> Result<(), DbError> {
    for table in tables(tx).await?.iter().rev() {
        tx.run(written(&format!("delete from {}", quoted(&table.name)))).await?;
    }
    Ok(())
}

/// Writes rows as they were read.
///
/// # Errors
/// As the database has it.
pub async fn pour(tx: &mut Tx, table: &Table, rows: Vec<Vec<Arg>>) -> Result<(), DbError> {
    let names: Vec<String> = table.columns.iter().map(|(name, _)| quoted(name)).collect();
    let expected = rows.len() as u64;
    let query = written(&format!("insert into {} ({}) values ", quoted(&table.name), names.join(", "))).rows(rows);
    tx.run(query.exactly(expected, "row of the backup")).await.map(drop)
}

/// Names come from the database's own catalogue, or from a backup whose tables were compared with it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
