//! What a gateway, a crash and a no do to an answer, and where it ends. Nothing is ever sent again by itself.

use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::domain::private::Private;
use lykt::inbox::answer::Refused;
use lykt::ledger::Apart;
use lykt::store::direct;
use lykt::store::link;

use crate::direct::house::{House, MINUTE, PERSON, press};
use crate::fault_gateway::Fault;

#[tokio::test]
async fn an_answer_goes_once_and_starts_the_cooldown() {
    for house in House::both().await {
        let id = house.answered().await;
        let mut sender = house.sender().await;
        assert_eq!(house.drain(&mut sender).await, 1);
        assert_eq!(house.state(id).await, ("accepted", None));
        assert_eq!(house.drain(&mut sender).await, 0);
        let accepts = house.gateway.accepts();
        assert_eq!((accepts.len(), accepts[0].to.as_str()), (1, PERSON));
        let (entries, contacted) = house.ledger_of(PERSON).await;
        assert!(contacted);
        assert_eq!((entries.len(), entries[0].actor.as_deref(), entries[0].counts), (1, Some("Amanda"), true));
        house.hear(&accepts[0], true, ReceiptStatus::Delivered, None).await;
        house.hear(&accepts[0], true, ReceiptStatus::Sent, None).await;
        assert_eq!(house.state(id).await.0, "delivered");
    }
}

#[tokio::test]
async fn what_is_unclear_stays_in_doubt_until_late_proof_and_is_not_sent_again() {
    let faults = [Fault::AcceptThenDrop, Fault::AcceptThen500, Fault::AcceptThenHang];
    for house in House::both().await {
        for (n, fault) in faults.iter().enumerate() {
            house.gateway.fail_for(PERSON, Some(fault.clone()));
            let id = house.answered().await;
            let mut sender = house.sender().await;
            house.drain(&mut sender).await;
            assert_eq!(house.state(id).await.0, "in_doubt", "{fault:?}");
            house.ledger.clock.advance_ms(MINUTE);
            house.reap().await;
            assert_eq!(house.drain(&mut sender).await, 0);
            let accepts = house.gateway.accepts();
            assert_eq!(accepts.len(), n + 1, "{fault:?}");
            assert!(house.ledger_of(PERSON).await.0[n].counts, "a doubt counts");
            house.hear(&accepts[n], true, ReceiptStatus::Delivered, None).await;
            assert_eq!(house.state(id).await.0, "delivered", "{fault:?}");
        }
    }
}

#[tokio::test]
async fn a_doubt_that_nobody_proves_counts_as_contacted_after_a_day() {
    for house in House::both().await {
        house.gateway.fail_for(PERSON, Some(Fault::Drop));
        let id = house.answered().await;
        house.drain(&mut house.sender().await).await;
        house.ledger.clock.advance_ms(25 * 60 * MINUTE);
        house.reap().await;
        assert_eq!(house.state(id).await.0, "abandoned");
        assert!(house.ledger_of(PERSON).await.1);
    }
}

#[tokio::test]
async fn what_was_refused_or_never_left_is_failed_and_costs_no_cooldown() {
    for house in House::both().await {
        let id = house.answered().await;
        house.drain(&mut house.sender_at("http://127.0.0.1:9", "1000/s").await).await;
        assert_eq!(house.state(id).await, ("failed", Some("no_connection".to_owned())));
        let (entries, contacted) = house.ledger_of(PERSON).await;
        assert_eq!((entries[0].counts, contacted), (false, false));
        house.drain(&mut house.sender().await).await;
        assert_eq!(house.gateway.requests(), 0, "sending again is a person's decision");
    }
}

#[tokio::test]
async fn a_dead_senders_answer_is_in_doubt_and_its_late_callback_settles_it() {
    for house in House::both().await {
        house.gateway.fail_for(PERSON, Some(Fault::AcceptThenHang));
        let id = house.answered().await;
        let mut sender = house.sender().await;
        assert_eq!(sender.step().await.unwrap(), 1);
        assert_eq!(house.state(id).await.0, "submitting");
        while house.gateway.accepts().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(sender);
        house.pass(MINUTE).await;
        house.reap().await;
        assert_eq!(house.state(id).await.0, "in_doubt");
        assert_eq!(house.drain(&mut house.sender().await).await, 0);
        house.hear(&house.gateway.accepts()[0], true, ReceiptStatus::Sent, None).await;
        assert_eq!(house.state(id).await.0, "sent");
        house.hear(&house.gateway.accepts()[0], false, ReceiptStatus::Delivered, None).await;
        assert_eq!(house.state(id).await.0, "delivered", "by the provider's id alone");
    }
}

#[tokio::test]
async fn a_no_between_the_press_and_the_intent_withdraws_the_answer() {
    for house in House::both().await {
        let id = house.answered().await;
        house.says_no(PERSON).await;
        assert_eq!(house.drain(&mut house.sender().await).await, 0);
        assert_eq!(house.state(id).await, ("withdrawn", Some("opted_out".to_owned())));
        assert_eq!(house.gateway.requests(), 0);
    }
}

#[tokio::test]
async fn an_answer_that_waited_too_long_is_not_sent_in_the_night() {
    for house in House::both().await {
        let id = house.answered().await;
        house.ledger.clock.advance_ms(11 * MINUTE);
        assert_eq!(house.drain(&mut house.sender().await).await, 0);
        assert_eq!(house.state(id).await, ("withdrawn", Some("expired".to_owned())));
    }
}

#[tokio::test]
async fn the_providers_no_to_an_answer_is_a_no() {
    for house in House::both().await {
        let id = house.answered().await;
        house.drain(&mut house.sender().await).await;
        house.hear(&house.gateway.accepts()[0], true, ReceiptStatus::Undelivered, Some(21_610)).await;
        assert_eq!(house.state(id).await.0, "undelivered");
        let reply = house.writes(PERSON, "hvorfor?").await;
        assert_eq!(house.press(press(reply, "Amanda")).await, Err(Refused::OptedOut));
    }
}

#[tokio::test]
async fn answers_share_the_accounts_rate_and_may_borrow_one() {
    for house in House::both().await {
        let mut all = Vec::new();
        for n in 1..=4 {
            let reply = house.writes(&format!("+44770090000{n}"), "hei").await;
            all.push(house.press(press(reply, "Amanda")).await.unwrap());
        }
        let mut sender = house.sender_at(&house.gateway.base_url(), "1/min").await;
        assert_eq!(house.drain(&mut sender).await, 2, "one, and one that is borrowed");
        house.pass(MINUTE).await;
        assert_eq!(house.drain(&mut sender).await, 1);
        assert_eq!(house.state(all[3]).await.0, "queued");
    }
}

#[tokio::test]
async fn while_an_answer_is_under_way_its_person_is_neither_linked_nor_parted() {
    for house in House::both().await {
        let (one, other) = (Private::new(PERSON.to_owned()), Private::new("+447700900002".to_owned()));
        house.gateway.fail_for(PERSON, Some(Fault::AcceptThenHang));
        let id = house.answered().await;
        let mut sender = house.sender().await;
        assert_eq!(sender.step().await.unwrap(), 1);
        assert_eq!(house.state(id).await.0, "submitting");
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(house.ledger.link(&mut tx, &one, &other, Some("Kari")).await.unwrap(), Err(Apart::UnderWay));
        drop(tx);
        while sender.settle_ended().await.unwrap() > 0 {
            sender.wait().await;
        }
        let mut tx = house.db.begin().await.unwrap();
        let keep = house.ledger.link(&mut tx, &one, &other, Some("Kari")).await.unwrap().unwrap();
        tx.commit().await.unwrap();

        house.gateway.fail_for(PERSON, Some(Fault::AcceptThenHang));
        house.answered().await;
        assert_eq!(sender.step().await.unwrap(), 1);
        let mut tx = house.db.begin().await.unwrap();
        let (address, _) = link::addresses(&mut tx, keep).await.unwrap().remove(0);
        let parted = house.ledger.unlink(&mut tx, keep, address, Some("Kari")).await.unwrap();
        assert_eq!(parted, Err(Apart::UnderWay));
    }
}

#[tokio::test]
async fn a_receipt_that_comes_while_our_own_answer_is_settled_waits_for_it_and_is_not_lost() {
    let [_, house] = House::both().await;
    for (status, code, ends) in [
        (ReceiptStatus::Undelivered, Some(30_005), ("undelivered", false)),
        (ReceiptStatus::Delivered, None, ("delivered", true)),
    ] {
        let id = house.answered().await;
        let mut sender = house.sender().await;
        assert_eq!(sender.step().await.unwrap(), 1);
        sender.wait().await;
        // Our own answer is about to be committed.
        let mut ours = house.db.begin().await.unwrap();
        let row = direct::lock(&mut ours, id).await.unwrap().unwrap();
        assert!(direct::move_state(&mut ours, &row, MessageState::Accepted, None, row.state_at).await.unwrap());
        let accept = house.gateway.accepts().pop().unwrap();
        house.meanwhile(ours, house.hear(&accept, true, status, code)).await;
        house.drain(&mut sender).await;
        assert_eq!(house.state(id).await.0, ends.0);
        assert_eq!(house.ledger_of(PERSON).await.0.last().unwrap().counts, ends.1, "{}", ends.0);
    }
}
