//! The store on both databases.

#![cfg(test)]

#[path = "../support/postgres.rs"]
mod postgres;

use postgres::{Fsync, Server};
use sqlx::{Connection, PgConnection};

#[tokio::test]
async fn a_postgresql_database_is_made_for_each_test() {
    let migrate = async |url: String| {
        let mut template = PgConnection::connect(&url).await.unwrap();
        sqlx::raw_sql("create table migrated (n bigint)").execute(&mut template).await.unwrap();
    };
    let (one, other) = (postgres::database(migrate).await, postgres::database(migrate).await);
    assert_ne!(one, other);

    let mut one = PgConnection::connect(&one).await.unwrap();
    let mut other = PgConnection::connect(&other).await.unwrap();
    sqlx::raw_sql("insert into migrated values (1)").execute(&mut one).await.unwrap();
    assert_eq!(rows(&mut one).await, 1);
    assert_eq!(rows(&mut other).await, 0, "what one test writes, another must not see");
}

#[tokio::test]
async fn a_postgresql_server_that_crashes_comes_back_with_what_was_committed() {
    let mut server = Server::start(Fsync::On);
    let url = server.create("crashing").await;
    let mut before = PgConnection::connect(&url).await.unwrap();
    sqlx::raw_sql("create table migrated (n bigint); insert into migrated values (1)")
        .execute(&mut before)
        .await
        .unwrap();

    server.crash();
    assert!(PgConnection::connect(&url).await.is_err(), "nobody answers while it is away");
    server.revive();
    assert_eq!(rows(&mut PgConnection::connect(&url).await.unwrap()).await, 1);
}

async fn rows(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from migrated").fetch_one(connection).await.unwrap()
}
