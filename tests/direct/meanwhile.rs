//! What comes on one node while another links two people, or parts them, and has not committed yet: it is of whose address
//! it came from, and never of whom that belonged to a moment ago.

use lykt::domain::decision::Decision;
use lykt::domain::message::ReceiptStatus;
use lykt::domain::private::Private;
use lykt::ledger::Answer;
use lykt::retention::{Erasure, forget};
use lykt::store::touch::{Touch, TouchKind};
use lykt::store::{Tx, contact, link};

use crate::direct::house::{House, PERSON};

const OTHER: &str = "+447700900002";

/// Two numbers of one contact, which are parted in the transaction that is given back.
async fn parting(house: &House) -> Tx {
    let (one, two) = (Private::from(PERSON.to_owned()), Private::from(OTHER.to_owned()));
    let mut tx = house.db.begin().await.unwrap();
    let keep = house.ledger.link(&mut tx, &one, &two, Some("Kari")).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let mut tx = house.db.begin().await.unwrap();
    let (address, ..) = link::address(&mut tx, &house.ledger.vault.blind(OTHER)).await.unwrap().unwrap();
    house.ledger.unlink(&mut tx, keep, address, Some("Kari")).await.unwrap().unwrap();
    tx
}

async fn check(house: &House, number: &str) -> Answer {
    let mut tx = house.db.read().await.unwrap();
    house.ledger.check(&mut tx, &Private::from(number.to_owned())).await.unwrap()
}

#[tokio::test]
async fn a_no_by_answer_is_of_the_number_it_came_from() {
    let [_, house] = House::both().await;
    let changes = parting(&house).await;
    house.meanwhile(changes, house.writes(OTHER, "STOPP")).await;
    assert_eq!(check(&house, OTHER).await.reasons[0], Decision::OptedOut);
    assert!(check(&house, PERSON).await.may_approach());
}

#[tokio::test]
async fn a_no_by_hand_is_of_the_number_it_was_said_of() {
    let [_, house] = House::both().await;
    let changes = parting(&house).await;
    house.meanwhile(changes, house.says_no(OTHER)).await;
    assert_eq!(check(&house, OTHER).await.reasons, [Decision::OptedOut]);
    assert!(check(&house, PERSON).await.may_approach());
}

#[tokio::test]
async fn who_is_forgotten_is_whose_number_was_named() {
    let [_, house] = House::both().await;
    let changes = parting(&house).await;
    let forgets = async {
        let mut tx = house.db.begin().await.unwrap();
        let ended = forget(&house.ledger, &mut tx, &Private::from(OTHER.to_owned())).await.unwrap();
        tx.commit().await.unwrap();
        ended
    };
    assert!(matches!(house.meanwhile(changes, forgets).await, Erasure::Done { .. }));
    let mut tx = house.db.read().await.unwrap();
    let stands = async |tx: &mut Tx, number| contact::find(tx, &house.ledger.vault.blind(number)).await.unwrap();
    assert!(stands(&mut tx, PERSON).await.is_some(), "the wrong one of the two is forgotten");
    assert!(stands(&mut tx, OTHER).await.is_none());
}

#[tokio::test]
async fn an_answer_that_is_read_while_its_person_is_linked_holds_nobody_afterwards() {
    let [_, house] = House::both().await;
    let (one, two) = (Private::from(PERSON.to_owned()), Private::from(OTHER.to_owned()));
    let mut tx = house.db.begin().await.unwrap();
    house.ledger.contact(&mut tx, &one).await.unwrap();
    tx.commit().await.unwrap();
    let answer = house.writes(OTHER, "hei").await;
    let mut changes = house.db.begin().await.unwrap();
    house.ledger.link(&mut changes, &one, &two, Some("Kari")).await.unwrap().unwrap();
    let reads = async {
        let mut tx = house.db.begin().await.unwrap();
        assert!(lykt::inbox::read(&house.ledger, &mut tx, answer, Some("Amanda")).await.unwrap());
        tx.commit().await.unwrap();
    };
    house.meanwhile(changes, reads).await;
    assert!(check(&house, PERSON).await.may_approach(), "{:?}", check(&house, PERSON).await.reasons);
}

#[tokio::test]
async fn the_cooldown_of_a_call_stands_when_a_message_turns_out_not_to_have_arrived_meanwhile() {
    let [_, house] = House::both().await;
    house.answered().await;
    house.drain(&mut house.sender().await).await;
    let accept = house.gateway.accepts().pop().unwrap();
    let mut changes = house.db.begin().await.unwrap();
    let mut call = Touch::new(TouchKind::Call, house.ledger.clock.now_ms());
    call.counts = true;
    let person = Private::from(PERSON.to_owned());
    house.ledger.by_hand(&mut changes, &person, &call).await.unwrap();
    house.meanwhile(changes, house.hear(&accept, true, ReceiptStatus::Undelivered, Some(30_005))).await;
    let (messages, runs) = house.ledger_of(PERSON).await;
    assert!(!messages[0].counts && runs, "who was just called may be approached");
}
