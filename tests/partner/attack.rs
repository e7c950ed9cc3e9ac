//! What somebody hears who wants more than was agreed: the other one itself, or whoever stands between them.

use lykt::partner::{NoAnswer, NoHearing, Why};

use crate::partner::house::{DAY, Side, number};

#[tokio::test]
async fn whoever_asks_for_everything_gets_a_days_share_and_no_more() {
    let (a, b) = Side::agreed().await;
    for n in 5..25 {
        b.no(&number(n)).await;
    }
    let all: Vec<_> = (5..99).map(number).collect();
    let mut got = 0;
    for some in all.chunks(7) {
        match a.ask(&b, some).await {
            Ok(heard) => got += heard.asked,
            Err(NoHearing::Refused(Why::Quota)) => {}
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!(got, 7 + 7 + 3, "a question that goes beyond the share is refused whole");
    let day = b.ledger.clock.today().to_string();
    let asked = lykt::store::partner::day(&mut b.db.read().await.unwrap(), &day).await.unwrap();
    assert_eq!(asked["other"], (17, 77));
    assert!(matches!(a.ask(&b, &all).await, Err(NoHearing::Refused(Why::Quota))), "nor all at once");
    b.later(DAY);
    a.later(DAY);
    assert_eq!(a.ask(&b, &all[..20]).await.unwrap().asked, 20, "the next day has a share of its own");
}

#[tokio::test]
async fn a_question_is_answered_once_and_not_for_ever() {
    let (a, b) = Side::agreed().await;
    let (asked, envelope) = a.asks(&[number(5)]);
    let answer = b.say(&envelope).await.unwrap();
    let again = b.say(&envelope).await.unwrap();
    assert!(matches!(a.hears(&asked, &again).await, Err(NoHearing::Refused(Why::Again))));
    a.hears(&asked, &answer).await.unwrap();
    // An answer to another question is none to this one.
    let (other, _) = a.asks(&[number(5)]);
    assert!(matches!(a.hears(&other, &answer).await, Err(NoHearing::Unread(_))));
    let (asked, envelope) = a.asks(&[number(5)]);
    b.later(8 * DAY);
    let late = b.say(&envelope).await.unwrap();
    assert!(matches!(a.hears(&asked, &late).await, Err(NoHearing::Refused(Why::Late))));
}

#[tokio::test]
async fn what_was_changed_on_its_way_or_told_back_is_nothing() {
    let (a, b) = Side::agreed().await;
    b.no(&number(5)).await;
    let (asked, envelope) = a.asks(&[number(5)]);
    let rows = b.rows("partner_answered").await;
    assert!(matches!(a.say(&envelope).await, Err(NoAnswer::Unread(_))), "our own words");
    for at in (0..envelope.len()).step_by(envelope.len() / 40) {
        let mut changed = envelope.clone();
        changed[at] ^= 0x20;
        assert!(matches!(b.say(&changed).await, Err(NoAnswer::Unread(_))), "byte {at}");
        assert!(matches!(b.say(&envelope[..at]).await, Err(NoAnswer::Unread(_))), "cut at {at}");
    }
    assert_eq!(b.rows("partner_answered").await, rows, "nothing of it was counted");
    let answer = b.say(&envelope).await.unwrap();
    for at in (0..answer.len()).step_by(answer.len() / 40) {
        let mut changed = answer.clone();
        changed[at] ^= 0x20;
        assert!(matches!(a.hears(&asked, &changed).await, Err(NoHearing::Unread(_))), "byte {at}");
    }
    assert_eq!(a.rows("partner_answer").await, 0, "nothing of it was taken");
    let (stranger, _) = Side::agreed().await;
    let (_, foreign) = stranger.asks(&[number(5)]);
    assert!(matches!(b.say(&foreign).await, Err(NoAnswer::Unread(_))), "the key of another pair");
    assert_eq!(a.hears(&asked, &answer).await.unwrap().no, 1);
}

#[tokio::test]
async fn what_passes_shows_no_number_and_looks_alike_whoever_is_asked_about() {
    let (a, b) = Side::agreed().await;
    b.no(&number(5)).await;
    let mut sizes = Vec::new();
    for n in [5, 6] {
        let (asked, envelope) = a.asks(&[number(n)]);
        let answer = b.say(&envelope).await.unwrap();
        let digits = &number(n).expose()[4..].to_owned();
        for bytes in [&envelope, &answer] {
            assert!(!bytes.windows(digits.len()).any(|part| part == digits.as_bytes()));
        }
        sizes.push((envelope.len() / 64, answer.len() / 64));
        a.hears(&asked, &answer).await.unwrap();
    }
    assert_eq!(sizes[0], sizes[1]);
}

#[tokio::test]
async fn a_number_costs_time() {
    let (a, b) = Side::agreed().await;
    let began = lykt::clock::boot_ms();
    a.ask(&b, &(5..25).map(number).collect::<Vec<_>>()).await.unwrap();
    assert!(lykt::clock::boot_ms() - began >= 20, "twenty numbers, a millisecond each");
}
