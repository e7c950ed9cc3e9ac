//! What is particular to WhatsApp once a message waits: the day for texts, templates
//! that are paused, and people who come with an id and a number.

use jiff::{SignedDuration, Timestamp};
use lykt::domain::campaign::CampaignState;
use lykt::domain::decision::Decision;
use lykt::domain::id::ReplyId;
use lykt::domain::message::ReceiptStatus;
use lykt::domain::private::Private;
use lykt::gateway::{Address, Class, Code, ProviderId, Reached, Receipt, Reply, Token};
use lykt::inbox;
use lykt::store::{contact, link};
use serde_json::json;

use crate::fault_gateway::{Accept, Fault};
use crate::outbox::house::{ACCOUNT, DAY, HOUR, House, Person, receipt_of};

const ID: &str = "whatsapp:GB.1502576394655843";

/// A number under which WhatsApp knows somebody who has another one.
const BEFORE: &str = "whatsapp:+447700900555";

async fn writes(house: &House, from: &str, also: Option<&str>, text: &str) -> ReplyId {
    let reply = answer(from, text);
    take_in(house, Reply { also: also.map(Address::new), ..reply }).await
}

fn answer(from: &str, text: &str) -> Reply {
    Reply {
        from: Address::new(from),
        to: Address::new("whatsapp:+447700900999"),
        text: Private::new(text.to_owned()),
        provider_id: ProviderId::parse(&format!("wamid.{}", lykt::clock::new_id::<ReplyId>().0.simple())).unwrap(),
        media: 0,
        hint: None,
        also: None,
        answers: None,
        keyword: 0,
        written_at: None,
    }
}

async fn take_in(house: &House, reply: Reply) -> ReplyId {
    let mut tx = house.db.begin().await.unwrap();
    let id = inbox::receive(&house.ledger, &mut tx, ACCOUNT, &reply).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    id
}

async fn writes_and_is_read(house: &House, person: &Person) {
    wrote_and_is_read(house, person, None).await;
}

async fn wrote_and_is_read(house: &House, person: &Person, written_at: Option<Timestamp>) {
    let reply = answer(&format!("whatsapp:{}", person.number), "hei");
    let id = take_in(house, Reply { written_at, ..reply }).await;
    let mut tx = house.db.begin().await.unwrap();
    inbox::read(&house.ledger, &mut tx, id, Some("Kari")).await.unwrap();
    tx.commit().await.unwrap();
}

pub fn failed(accept: &Accept, code: u32, class: Class) -> Receipt {
    Receipt { code: Some(Code::from(code)), class: Some(class), ..receipt_of(accept, ReceiptStatus::Failed, None) }
}

#[tokio::test]
async fn a_text_without_a_template_goes_only_for_a_day_after_the_person_wrote() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "channels": ["whatsapp"] })).await;
        let people = house.queue_by("whatsapp", "vinter", plan, 0..4).await;
        writes_and_is_read(&house, &people[1]).await;
        house.clock().advance_ms(DAY + HOUR / 60);
        writes_and_is_read(&house, &people[3]).await;
        // Told a day late; and nobody's clock makes an answer newer than it is.
        let yesterday = house.clock().now() - SignedDuration::from_millis(DAY + 1);
        wrote_and_is_read(&house, &people[2], Some(yesterday)).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        for silent in &people[..3] {
            assert_eq!(house.state(silent).await, "withdrawn");
            assert_eq!(house.reason(silent).await.as_deref(), Some(Decision::NotAllowed.as_str()));
        }
        assert_eq!((house.state(&people[3]).await, house.sends()), ("accepted", 1));
    }
}

#[tokio::test]
async fn nobody_waits_for_a_campaign_that_has_ended() {
    for to in [CampaignState::Cancelled, CampaignState::Finished] {
        for house in House::both().await {
            let person = house.one().await;
            house.drain(&mut house.outbox().await).await;
            house.becomes("vinter", to).await;
            house.clock().advance_ms(60 * DAY);
            let accept = house.gateway.accepts().remove(0);
            house.hear(&failed(&accept, 131_049, Class::Capped)).await;
            assert_eq!((house.state(&person).await, house.campaign_state("vinter").await), ("undelivered", to));
        }
    }
}

#[tokio::test]
async fn a_campaign_that_finished_before_the_bad_news_goes_on_for_it() {
    for house in House::both().await {
        let person = house.one().await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        house.becomes("vinter", CampaignState::Finished).await;
        let accept = house.gateway.accepts().remove(0);
        house.hear(&failed(&accept, 131_049, Class::Capped)).await;
        assert_eq!(
            (house.state(&person).await, house.campaign_state("vinter").await),
            ("queued", CampaignState::Running)
        );
        house.clock().advance_ms(DAY + HOUR);
        assert_eq!(house.drain(&mut outbox).await.began, 1);
    }
}

/// On PostgreSQL neither of two transactions sees what the other does; the finish may land after the bad news.
#[tokio::test]
async fn what_came_back_to_the_queue_while_its_campaign_finished_is_not_left_there() {
    for (days, ends_as, began) in [(1, "accepted", 1), (60, "withdrawn", 0)] {
        for house in House::both().await {
            let person = house.one().await;
            let mut outbox = house.outbox().await;
            house.drain(&mut outbox).await;
            let accept = house.gateway.accepts().remove(0);
            house.hear(&failed(&accept, 131_049, Class::Capped)).await;
            house.becomes("vinter", CampaignState::Finished).await;
            house.clock().advance_ms(days * DAY + HOUR);
            for _ in 0..2 {
                house.reap().await;
            }
            assert_eq!((house.drain(&mut outbox).await.began, house.state(&person).await), (began, ends_as));
            house.reap().await;
            assert_eq!(house.campaign_state("vinter").await, CampaignState::Finished);
        }
    }
}

#[tokio::test]
async fn a_campaign_that_finished_goes_on_up_to_its_last_day_and_no_longer() {
    for (days, state) in [(59, "queued"), (60, "undelivered")] {
        let house = House::on_sqlite().await;
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        house.becomes("vinter", CampaignState::Finished).await;
        house.clock().advance_ms(days * DAY);
        let accept = house.gateway.accepts().remove(0);
        house.hear(&failed(&accept, 131_049, Class::Capped)).await;
        assert_eq!(house.state(&person).await, state, "after {days} days; the campaign ends on the 59th");
    }
}

#[tokio::test]
async fn a_template_that_is_paused_pauses_its_campaign() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        let accept = house.gateway.accepts().remove(0);
        house.hear(&failed(&accept, 132_015, Class::Template)).await;
        assert_eq!(house.campaign_state("vinter").await, CampaignState::Paused);
        assert_eq!(house.state(&person).await, "queued", "nobody was reached, and the template may come back");
    }
}

#[tokio::test]
async fn a_template_that_is_paused_after_its_campaign_has_ended_costs_nobody_their_turn() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        house.becomes("vinter", CampaignState::Cancelled).await;
        let accept = house.gateway.accepts().remove(0);
        house.hear(&failed(&accept, 132_015, Class::Template)).await;
        assert_eq!((house.state(&person).await, house.check(&person).await.contacted_at), ("undelivered", None));
    }
}

#[tokio::test]
async fn a_number_and_an_id_that_come_together_are_one_person() {
    for house in House::both().await {
        let person = house.one().await;
        writes(&house, ID, None, "hei").await;
        let of = async |address: &str| {
            let mut tx = house.db.read().await.unwrap();
            contact::find(&mut tx, &house.ledger.vault.blind(address)).await.unwrap().unwrap()
        };
        assert_ne!(of(ID).await.id, of(&person.number).await.id);
        writes(&house, &format!("whatsapp:{}", person.number), Some(ID), "hei igjen").await;
        assert_eq!(of(ID).await.id, of(&person.number).await.id);
        assert_eq!(of(ID).await.unread, 2, "an unread answer holds everything");
        writes(&house, ID, None, "stopp").await;
        assert_eq!(house.check(&person).await.reasons[0], Decision::OptedOut);
        assert_eq!(house.state(&person).await, "withdrawn");
    }
}

#[tokio::test]
async fn a_no_is_heard_of_both_also_while_they_cannot_be_joined() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..1).await;
        house.gateway.fail_next(Fault::AcceptThenDrop);
        house.drain(&mut house.outbox().await).await;
        assert_eq!(house.state(&people[0]).await, "in_doubt");
        // The id has a message in doubt too: neither can be given up for the other.
        let other = Private::new(ID.to_owned());
        let mut tx = house.db.begin().await.unwrap();
        let theirs = house.ledger.contact(&mut tx, &other).await.unwrap().id;
        tx.commit().await.unwrap();
        let plan = house.campaign("sommer", json!({})).await;
        let second = house.queue("sommer", plan, 1..2).await;
        house.gateway.fail_next(Fault::AcceptThenDrop);
        house.drain(&mut house.outbox().await).await;
        let mut tx = house.db.begin().await.unwrap();
        let moved = lykt::store::sql("update message set contact_id = $1 where id = $2").bind(theirs);
        tx.run(moved.bind(second[0].message)).await.unwrap();
        tx.commit().await.unwrap();
        writes(&house, &format!("whatsapp:{}", people[0].number), Some(ID), "stopp").await;
        let mut tx = house.db.read().await.unwrap();
        let reasons = house.ledger.check(&mut tx, &other).await.unwrap().reasons;
        assert_eq!(reasons[0], Decision::OptedOut);
        drop(tx);
        assert_eq!(house.check(&people[0]).await.reasons[0], Decision::OptedOut);
    }
}

#[tokio::test]
async fn whom_a_person_parted_only_a_person_joins_again() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        let token = house.gateway.accepts().remove(0).token.as_deref().and_then(Token::parse).unwrap();
        let told = Reached { token, who: Address::new(BEFORE) };
        let own = Private::new(person.number.clone());
        let other = Private::new(BEFORE.trim_start_matches("whatsapp:").to_owned());
        let ledger = &house.ledger;
        let mut tx = house.db.begin().await.unwrap();
        inbox::reached(ledger, &mut tx, ACCOUNT, &[&told]).await.unwrap();
        let (address, joined, _) = link::address(&mut tx, &ledger.vault.blind(other.expose())).await.unwrap().unwrap();
        assert_eq!(joined, ledger.contact(&mut tx, &own).await.unwrap().id);
        let parted = ledger.unlink(&mut tx, joined, address, Some("Kari")).await.unwrap().unwrap();
        inbox::reached(ledger, &mut tx, ACCOUNT, &[&told]).await.unwrap();
        assert_eq!(ledger.contact(&mut tx, &other).await.unwrap().id, parted);
        ledger.link(&mut tx, &own, &other, Some("Kari")).await.unwrap().unwrap();
        inbox::reached(ledger, &mut tx, ACCOUNT, &[&told]).await.unwrap();
        assert_eq!(ledger.contact(&mut tx, &other).await.unwrap().id, joined);
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_no_under_the_number_by_which_the_provider_knows_a_person_is_theirs() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        let token = house.gateway.accepts().remove(0).token.as_deref().and_then(Token::parse).unwrap();
        for _ in 0..2 {
            let one = Reached { token: token.clone(), who: Address::new(BEFORE) };
            let mut tx = house.db.begin().await.unwrap();
            inbox::reached(&house.ledger, &mut tx, ACCOUNT, &[&one]).await.unwrap();
            tx.commit().await.unwrap();
        }
        writes(&house, BEFORE, None, "stopp").await;
        assert_eq!(house.check(&person).await.reasons[0], Decision::OptedOut);
    }
}

#[tokio::test]
async fn a_token_that_is_not_this_accounts_joins_nobody() {
    let house = House::on_sqlite().await;
    let person = house.one().await;
    house.drain(&mut house.outbox().await).await;
    let token = house.gateway.accepts().remove(0).token.as_deref().and_then(Token::parse).unwrap();
    let other = Token::parse("token-of-nobody-at-all").unwrap();
    for (account, token) in [("another", token), (ACCOUNT, other)] {
        let one = Reached { token, who: Address::new(BEFORE) };
        let mut tx = house.db.begin().await.unwrap();
        inbox::reached(&house.ledger, &mut tx, account, &[&one]).await.unwrap();
        tx.commit().await.unwrap();
    }
    writes(&house, BEFORE, None, "stopp").await;
    assert!(!house.check(&person).await.reasons.contains(&Decision::OptedOut));
}

#[tokio::test]
async fn of_many_told_at_once_everybody_hears_of_the_no() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..2).await;
        house.drain(&mut house.outbox().await).await;
        let token = |person: &Person| {
            let accepts = house.gateway.accepts();
            let accept = accepts.iter().find(|accept| accept.to == person.number).unwrap();
            accept.token.as_deref().and_then(Token::parse).unwrap()
        };
        // The second is joined to the first, and then told of by what was hers.
        let whatsapp = |person: &Person| format!("whatsapp:{}", person.number);
        let [a, b] = [&people[0], &people[1]];
        let told = [(a, whatsapp(b)), (b, whatsapp(b)), (b, BEFORE.to_owned())];
        let told = told.map(|(whose, who)| Reached { token: token(whose), who: Address::new(who) });
        let mut tx = house.db.begin().await.unwrap();
        inbox::reached(&house.ledger, &mut tx, ACCOUNT, &told.each_ref()).await.unwrap();
        tx.commit().await.unwrap();
        writes(&house, BEFORE, None, "stopp").await;
        for person in &people {
            assert_eq!(house.check(person).await.reasons[0], Decision::OptedOut);
        }
    }
}

#[tokio::test]
async fn who_turned_out_to_be_one_person_stays_one_whichever_of_their_messages_is_told_of() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..2).await;
        house.drain(&mut house.outbox().await).await;
        let [one, other] = [0, 1].map(|n: usize| Private::new(people[n].number.clone()));
        let mut tx = house.db.begin().await.unwrap();
        house.ledger.link(&mut tx, &one, &other, Some("Kari")).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        for accept in house.gateway.accepts() {
            let token = accept.token.as_deref().and_then(Token::parse).unwrap();
            let mut tx = house.db.begin().await.unwrap();
            let told = Reached { token, who: Address::new(format!("whatsapp:{}", accept.to)) };
            inbox::reached(&house.ledger, &mut tx, ACCOUNT, &[&told]).await.unwrap();
            tx.commit().await.unwrap();
            let ours = ProviderId::parse(&accept.sid).unwrap();
            take_in(&house, Reply { answers: Some(ours), ..answer(&format!("whatsapp:{}", accept.to), "hei") }).await;
        }
        for person in &people {
            assert!(!house.check(person).await.reasons.contains(&Decision::OptedOut), "nobody said no");
        }
    }
}

#[tokio::test]
async fn a_no_that_answers_our_message_is_its_persons_whatever_number_it_comes_from() {
    for house in House::both().await {
        let person = house.one().await;
        house.drain(&mut house.outbox().await).await;
        let ours = ProviderId::parse(&house.gateway.accepts().remove(0).sid).unwrap();
        take_in(&house, Reply { answers: Some(ours), ..answer(BEFORE, "stopp") }).await;
        assert_eq!(house.check(&person).await.reasons[0], Decision::OptedOut);
        writes(&house, BEFORE, None, "hei").await;
        let mut tx = house.db.read().await.unwrap();
        let contact = contact::find(&mut tx, &house.ledger.vault.blind(&person.number)).await.unwrap().unwrap();
        assert_eq!(contact.unread, 2, "they are one person from now on");
    }
}

#[tokio::test]
async fn of_somebody_who_is_not_known_nothing_is_kept() {
    for house in House::both().await {
        let (number, id) = (Address::new("whatsapp:+447700900500"), Address::new(ID));
        let mut tx = house.db.begin().await.unwrap();
        inbox::same(&house.ledger, &mut tx, &number, &id).await.unwrap();
        let blind = |address: &str| house.ledger.vault.blind(address);
        let found = contact::find_all(&mut tx, &[blind("+447700900500"), blind(ID)]).await.unwrap();
        assert!(found.is_empty());
        house.ledger.contact(&mut tx, &Private::new("+447700900500".to_owned())).await.unwrap();
        inbox::same(&house.ledger, &mut tx, &number, &id).await.unwrap();
        let found = contact::find_all(&mut tx, &[blind("+447700900500"), blind(ID)]).await.unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[&blind(ID)].id, found[&blind("+447700900500")].id);
    }
}
