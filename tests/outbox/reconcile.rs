//! Proof by the provider's list: faults 10 to 12, and receipts that no webhook brought.

use std::sync::Arc;

use serde_json::json;

use lykt::gateway::Accounts;
use lykt::outbox::Reconciler;
use lykt::settings::Account;

use crate::fault_gateway::Fault;
use crate::outbox::house::{ACCOUNT, DAY, HOUR, House, MINUTE, Person, SECOND, number};

const OURS: &str = "+447700900999";
const REQUEUE: &str = "absent = \"requeue\"";

/// A reconciler as a new start of the daemon makes it.
fn reconciler(house: &House, more: &str) -> Reconciler {
    let settings = house.settings(&house.gateway.base_url(), "1000000/s", more);
    let accounts = Arc::new(Accounts::open(&settings, house.clock()).unwrap());
    Reconciler::new(house.db.clone(), house.ledger.clone(), house.settler.clone(), accounts)
}

/// Looks each half minute for so long, as the daemon does; a new start each time.
async fn look_for(house: &House, more: &str, ms: i64) {
    let reconciler = reconciler(house, more);
    for _ in 0..ms / (30 * SECOND) {
        house.clock().advance_ms(30 * SECOND);
        if house.db.is_shared() {
            // There the steady clock is the database's, which nobody moves: the doubts grow older instead.
            let mut tx = house.db.begin().await.unwrap();
            let query = lykt::store::sql("update message set doubt_at = doubt_at - $1 where state = 'in_doubt'");
            tx.run(query.bind(30 * SECOND)).await.unwrap();
            tx.commit().await.unwrap();
        }
        reconciler.step(ACCOUNT).await.unwrap();
        house.reap().await;
    }
}

/// People whose messages all meet this fault, and are in doubt.
async fn doubted(house: &House, n: u32, fault: Fault) -> Vec<Person> {
    let plan = house.campaign("vinter", json!({})).await;
    let people = house.queue("vinter", plan, 0..n).await;
    for person in &people {
        house.gateway.fail_for(&person.number, Some(fault.clone()));
    }
    let mut outbox = house.outbox().await;
    let mut began = 0;
    while began < n as usize {
        began += house.drain(&mut outbox).await.began;
        house.clock().advance_ms(SECOND);
        // A new start knows nothing of the breaker.
        outbox = house.outbox().await;
    }
    for person in &people {
        house.gateway.fail_for(&person.number, None);
    }
    assert_eq!(house.states("vinter", n.into()).await, [("in_doubt", n.into())].into());
    people
}

#[tokio::test]
async fn a_doubt_is_settled_by_the_one_message_on_the_list_and_by_how_far_it_came() {
    for house in House::both().await {
        let people = doubted(&house, 4, Fault::AcceptThenDrop).await;
        let sid = |person: &Person| {
            house.gateway.accepts().into_iter().find(|accept| accept.to == person.number).unwrap().sid
        };
        house.gateway.becomes(&sid(&people[0]), "queued", None);
        house.gateway.becomes(&sid(&people[1]), "delivered", None);
        house.gateway.becomes(&sid(&people[2]), "failed", Some(30_005));
        look_for(&house, "", 30 * SECOND).await;
        assert_eq!(house.gateway.pages(), 0, "not before the doubt is a minute old");
        look_for(&house, "", MINUTE).await;
        let mut states = Vec::new();
        for person in &people {
            states.push(house.state(person).await);
        }
        assert_eq!(states, ["accepted", "delivered", "undelivered", "sent"]);
        assert_eq!((house.sends(), house.gateway.pages()), (4, 4));
        let mut outbox = house.outbox().await;
        assert_eq!(house.drain(&mut outbox).await.began, 0);
    }
}

#[tokio::test]
async fn many_doubts_are_settled_by_one_listing_to_its_end() {
    for house in House::both().await {
        doubted(&house, 60, Fault::AcceptThen500).await;
        house.gateway.set_page(25);
        look_for(&house, "", MINUTE).await;
        assert_eq!(house.states("vinter", 60).await, [("sent", 60)].into());
        assert_eq!((house.sends(), house.gateway.pages()), (60, 3));
    }
}

/// Fault 10.
#[tokio::test]
async fn a_message_that_is_taken_ten_minutes_late_is_found_and_not_sent_again() {
    for house in House::both().await {
        let people = doubted(&house, 1, Fault::Status(503)).await;
        look_for(&house, REQUEUE, 10 * MINUTE).await;
        assert_eq!(house.state(&people[0]).await, "in_doubt");
        house.gateway.takes(OURS, &people[0].number, "hei");
        look_for(&house, REQUEUE, 10 * MINUTE).await;
        assert_eq!(house.state(&people[0]).await, "sent");
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.sends(), 0, "the late one is the only one");
    }
}

/// Fault 11.
#[tokio::test]
async fn a_listing_that_fails_on_its_second_page_proves_nothing() {
    for house in House::both().await {
        // Old messages to the same person fill the pages.
        house.gateway.set_page(1);
        for _ in 0..2 {
            house.gateway.takes("+447700900998", &number(0), "before");
        }
        house.clock().advance_ms(HOUR);
        let people = doubted(&house, 1, Fault::Status(503)).await;
        for _ in 0..40 {
            house.gateway.fail_list(1, Fault::Status(500));
        }
        look_for(&house, REQUEUE, 20 * MINUTE).await;
        assert_eq!(house.state(&people[0]).await, "in_doubt");
        assert!(house.gateway.pages() > 10, "it was tried: {}", house.gateway.pages());
    }
}

#[tokio::test]
async fn a_message_that_two_complete_lists_lack_goes_back_to_the_queue_only_where_the_account_says_so() {
    for (more, end, sends) in [("", "in_doubt", 0), (REQUEUE, "accepted", 1)] {
        for house in House::both().await {
            let people = doubted(&house, 1, Fault::Status(503)).await;
            look_for(&house, more, 29 * MINUTE).await;
            assert_eq!(house.state(&people[0]).await, "in_doubt", "one listing after the horizon is not enough");
            look_for(&house, more, 2 * MINUTE).await;
            let mut outbox = house.outbox().await;
            house.drain(&mut outbox).await;
            assert_eq!((house.state(&people[0]).await, house.sends()), (end, sends));
        }
    }
}

#[tokio::test]
async fn a_messaging_services_list_never_shows_that_a_message_is_not_there() {
    let house = House::on_sqlite().await;
    let mut settings = house.settings(&house.gateway.base_url(), "1000000/s", REQUEUE);
    assert!(Accounts::open(&settings, house.clock()).unwrap().requeues_absent(ACCOUNT));
    let Some(Account::Twilio(account)) = settings.gateways.get_mut(ACCOUNT) else { panic!("no such account") };
    account.from = None;
    account.messaging_service_sid = Some("MG00000000000000000000000000000001".to_owned());
    assert!(!Accounts::open(&settings, house.clock()).unwrap().requeues_absent(ACCOUNT));
}

/// Fault 12.
#[tokio::test]
async fn two_that_could_be_ours_or_one_of_another_system_hold_the_message() {
    let both = [(OURS, "hei"), (OURS, "hei")];
    let foreign = [("+447700900998", "hei")];
    let other_text = [(OURS, "Time i morgen kl. 10")];
    for (who, listed) in [("two", &both[..]), ("another sender", &foreign), ("another text", &other_text)] {
        for house in House::both().await {
            let people = doubted(&house, 1, Fault::Status(503)).await;
            for (from, text) in listed {
                house.gateway.takes(from, &people[0].number, text);
            }
            look_for(&house, REQUEUE, 2 * HOUR).await;
            assert_eq!(house.state(&people[0]).await, "in_doubt", "{who}");
            house.clock().advance_ms(DAY);
            house.reap().await;
            assert_eq!((house.state(&people[0]).await, house.sends()), ("abandoned", 0), "{who}");
        }
    }
}

#[tokio::test]
async fn a_message_that_belongs_to_another_try_proves_nothing() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let person = house.queue("vinter", plan, 0..1).await.remove(0);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        // The same person and text in a second campaign, whose cooldown somebody took away by hand.
        let mut tx = house.db.begin().await.unwrap();
        tx.run(lykt::store::sql("update contact set contacted_at = null")).await.unwrap();
        tx.commit().await.unwrap();
        let plan = house.campaign("second", json!({})).await;
        let second = house.queue("second", plan, 0..1).await.remove(0);
        house.gateway.fail_for(&person.number, Some(Fault::Status(503)));
        house.drain(&mut outbox).await;
        assert_eq!(house.state(&second).await, "in_doubt");
        look_for(&house, "", HOUR).await;
        assert_eq!(house.state(&second).await, "in_doubt");
    }
}

#[tokio::test]
async fn a_provider_that_asks_us_to_wait_is_left_alone_so_long() {
    let house = House::on_sqlite().await;
    let people = doubted(&house, 1, Fault::AcceptThenDrop).await;
    house.gateway.fail_list(0, Fault::Throttle(Some(300)));
    look_for(&house, "", 5 * MINUTE).await;
    assert_eq!((house.state(&people[0]).await, house.gateway.pages()), ("in_doubt", 1));
    look_for(&house, "", 2 * MINUTE).await;
    assert_eq!((house.state(&people[0]).await, house.gateway.pages()), ("sent", 2));
}

#[tokio::test]
async fn receipts_that_no_webhook_brought_come_by_the_list_and_only_when_something_is_missing() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..40).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        for (n, accept) in house.gateway.accepts().iter().enumerate() {
            house.gateway.becomes(&accept.sid, if n % 4 == 0 { "undelivered" } else { "delivered" }, None);
        }
        look_for(&house, "", 2 * MINUTE).await;
        assert_eq!(house.gateway.pages(), 0);
        look_for(&house, "", 8 * MINUTE).await;
        assert_eq!(house.states("vinter", 40).await, [("delivered", 30), ("undelivered", 10)].into());
        let pages = house.gateway.pages();
        look_for(&house, "", HOUR).await;
        assert_eq!(house.gateway.pages(), pages, "everything is known");
    }
}

#[tokio::test]
async fn nothing_is_looked_for_while_the_clock_is_in_question() {
    let house = House::on_sqlite().await;
    doubted(&house, 1, Fault::AcceptThenDrop).await;
    let mut tx = house.db.begin().await.unwrap();
    lykt::ledger::trust::confirm(&mut tx, house.clock()).await.unwrap();
    tx.commit().await.unwrap();
    house.clock().advance_ms(2 * DAY);
    reconciler(&house, "").step(ACCOUNT).await.unwrap();
    assert_eq!(house.gateway.pages(), 0);
}
