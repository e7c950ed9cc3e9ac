//! What opens, what is dropped and what lapses.

use lykt::campaign::file::Unless;
use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::ledger::NoSource;
use lykt::store::contact;
use lykt::store::touch::{Touch, TouchKind};
use lykt::tasks::Moved;

use crate::tasks::house::{DAY, House, follow_up};

fn is(state: &str) -> (String, Option<String>) {
    (state.to_owned(), None)
}

fn dropped(why: &str) -> (String, Option<String>) {
    ("dropped".to_owned(), Some(why.to_owned()))
}

#[tokio::test]
async fn a_call_opens_on_its_day_and_lapses_when_nobody_calls() {
    for house in House::both().await {
        let person = house.person().await;
        house.at("2026-12-07T23:59:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap(), Moved::default());
        house.at("2026-12-08T00:01:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap(), Moved { opened: 1, ..Moved::default() });
        let task = house.call(&person).await;
        assert_eq!(house.clock.day_of(task.due_at).to_string(), "2026-12-08");
        assert_eq!(house.listed().await, [task.id]);

        house.at("2026-12-15T20:59:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap(), Moved::default());
        house.at("2026-12-15T21:00:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap(), Moved { lapsed: 1, ..Moved::default() });
        assert_eq!(house.stands(&person).await, is("lapsed"));
    }
}

#[tokio::test]
async fn more_calls_than_a_transaction_moves_open_in_one_step() {
    for house in House::both().await {
        for _ in 0..120 {
            house.person().await;
        }
        house.at("2026-12-08T09:00:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap().opened, 120);
        house.at("2027-01-08T09:00:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap().lapsed, 120);
    }
}

#[tokio::test]
async fn planning_twice_makes_one_task() {
    for house in House::both().await {
        let person = house.person().await;
        house.clock.advance_ms(DAY);
        house.plan_calls(&person).await;
        assert_eq!(house.calls(&person).await.len(), 1);
        assert_eq!(house.clock.day_of(house.call(&person).await.due_at).to_string(), "2026-12-08");
    }
}

#[tokio::test]
async fn a_contact_who_said_no_is_never_on_the_list() {
    for house in House::both().await {
        let (before, marked) = (house.person().await, house.person().await);
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.ledger.opt_out(&mut tx, before.contact, NoSource::Reply, None).await.unwrap();
        // A no that reached the contact's row alone, as from an older installation.
        contact::add_no(&mut tx, marked.contact, "2026-12-04", "reply", house.tasks.ledger.clock.now_ms())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&before).await, dropped("opted_out"));
        assert_eq!(house.stands(&marked).await, dropped("opted_out"));
        assert!(house.listed().await.is_empty());
    }
}

#[tokio::test]
async fn a_contact_who_is_left_out_is_not_called() {
    for house in House::both().await {
        let person = house.person().await;
        let mut tx = house.db.begin().await.unwrap();
        contact::leave_out(&mut tx, person.contact, Some(Decision::NotInGroup.as_str())).await.unwrap();
        tx.commit().await.unwrap();
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&person).await, dropped("not_in_group"));
    }
}

#[tokio::test]
async fn an_answer_makes_the_call_needless_before_and_after_it_opened() {
    for house in House::both().await {
        let (early, late, silent) = (house.person().await, house.person().await, house.person().await);
        house.clock.advance_ms(DAY);
        house.answers(&early, true).await;
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&early).await, dropped("replied"));
        assert_eq!(house.stands(&late).await, is("open"));

        house.answers(&late, true).await;
        assert_eq!(house.tasks.step(&house.db).await.unwrap(), Moved { dropped: 1, ..Moved::default() });
        assert_eq!(house.stands(&late).await, dropped("replied"));
        assert_eq!(house.stands(&silent).await, is("open"));
    }
}

#[tokio::test]
async fn an_answer_stops_no_call_that_is_made_all_the_same() {
    for mut house in House::both().await {
        house.follow_with(vec![follow_up("3 working days", "7 days", &[Unless::Visited])]).await;
        let person = house.person().await;
        house.clock.advance_ms(DAY);
        house.answers(&person, true).await;
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&person).await, is("open"));
    }
}

#[tokio::test]
async fn an_answer_from_before_the_message_stops_nothing() {
    for house in House::both().await {
        let person = house.person().await;
        house.clock.advance_ms(-DAY);
        house.answers(&person, true).await;
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&person).await, is("open"));
    }
}

#[tokio::test]
async fn a_visit_makes_the_call_needless() {
    for house in House::both().await {
        let person = house.person().await;
        house.clock.advance_ms(DAY);
        let visit = Touch::new(TouchKind::Visit, house.clock.now_ms());
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.ledger.register(&mut tx, person.contact, &visit).await.unwrap();
        tx.commit().await.unwrap();
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&person).await, dropped("visited"));
    }
}

#[tokio::test]
async fn nobody_is_called_about_a_message_that_reached_nobody_until_late_proof_comes() {
    for house in House::both().await {
        let person = house.person().await;
        house.becomes(&person, MessageState::Failed).await;
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&person).await, dropped("not_reached"));

        house.becomes(&person, MessageState::Delivered).await;
        house.plan_calls(&person).await;
        assert_eq!(house.stands(&person).await, is("planned"));
        assert_eq!(house.clock.day_of(house.call(&person).await.due_at).to_string(), "2026-12-11");
    }
}

#[tokio::test]
async fn an_unread_answer_holds_the_call_until_it_is_read_or_lapses() {
    for mut house in House::both().await {
        house.follow_with(vec![follow_up("3 working days", "2 days", &[])]).await;
        let (read, never) = (house.person().await, house.person().await);
        house.answers(&read, false).await;
        house.answers(&never, false).await;
        house.at("2026-12-08T09:00:00");
        assert_eq!(house.tasks.step(&house.db).await.unwrap(), Moved::default());

        let mut tx = house.db.begin().await.unwrap();
        contact::add_unread(&mut tx, read.contact, -1).await.unwrap();
        tx.commit().await.unwrap();
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&read).await, is("open"));
        assert_eq!(house.stands(&never).await, is("planned"));

        house.at("2026-12-10T21:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.stands(&never).await, is("lapsed"));
    }
}

#[tokio::test]
async fn an_answer_that_comes_to_an_open_call_takes_it_off_the_list_at_once() {
    for house in House::both().await {
        let person = house.person().await;
        house.at("2026-12-08T09:00:00");
        house.tasks.step(&house.db).await.unwrap();
        assert_eq!(house.listed().await.len(), 1);
        house.answers(&person, false).await;
        assert!(house.listed().await.is_empty());
    }
}
