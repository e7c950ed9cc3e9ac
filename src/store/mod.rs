//! What Lykt keeps: a file an aggregate, one SQL text for both databases.
//!
//! Store functions take a transaction and know rows, not rules.

pub mod account;
pub mod alarm;
pub mod audit;
pub mod batch;
pub mod blind;
pub mod calling;
pub mod campaign;
pub mod colleague;
pub mod contact;
pub mod counted;
pub mod credit;
pub mod db;
pub mod direct;
pub mod doubt;
pub mod erasure;
pub mod figures;
pub mod hook;
pub mod known;
pub mod link;
pub mod list;
pub mod listing;
pub mod market;
pub mod message;
pub mod meta;
pub mod no;
pub mod node;
pub mod notice;
pub mod old;
pub mod opened;
pub mod outcome;
pub mod overdue;
pub mod partner;
pub mod promise;
pub mod ready;
pub mod recovery;
pub mod reply;
pub mod restored;
pub mod routine;
pub mod sealed;
pub mod second;
pub mod session;
mod sql;
pub mod standing;
pub mod supplement;
pub mod tally;
pub mod task;
pub mod texts;
pub mod token;
pub mod touch;
pub mod user;
pub mod waiting;
pub mod way_in;

pub use db::{Db, DbError, Health, Row, Schema, Sql, Tx, sql};
