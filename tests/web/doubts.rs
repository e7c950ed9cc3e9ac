//! The doubts on the coordinator's desk: their evidence, and the three decisions.

use axum::http::StatusCode;
use lykt::clock::new_id;
use lykt::domain::id::MessageId;
use lykt::outbox::Settler;
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::message;
use lykt::store::sql;

use crate::web::campaigns::running;
use crate::web::desk::Desk;

/// Lets every message of the campaign be tried, and nobody know what became of it.
async fn doubt(desk: &Desk) -> Vec<MessageId> {
    let now = desk.ledger.clock.now_ms();
    let mut tx = desk.db.begin().await.unwrap();
    let rows = tx.all(sql("select id from message order by id")).await.unwrap();
    let ids: Vec<MessageId> = rows.iter().map(|row| row.id(0).unwrap()).collect();
    let tries: Vec<NewAttempt> =
        ids.iter().map(|id| NewAttempt { message: *id, n: 1, token: id.to_string() }).collect();
    tx.run_all(attempt::begun("a", &tries, 1, 1, now)).await.unwrap();
    let settler = Settler::new(desk.ledger.clone(), Default::default());
    for id in &ids {
        let m = message::get(&mut tx, *id).await.unwrap().unwrap();
        settler.in_doubt(&mut tx, &m, "timeout").await.unwrap();
    }
    tx.commit().await.unwrap();
    ids
}

#[tokio::test]
async fn a_doubt_is_decided_with_a_reason_and_once() {
    for desk in Desk::both(3, "").await {
        running(&desk, 3).await;
        let ids = doubt(&desk).await;
        let page = desk.get("Berit", "/campaigns/vinter/doubts").await;
        page.must_say(&["Thu 3 December 12:00", "a (sms)", "no complete listing", "personal, nb"]);
        assert!(!page.shows("17406"), "no number");
        let form =
            |id: &MessageId, decision: &str, reason: &str| format!("id={id}&decision={decision}&reason={reason}");
        let path = "/campaigns/vinter/doubts";
        let unsaid = desk.post("Berit", path, &form(&ids[0], "accept", "+")).await;
        assert_eq!(unsaid.status, StatusCode::UNPROCESSABLE_ENTITY);
        for (id, decision, state) in
            [(&ids[0], "accept", "accepted"), (&ids[1], "requeue", "queued"), (&ids[2], "abandon", "abandoned")]
        {
            let done = desk.post("Berit", path, &form(id, decision, "she+told+me")).await;
            assert_eq!(done.leads_to.as_deref(), Some(path), "{decision}: {}", done.body);
            let mut tx = desk.db.read().await.unwrap();
            assert_eq!(message::get(&mut tx, *id).await.unwrap().unwrap().state.as_str(), state);
        }
        let late = desk.post("Anne", path, &form(&ids[0], "requeue", "x")).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        desk.get("Berit", path).await.must_say(&["Nothing is in doubt"]);
        assert_eq!(desk.post("Berit", path, &form(&new_id(), "accept", "x")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.post("Berit", path, &form(&ids[0], "explode", "x")).await.status, StatusCode::NOT_FOUND);
    }
}
