//! Who may answer whom, and what stands in the way.

use lykt::domain::decision::Decision;
use lykt::gateway::ProviderId;
use lykt::inbox::answer::{self, Refused};
use lykt::inbox::conversation::{What, conversation};
use lykt::inbox::ready;
use lykt::retention::{self, Erasure};
use lykt::store::reply;

use crate::direct::house::{House, PERSON, press};
use crate::fault_gateway::Fault;
use lykt::domain::private::Private;

#[tokio::test]
async fn two_people_do_not_answer_the_same_person() {
    for house in House::both().await {
        let id = house.writes(PERSON, "hei").await;
        let (first, second) = tokio::join!(house.press(press(id, "Amanda")), house.press(press(id, "Kari")));
        let refused = first.as_ref().err().or(second.as_ref().err()).expect("one of them is refused");
        assert!(matches!(refused, Refused::Taken(name) if name == "Amanda" || name == "Kari"), "{refused:?}");
        assert!(first.is_ok() || second.is_ok());
        house.drain(&mut house.sender().await).await;
        assert_eq!(house.gateway.accepts().len(), 1);
    }
}

#[tokio::test]
async fn a_no_to_an_answer_of_ours_is_its_persons_whatever_number_it_comes_from() {
    for house in House::both().await {
        house.answered().await;
        house.drain(&mut house.sender().await).await;
        let ours = ProviderId::parse(&house.gateway.accepts().remove(0).sid);
        house.writes_to("+447700900555", "stopp", ours).await;
        let mut tx = house.db.read().await.unwrap();
        let answer = house.ledger.check(&mut tx, &Private::new(PERSON.to_owned())).await.unwrap();
        assert_eq!(answer.reasons[0], Decision::OptedOut);
    }
}

#[tokio::test]
async fn a_no_counts_also_under_an_id_that_the_provider_gave_to_another_answer() {
    const OTHER: &str = "+447700900555";
    for house in House::both().await {
        let id = ProviderId::parse("0").unwrap();
        for (from, text, new) in [
            (PERSON, "hei", true),
            (PERSON, "hei", false),
            (OTHER, "STOPP", true),
            (OTHER, "STOPP", false),
            (PERSON, "STOPP", true),
        ] {
            assert_eq!(house.says(from, text, id.clone()).await, new, "{from} {text}");
        }
        let mut tx = house.db.read().await.unwrap();
        for person in [PERSON, OTHER] {
            let answer = house.ledger.check(&mut tx, &Private::new(person.to_owned())).await.unwrap();
            assert_eq!(answer.reasons[0], Decision::OptedOut, "{person}");
        }
    }
}

#[tokio::test]
async fn the_same_press_twice_is_one_answer() {
    for house in House::both().await {
        let id = house.writes(PERSON, "hei").await;
        let (one, mut two) = (press(id, "Amanda"), press(id, "Amanda"));
        two.id = one.id;
        house.press(one).await.unwrap();
        assert_eq!(house.press(two).await, Err(Refused::Again));
    }
}

#[tokio::test]
async fn an_answer_is_handed_over_from_who_was_seen_to_have_it() {
    for house in House::both().await {
        let id = house.writes(PERSON, "hei").await;
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(answer::take(&house.ledger, &mut tx, id, "Amanda").await.unwrap(), Ok(()));
        let kari = answer::take(&house.ledger, &mut tx, id, "Kari").await.unwrap();
        assert_eq!(kari, Err(Some("Amanda".to_owned())));
        let seen = reply::get(&mut tx, &house.ledger.vault, id).await.unwrap().unwrap();
        assert!(answer::hand_over(&house.ledger, &mut tx, &seen, Some("Kari")).await.unwrap());
        assert!(!answer::hand_over(&house.ledger, &mut tx, &seen, Some("Ola")).await.unwrap(), "Amanda has it no more");
        tx.commit().await.unwrap();
        assert!(house.press(press(id, "Kari")).await.is_ok());
    }
}

#[tokio::test]
async fn at_night_a_person_is_warned_before_an_answer_goes() {
    for house in House::both().await {
        house.at_time("2026-12-03T21:00:00");
        let id = house.writes(PERSON, "hei").await;
        assert_eq!(house.press(press(id, "Amanda")).await, Err(Refused::Night));
        let mut sure = press(id, "Amanda");
        sure.now = true;
        assert!(house.press(sure).await.is_ok());
        house.at_time("2026-12-04T08:00:00");
        assert!(house.press(press(id, "Amanda")).await.is_ok());
    }
}

#[tokio::test]
async fn nobody_who_said_no_and_no_name_is_answered() {
    for house in House::both().await {
        let id = house.writes(PERSON, "STOPP").await;
        assert_eq!(house.press(press(id, "Amanda")).await, Err(Refused::OptedOut));
        let id = house.writes("Banken", "Din kode er 1234").await;
        assert_eq!(house.press(press(id, "Amanda")).await, Err(Refused::NoNumber));
        let id = house.writes("messenger:42424242", "hei").await;
        assert_eq!(house.press(press(id, "Amanda")).await, Err(Refused::NoNumber), "digits of Messenger's, no phone");
        let mut empty = press(id, "Amanda");
        empty.text = Private::new(" \n".to_owned());
        assert_eq!(house.press(empty).await, Err(Refused::Empty));
    }
}

#[tokio::test]
async fn the_conversation_has_both_sides_in_their_order() {
    for house in House::both().await {
        house.answered().await;
        house.drain(&mut house.sender().await).await;
        house.ledger.clock.advance_ms(1_000);
        let last = house.writes(PERSON, "takk, har det bra").await;
        let mut tx = house.db.read().await.unwrap();
        let reply = reply::get(&mut tx, &house.ledger.vault, last).await.unwrap().unwrap();
        let all = conversation(&house.ledger, &mut tx, reply.contact).await.unwrap();
        let texts: Vec<String> = all
            .iter()
            .map(|event| match &event.what {
                What::In(reply) => reply.text.as_ref().unwrap().expose().clone(),
                What::Out(out) => out.text.as_ref().unwrap().expose().clone(),
                What::Entry(_) => String::new(),
            })
            .collect();
        assert_eq!(texts, ["hei", "Hei! Kom innom i dag.", "takk, har det bra"]);
        let settings = house.settings("http://127.0.0.1:9", "1/s");
        let found = ready::suggest(&mut tx, &settings.organisation, &reply, None, "Amanda").await.unwrap();
        assert_eq!((found[0].key.as_str(), found[0].language.as_str(), found[0].suits), ("thanks", "nb", true));
        assert!(found[0].text.ends_with("Hilsen Amanda, Lykten"), "{}", found[0].text);
        assert!(found.iter().all(|filled| filled.key != "who"), "without a page about us there is no link to send");
    }
}

#[tokio::test]
async fn an_answer_in_doubt_is_not_forgotten_and_everything_else_is() {
    for house in House::both().await {
        house.gateway.fail_for(PERSON, Some(Fault::Drop));
        let id = house.answered().await;
        house.drain(&mut house.sender().await).await;
        let number = Private::new(PERSON.to_owned());
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(retention::forget(&house.ledger, &mut tx, &number).await.unwrap(), Erasure::UnderWay);
        drop(tx);
        house.ledger.clock.advance_ms(25 * 3_600_000);
        house.reap().await;
        let mut tx = house.db.begin().await.unwrap();
        let ended = retention::forget(&house.ledger, &mut tx, &number).await.unwrap();
        assert!(matches!(ended, Erasure::Done { no: false, .. }), "{ended:?}");
        assert!(lykt::store::direct::get(&mut tx, id).await.unwrap().is_none());
        tx.commit().await.unwrap();
        house.answered().await;
        house.drain(&mut house.sender().await).await;
        house.ledger.clock.advance_ms(400 * 24 * 3_600_000);
        house.reap().await;
        let erased = retention::erase(
            &house.db,
            &house.ledger,
            retention::Keep {
                entries: "12 months".parse().unwrap(),
                texts: "90 days".parse().unwrap(),
                webhooks: "7 days".parse().unwrap(),
            },
        )
        .await
        .unwrap();
        assert_eq!((erased.directs, erased.contacts), (1, 1));
    }
}

#[tokio::test]
async fn whatsapp_is_answered_for_a_day_and_somebody_without_a_number_by_their_id() {
    for house in House::both().await {
        let id = house.writes("whatsapp:SE.1502576394655843", "hei").await;
        house.ledger.clock.advance_ms(23 * 3_600_000);
        let sent = house.press(press(id, "Amanda")).await.unwrap();
        let row = house.row(sent).await;
        let letter = lykt::store::direct::open(&house.ledger.vault, &row).unwrap();
        assert_eq!((letter.to.as_str(), row.channel.as_str()), ("whatsapp:SE.1502576394655843", "whatsapp"));
        let id = house.writes(&format!("whatsapp:{PERSON}"), "hei").await;
        house.ledger.clock.advance_ms(24 * 3_600_000 + 1);
        assert_eq!(house.press(press(id, "Amanda")).await, Err(Refused::Window));
    }
}

#[tokio::test]
async fn an_answer_by_whatsapp_whose_day_is_over_before_it_leaves_does_not_go() {
    for house in House::both().await {
        let id = house.writes(&format!("whatsapp:{PERSON}"), "hei").await;
        house.ledger.clock.advance_ms(24 * 3_600_000 - 1_000);
        let sent = house.press(press(id, "Amanda")).await.unwrap();
        house.ledger.clock.advance_ms(2_000);
        house.drain(&mut house.sender().await).await;
        assert_eq!(house.state(sent).await, ("withdrawn", Some("window_closed".to_owned())));
    }
}
