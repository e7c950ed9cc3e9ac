//! An answer whose sending the database has lost stands queued again, and does not go twice.

use lykt::ledger::quarantine::{self, Why};
use lykt::ledger::timeline;
use lykt::store::db::sql;
use lykt::witness;

use crate::direct::house::{House, PERSON};
use crate::support::postgres::{Fsync, Server};

async fn why(house: &House) -> Option<Why> {
    quarantine::get(&mut house.db.read().await.unwrap()).await.unwrap().map(|held| held.why)
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_standby_that_lagged_took_over_an_answer_does_not_go_twice() {
    let mut server = Server::start(Fsync::Off);
    let house = House::at(&server.create("house").await, tempfile::tempdir().unwrap()).await;
    let mut tx = house.db.begin().await.unwrap();
    assert!(timeline::note(&mut tx).await.unwrap());
    tx.commit().await.unwrap();
    let id = house.answered().await;
    let (mut sends, mut idle) = (house.sender().await, house.sender().await);
    server.copy();
    assert_eq!(house.drain(&mut sends).await, 1);
    server.promote();
    assert_eq!(house.state(id).await.0, "queued", "it has lost that it went");
    for sender in [&mut idle, &mut sends, &mut house.sender().await] {
        assert_eq!(house.drain(sender).await, 0);
    }
    assert_eq!(house.gateway.accepts().len(), 1);
}

/// As a standby does of which nobody knows that it took over.
#[tokio::test]
async fn an_answer_that_began_begins_no_more_and_is_in_doubt_when_a_person_has_looked() {
    for house in House::both().await {
        let id = house.answered().await;
        let mut sender = house.sender().await;
        house.drain(&mut sender).await;
        let mut tx = house.db.begin().await.unwrap();
        tx.run(sql("delete from touch where kind = 'message'").whole()).await.unwrap();
        tx.run(sql("update contact set contacted_at = null").whole()).await.unwrap();
        tx.run(sql("update direct set state = 'queued', fence = 0, provider_id = null").whole()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.drain(&mut sender).await, 0);
        assert_eq!(why(&house).await, Some(Why::Behind));

        let held = quarantine::get(&mut house.db.read().await.unwrap()).await.unwrap().unwrap();
        let done = witness::confirm(&house.db, &house.ledger, &held, &[], ("Kari", "looked")).await.unwrap();
        assert_eq!((done.answers, why(&house).await), (1, None));
        assert_eq!(house.state(id).await, ("in_doubt", Some("restored".to_owned())));
        let (entries, contacted) = house.ledger_of(PERSON).await;
        assert!(contacted && entries.len() == 1, "a doubt counts");
        assert_eq!(house.drain(&mut house.sender().await).await, 0);
        assert_eq!((house.gateway.accepts().len(), why(&house).await), (1, None), "a person ends it once");
    }
}
