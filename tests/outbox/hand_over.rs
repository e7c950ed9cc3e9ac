//! Campaigns of calls: a message becomes a call on the list, stands in the way of every other approach as long as it is
//! there, and ends as the call does.

use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::holidays::Holidays;
use lykt::domain::id::TaskId;
use lykt::ledger::NoSource;
use lykt::plan::life::{self, Order};
use lykt::store::task::{self, Task, TaskState};
use lykt::tasks::outcome::Outcome;
use lykt::tasks::{Refusal, Registered, Tasks};
use serde_json::{Value, json};

use crate::outbox::house::{DAY, HOUR, House, Person};

/// A campaign of calls, two tries within a week.
fn calls(rate: &str) -> Value {
    let window = json!({ "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "08:00", "until": "23:00", "holidays": "none" });
    json!({ "channels": ["call"], "account": "call", "calls": { "attempts": 2, "within": "7 days" }, "rate": rate, "window": window })
}

fn desk(house: &House) -> Tasks {
    Tasks::new(house.ledger.clone(), Holidays::Norway, "30 minutes".parse().unwrap())
}

/// People whose calls are on the list.
async fn listed(house: &House, people: u32) -> Vec<Person> {
    let plan = house.campaign("ring", calls("1000000/s")).await;
    let people = house.queue_by("call", "ring", plan, 0..people).await;
    house.outbox().await.step().await.unwrap();
    desk(house).step(&house.db).await.unwrap();
    people
}

async fn call(house: &House, person: &Person) -> Option<Task> {
    let mut tx = house.db.read().await.unwrap();
    task::of_contact(&mut tx, person.contact).await.unwrap().into_iter().find(|t| t.message == Some(person.message))
}

async fn claim(house: &House, id: TaskId) -> Result<(), Refusal> {
    let mut tx = house.db.begin().await.unwrap();
    let claimed = desk(house).claim(&mut tx, id, "Kari").await.unwrap();
    tx.commit().await.unwrap();
    claimed.map(drop)
}

/// Calls a person, with this end.
async fn ends(house: &House, person: &Person, outcome: Outcome) -> TaskId {
    let id = call(house, person).await.unwrap().id;
    assert_eq!(claim(house, id).await, Ok(()));
    let mut tx = house.db.begin().await.unwrap();
    desk(house).done(&mut tx, id, "Kari", &Registered::new(outcome)).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

/// Calls a person until no try is left; nobody answers.
async fn nobody_answers(house: &House, person: &Person) -> TaskId {
    ends(house, person, Outcome::NoAnswer).await;
    house.at_time("2026-12-04T12:00:00");
    desk(house).step(&house.db).await.unwrap();
    ends(house, person, Outcome::NoAnswer).await
}

async fn stands(house: &House, person: &Person) -> (&'static str, Option<String>) {
    desk(house).step(&house.db).await.unwrap();
    (house.state(person).await, house.reason(person).await)
}

#[tokio::test]
async fn calls_come_on_the_list_at_the_campaigns_rate() {
    for house in House::both().await {
        let plan = house.campaign("ring", calls("3/day")).await;
        let people = house.queue_by("call", "ring", plan, 0..5).await;
        let mut outbox = house.outbox().await;
        for (hours, handed) in [(0, 1), (1, 1), (5, 2), (5, 2)] {
            house.clock().advance_ms(hours * HOUR);
            outbox.step().await.unwrap();
            outbox.step().await.unwrap();
            let states = house.states("ring", 5).await;
            assert_eq!(states.get("accepted").copied(), Some(handed), "after {hours} h");
        }
        assert_eq!(house.gateway.accepts().len(), 0, "nothing is sent");
        let call = call(&house, &people[0]).await.unwrap();
        assert_eq!((call.state, call.attempts_left), (TaskState::Planned, 2));
        assert_eq!(house.clock().day_of(call.lapses_at).to_string(), "2026-12-10");
    }
}

#[tokio::test]
async fn no_call_comes_on_the_list_in_the_evening_or_on_a_sunday_whatever_the_window() {
    for house in House::both().await {
        let plan = house.campaign("ring", calls("1000000/s")).await;
        house.queue_by("call", "ring", plan, 0..1).await;
        let mut outbox = house.outbox().await;
        for (local, handed) in [
            ("2026-12-03T21:30:00", 0),
            ("2026-12-04T08:30:00", 0),
            ("2026-12-06T12:00:00", 0),
            ("2026-12-07T09:00:00", 1),
        ] {
            house.at_time(local);
            outbox.step().await.unwrap();
            assert_eq!(house.states("ring", 1).await.get("accepted").copied().unwrap_or(0), handed, "{local}");
        }
    }
}

#[tokio::test]
async fn a_person_who_was_reached_is_in_the_cooldown_and_one_who_was_not_is_free() {
    for house in House::both().await {
        let people = listed(&house, 4).await;
        for (person, outcome) in people.iter().zip([Outcome::Talked, Outcome::NotInService, Outcome::OptOut]) {
            ends(&house, person, outcome).await;
        }
        assert_eq!(stands(&house, &people[0]).await, ("delivered", None));
        assert_eq!(house.check(&people[0]).await.reasons, [Decision::Cooldown]);
        assert_eq!(stands(&house, &people[1]).await, ("undelivered", Some("not_in_service".to_owned())));
        assert_eq!(house.check(&people[1]).await.reasons, [Decision::WrongNumber]);
        assert_eq!(stands(&house, &people[2]).await.0, "delivered");
        assert_eq!(house.check(&people[2]).await.reasons[0], Decision::OptedOut);

        // The fourth: nobody answers twice.
        ends(&house, &people[3], Outcome::NoAnswer).await;
        assert_eq!(stands(&house, &people[3]).await.0, "accepted", "it comes back");
        assert_eq!(house.check(&people[3]).await.reasons, [Decision::AlreadyPlanned]);
        house.at_time("2026-12-04T12:00:00");
        desk(&house).step(&house.db).await.unwrap();
        ends(&house, &people[3], Outcome::NoAnswer).await;
        assert_eq!(stands(&house, &people[3]).await, ("undelivered", Some("no_answer".to_owned())));
        assert!(house.check(&people[3]).await.may_approach());
        house.states("ring", 4).await;
        house.reap().await;
        assert_eq!(house.campaign_state("ring").await, CampaignState::Finished);
    }
}

#[tokio::test]
async fn a_call_nobody_makes_lapses_and_does_not_count() {
    for house in House::both().await {
        let person = listed(&house, 1).await.remove(0);
        house.clock().advance_ms(8 * DAY);
        assert_eq!(stands(&house, &person).await, ("undelivered", Some("lapsed".to_owned())));
        assert!(house.check(&person).await.may_approach());
    }
}

#[tokio::test]
async fn a_no_a_cancellation_and_a_pause_reach_the_calls_on_the_list() {
    for house in House::both().await {
        let people = listed(&house, 3).await;
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.opt_out(&mut tx, people[0].contact, NoSource::Reply, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stands(&house, &people[0]).await, ("withdrawn", Some("opted_out".to_owned())));

        let id = call(&house, &people[1]).await.unwrap().id;
        life::order(&house.db, &house.ledger, "ring", Order::Pause, None).await.unwrap();
        assert_eq!(claim(&house, id).await, Err(Refusal::Paused));
        let mut tx = house.db.read().await.unwrap();
        assert!(desk(&house).today(&mut tx).await.unwrap().is_empty());
        drop(tx);
        life::order(&house.db, &house.ledger, "ring", Order::Resume, None).await.unwrap();
        assert_eq!(claim(&house, id).await, Ok(()));

        life::order(&house.db, &house.ledger, "ring", Order::Cancel, None).await.unwrap();
        assert_eq!(stands(&house, &people[1]).await, ("withdrawn", Some("cancelled".to_owned())));
        assert_eq!(stands(&house, &people[2]).await, ("withdrawn", Some("cancelled".to_owned())));
        assert!(house.check(&people[2]).await.may_approach());
    }
}

#[tokio::test]
async fn somebody_who_was_contacted_by_hand_meanwhile_is_not_called() {
    for house in House::both().await {
        let person = listed(&house, 1).await.remove(0);
        let mut by_hand =
            lykt::store::touch::Touch::new(lykt::store::touch::TouchKind::Message, house.clock().now_ms());
        by_hand.counts = true;
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.register(&mut tx, person.contact, &by_hand).await.unwrap();
        tx.commit().await.unwrap();
        let id = call(&house, &person).await.unwrap().id;
        assert_eq!(claim(&house, id).await, Err(Refusal::Contact(Decision::Cooldown)));
    }
}

#[tokio::test]
async fn no_message_goes_to_somebody_who_is_about_to_be_called() {
    for house in House::both().await {
        let people = listed(&house, 2).await;
        let plan = house.campaign("vinter", json!({})).await;
        let messages = house.queue("vinter", plan, 0..2).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.states("vinter", 2).await.get("queued"), Some(&2));
        ends(&house, &people[0], Outcome::Talked).await;
        nobody_answers(&house, &people[1]).await;
        house.drain(&mut outbox).await;
        assert_eq!(house.reason(&messages[0]).await.as_deref(), Some("cooldown"));
        assert_eq!((house.state(&messages[1]).await, house.sends()), ("accepted", 1));
    }
}

#[tokio::test]
async fn a_mistaken_outcome_puts_the_call_back_unless_another_approach_began() {
    for house in House::both().await {
        let people = listed(&house, 2).await;
        let other = nobody_answers(&house, &people[1]).await;
        let mine = ends(&house, &people[0], Outcome::Talked).await;
        let mut tx = house.db.begin().await.unwrap();
        desk(&house).undo(&mut tx, mine, "Kari", None).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stands(&house, &people[0]).await, ("accepted", None));
        assert_eq!(house.check(&people[0]).await.reasons, [Decision::AlreadyPlanned]);

        let plan = house.campaign("later", calls("1000000/s")).await;
        house.queue_by("call", "later", plan, 1..2).await;
        house.outbox().await.step().await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(desk(&house).undo(&mut tx, other, "Kari", None).await.unwrap().unwrap_err(), Refusal::TooLate);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_call_and_a_message_in_the_same_second_on_two_nodes_exactly_one_begins() {
    let house = House::on_postgres().await;
    for round in 0..25 {
        let people = round * 8..(round + 1) * 8;
        let (ring, vinter) = (format!("ring-{round}"), format!("vinter-{round}"));
        let plan = house.campaign(&ring, calls("1000000/s")).await;
        house.queue_by("call", &ring, plan, people.clone()).await;
        let plan = house.campaign(&vinter, json!({})).await;
        house.queue(&vinter, plan, people).await;
        let (mut one, mut other) = (house.outbox().await, house.outbox().await);
        let (one, other) = tokio::join!(
            tokio::spawn(async move {
                // A node that meets the other on the same rows tries again.
                while one.step().await.is_err() {}
                one
            }),
            tokio::spawn(async move {
                while other.step().await.is_err() {}
                other
            })
        );
        for mut outbox in [one.unwrap(), other.unwrap()] {
            house.drain(&mut outbox).await;
        }
        let (called, sent) = (house.states(&ring, 8).await, house.states(&vinter, 8).await);
        let began = |states: &std::collections::BTreeMap<&str, i64>| states.get("accepted").copied().unwrap_or(0);
        assert_eq!(began(&called) + began(&sent), 8, "{called:?} {sent:?}");
        for campaign in [&ring, &vinter] {
            house.becomes(campaign, CampaignState::Cancelled).await;
        }
    }
}
