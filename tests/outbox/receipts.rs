//! Late proof wins: receipts in any order, of any try, from any state (fault 37).

use serde_json::json;

use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::gateway::{Address, ProviderId, Receipt, Token};

use crate::fault_gateway::{Accept, Fault};
use crate::outbox::house::{ACCOUNT, DAY, House, MINUTE, receipt_of};

/// A message that the gateway took and that we know nothing of.
async fn doubted(house: &House) -> (crate::outbox::house::Person, Accept) {
    let person = house.one().await;
    house.gateway.fail_next(Fault::AcceptThenDrop);
    let mut outbox = house.outbox().await;
    house.drain(&mut outbox).await;
    assert_eq!(house.state(&person).await, "in_doubt");
    (person, house.gateway.accepts().remove(0))
}

#[tokio::test]
async fn a_callback_settles_an_abandoned_message_and_the_cooldown_runs_from_its_try() {
    for house in House::both().await {
        let (person, accept) = doubted(&house).await;
        let tried = house.clock().now_ms();
        house.clock().advance_ms(DAY + MINUTE);
        house.reap().await;
        assert_eq!(house.state(&person).await, "abandoned");
        assert_eq!(house.check(&person).await.contacted_at, Some(tried));
        house.receipt(&accept, ReceiptStatus::Sent, None).await;
        assert_eq!(house.state(&person).await, "sent");
        assert_eq!(house.check(&person).await.contacted_at, Some(tried));
        house.states("vinter", 1).await;
    }
}

#[tokio::test]
async fn a_callback_of_another_account_under_the_same_id_says_nothing() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let told = receipt_of(&house.gateway.accepts()[0], ReceiptStatus::Delivered, None);
        let news = Receipt { token: None, ..told };
        let mut tx = house.db.begin().await.unwrap();
        house.settler.receipt(&mut tx, "another", &news).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.state(&person).await, "accepted");
        house.hear(&news).await;
        assert_eq!(house.state(&person).await, "delivered");
    }
}

#[tokio::test]
async fn a_callback_settles_a_message_that_a_coordinator_put_back_in_the_queue() {
    for house in House::both().await {
        let (person, accept) = doubted(&house).await;
        house.decide(&person, MessageState::Queued).await;
        assert_eq!(house.state(&person).await, "queued");
        house.receipt(&accept, ReceiptStatus::Delivered, None).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!((house.state(&person).await, house.sends()), ("delivered", 1));
    }
}

#[tokio::test]
async fn a_callback_settles_a_withdrawn_message() {
    for house in House::both().await {
        let (person, accept) = doubted(&house).await;
        house.decide(&person, MessageState::Queued).await;
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.opt_out(&mut tx, person.contact, lykt::ledger::NoSource::ByHand, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.state(&person).await, "withdrawn");
        house.receipt(&accept, ReceiptStatus::Sent, None).await;
        assert_eq!(house.states("vinter", 1).await, [("sent", 1)].into());
        assert!(house.check(&person).await.contacted_at.is_some());
    }
}

#[tokio::test]
async fn a_receipt_before_our_own_settle_stands() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        assert_eq!(outbox.step().await.unwrap().began, 1);
        outbox.wait().await;
        assert_eq!(house.state(&person).await, "submitting");
        house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Delivered, None).await;
        house.drain(&mut outbox).await;
        assert_eq!(house.states("vinter", 1).await, [("delivered", 1)].into());
        assert_eq!(messages_in_the_ledger(&house, &person).await, 1);
    }
}

#[tokio::test]
async fn receipts_in_any_order_and_again_end_in_the_highest() {
    use ReceiptStatus::{Accepted, Delivered, Read, Sent, Undelivered};
    let orders = [
        (vec![Sent, Delivered], "delivered"),
        (vec![Delivered, Sent, Accepted, Delivered], "delivered"),
        (vec![Undelivered, Delivered], "delivered"),
        (vec![Delivered, Undelivered], "delivered"),
        (vec![Read, Delivered, Undelivered], "read"),
        (vec![Undelivered, Sent], "undelivered"),
    ];
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..orders.len() as u32).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        for (person, (order, end)) in people.iter().zip(&orders) {
            let accept = house.gateway.accepts().into_iter().find(|accept| accept.to == person.number).unwrap();
            for status in order {
                house.receipt(&accept, *status, status.is_bad().then_some(30_003)).await;
            }
            assert_eq!(house.state(person).await, *end, "{order:?}");
            assert_eq!(messages_in_the_ledger(&house, person).await, 1);
        }
        house.states("vinter", orders.len() as i64).await;
    }
}

#[tokio::test]
async fn bad_news_of_an_earlier_try_does_not_touch_a_later_one_and_good_news_does() {
    for (news, code, end) in
        [(ReceiptStatus::Failed, Some(30_005), "accepted"), (ReceiptStatus::Delivered, None, "delivered")]
    {
        for house in House::both().await {
            let (person, first) = doubted(&house).await;
            house.decide(&person, MessageState::Queued).await;
            let mut outbox = house.outbox().await;
            house.drain(&mut outbox).await;
            assert_eq!((house.state(&person).await, house.message(&person).await.attempt), ("accepted", 2));
            house.receipt(&first, news, code).await;
            assert_eq!(house.state(&person).await, end);
        }
    }
}

#[tokio::test]
async fn a_receipt_of_another_account_or_for_nobody_changes_nothing() {
    for house in House::both().await {
        let (person, accept) = doubted(&house).await;
        let mut stranger = receipt_of(&accept, ReceiptStatus::Delivered, None);
        let mut tx = house.db.begin().await.unwrap();
        house.settler.receipt(&mut tx, "another", &stranger).await.unwrap();
        tx.commit().await.unwrap();
        stranger.token = Token::parse("not-our-token");
        house.hear(&stranger).await;
        stranger.token = None;
        house.hear(&stranger).await;
        assert_eq!(house.state(&person).await, "in_doubt");
    }
}

#[tokio::test]
async fn a_receipt_without_a_token_is_known_by_the_providers_id() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let mut news = receipt_of(&house.gateway.accepts()[0], ReceiptStatus::Sent, None);
        news.token = None;
        house.hear(&news).await;
        assert_eq!(house.state(&person).await, "sent");
    }
}

async fn messages_in_the_ledger(house: &House, person: &crate::outbox::house::Person) -> usize {
    let mut tx = house.db.read().await.unwrap();
    let history = lykt::store::touch::history(&mut tx, &house.ledger.vault, person.contact).await.unwrap();
    history.iter().filter(|touch| touch.kind == lykt::store::touch::TouchKind::Message).count()
}

#[tokio::test]
async fn what_is_our_own_fault_costs_nobody_their_turn_also_when_it_is_told_as_undelivered() {
    for house in House::both().await {
        // The template is paused, and the account closed; the gateway took the messages first.
        for (code, campaign) in [(63_041, "vinter"), (63_112, "sommer")] {
            let plan = house.campaign(campaign, json!({})).await;
            let from = if campaign == "vinter" { 0 } else { 10 };
            let person = house.queue(campaign, plan, from..from + 1).await.remove(0);
            let mut outbox = house.outbox().await;
            house.drain(&mut outbox).await;
            let accept = house.gateway.accepts().into_iter().find(|accept| accept.to == person.number).unwrap();
            house.receipt(&accept, ReceiptStatus::Undelivered, Some(code)).await;
            assert_eq!(
                (house.state(&person).await, house.check(&person).await.contacted_at),
                ("queued", None),
                "{code}"
            );
        }
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Paused);
        let mut tx = house.db.read().await.unwrap();
        let paused = lykt::store::account::paused(&mut tx, house.clock().now_ms()).await.unwrap();
        assert_eq!(paused.get(ACCOUNT).map(String::as_str), Some("63112"));
    }
}

#[tokio::test]
async fn a_receipt_that_the_try_failed_stands_when_our_own_answer_comes_after_it() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        outbox.step().await.unwrap();
        outbox.wait().await;
        house.receipt(&house.gateway.accepts()[0], ReceiptStatus::Failed, Some(30005)).await;
        house.drain(&mut outbox).await;
        assert_eq!(house.state(&person).await, "undelivered");
        assert!(house.check(&person).await.may_approach(), "nobody was reached");
    }
}

/// Every order of some news.
fn orders(news: &[(ReceiptStatus, Option<u32>)]) -> Vec<Vec<(ReceiptStatus, Option<u32>)>> {
    if news.is_empty() {
        return vec![Vec::new()];
    }
    let first = |n: usize| {
        let mut rest = news.to_vec();
        let first = rest.remove(n);
        orders(&rest).into_iter().map(move |rest| [vec![first], rest].concat())
    };
    (0..news.len()).flat_map(first).collect()
}

#[tokio::test]
async fn any_order_of_the_same_receipts_ends_the_same_also_around_our_own_answer() {
    use ReceiptStatus::{Accepted, Delivered, Failed, Read, Sent, Undelivered};
    // What they end in, and whether that is contact: a loss that nobody explains, a number that is none, one that may be
    // tried another day, and what arrived whatever was said of it.
    let sets = [
        (vec![(Accepted, None), (Sent, None), (Failed, Some(30_008))], ("undelivered", true)),
        (vec![(Accepted, None), (Sent, None), (Failed, Some(30_005))], ("undelivered", false)),
        (vec![(Sent, None), (Failed, Some(63_049))], ("queued", false)),
        (vec![(Undelivered, Some(30_003)), (Delivered, None), (Read, None)], ("read", true)),
        (vec![(Sent, None), (Failed, Some(30_005)), (Delivered, None)], ("delivered", true)),
    ];
    let all: Vec<_> =
        sets.iter().flat_map(|(news, end)| orders(news).into_iter().map(move |news| (news, *end))).collect();
    let many = u32::try_from(all.len()).unwrap();
    for house in House::both().await {
        for (campaign, answer_last, people) in [("vinter", false, 0..many), ("sommer", true, many..2 * many)] {
            let plan = house.campaign(campaign, json!({})).await;
            let people = house.queue(campaign, plan, people).await;
            let mut outbox = house.outbox().await;
            let before = house.gateway.accepts().len();
            assert_eq!(outbox.step().await.unwrap().began, all.len());
            while house.gateway.accepts().len() < before + all.len() {
                outbox.wait().await;
            }
            if !answer_last {
                house.drain(&mut outbox).await;
            }
            for (person, (news, _)) in people.iter().zip(&all) {
                let accept = house.gateway.accepts().into_iter().find(|accept| accept.to == person.number).unwrap();
                for (status, code) in news {
                    house.receipt(&accept, *status, *code).await;
                }
            }
            house.drain(&mut outbox).await;
            for (person, (news, end)) in people.iter().zip(&all) {
                let found = (house.state(person).await, house.check(person).await.contacted_at.is_some());
                assert_eq!(found, *end, "{news:?}, our own answer last: {answer_last}");
            }
        }
    }
}

#[tokio::test]
async fn old_news_of_a_try_that_failed_takes_no_message_from_the_queue() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let accept = house.gateway.accepts().remove(0);
        // Not today, says the provider, and then what it had said before it, and the same once more.
        for (status, code) in
            [(ReceiptStatus::Failed, Some(63_049)), (ReceiptStatus::Sent, None), (ReceiptStatus::Failed, Some(63_049))]
        {
            house.receipt(&accept, status, code).await;
            assert_eq!(house.state(&person).await, "queued", "{status:?}");
        }
    }
}

#[tokio::test]
async fn a_no_that_a_receipt_of_an_unknown_message_tells_of_is_the_persons() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        let accept = house.gateway.accepts().remove(0);
        let stranger = |to: &str, code| Receipt {
            token: None,
            provider_id: ProviderId::parse("nobodys").unwrap(),
            to: Some(Address::new(to.to_owned())),
            ..receipt_of(&accept, ReceiptStatus::Failed, Some(code))
        };
        for (to, code, says_no) in [
            (person.number.clone(), 30_005, false),
            ("messenger:447700900".to_owned(), 21_610, false),
            (format!("whatsapp:{}", person.number), 21_610, true),
        ] {
            let known = receipt_of(&accept, ReceiptStatus::Sent, None);
            let mut tx = house.db.begin().await.unwrap();
            house.settler.receipts(&mut tx, ACCOUNT, &[&known, &stranger(&to, code)]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(house.check(&person).await.reasons[0] == Decision::OptedOut, says_no, "{to}");
        }
    }
}

#[tokio::test]
async fn news_of_the_newest_try_counts_beside_old_news_and_news_of_a_stranger() {
    for house in House::both().await {
        let (person, first) = doubted(&house).await;
        house.decide(&person, MessageState::Queued).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let second = house.gateway.accepts().remove(1);
        let stranger = Receipt {
            token: Token::parse(&"t".repeat(24)),
            provider_id: ProviderId::parse("nobodys").unwrap(),
            ..receipt_of(&second, ReceiptStatus::Read, None)
        };
        let all = [
            receipt_of(&first, ReceiptStatus::Failed, Some(30_005)),
            receipt_of(&second, ReceiptStatus::Read, None),
            stranger,
        ];
        let all: Vec<&Receipt> = all.iter().collect();
        let mut tx = house.db.begin().await.unwrap();
        house.settler.receipts(&mut tx, ACCOUNT, &all).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.state(&person).await, "read");
    }
}
