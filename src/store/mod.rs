//! What Lykt keeps: a file an aggregate, one SQL text for both databases.
//!
//! Store functions take a transaction and know rows, not rules.

pub mod db;

pub use db::{Db, DbError, Row, Sql, Tx, sql};
