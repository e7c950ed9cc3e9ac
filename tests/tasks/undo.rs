//! A mistaken outcome is taken back by a new entry, with everything it had led to, as long as nothing else has happened.

use lykt::domain::id::TaskId;
use lykt::domain::private::Private;
use lykt::ledger::NoSource;
use lykt::plan::life::{Order, order};
use lykt::store::figures;
use lykt::store::task::TaskState;
use lykt::store::touch::{self, Touch, TouchKind};
use lykt::tasks::outcome::Outcome;
use lykt::tasks::{Refusal, Registered, Undone};

use crate::tasks::house::{CAMPAIGN, DAY, HOUR, House, Person};
use crate::tasks::outcomes::{contact, done, heavy, register, taken};

async fn undo(house: &House, id: TaskId, who: &str, reason: Option<&str>) -> Result<Undone, Refusal> {
    let reason = reason.map(|reason| Private::new(reason.to_owned()));
    let mut tx = house.db.begin().await.unwrap();
    let undone = house.tasks.undo(&mut tx, id, who, reason.as_ref()).await.unwrap();
    tx.commit().await.unwrap();
    undone
}

async fn history(house: &House, person: &Person) -> Vec<Touch> {
    let mut tx = house.db.read().await.unwrap();
    touch::history(&mut tx, &house.tasks.ledger.vault, person.contact).await.unwrap()
}

/// What an undo must bring back, but for when the lease ends.
async fn seen(house: &House, person: &Person) -> impl PartialEq + std::fmt::Debug + use<> {
    let tasks = house.calls(person).await.into_iter();
    let tasks: Vec<_> = tasks
        .map(|t| (t.state, t.reason, t.due_at, t.lapses_at, t.attempts_left, t.claimed_by, t.outcome, t.language))
        .collect();
    (contact(house, person).await, tasks)
}

#[tokio::test]
async fn every_outcome_can_be_taken_back_and_both_entries_stay() {
    for outcome in Outcome::OF_CALLS {
        for mut house in House::both().await {
            let (person, id) = taken(&mut house).await;
            let before = seen(&house, &person).await;
            let at = (outcome == Outcome::CallLater).then_some("2026-12-10T15:00:00");
            let at = at.map(|local| house.clock.zone().to_timestamp(local.parse().unwrap()).unwrap());
            let language = (outcome == Outcome::OtherLanguage).then(|| "th".to_owned());
            let call = Registered { at, language, heavy: true, ..Registered::new(outcome) };
            register(&house, id, "Kari", &call).await.unwrap();
            assert_ne!(
                format!("{before:?}"),
                format!("{:?}", seen(&house, &person).await),
                "{outcome:?} changes nothing"
            );

            let undone = undo(&house, id, "Kari", Some("pressed the wrong one")).await.unwrap();
            assert_eq!((undone.outcome, undone.lifted), (outcome, outcome == Outcome::OptOut));
            assert_eq!(format!("{before:?}"), format!("{:?}", seen(&house, &person).await), "{outcome:?}");
            assert_eq!(heavy(&house).await, 0);
            let history = history(&house, &person).await;
            let call = history.iter().find(|touch| touch.kind == TouchKind::Call).unwrap();
            let back = history.iter().find(|touch| touch.kind == TouchKind::TakenBack).unwrap();
            assert_eq!((back.takes_back, back.detail.as_deref()), (Some(call.id), Some(outcome.as_str())));
            assert_eq!((back.actor.as_deref(), call.counts), (Some("Kari"), false));
            assert_eq!(undo(&house, id, "Kari", None).await.unwrap_err(), Refusal::NothingToUndo);

            register(&house, id, "Kari", &Registered::new(Outcome::Talked)).await.unwrap();
            assert_eq!(house.call(&person).await.state, TaskState::Done, "the right one is registered afterwards");
        }
    }
}

#[tokio::test]
async fn a_call_of_a_campaign_that_was_cancelled_meanwhile_does_not_come_back_but_takes_the_right_outcome() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        register(&house, id, "Kari", &Registered::new(Outcome::Thanks)).await.unwrap();
        let db = &house.db;
        order(db, &house.tasks.ledger, CAMPAIGN, Order::Cancel, Some("Kari")).await.unwrap();
        let undone = undo(&house, id, "Kari", None).await.unwrap();
        assert_eq!((undone.task.state, undone.planned), (TaskState::Dropped, 0));
        assert_eq!(house.call(&person).await.reason.as_deref(), Some("cancelled"));
        register(&house, id, "Kari", &Registered::new(Outcome::OptOut)).await.unwrap();
        assert!(contact(&house, &person).await.opted_out);
        undo(&house, id, "Kari", Some("pressed the wrong one")).await.unwrap();
        assert_eq!(house.call(&person).await.state, TaskState::Dropped);
    }
}

#[tokio::test]
async fn a_no_is_taken_back_only_with_a_reason_and_by_lifting_it() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
        assert_eq!(undo(&house, id, "Kari", None).await.unwrap_err(), Refusal::NeedsReason);
        assert!(contact(&house, &person).await.opted_out, "a refusal changes nothing");
        undo(&house, id, "Kari", Some("she asked for another call")).await.unwrap();
        assert!(!contact(&house, &person).await.opted_out);
        let lifted = history(&house, &person).await.into_iter().find(|touch| touch.kind == TouchKind::OptIn).unwrap();
        assert_eq!(lifted.note.unwrap().expose(), "she asked for another call");
    }
}

#[tokio::test]
async fn a_no_that_was_taken_back_is_none_in_figures_and_a_later_one_is() {
    for mut house in House::both().await {
        let noes = async |house: &House| {
            let mut tx = house.db.read().await.unwrap();
            let counted = figures::counted(&mut tx, CAMPAIGN).await.unwrap();
            let noes = counted.into_iter().filter(|count| count.what.starts_with("touch:opt_out"));
            noes.map(|count| (count.what, count.variant, count.n)).collect::<Vec<_>>()
        };
        let (_, id) = taken(&mut house).await;
        let no = vec![("touch:opt_out".to_owned(), "a".to_owned(), 1)];
        done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
        assert_eq!(noes(&house).await, no);
        undo(&house, id, "Kari", Some("pressed the wrong one")).await.unwrap();
        assert_eq!(noes(&house).await, []);
        done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
        assert_eq!(noes(&house).await, no, "the real one is the first one");
    }
}

#[tokio::test]
async fn a_no_from_before_the_call_outlives_its_undo() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.ledger.opt_out(&mut tx, person.contact, NoSource::Reply, None).await.unwrap();
        tx.commit().await.unwrap();
        done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
        let undone = undo(&house, id, "Kari", None).await.unwrap();
        assert_eq!((undone.lifted, undone.task.state), (false, TaskState::Dropped));
        assert!(contact(&house, &person).await.opted_out);
    }
}

#[tokio::test]
async fn a_no_is_taken_back_by_nobody_else_and_not_when_it_was_said_again() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
        assert_eq!(undo(&house, id, "Ola", Some("hm")).await.unwrap_err(), Refusal::AnothersNo("Kari".to_owned()));
        for (source, who) in [(NoSource::ByHand, Some("Ola")), (NoSource::Provider, None)] {
            let mut tx = house.db.begin().await.unwrap();
            assert!(!house.tasks.ledger.opt_out(&mut tx, person.contact, source, who).await.unwrap(), "it stands");
            tx.commit().await.unwrap();
            assert_eq!(undo(&house, id, "Kari", Some("mistake")).await.unwrap_err(), Refusal::TooLate, "{source:?}");
        }
        assert!(contact(&house, &person).await.opted_out);
    }
}

#[tokio::test]
async fn a_no_of_the_persons_own_is_not_taken_back_where_the_clocks_of_nodes_differ() {
    let [_, mut house] = House::both().await;
    let (person, id) = taken(&mut house).await;
    // Written on a node whose clock is behind that of the call.
    let said = Touch::new(TouchKind::Reply, house.clock.now_ms());
    done(&house, id, "Kari", Outcome::OptOut, None).await.unwrap();
    let mut tx = house.db.begin().await.unwrap();
    house.tasks.ledger.register(&mut tx, person.contact, &said).await.unwrap();
    assert!(!house.tasks.ledger.take_no(&mut tx, person.contact, NoSource::Reply).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(undo(&house, id, "Kari", Some("mistake")).await.unwrap_err(), Refusal::TooLate);
    assert!(contact(&house, &person).await.opted_out);
}

#[tokio::test]
async fn after_anything_else_or_a_day_it_is_too_late() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::NoAnswer, None).await.unwrap();
        house.answers(&person, true).await;
        let mut tx = house.db.begin().await.unwrap();
        let reply = Touch::new(TouchKind::Reply, house.clock.now_ms());
        house.tasks.ledger.register(&mut tx, person.contact, &reply).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(undo(&house, id, "Kari", None).await.unwrap_err(), Refusal::TooLate);
    }
    for mut house in House::both().await {
        let (_, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::Talked, None).await.unwrap();
        house.clock.advance_ms(DAY + 1);
        assert_eq!(undo(&house, id, "Kari", None).await.unwrap_err(), Refusal::TooLate);
        house.clock.advance_ms(-HOUR);
        assert!(undo(&house, id, "Kari", None).await.is_ok());
    }
}

#[tokio::test]
async fn a_call_that_somebody_else_holds_by_now_is_not_taken_from_them() {
    for mut house in House::both().await {
        let (person, id) = taken(&mut house).await;
        done(&house, id, "Kari", Outcome::NoAnswer, None).await.unwrap();
        house.at("2026-12-09T10:00:00");
        house.tasks.step(&house.db).await.unwrap();
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.claim(&mut tx, id, "Ola").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        assert_eq!(undo(&house, id, "Kari", None).await.unwrap_err(), Refusal::Taken("Ola".to_owned()));
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.release(&mut tx, id, "Ola").await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let undone = undo(&house, id, "Ola", None).await.unwrap();
        assert_eq!((undone.task.state, undone.task.claimed_by), (TaskState::Open, None), "free, since it was Kari's");
        assert_eq!(house.call(&person).await.attempts_left, 2);
    }
}
