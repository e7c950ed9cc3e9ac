//! A PostgreSQL standby that takes over under running nodes, with and without the last that its server was told.

use lykt::clock::Clock;
use lykt::ledger::{quarantine::Why, timeline, trust};
use lykt::store::{Db, meta};
use lykt::witness;
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::keep::house::{ACCOUNT, House};
use crate::keep::witnessed::{held, settings, start, why};
use crate::support::postgres::{self, Fsync, Server};

async fn house_on(server: &Server) -> House {
    House::at(&server.create("house").await, tempfile::tempdir().unwrap()).await
}

/// What the house has noted of its server.
async fn noted(house: &House) -> Option<String> {
    meta::get(&mut house.db.read().await.unwrap(), "timeline").await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_standby_that_lagged_took_over_no_node_sends_until_a_person_has_looked() {
    let mut server = Server::start(Fsync::Off);
    let house = house_on(&server).await;
    let first = start(&house).await;
    let plan = house.campaign("vinter", json!({})).await;
    house.queue("vinter", plan, 0..3).await;
    let (mut sends, mut idle) = (house.outbox().await, house.outbox().await);
    server.copy();
    house.drain(&mut sends).await;
    assert_eq!(house.sends(), 3);
    server.promote();
    assert_eq!(house.states("vinter", 3).await, [("queued", 3)].into(), "it has lost that they went");

    for outbox in [&mut idle, &mut sends, &mut house.outbox().await] {
        house.drain(outbox).await;
        assert_eq!(house.sends(), 3, "nobody gets it twice");
    }
    assert!(!trust::is_trusted(&mut house.db.read().await.unwrap(), house.clock()).await.unwrap());
    // Whoever looks first, a command here, has the house wait for a person.
    witness::look(&house.db, &house.ledger, &settings(&house)).await.unwrap();
    first.witness.step(&house.db).await.unwrap();
    drop(start(&house).await);
    assert_eq!(why(&house).await, Some(Why::TakenOver));

    let ends = held(&house).await.unwrap();
    let silent = [ACCOUNT.to_owned()];
    witness::confirm(&house.db, &house.ledger, &ends, &silent, ("Kari", "looked")).await.unwrap();
    first.witness.step(&house.db).await.unwrap();
    assert_eq!(why(&house).await, None, "a person ends it once");
    house.queue("vinter", plan, 3..5).await;
    house.drain(&mut idle).await;
    assert_eq!(house.sends(), 5, "everything goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standby_that_every_commit_waited_for_takes_over_and_everything_goes_on() {
    let mut server = Server::start(Fsync::Off);
    let house = house_on(&server).await;
    let first = start(&house).await;
    let plan = house.campaign("vinter", json!({})).await;
    house.queue("vinter", plan, 0..5).await;
    server.copy_each_commit().await;
    while noted(&house).await.is_none_or(|noted| !noted.contains("true")) {
        first.witness.step(&house.db).await.unwrap();
    }
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    assert_eq!(house.sends(), 5);
    server.promote();
    assert_eq!(house.states("vinter", 5).await, [("accepted", 5)].into(), "it has what it was told");
    first.witness.step(&house.db).await.unwrap();
    drop(start(&house).await);
    assert_eq!(why(&house).await, None);
    house.queue("vinter", plan, 5..8).await;
    house.drain(&mut outbox).await;
    assert_eq!(house.sends(), 8);
}

#[tokio::test]
async fn a_crash_is_no_other_timeline_and_a_house_from_before_notes_its_own() {
    let mut server = Server::start(Fsync::Off);
    let house = house_on(&server).await;
    assert_eq!(noted(&house).await, None);
    let first = start(&house).await;
    let noted_first = noted(&house).await;
    assert!(noted_first.is_some());
    server.crash();
    server.revive();
    while house.db.read().await.is_err() {}
    first.witness.step(&house.db).await.unwrap();
    drop(start(&house).await);
    assert_eq!((why(&house).await, noted(&house).await), (None, noted_first));
}

/// Some services let nobody ask for it.
#[tokio::test]
async fn a_server_that_does_not_tell_its_timeline_is_used_as_before() {
    let url = postgres::empty().await;
    let (place, name) = url.split_once('@').unwrap().1.split_once('/').unwrap();
    let mut admin = PgConnection::connect(&url).await.unwrap();
    let all = format!(
        "revoke execute on function pg_walfile_name(pg_lsn) from public; \
         create role plain_{name} login password 'plain'; grant all on schema public to plain_{name}"
    );
    sqlx::raw_sql(AssertSqlSafe(all)).execute(&mut admin).await.unwrap();
    let db = Db::open(&format!("postgres://plain_{name}:plain@{place}/{name}")).await.unwrap();
    let clock = Clock::real(jiff::tz::TimeZone::UTC);
    // Once without one, and once with one of a server from before it.
    for before in ["", r#"{"n":1,"waits":false}"#] {
        let mut tx = db.begin().await.unwrap();
        meta::set(&mut tx, "timeline", before).await.unwrap();
        assert!(timeline::note(&mut tx).await.unwrap());
        assert_eq!(meta::get(&mut tx, "timeline").await.unwrap().as_deref(), Some(""));
        assert!(trust::is_trusted(&mut tx, &clock).await.unwrap());
        tx.commit().await.unwrap();
    }
}
