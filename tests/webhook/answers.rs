//! Answers from people: what is a no stands before the 2xx, and everything holds until it is read.

use lykt::clock::new_id;
use lykt::domain::decision::Decision;
use lykt::domain::message::MessageState;
use lykt::domain::reply::ReplyKind;
use lykt::inbox;
use lykt::store::touch::{self, TouchKind};
use tokio::task::JoinSet;

use crate::webhook::house::{House, OURS, SIMULATOR, TWILIO};
use crate::webhook::wire::{self, ask};

const PERSON: &str = "+447700900101";

#[tokio::test(flavor = "multi_thread")]
async fn a_no_stands_before_the_2xx_and_closes_what_waits() {
    for house in House::both().await {
        let id = new_id();
        house.queued("vinter", PERSON, id).await;
        let answer = house.says(PERSON, "SM1", "STOPP").await;
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("text/xml"), "{}", answer.head);
        assert_eq!(answer.body, b"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response/>");
        assert_eq!(house.reasons(PERSON).await, [Decision::OptedOut, Decision::Held]);
        assert_eq!(house.stands(id).await, MessageState::Withdrawn);
        let replies = house.replies().await;
        assert_eq!(
            (replies.len(), replies[0].kind, replies[0].text.as_ref().unwrap().expose().as_str()),
            (1, ReplyKind::OptOut, "STOPP")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_stop_many_times_at_once_is_one_answer_and_many_2xx() {
    for house in House::both().await {
        let mut told = JoinSet::new();
        let fields = [("MessageSid", "SM7"), ("To", OURS), ("From", PERSON), ("Body", "Stop.")];
        let request = wire::post(&format!("/hooks/{TWILIO}/inbound"), &fields);
        for _ in 0..200 {
            let (port, request) = (house.port, request.clone());
            told.spawn(async move { ask(port, &request).await.status });
        }
        while let Some(status) = told.join_next().await {
            assert_eq!(status.unwrap(), 200);
        }
        // And once more with other bytes around the same message.
        assert_eq!(house.tells("SM7", &[("From", PERSON), ("Body", "Stop."), ("NumMedia", "0")]).await.status, 200);
        assert_eq!(house.replies().await.len(), 1);
        assert_eq!(house.contact(PERSON).await.unwrap().unread, 1);
        assert_eq!(house.rows("select count(*) from no").await, 1);
        assert_eq!(house.rows("select count(*) from touch where kind = 'opt_out'").await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_people_answer_at_the_same_time_and_none_is_lost() {
    for house in House::both().await {
        let mut told = JoinSet::new();
        for n in 0..60 {
            // Twenty people, three answers each.
            let (from, sid) = (format!("+4477009002{:02}", n % 20), format!("SM{n}"));
            let fields = [("MessageSid", sid.as_str()), ("To", OURS), ("From", &from), ("Body", "stop")];
            let (port, request) = (house.port, wire::post(&format!("/hooks/{TWILIO}/inbound"), &fields));
            told.spawn(async move { ask(port, &request).await.status });
        }
        while let Some(status) = told.join_next().await {
            assert_eq!(status.unwrap(), 200);
        }
        assert_eq!(house.replies().await.len(), 60);
        assert_eq!(house.rows("select count(*) from contact").await, 20);
        assert_eq!(house.rows("select count(*) from contact where unread = 3 and opted_out = true").await, 20);
        assert_eq!(house.rows("select count(*) from no").await, 20);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unread_answer_holds_until_the_last_one_is_read() {
    for house in House::both().await {
        house.says(PERSON, "SM1", "Hvem er dette?").await;
        house.says(PERSON, "SM2", "Hallo?").await;
        assert_eq!(house.reasons(PERSON).await, [Decision::Held]);
        let ids: Vec<_> = house.replies().await.iter().map(|reply| reply.id).collect();
        for (id, news, held) in
            [(ids[0], true, true), (ids[0], false, true), (ids[1], true, false), (ids[1], false, false)]
        {
            let mut tx = house.db.begin().await.unwrap();
            assert_eq!(inbox::read(&house.ledger, &mut tx, id, Some("Kari")).await.unwrap(), news);
            tx.commit().await.unwrap();
            assert_eq!(!house.reasons(PERSON).await.is_empty(), held);
        }
        let mut tx = house.db.begin().await.unwrap();
        assert!(!inbox::read(&house.ledger, &mut tx, new_id(), None).await.unwrap(), "an answer that is not there");
        assert_eq!(house.contact(PERSON).await.unwrap().unread, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_afterwards_does_not_lift_the_no() {
    for house in House::both().await {
        house.says(PERSON, "SM1", "STOP").await;
        house.says(PERSON, "SM2", "START").await;
        let kinds: Vec<_> = house.replies().await.iter().map(|reply| reply.kind).collect();
        assert_eq!(kinds, [ReplyKind::OptOut, ReplyKind::Start]);
        assert_eq!(house.reasons(PERSON).await[0], Decision::OptedOut);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_took_as_a_no_is_one_whatever_the_words() {
    for house in House::both().await {
        house.tells("SM1", &[("From", PERSON), ("Body", "Arret svp xyz"), ("OptOutType", "STOP")]).await;
        assert_eq!(house.reasons(PERSON).await, [Decision::OptedOut, Decision::Held]);
        house.tells("SM2", &[("From", "+447700900102"), ("Body", "HELP"), ("OptOutType", "HELP")]).await;
        assert_eq!(house.reasons("+447700900102").await, [Decision::Held]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_is_left_out_until_staff_lift_it() {
    for house in House::both().await {
        let id = new_id();
        house.queued("vinter", PERSON, id).await;
        house.says(PERSON, "SM1", "You have the wrong number").await;
        assert_eq!(house.replies().await[0].kind, ReplyKind::WrongNumber);
        assert_eq!(house.reasons(PERSON).await, [Decision::Held, Decision::WrongNumber]);
        assert_eq!(house.stands(id).await, MessageState::Withdrawn);
        assert!(!house.contact(PERSON).await.unwrap().opted_out, "and yet no no");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_words_or_without_a_number_is_one_like_any_other() {
    for house in House::both().await {
        assert_eq!(house.tells("SM1", &[("From", PERSON), ("NumMedia", "2")]).await.status, 200);
        assert_eq!(house.says("whatsapp:NO.abc", "SM2", "hei").await.status, 200);
        assert_eq!(house.says("26112", "SM3", "\u{202e}<script>\0").await.status, 200);
        let combining = "e".to_owned() + "\u{301}".repeat(50_000).as_str();
        assert_eq!(house.says(PERSON, "SM4", &combining).await.status, 200);
        assert_eq!(house.says("", "SM5", "STOPP").await.status, 200);
        assert_eq!(house.says("", "SM5", "STOPP").await.status, 200);
        assert_eq!(house.replies().await.len(), 5);
        assert_eq!(house.reasons("whatsapp:NO.abc").await, [Decision::Held]);
        assert_eq!(house.contact(PERSON).await.unwrap().unread, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_by_whatsapp_is_a_no_to_the_same_number_by_sms() {
    let house = &House::both().await[0];
    house.says("whatsapp:+46701740605", "SM1", "stopp").await;
    assert_eq!(house.reasons("+46701740605").await[0], Decision::OptedOut);
    assert_eq!(house.replies().await[0].channel, "whatsapp");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_in_the_ledger_with_the_campaign_that_came_last() {
    for house in House::both().await {
        house.message("vinter", PERSON, "tok-00000001").await;
        house.says(PERSON, "SM1", "Tusen takk, jeg trenger dere ikke").await;
        let reply = house.replies().await.remove(0);
        assert_eq!(reply.campaign.as_deref(), Some("vinter"));
        let mut tx = house.db.read().await.unwrap();
        let entries = touch::history(&mut tx, &house.ledger.vault, reply.contact).await.unwrap();
        let entry = entries.iter().find(|entry| entry.kind == TouchKind::Reply).unwrap();
        assert_eq!(
            (entry.campaign.as_deref(), entry.channel.as_deref(), entry.counts),
            (Some("vinter"), Some("sms"), false)
        );
        assert_eq!(entry.detail.as_deref(), Some(reply.kind.as_str()));
        assert!(entry.note.is_none(), "the words stand in the answer alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulators_news_take_effect_when_their_time_has_come() {
    for house in House::both().await {
        let now = house.ledger.clock.now_ms();
        let mut tx = house.db.begin().await.unwrap();
        for (n, due) in [(0, now), (1, now + 60_000), (2, now + 60_000)] {
            let from = format!("+4477009003{n:02}");
            let body = format!(
                "{{\"event\":\"reply\",\"id\":\"sim-{n}\",\"from\":\"{from}\",\"to\":\"x\",\"text\":\"STOP\"}}"
            );
            lykt::store::hook::add(&mut tx, &house.ledger.vault, SIMULATOR, "inbound", body.as_bytes(), now, due)
                .await
                .unwrap();
        }
        lykt::store::hook::add(&mut tx, &house.ledger.vault, SIMULATOR, "inbound", b"rubbish", now, now).await.unwrap();
        lykt::store::hook::add(&mut tx, &house.ledger.vault, "gone", "inbound", b"{}", now, now).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.webhooks.due().await.unwrap(), 3);
        assert_eq!(house.webhooks.due().await.unwrap(), 0);
        assert_eq!(house.replies().await.len(), 1);
        assert_eq!(house.rows("select count(*) from hook where problem is not null").await, 2);
        house.ledger.clock.advance_ms(60_000);
        assert_eq!(house.webhooks.due().await.unwrap(), 2);
        assert_eq!(house.reasons("+447700900302").await[0], Decision::OptedOut);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_beside_a_byte_that_is_no_text_is_still_a_no() {
    for house in House::both().await {
        let fields =
            [("MessageSid", "SM1"), ("To", OURS), ("From", PERSON), ("SmsStatus", "received"), ("Body", "STOPP")];
        let path = format!("/hooks/{TWILIO}/inbound");
        let request = wire::post_with_a_bad_byte(&path, &fields);
        assert_eq!(ask(house.port, &request).await.status, 200);
        assert_eq!(house.reasons(PERSON).await, [Decision::OptedOut, Decision::Held]);
    }
}
