//! Never twice: one approach a person, whoever sends and how many at the same time.

use lykt::domain::message::MessageState;
use lykt::gateway::{Class, Doubt, Unsent, Verdict};
use lykt::outbox::Tried;
use lykt::store::{contact, message, sql};
use serde_json::json;

use crate::fault_gateway::Fault;
use crate::outbox::house::{DAY, House};

#[tokio::test]
async fn a_person_in_two_campaigns_on_two_nodes_gets_one_message() {
    let house = House::on_postgres().await;
    let (a, b) = (house.campaign("a", json!({})).await, house.campaign("b", json!({})).await);
    house.queue("a", a, 0..120).await;
    house.queue("b", b, 0..120).await;
    let (mut one, mut other) = (house.outbox().await, house.outbox().await);
    // One node sees only the one campaign first, so that both really want the same people at the same time.
    tokio::join!(patient(&mut one), patient(&mut other));
    assert_eq!(house.sends(), 120);
    let (a, b) = (house.states("a", 120).await, house.states("b", 120).await);
    let sum = |state: &str| a.get(state).unwrap_or(&0) + b.get(state).unwrap_or(&0);
    assert_eq!((sum("accepted"), sum("withdrawn")), (120, 120));
}

#[tokio::test]
async fn two_outboxes_share_five_hundred_messages_and_send_each_once() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        house.queue("vinter", plan, 0..500).await;
        let (mut one, mut other) = (house.outbox().await, house.outbox().await);
        let (first, second) = tokio::join!(patient(&mut one), patient(&mut other));
        assert_eq!((first + second, house.sends()), (500, 500));
        assert_eq!(house.states("vinter", 500).await, [("accepted", 500)].into());
    }
}

#[tokio::test]
async fn a_person_in_two_campaigns_gets_the_first_and_the_second_is_withdrawn_for_the_cooldown() {
    for house in House::both().await {
        let (a, b) = (house.campaign("a", json!({})).await, house.campaign("b", json!({})).await);
        let first = house.queue("a", a, 0..1).await.remove(0);
        let second = house.queue("b", b, 0..1).await.remove(0);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&first).await, house.state(&second).await), ("accepted", "withdrawn"));
        assert_eq!(house.reason(&second).await.as_deref(), Some("cooldown"));
        assert_eq!(house.sends(), 1);
    }
}

#[tokio::test]
async fn the_cooldown_is_checked_again_at_the_intent() {
    for house in House::both().await {
        let plan = house.campaign("a", json!({ "ends": "2028-01-01" })).await;
        let first = house.queue("a", plan, 0..1).await.remove(0);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        // Six months by the calendar are over on 3 June 2027: the day before, the person is left alone.
        house.at_time("2027-06-02T12:00:00");
        let early = house.campaign("b", json!({ "ends": "2028-01-01" })).await;
        let early = house.queue("b", early, 0..1).await.remove(0);
        house.drain(&mut outbox).await;
        assert_eq!(house.reason(&early).await.as_deref(), Some("cooldown"));
        house.clock().advance_ms(DAY);
        let late = house.campaign("c", json!({ "ends": "2028-01-01" })).await;
        let late = house.queue("c", late, 0..1).await.remove(0);
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&first).await, house.state(&late).await), ("accepted", "accepted"));
        assert_eq!(house.gateway.accepts().len(), 2);
    }
}

#[tokio::test]
async fn a_message_of_the_same_campaign_is_queued_once_for_a_contact() {
    for house in House::both().await {
        let person = house.one().await;
        let mut tx = house.db.begin().await.unwrap();
        let m = house.message(&person).await;
        let again = lykt::store::message::NewMessage {
            id: lykt::clock::new_id(),
            contact: person.contact,
            channel: "sms".to_owned(),
            account: m.account,
            variant: "a".to_owned(),
            language: "nb".to_owned(),
            not_before: 0,
            sealed: Vec::new(),
        };
        let made = lykt::store::message::enqueue(&mut tx, "vinter", m.plan, vec![again], 0).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(made, 0);
        house.states("vinter", 1).await;
    }
}

/// Steps until nothing is left to do for anyone, and returns how many began here. A step never fails because another
/// node wants the same people.
async fn patient(outbox: &mut lykt::outbox::Outbox) -> usize {
    let (mut began, mut idle) = (0, 0);
    while idle < 5 {
        let stepped = outbox.step().await.unwrap_or_else(|e| panic!("a step failed: {e:?}"));
        began += stepped.began;
        idle = if stepped.began + stepped.settled + stepped.under_way == 0 { idle + 1 } else { 0 };
        if stepped.under_way > 0 {
            outbox.wait().await;
        }
        tokio::task::yield_now().await;
    }
    began
}

#[tokio::test]
async fn writers_who_block_each_other_try_again_and_nothing_is_lost() {
    let house = House::on_postgres().await;
    let person = house.one().await;
    let mut outbox = house.outbox().await;
    outbox.step().await.unwrap();
    outbox.wait().await;
    // Another writer holds the contact, which settling comes to last, and then wants the message that settling holds.
    let mut other = house.db.begin().await.unwrap();
    contact::lock(&mut other, person.contact).await.unwrap();
    let blocks = async {
        while !somebody_waits(&house).await {}
        // Either of the two may be the one that PostgreSQL gives up.
        let _ = message::get(&mut other, person.message).await;
        drop(other);
    };
    let (stepped, ()) = tokio::join!(outbox.step(), blocks);
    assert_eq!(stepped.unwrap().settled, 1, "a step that lost a deadlock is taken again");
    assert_eq!((house.state(&person).await, house.sends()), ("accepted", 1));
}

/// Whether a lock is waited for. What PostgreSQL tells of its connections stands still in a transaction.
async fn somebody_waits(house: &House) -> bool {
    let waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    house.db.read().await.unwrap().maybe(sql(waits)).await.unwrap().is_some()
}

#[tokio::test]
async fn our_own_late_answer_to_an_earlier_try_leaves_a_later_one_under_way_alone() {
    for house in House::both().await {
        let person = house.one().await;
        house.gateway.fail_next(Fault::AcceptThenDrop);
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let first = house.message(&person).await;
        house.decide(&person, MessageState::Queued).await;
        assert_eq!(outbox.step().await.unwrap().began, 1);
        // Somebody who slept through all that comes back with what they heard of the first try.
        let unsent = Verdict::NotSent { why: Unsent::NoConnection, retry_after: None };
        let refused = Verdict::Refused { code: None, class: Class::BadNumber };
        for verdict in [unsent, refused, Verdict::InDoubt { why: Doubt::Timeout }] {
            let tried = Tried { message: first.clone(), verdict, later: Vec::new() };
            let mut tx = house.db.begin().await.unwrap();
            house.settler.settle(&mut tx, &tried).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(house.state(&person).await, "submitting", "{tried:?}");
        }
        house.drain(&mut outbox).await;
        assert_eq!(house.state(&person).await, "accepted");
    }
}
