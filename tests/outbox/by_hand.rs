//! Campaigns by hand: a message becomes a task on the list, and ends as the person who wrote it says.

use lykt::domain::decision::Decision;
use lykt::domain::holidays::Holidays;
use lykt::ledger::NoSource;
use lykt::store::task::{self, Task};
use lykt::store::touch::{self, TouchKind};
use lykt::tasks::outcome::Outcome;
use lykt::tasks::{Refusal, Registered, Tasks};
use serde_json::{Value, json};

use crate::outbox::house::{DAY, House, Person};

fn by_hand() -> Value {
    let window = json!({ "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "08:00", "until": "23:00", "holidays": "none" });
    json!({
        "channels": ["manual"], "account": "manual", "calls": { "attempts": 1, "within": "7 days" },
        "columns": { "handle": "kallenavn" }, "platform": "instagram", "rate": "1000000/s", "window": window,
    })
}

fn desk(house: &House) -> Tasks {
    Tasks::new(house.ledger.clone(), Holidays::Norway, "30 minutes".parse().unwrap())
}

async fn hand_over(house: &House) {
    house.outbox().await.step().await.unwrap();
    desk(house).step(&house.db).await.unwrap();
}

async fn tasks_of(house: &House, person: &Person) -> Vec<Task> {
    let mut tx = house.db.read().await.unwrap();
    task::of_contact(&mut tx, person.contact).await.unwrap()
}

async fn claim(house: &House, person: &Person) -> Result<(), Refusal> {
    let id = tasks_of(house, person).await[0].id;
    let mut tx = house.db.begin().await.unwrap();
    let claimed = desk(house).claim(&mut tx, id, "Kari").await.unwrap();
    tx.commit().await.unwrap();
    claimed.map(drop)
}

async fn ends(house: &House, person: &Person, outcome: Outcome) -> Result<(), Refusal> {
    let id = tasks_of(house, person).await[0].id;
    let mut tx = house.db.begin().await.unwrap();
    let done = desk(house).done(&mut tx, id, "Kari", &Registered::new(outcome)).await.unwrap();
    tx.commit().await.unwrap();
    done.map(drop)
}

async fn stands(house: &House, person: &Person) -> (&'static str, Option<String>) {
    desk(house).step(&house.db).await.unwrap();
    (house.state(person).await, house.reason(person).await)
}

fn because(state: &'static str, reason: &str) -> (&'static str, Option<String>) {
    (state, Some(reason.to_owned()))
}

#[tokio::test]
async fn a_campaign_by_hand_is_worked_to_its_end() {
    for house in House::both().await {
        let plan = house.campaign("hei", by_hand()).await;
        let people = house.queue_by("manual", "hei", plan, 0..4).await;
        // A Sunday evening: nobody is called then, and a message may be written.
        house.at_time("2026-12-06T22:00:00");
        hand_over(&house).await;
        hand_over(&house).await;
        assert_eq!(house.gateway.accepts().len(), 0, "nothing is sent");
        for person in &people {
            let tasks = tasks_of(&house, person).await;
            assert_eq!((tasks.len(), tasks[0].kind.as_str()), (1, "manual"));
            assert_eq!(house.state(person).await, "accepted");
        }
        let next = desk(&house).next(&house.db, "Kari").await.unwrap().unwrap().task;
        assert_eq!(next.contact, people[0].contact);
        for (person, outcome) in people.iter().zip([Outcome::Sent, Outcome::CouldNot, Outcome::OptOut]) {
            assert_eq!(claim(&house, person).await, Ok(()));
            assert_eq!(ends(&house, person, outcome).await, Ok(()));
        }
        assert_eq!(stands(&house, &people[0]).await, ("sent", None));
        assert_eq!(stands(&house, &people[1]).await, because("failed", "could_not"));
        assert_eq!(stands(&house, &people[2]).await, because("withdrawn", "opted_out"));
        house.clock().advance_ms(8 * DAY);
        assert_eq!(stands(&house, &people[3]).await, because("undelivered", "lapsed"));
        assert_eq!(house.check(&people[0]).await.reasons, [Decision::Cooldown]);
        assert_eq!(house.check(&people[2]).await.reasons, [Decision::OptedOut]);
        assert!(house.check(&people[1]).await.may_approach() && house.check(&people[3]).await.may_approach());
        let mut tx = house.db.read().await.unwrap();
        let story = touch::history(&mut tx, &house.ledger.vault, people[0].contact).await.unwrap();
        let sent = story.iter().find(|touch| touch.kind == TouchKind::Message).unwrap();
        assert_eq!((sent.channel.as_deref(), sent.actor.as_deref()), (Some("instagram"), Some("Kari")));
    }
}

#[tokio::test]
async fn a_no_while_the_task_is_held_stands_and_other_approaches_wait_for_its_end() {
    for house in House::both().await {
        let plan = house.campaign("hei", by_hand()).await;
        let person = house.queue_by("manual", "hei", plan, 0..1).await.remove(0);
        hand_over(&house).await;
        assert!(!house.check(&person).await.may_approach());
        assert_eq!(claim(&house, &person).await, Ok(()));
        assert!(matches!(ends(&house, &person, Outcome::Talked).await, Err(Refusal::NoOutcome(_))));
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(claim(&house, &person).await, Err(Refusal::Contact(Decision::OptedOut) | Refusal::Closed(_))));
        assert_eq!(house.check(&person).await.reasons.first(), Some(&Decision::OptedOut));
    }
}

#[tokio::test]
async fn what_was_said_by_mistake_is_taken_back() {
    for house in House::both().await {
        let plan = house.campaign("hei", by_hand()).await;
        let person = house.queue_by("manual", "hei", plan, 0..1).await.remove(0);
        hand_over(&house).await;
        claim(&house, &person).await.unwrap();
        ends(&house, &person, Outcome::Sent).await.unwrap();
        let id = tasks_of(&house, &person).await[0].id;
        let mut tx = house.db.begin().await.unwrap();
        desk(&house).undo(&mut tx, id, "Kari", None).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(stands(&house, &person).await, ("accepted", None));
        assert_eq!(house.check(&person).await.contacted_at, None);
        ends(&house, &person, Outcome::CouldNot).await.unwrap();
        assert_eq!(stands(&house, &person).await, because("failed", "could_not"));
        assert!(house.check(&person).await.may_approach());
    }
}
