//! A coordinator's campaigns: all of them, one of them, its file, and what can be done with it.

use axum::http::StatusCode;
use lykt::domain::alarm::Alarm;
use lykt::plan::enqueue::enqueue;
use lykt::store::{alarm, campaign};

use crate::web::desk::{Desk, VINTER};

/// The campaign is planned, approved and in the outbox.
pub async fn running(desk: &Desk, people: usize) {
    desk.plan("Berit").await;
    let yes = desk.post("Berit", "/campaigns/vinter/approve", &format!("people={people}")).await;
    assert_eq!(yes.status, StatusCode::SEE_OTHER, "{}", yes.body);
    let mut tx = desk.db.read().await.unwrap();
    let plan = campaign::get(&mut tx, "vinter").await.unwrap().unwrap().plan_id.unwrap();
    drop(tx);
    enqueue(&desk.db, &desk.ledger, "vinter", plan, |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_file_that_nobody_planned_is_a_campaign_too() {
    for desk in Desk::both(3, "").await {
        desk.get("Berit", "/campaigns").await.must_say(&["Gratis vaksine", "a file, not planned yet"]);
        desk.get("Berit", "/campaigns/vinter").await.must_say(&["Nothing was planned yet", "/campaigns/vinter/file"]);
        for name in ["none", "..", "%2e%2e%2fvinter", "Vinter"] {
            let answer = desk.get("Berit", &format!("/campaigns/{name}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_stands_above_the_campaigns_while_it_stands() {
    for desk in Desk::both(3, "").await {
        let mut tx = desk.db.begin().await.unwrap();
        alarm::see(&mut tx, Alarm::AccountPaused, "twilio-oslo", desk.ledger.clock.now_ms()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!desk.get("Berit", "/campaigns").await.says("refuses the account"), "it may be over in a moment");
        let mut tx = desk.db.begin().await.unwrap();
        let standing = alarm::all(&mut tx).await.unwrap().remove(0);
        alarm::tell(&mut tx, &standing, 1).await.unwrap();
        tx.commit().await.unwrap();
        let page = desk.get("Berit", "/campaigns").await;
        page.must_say(&["the provider refuses the account twilio-oslo", "lykt gateway test twilio-oslo"]);
        let mut tx = desk.db.begin().await.unwrap();
        assert!(alarm::forget(&mut tx, &standing).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!desk.get("Berit", "/campaigns").await.says("refuses the account"));
    }
}

#[tokio::test]
async fn campaigns_are_the_coordinators_alone() {
    for desk in Desk::both(3, "").await {
        for path in ["/campaigns", "/campaigns/vinter", "/campaigns/vinter/messages", "/campaigns/vinter/report.csv"] {
            assert_eq!(desk.get("Stian", path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(desk.post("Stian", "/campaigns/vinter/plan", "").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_mistake_stands_under_its_line_in_the_file() {
    for desk in Desk::both(3, "").await {
        desk.get("Berit", "/campaigns/vinter/file").await.must_say(&["Mistakes: 0", "Free doctor"]);
        desk.write("vinter.toml", VINTER.replace("20/min", "often").replace("Gratis vaksine", "<script>x</script>"));
        let page = desk.get("Berit", "/campaigns/vinter/file").await;
        page.must_say(&["Mistakes: 1", "`often` is no rate", "class=\"marked\""]);
        assert!(!page.says("<script>x"), "what somebody wrote is inert");
        desk.plan("Berit").await;
        desk.get("Berit", "/campaigns/vinter/plan").await.must_say(&["The file has mistakes (1)"]);
    }
}

#[tokio::test]
async fn each_order_says_what_it_would_do_and_does_it() {
    for desk in Desk::both(5, "").await {
        running(&desk, 5).await;
        let page = desk.get("Berit", "/campaigns/vinter").await;
        page.must_say(&["Sent 0 of 5", "20/min", "Done, by its rate", "5 messages wait", "20 personer"]);
        assert_eq!(desk.post("Berit", "/campaigns/vinter/resume", "").await.status, StatusCode::CONFLICT);
        let paused = desk.post("Berit", "/campaigns/vinter/pause", "").await;
        assert_eq!(paused.leads_to.as_deref(), Some("/campaigns/vinter"));
        desk.get("Berit", "/campaigns/vinter").await.must_say(&["Paused by Berit", "Resume"]);
        desk.write("vinter.toml", VINTER.replace("Free", "Cheap"));
        let refused = desk.post("Berit", "/campaigns/vinter/resume", "").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        refused.must_say(&["is not the file that was approved"]);
        desk.write("vinter.toml", VINTER);
        assert_eq!(desk.post("Berit", "/campaigns/vinter/resume", "").await.status, StatusCode::SEE_OTHER);
        assert_eq!(desk.post("Berit", "/campaigns/vinter/cancel", "").await.status, StatusCode::SEE_OTHER);
        desk.get("Berit", "/campaigns/vinter").await.must_say(&["cancelled", "Cancelled by Berit"]);
    }
}

#[tokio::test]
async fn a_running_campaign_moves_by_itself_and_is_silent_when_nothing_is_new() {
    for desk in Desk::both(2, "").await {
        running(&desk, 2).await;
        let part = desk.get("Berit", "/campaigns/vinter/live").await;
        part.must_say(&["data-after=\"2\""]);
        let seen = part.body.split("/live?seen=").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let again = desk.get("Berit", &format!("/campaigns/vinter/live?seen={seen}")).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NO_CONTENT, ""));
    }
}
