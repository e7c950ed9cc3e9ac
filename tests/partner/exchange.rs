//! What is asked, what is told, and how long it holds.

use jiff::civil::date;
use lykt::domain::decision::Decision;
use lykt::domain::span::Span;
use lykt::partner::{Learnt, NoHearing, Why};
use lykt::retention::{Keep, erase};
use lykt::store::audit::after;

use crate::partner::house::{DAY, Side, number};

#[tokio::test]
async fn each_learns_of_its_own_targets_and_of_nobody_else() {
    for swapped in [false, true] {
        let (a, b) = Side::agreed().await;
        let (a, b) = if swapped { (b, a) } else { (a, b) };
        b.write_to(&number(8)).await;
        b.later(200 * DAY);
        a.later(200 * DAY);
        b.no(&number(5)).await;
        b.write_to(&number(6)).await;
        b.no(&number(9)).await;
        let asked: Vec<_> = [5, 6, 7, 8].map(number).into();
        let heard = a.ask(&b, &asked).await.unwrap();
        assert_eq!(heard, Learnt { asked: 4, wait: 1, no: 1 });

        // The no there is no no here: it is held back, and goes away.
        let refused = a.check(&number(5)).await;
        assert_eq!((refused.reasons.as_slice(), refused.again_at), (&[Decision::PartnerWait][..], None));
        assert_eq!(a.rows("no").await, 0);
        assert_eq!(a.rows("contact").await, 0, "nobody becomes a contact by being asked about");
        // Written to on 21 June, with half a year of cooldown: nobody is told the day, only the month after it.
        let wait = a.check(&number(6)).await;
        assert_eq!((wait.reasons.as_slice(), wait.again_at), (&[Decision::PartnerWait][..], Some(date(2028, 1, 1))));
        for free in [7, 8, 9] {
            assert_eq!(a.decision(&number(free)).await, Decision::Eligible, "{free} was not asked about, or is free");
        }
        assert_eq!(b.rows("contact").await, 4, "who answers learns no number");
    }
}

#[tokio::test]
async fn what_is_heard_holds_as_long_as_it_says_and_no_longer() {
    let (a, b) = Side::agreed().await;
    b.write_to(&number(6)).await;
    b.no(&number(5)).await;
    a.ask(&b, &[number(5), number(6), number(7)]).await.unwrap();
    let keep = Keep {
        entries: Span::parse("12 months").unwrap(),
        texts: Span::parse("90 days").unwrap(),
        webhooks: Span::parse("7 days").unwrap(),
    };
    // From 3 December: half a year and the rest of the month, to 1 July; a no is asked about again after 90 days.
    for (days, waits, no, rows) in
        [(89, true, true, 2), (2, true, false, 1), (118, true, false, 1), (1, false, false, 0)]
    {
        a.later(days * DAY);
        erase(&a.db, &a.ledger, keep).await.unwrap();
        assert_eq!(a.decision(&number(6)).await == Decision::PartnerWait, waits, "{days}");
        assert_eq!(a.decision(&number(5)).await == Decision::PartnerWait, no, "{days}");
        assert_eq!(a.rows("partner_answer").await, rows, "{days}");
    }
}

#[tokio::test]
async fn nothing_is_told_before_somebody_has_accepted_the_terms_and_after_they_changed() {
    let (a, mut b) = Side::pair().await;
    b.no(&number(5)).await;
    let refused = |heard: Result<Learnt, NoHearing>| matches!(heard, Err(NoHearing::Refused(Why::Terms)));
    assert!(refused(a.ask(&b, &[number(5)]).await), "they have not seen ours");
    // With the question they have; with the refusal we have theirs.
    b.accept().await;
    assert!(matches!(a.ask(&b, &[number(5)]).await, Err(NoHearing::Terms)), "theirs are not accepted here");
    a.accept().await;
    assert_eq!(a.ask(&b, &[number(5)]).await.unwrap().no, 1);
    b.settings("agreement of 2026-11-02", "another agreement");
    assert!(matches!(a.ask(&b, &[number(5)]).await, Err(NoHearing::Terms)), "theirs are new");
    let theirs = a.other().theirs(&mut a.db.read().await.unwrap(), &a.ledger.vault).await.unwrap().unwrap();
    assert_eq!((theirs.0.right.as_str(), theirs.0.organisation.as_str()), ("another agreement", "Fyret"));
    assert_eq!((theirs.1.accepted, theirs.1.accepted_by.as_deref()), (false, Some("Kari")));
    a.accept().await;
    assert_eq!(a.ask(&b, &[number(5)]).await.unwrap().no, 1);
}

#[tokio::test]
async fn only_what_one_shares_and_the_other_asks_is_told() {
    for (shares, asks, heard) in [
        ("\"noes\"", "\"noes\", \"approaches\"", Learnt { asked: 2, wait: 0, no: 1 }),
        ("\"noes\", \"approaches\"", "\"approaches\"", Learnt { asked: 2, wait: 1, no: 0 }),
        ("\"approaches\"", "\"noes\"", Learnt { asked: 2, wait: 0, no: 0 }),
    ] {
        let (mut a, mut b) = Side::pair().await;
        b.settings("shares = [\"noes\", \"approaches\"]", &format!("shares = [{shares}]"));
        a.settings("asks = [\"noes\", \"approaches\"]", &format!("asks = [{asks}]"));
        a.hear_terms(&b).await;
        b.hear_terms(&a).await;
        a.accept().await;
        b.accept().await;
        b.no(&number(5)).await;
        b.write_to(&number(6)).await;
        assert_eq!(a.ask(&b, &[number(5), number(6)]).await.unwrap(), heard, "{shares} {asks}");
    }
}

#[tokio::test]
async fn every_exchange_stands_in_both_audits_without_a_person() {
    let (a, b) = Side::agreed().await;
    a.ask(&b, &[number(5), number(6)]).await.unwrap();
    for (side, act, who) in [(&a, "partner_asked", "house"), (&b, "partner_answered", "partner")] {
        let entries = after(&mut side.db.read().await.unwrap(), 0, 10).await.unwrap();
        let entry = entries.iter().find(|entry| entry.act == act).unwrap();
        assert_eq!((entry.who.as_str(), entry.many), (who, Some(2)));
        assert_eq!(entry.on_name.as_deref(), Some("other"));
    }
}
