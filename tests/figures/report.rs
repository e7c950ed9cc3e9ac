//! Figures add up, count people once, and stay what they were when the people are erased.

use lykt::domain::message::MessageState as State;
use lykt::report::{By, Figures};

use crate::figures::ledger::House;

/// A campaign of some weeks: every end a message can have, people who answer twice, visits, noes and calls.
async fn live(house: &House) {
    let delivered = house.message(1, "personal", "nb", State::Delivered, None).await;
    house.message(2, "personal", "en", State::Read, None).await;
    let sent = house.message(3, "formal", "nb", State::Sent, None).await;
    house.message(4, "formal", "nb", State::Undelivered, Some("unreachable")).await;
    house.message(5, "formal", "en", State::Failed, Some("bad_number")).await;
    house.message(6, "personal", "nb", State::Withdrawn, Some("cooldown")).await;
    house.message(7, "personal", "nb", State::Withdrawn, Some("opted_out")).await;
    house.message(8, "formal", "nb", State::Abandoned, None).await;
    house.days(3);
    house.answers(1, "SM1", "Takk, det går fint").await;
    house.answers(2, "SM2", "STOP").await;
    house.call(sent, "talked").await;
    house.days(10);
    house.answers(1, "SM3", "Kan jeg få time hos lege?").await;
    house.call(delivered, "thanks").await;
    house.comes(1).await;
    house.says_no(3).await;
    // The receipt comes after the answer did, so that the answer is erased first.
    house.news(delivered, State::Read).await;
    house.days(150);
    // R22: half a year later.
    house.answers(4, "SM4", "Hei, er tilbudet der ennå?").await;
    house.comes(1).await;
    house.comes(4).await;
}

fn all(report: &lykt::report::Report) -> (Figures, Vec<(String, Figures)>) {
    (report.total.clone(), report.groups.clone())
}

#[tokio::test]
async fn figures_are_the_same_before_and_after_people_are_erased() {
    for house in House::both().await {
        live(&house).await;
        let by = [None, Some(By::Variant), Some(By::Language)];
        let mut before = Vec::new();
        for by in by {
            before.push(all(&house.report(by).await));
        }
        let (rows, mut stood) =
            ("select (select count(*) from message) + (select count(*) from reply) + (select count(*) from touch)", 0);
        // Row by row, as each one's time is over.
        for days in [203, 2, 1, 5, 4, 1, 40, 100, 15, 300] {
            house.days(days);
            house.erase().await;
            for (by, before) in by.iter().zip(&before) {
                assert_eq!(&all(&house.report(*by).await), before, "{by:?} after {days} more days");
            }
            stood += i64::from(house.rows(rows).await > 0);
        }
        assert!(stood >= 5, "some rows stood while others were gone");
        assert_eq!(house.rows(rows).await, 0, "and in the end nothing is left of the people");
    }
}

#[tokio::test]
async fn figures_are_the_same_when_a_person_asks_to_be_forgotten() {
    for house in House::both().await {
        live(&house).await;
        let before = all(&house.report(Some(By::Variant)).await);
        for person in [1, 3, 4] {
            house.forget(person).await;
            assert_eq!(all(&house.report(Some(By::Variant)).await), before);
        }
    }
}

#[tokio::test]
async fn status_and_report_plan_as_many_when_a_person_is_forgotten() {
    for house in House::both().await {
        live(&house).await;
        house.message(9, "formal", "nb", State::Queued, None).await;
        for person in [1, 9] {
            house.forget(person).await;
            let mut tx = house.db.read().await.unwrap();
            let progress = lykt::report::progress::read(&mut tx, &house.ledger, "vinter").await.unwrap().unwrap();
            drop(tx);
            let states: i64 = progress.messages.values().sum();
            assert_eq!((progress.planned, states), (9, 9), "{:?}", progress.messages);
            assert_eq!(house.report(None).await.total.planned, 9);
            assert_eq!(progress.waiting(), i64::from(person == 1));
        }
    }
}

#[tokio::test]
async fn people_are_counted_once_and_late_outcomes_count() {
    for house in House::both().await {
        live(&house).await;
        let total = house.report(None).await.total;
        assert_eq!((total.planned, total.sent, total.delivered, total.undelivered), (8, 4, 2, 1));
        assert_eq!((total.failed, total.in_doubt, total.waiting), (1, 1, 0));
        assert_eq!(total.withdrawn["cooldown"] + total.withdrawn["opted_out"], 2);
        assert_eq!(
            (total.answered, total.replies.values().sum::<i64>()),
            (3, 4),
            "one answered twice, one half a year later"
        );
        assert_eq!((total.noes, total.visited, total.visits), (2, 2, 3));
        assert_eq!((total.calls["talked"], total.calls["thanks"]), (1, 1));
    }
}

#[tokio::test]
async fn what_people_did_is_credited_to_the_version_they_got() {
    for house in House::both().await {
        live(&house).await;
        let report = house.report(Some(By::Variant)).await;
        let [(formal, f), (personal, p)] = &report.groups[..] else { panic!("two versions") };
        assert_eq!((formal.as_str(), f.planned, f.sent, f.answered, f.noes, f.visited), ("formal", 4, 2, 1, 1, 1));
        assert_eq!((personal.as_str(), p.planned, p.sent, p.answered, p.noes, p.visited), ("personal", 4, 2, 2, 1, 1));
        assert_eq!((f.calls["talked"], p.calls["thanks"]), (1, 1));
        let sum = |of: fn(&Figures) -> i64| report.groups.iter().map(|(_, f)| of(f)).sum::<i64>();
        assert_eq!(sum(|f| f.planned), report.total.planned);
        assert_eq!(sum(|f| f.answered), report.total.answered);
    }
}

#[tokio::test]
async fn a_language_of_few_people_is_never_shown_alone() {
    for house in House::both().await {
        for n in 0..6 {
            house.message(n, "personal", "nb", State::Delivered, None).await;
        }
        house.message(7, "personal", "th", State::Delivered, None).await;
        let report = house.report(Some(By::Language)).await;
        let shown: Vec<_> = report.groups.iter().map(|(name, f)| (name.as_str(), f.planned)).collect();
        assert_eq!(shown, [("other", 7)]);
    }
}

#[tokio::test]
async fn somebody_who_was_never_written_to_counts_for_no_campaign() {
    for house in House::both().await {
        house.answers(90, "SM1", "STOPP").await;
        house.comes(91).await;
        assert_eq!(house.report(None).await.total, Figures::default());
    }
}
