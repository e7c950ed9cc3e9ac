//! The store on both databases.

mod audit;
mod blind;
mod once;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use lykt::clock::new_id;
use lykt::domain::id::HookId;
use lykt::store::{Db, DbError, meta, sql};
use sqlx::{Connection, PgConnection};

use crate::support::postgres::{self, Fsync, Server};

#[tokio::test]
async fn a_postgresql_database_is_made_for_each_test() {
    let (one, other) = (postgres::migrated().await, postgres::migrated().await);
    assert_ne!(one, other);

    let mut one = PgConnection::connect(&one).await.unwrap();
    let mut other = PgConnection::connect(&other).await.unwrap();
    sqlx::raw_sql("insert into meta (key, value) values ('test', 'one')").execute(&mut one).await.unwrap();
    let seen = "select count(*) from meta where key = 'test'";
    assert_eq!(sqlx::query_scalar::<_, i64>(seen).fetch_one(&mut one).await.unwrap(), 1);
    let other: i64 = sqlx::query_scalar(seen).fetch_one(&mut other).await.unwrap();
    assert_eq!(other, 0, "what one test writes, another must not see");
}

#[tokio::test]
async fn raw_webhooks_of_before_go_with_the_upgrade_also_where_some_were_blank() {
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite:{}", folder.path().join("lykt.db").display()), postgres::empty().await] {
        let files = std::fs::read_dir("migrations").unwrap().map(|file| file.unwrap().file_name());
        let steps = files.map(|name| name.to_string_lossy()[..4].parse().unwrap());
        let before: Vec<i64> = steps.filter(|step| *step <= 52).collect();
        let db = Db::open_at(&url, &before).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for (n, (done, problem, sealed)) in [
            (Some(1), None, vec![7; 50]),
            (Some(1), None, vec![]),
            (Some(1), Some("x"), vec![7; 50]),
            (None, None, vec![7; 50]),
        ]
        .into_iter()
        .enumerate()
        {
            let hook =
                sql("insert into hook (id, account, kind, digest, received_at, due_at, done_at, problem, sealed) \
                 values ($1, 'a', 'inbound', $2, 1, 1, $3, $4, $5)");
            let id: HookId = new_id();
            tx.run(hook.bind(id).bind(vec![n as u8]).bind(done).bind(problem).bind(sealed)).await.unwrap();
        }
        tx.commit().await.unwrap();
        db.close().await;
        let db = Db::open(&url).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let kept = tx.maybe(sql("select count(*) from hook where length(sealed) = 50")).await.unwrap().unwrap();
        assert_eq!(kept.int(0).unwrap(), 2, "what cannot be read, and what waits");
    }
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

/// A node that is stopped while it looks for migrations must not keep the others from starting.
#[tokio::test]
async fn nobody_waits_for_whoever_has_the_database_to_itself_when_there_is_nothing_to_migrate() {
    let url = postgres::migrated().await;
    let mut stopped = PgConnection::connect(&url).await.unwrap();
    sqlx::migrate::Migrate::lock(&mut stopped).await.unwrap();
    Db::open(&url).await.unwrap().close().await;
}

/// A node that is stopped in the middle of a transaction, or whose machine went away, must not keep its locks.
#[tokio::test]
async fn a_transaction_that_is_left_alone_keeps_nobody_waiting_for_long() {
    let server = Server::start(Fsync::Off);
    let db = Db::open(&server.create("left_alone").await).await.unwrap();
    let mut stopped = db.begin().await.unwrap();
    let fence = meta::next_fence(&mut stopped).await.unwrap();
    let next = async {
        let mut tx = db.begin().await.unwrap();
        let fence = meta::next_fence(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        fence
    };
    let next = tokio::time::timeout(std::time::Duration::from_secs(60), next).await;
    assert_eq!(next.expect("the others go on"), fence, "what was left alone is undone");
    assert!(stopped.commit().await.is_err(), "and whoever left it is told");
}

async fn rows(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from migrated").fetch_one(connection).await.unwrap()
}

/// Bytes leave only where as many rows changed as were meant to.
#[tokio::test]
async fn statements_run_in_turn_and_one_that_changes_too_few_rows_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for url in [format!("sqlite:{}", folder.path().join("lykt.db").display()), postgres::migrated().await] {
        let db = Db::open(&url).await.unwrap();
        let set = |value: &'static str| {
            sql("insert into meta (value, key) values ($2, $1) on conflict (key) do update set value = excluded.value")
                .bind("turn")
                .bind(value)
        };
        let moved = |from: &'static str, to: &'static str| {
            sql("update meta set value = $1 where key = 'turn' and value = $2").bind(to).bind(from)
        };
        let mut tx = db.begin().await.unwrap();
        tx.run_all(Vec::new()).await.unwrap();
        tx.run_all(vec![set("one").exactly(1, "entry"), moved("none", "x"), moved("one", "two").exactly(1, "entry")])
            .await
            .unwrap();
        assert_eq!(meta::get(&mut tx, "turn").await.unwrap().as_deref(), Some("two"));
        tx.commit().await.unwrap();

        for late in [false, true] {
            let mut all = vec![moved("two", "three").exactly(1, "entry"), moved("none", "x").exactly(1, "entry")];
            if late {
                all.push(set("four"));
            }
            let mut tx = db.begin().await.unwrap();
            let refused = tx.run_all(all).await.unwrap_err();
            assert!(matches!(refused, DbError::Rows { what: "entry", expected: 1, got: 0 }), "{refused:?}");
            drop(tx);
            let mut tx = db.begin().await.unwrap();
            assert_eq!(
                meta::get(&mut tx, "turn").await.unwrap().as_deref(),
                Some("two"),
                "and nothing of them is left"
            );
        }
        db.close().await;
    }
}

/// Fault 22: SQLite rolls back by itself when the disk is full, wherever in a transaction that happens.
#[tokio::test]
async fn a_full_disk_stops_nothing_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(&format!("sqlite:{}", folder.path().join("lykt.db").display())).await.unwrap();
    for rows in [1, 40, 4_000] {
        let mut tx = db.begin().await.unwrap();
        tx.run(sql("pragma max_page_count = 1")).await.unwrap();
        tx.commit().await.unwrap();
        let mut refused = 0;
        // As many as fill the pages that migrations left behind, and more.
        for n in 0..200 {
            let mut tx = db.begin().await.unwrap();
            let fill = (0..rows).map(|m| vec![format!("{n}.{m}").into(), "x".repeat(900).into()]).collect();
            let written = tx.insert("insert into meta (key, value)", fill, "on conflict (key) do nothing").await;
            refused += usize::from(written.is_err() || tx.commit().await.is_err());
            if refused > 0 && n >= 20 {
                break;
            }
        }
        assert!(refused > 0, "the disk was full");
        // Room again: a new connection has no limit.
        let mut tx = db.begin().await.unwrap();
        tx.run(sql("pragma max_page_count = 1000000")).await.unwrap();
        meta::set(&mut tx, "after", "all").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = db.read().await.unwrap();
        assert_eq!(meta::get(&mut tx, "after").await.unwrap().as_deref(), Some("all"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_gets_its_turn_beside_a_daemon_that_writes_all_the_time() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("lykt.db").display());
    let (daemon, command) = (Db::open(&url).await.unwrap(), Db::open(&url).await.unwrap());
    let (commits, over) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let (count, stop) = (commits.clone(), over.clone());
    let writes = tokio::spawn(async move {
        while !stop.load(Ordering::SeqCst) {
            let mut tx = daemon.begin().await.unwrap();
            meta::set(&mut tx, "busy", &count.fetch_add(1, Ordering::SeqCst).to_string()).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    let mut longest = 0;
    for _ in 0..20 {
        let before = commits.load(Ordering::SeqCst);
        command.begin().await.unwrap().commit().await.unwrap();
        longest = longest.max(commits.load(Ordering::SeqCst) - before);
    }
    over.store(true, Ordering::SeqCst);
    writes.await.unwrap();
    assert!(longest < 200, "the command waited for {longest} commits");
}
