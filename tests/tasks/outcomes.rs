//! What each outcome leads to, and that what happened is never refused.

use lykt::campaign::file::Unless;
use lykt::domain::decision::Decision;
use lykt::domain::id::TaskId;
use lykt::domain::private::Private;
use lykt::ledger::NoSource;
use lykt::store::contact::{self, Contact};
use lykt::store::task::TaskState;
use lykt::store::touch::{self, Touch, TouchKind};
use lykt::tasks::outcome::{Next, Outcome};
use lykt::tasks::{Done, Refusal, Registered, Voice};

use crate::support::tally;
use crate::tasks::house::{CAMPAIGN, House, Person, follow_up};

/// A call that Kari took on Tuesday at noon; a second follow-up waits.
pub async fn taken(house: &mut House) -> (Person, TaskId) {
    let unless = [Unless::Replied];
    house
        .follow_with(vec![
            follow_up("3 working days", "7 days", &unless),
            follow_up("10 working days", "7 days", &unless),
        ])
        .await;
    let person = house.person().await;
    house.at("2026-12-08T12:00:00");
    house.tasks.step(&house.db).await.unwrap();
    let id = house.call(&person).await.id;
    let mut tx = house.db.begin().await.unwrap();
    house.tasks.claim(&mut tx, id, "Kari").await.unwrap().unwrap();
    tx.commit().await.unwrap();
    (person, id)
}

pub async fn done(house: &House, id: TaskId, who: &str, outcome: Outcome, at: Option<&str>) -> Result<Done, Refusal> {
    let at = at.map(|local| house.clock.zone().to_timestamp(local.parse().unwrap()).unwrap());
    let note = Some(Private::new("snakket kort".to_owned()));
    register(house, id, who, &Registered { at, note, ..Registered::new(outcome) }).await
}

pub async fn register(house: &House, id: TaskId, who: &str, call: &Registered) -> Result<Done, Refusal> {
    let mut tx = house.db.begin().await.unwrap();
    let done = house.tasks.done(&mut tx, id, who, call).await.unwrap();
    tx.commit().await.unwrap();
    done
}

/// Comes back to the list at a local time; why it is on it.
async fn comes_back(house: &House, id: TaskId, local: &str) -> String {
    house.at(local);
    house.tasks.step(&house.db).await.unwrap();
    assert_eq!(house.listed().await, [id]);
    let mut tx = house.db.read().await.unwrap();
    house.tasks.today(&mut tx).await.unwrap().remove(0).why.en
}

pub async fn contact(house: &House, person: &Person) -> Contact {
    let mut tx = house.db.read().await.unwrap();
    contact::get(&mut tx, person.contact).await.unwrap().unwrap()
}

async fn last_call(house: &House, person: &Person) -> Option<Touch> {
    let mut tx = house.db.read().await.unwrap();
    let history = touch::history(&mut tx, &house.tasks.ledger.vault, person.contact).await.unwrap();
    history.into_iter().rfind(|touch| touch.kind == TouchKind::Call)
}

#[tokio::test]
async fn a_talk_ends_the_task_and_starts_the_cooldown() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        assert_eq!(done(&house, id, "Kari", Outcome::Talked, None).await.unwrap().next, Next::Done);
        let call = last_call(&house, &person).await.unwrap();
        assert_eq!((call.detail.as_deref(), call.actor.as_deref(), call.counts), (Some("talked"), Some("Kari"), true));
        assert_eq!((call.note.unwrap().expose().as_str(), call.message_id), ("snakket kort", None));
        assert_eq!(contact(&house, &person).await.contacted_at, Some(house.clock.now_ms()));
        assert_eq!(
            house.calls(&person).await.iter().map(|t| t.state).collect::<Vec<_>>(),
            [TaskState::Done, TaskState::Planned]
        );
        assert_eq!(
            done(&house, id, "Kari", Outcome::Talked, None).await.unwrap_err(),
            Refusal::Closed(TaskState::Done)
        );
    }
}

#[tokio::test]
async fn thanks_ends_every_call_after_this_message() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::Thanks, None).await.unwrap();
        let states: Vec<_> = house.calls(&person).await.into_iter().map(|t| (t.state, t.reason)).collect();
        assert_eq!(states, [(TaskState::Done, None), (TaskState::Dropped, Some("thanks".to_owned()))]);
        assert!(!contact(&house, &person).await.opted_out);
    }
}

#[tokio::test]
async fn nobody_answers_twice_and_the_call_is_over() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        assert!(matches!(done(&house, id, "Kari", Outcome::NoAnswer, None).await.unwrap().next, Next::Again(_)));
        let task = house.call(&person).await;
        assert_eq!((task.state, task.attempts_left, task.claimed_by), (TaskState::Planned, 1, None));
        assert_eq!(contact(&house, &person).await.contacted_at, None, "a call that nobody answered starts no cooldown");
        assert!(house.listed().await.is_empty());

        house.at("2026-12-09T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        let entry = house.tasks.today(&mut tx).await.unwrap().remove(0);
        assert_eq!(entry.why.en, "SMS 6 days ago, no answer to a call");
        house.tasks.claim(&mut tx, id, "Ola").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(done(&house, id, "Ola", Outcome::NoAnswer, None).await.unwrap().next, Next::NoMore);
        assert_eq!(house.call(&person).await.state, TaskState::Done);
    }
}

#[tokio::test]
async fn a_call_is_put_off_to_the_time_that_was_asked_for() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        let refusal = done(&house, id, "Kari", Outcome::CallLater, Some("2026-12-13T12:00:00")).await.unwrap_err();
        assert!(matches!(refusal, Refusal::NoCallsThen(_)), "{refusal:?}");
        assert_eq!(house.call(&person).await.state, TaskState::Claimed, "a refusal changes nothing");
        assert!(last_call(&house, &person).await.is_none());

        done(&house, id, "Kari", Outcome::CallLater, Some("2026-12-10T15:00:00")).await.unwrap();
        assert_eq!(contact(&house, &person).await.contacted_at, Some(house.clock.now_ms()));
        house.at("2026-12-10T10:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.listed().await, [id], "it is on the list of its day");
        let mut tx = house.db.begin().await.unwrap();
        let early = house.tasks.claim(&mut tx, id, "Ola").await.unwrap().unwrap_err();
        assert!(matches!(early, Refusal::NotNow(_)), "{early:?}");
        house.at("2026-12-10T15:00:00");
        assert!(house.tasks.claim(&mut tx, id, "Ola").await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_wrong_number_is_left_out_from_then_on() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::WrongNumber, None).await.unwrap();
        assert_eq!(contact(&house, &person).await.left_out.as_deref(), Some("wrong_number"));
        let states: Vec<_> = house.calls(&person).await.into_iter().map(|t| (t.state, t.reason)).collect();
        assert_eq!(states, [(TaskState::Done, None), (TaskState::Dropped, Some("wrong_number".to_owned()))]);
    }
}

#[tokio::test]
async fn a_no_on_the_phone_is_final_on_all_channels() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
        assert!(contact(&house, &person).await.opted_out);
        let states: Vec<_> = house.calls(&person).await.into_iter().map(|t| (t.state, t.reason)).collect();
        assert_eq!(states, [(TaskState::Done, None), (TaskState::Dropped, Some("opted_out".to_owned()))]);
        let mut tx = house.db.read().await.unwrap();
        let address = Private::new(person.number.clone());
        assert!(!house.tasks.ledger.check(&mut tx, &address).await.unwrap().may_approach());
    }
}

#[tokio::test]
async fn only_who_holds_the_call_ends_it() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        assert_eq!(done(&house, id, "Ola", Outcome::Talked, None).await.unwrap_err(), Refusal::NotHeld);
        assert_eq!(house.call(&person).await.state, TaskState::Claimed);
        assert!(last_call(&house, &person).await.is_none());
    }
}

#[tokio::test]
async fn a_call_that_was_made_is_registered_although_a_no_came_meanwhile() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
        tx.commit().await.unwrap();
        // They asked to be called again, but the no stands: nothing comes back.
        let ended = done(&house, id, "Kari", Outcome::CallLater, Some("2026-12-10T15:00:00")).await.unwrap();
        assert_eq!(ended.next, Next::Done);
        assert_eq!(last_call(&house, &person).await.unwrap().detail.as_deref(), Some("call_later"));
        house.at("2026-12-10T15:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert!(house.listed().await.is_empty());
        assert_eq!(
            done(&house, id, "Kari", Outcome::Talked, None).await.unwrap_err(),
            Refusal::Closed(TaskState::Done)
        );
    }
}

#[tokio::test]
async fn taking_the_message_out_of_the_cooldown_leaves_the_call_in() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::Talked, None).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        touch::uncount(&mut tx, person.contact, person.message).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(contact(&house, &person).await.contacted_at, Some(house.clock.now_ms()));
    }
}

#[tokio::test]
async fn a_dead_number_ends_every_call_to_it_and_starts_no_cooldown() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        assert_eq!(done(&house, id, "Kari", Outcome::NotInService, None).await.unwrap().next, Next::Done);
        let states: Vec<_> = house.calls(&person).await.into_iter().map(|t| (t.state, t.reason)).collect();
        assert_eq!(states, [(TaskState::Done, None), (TaskState::Dropped, Some("not_in_service".to_owned()))]);
        assert_eq!(contact(&house, &person).await.contacted_at, None);
        assert!(!last_call(&house, &person).await.unwrap().counts);
        let mut tx = house.db.read().await.unwrap();
        let answer = house.tasks.ledger.check(&mut tx, &Private::new(person.number.clone())).await.unwrap();
        assert_eq!(answer.decision(), Decision::WrongNumber, "no later plan uses it");
    }
}

#[tokio::test]
async fn who_is_not_in_the_group_is_left_out_of_later_plans() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::NotInGroup, None).await.unwrap();
        assert_eq!(contact(&house, &person).await.left_out.as_deref(), Some("not_in_group"));
        assert_eq!(house.calls(&person).await[1].reason.as_deref(), Some("not_in_group"));
        let mut tx = house.db.read().await.unwrap();
        let answer = house.tasks.ledger.check(&mut tx, &Private::new(person.number.clone())).await.unwrap();
        assert_eq!(answer.decision(), Decision::NotInGroup);
    }
}

#[tokio::test]
async fn another_language_is_kept_and_the_call_comes_back_for_who_speaks_it() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        let call = Registered { language: Some("en".to_owned()), ..Registered::new(Outcome::OtherLanguage) };
        assert!(matches!(register(&house, id, "Kari", &call).await.unwrap().next, Next::Again(_)));
        assert_eq!(contact(&house, &person).await.language.as_deref(), Some("en"));
        assert_eq!(comes_back(&house, id, "2026-12-09T10:00:00").await, "speaks another language");
        let mut tx = house.db.read().await.unwrap();
        let voice = Voice {
            organisation: "Lykten".to_owned(),
            services: String::new(),
            languages: vec!["nb".to_owned()],
            directory: None,
        };
        let script = house.tasks.script(&mut tx, &voice, &house.call(&person).await).await.unwrap();
        assert_eq!(script.as_deref(), Some("Hi, this is Noor."), "who said hello in the message");
    }
}

#[tokio::test]
async fn a_wish_for_a_visit_comes_back_until_they_have_come() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::WantsVisit, Some("2026-12-10T18:00:00")).await.unwrap();
        assert_eq!(contact(&house, &person).await.contacted_at, Some(house.clock.now_ms()));
        assert_eq!(comes_back(&house, id, "2026-12-10T10:00:00").await, "wants a visit");
        let visit = Touch::new(TouchKind::Visit, house.clock.now_ms());
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.ledger.register(&mut tx, person.contact, &visit).await.unwrap();
        tx.commit().await.unwrap();
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&person).await, ("dropped".to_owned(), Some("visited".to_owned())));
    }
}

#[tokio::test]
async fn a_heavy_call_is_counted_for_the_month_and_nothing_else_is_kept() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        register(&house, id, "Kari", &Registered { heavy: true, ..Registered::new(Outcome::Talked) }).await.unwrap();
        assert_eq!(heavy(&house).await, 1);
        let call = last_call(&house, &person).await.unwrap();
        assert_eq!((call.detail.as_deref(), call.note), (Some("talked"), None));
    }
}

/// Heavy calls in the counts.
pub async fn heavy(house: &House) -> i64 {
    let mut tx = house.db.read().await.unwrap();
    let sums = tally::sums(&mut tx).await;
    sums.get(&(CAMPAIGN.to_owned(), "call:heavy".to_owned())).copied().unwrap_or(0)
}
