//! Many receipts, and many tries, at once end as each would alone.

use serde_json::json;

use lykt::domain::decision::Decision;
use lykt::domain::message::{MessageState, ReceiptStatus};
use lykt::gateway::{Class, Code, ProviderId, Receipt, Token, Verdict};
use lykt::outbox::Tried;
use lykt::store::attempt::{self, NewAttempt};
use lykt::store::message::{self, Letter};
use lykt::store::sql;

use crate::fault_gateway::Accept;
use crate::outbox::house::{ACCOUNT, House, Person, receipt_of};

/// What is told of one message after the other.
fn stories() -> Vec<fn(&Accept) -> Vec<Receipt>> {
    use ReceiptStatus::{Delivered, Failed, Read, Sent, Undelivered};
    vec![
        |accept| vec![receipt_of(accept, Sent, None)],
        |accept| vec![receipt_of(accept, Delivered, None), receipt_of(accept, Sent, None)],
        |accept| vec![receipt_of(accept, Read, None), receipt_of(accept, Delivered, None)],
        |accept| [Sent, Delivered, Delivered, Read].map(|status| receipt_of(accept, status, None)).to_vec(),
        // A provider that has something to say about what arrived.
        |accept| vec![Receipt { code: Some(Code::from(63_027)), ..receipt_of(accept, Delivered, None) }],
        |accept| vec![Receipt { class: Some(Class::Filtered), ..receipt_of(accept, Delivered, None) }],
        |accept| vec![receipt_of(accept, Undelivered, Some(30_003)), receipt_of(accept, Delivered, None)],
        |accept| vec![receipt_of(accept, Failed, Some(30_005)), receipt_of(accept, Sent, None)],
        // Known by its token alone, by its id alone, by an id beside a token that nobody knows.
        |accept| {
            let provider_id = ProviderId::parse(&format!("{}x", accept.sid)).unwrap();
            vec![Receipt { provider_id, ..receipt_of(accept, Delivered, None) }]
        },
        |accept| vec![Receipt { token: None, ..receipt_of(accept, Delivered, None) }],
        |accept| vec![Receipt { token: Token::parse(&"t".repeat(24)), ..receipt_of(accept, Delivered, None) }],
    ]
}

/// All that a receipt may change of a message.
async fn ended(house: &House, person: &Person) -> (String, Option<String>, Option<String>, bool, Option<i64>) {
    let accept = house.gateway.accepts().into_iter().find(|accept| accept.to == person.number).unwrap();
    let mut tx = house.db.read().await.unwrap();
    let query = sql("select m.state, a.verdict, a.code, a.provider_id, c.contacted_at from message m \
         join attempt a on a.message_id = m.id join contact c on c.id = m.contact_id where m.id = $1");
    let row = tx.maybe(query.bind(person.message)).await.unwrap().unwrap();
    let known = row.get::<Option<String>>(3).unwrap().as_deref() == Some(&accept.sid);
    (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap(), known, row.get(4).unwrap())
}

#[tokio::test]
async fn receipts_that_come_together_end_as_they_would_one_by_one() {
    for house in House::both().await {
        let stories = stories();
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..2 * stories.len() as u32).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let accepts = house.gateway.accepts();
        let told =
            |person: &Person, n: usize| stories[n](accepts.iter().find(|accept| accept.to == person.number).unwrap());
        let (together, alone) = people.split_at(stories.len());
        let all: Vec<Vec<Receipt>> = together.iter().enumerate().map(|(n, person)| told(person, n)).collect();
        // The first news of each, then the second of each, as a busy hour brings them.
        let longest = all.iter().map(Vec::len).max().unwrap();
        let mixed: Vec<&Receipt> =
            (0..longest).flat_map(|nth| all.iter().filter_map(move |news| news.get(nth))).collect();
        let mut tx = house.db.begin().await.unwrap();
        house.settler.receipts(&mut tx, ACCOUNT, &mixed).await.unwrap();
        tx.commit().await.unwrap();
        for (n, person) in alone.iter().enumerate() {
            for news in told(person, n) {
                house.hear(&news).await;
            }
        }
        for (n, (one, other)) in together.iter().zip(alone).enumerate() {
            assert_eq!(ended(&house, one).await, ended(&house, other).await, "story {n}");
        }
    }
}

/// A message that is under way by its first try; `then` may stand in for it.
async fn under_way(house: &House, person: &Person, then: &[&str]) {
    let mut tx = house.db.begin().await.unwrap();
    let then = then.iter().map(|channel| (*channel).to_owned()).collect();
    let letter = Letter { to: person.number.clone(), text: "hei".to_owned(), then, ..Letter::default() };
    let sealed = message::seal(&house.ledger.vault, person.message, &letter).unwrap();
    tx.run(sql("update message set sealed = $1 where id = $2").bind(sealed).bind(person.message)).await.unwrap();
    let token = person.message.to_string();
    let now = house.clock().now_ms();
    tx.run_all(attempt::begun(ACCOUNT, &[NewAttempt { message: person.message, n: 1, token }], 1, now, now))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn settle(house: &House, all: &[Tried]) {
    let mut tx = house.db.begin().await.unwrap();
    house.settler.settle_all(&mut tx, all).await.unwrap();
    tx.commit().await.unwrap();
}

async fn tried(house: &House, person: &Person, verdict: Verdict) -> Tried {
    Tried { message: house.message(person).await, verdict, later: Vec::new() }
}

#[tokio::test]
async fn two_tries_that_end_at_once_under_one_id_prove_one_of_them() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        let people = house.queue("vinter", plan, 0..3).await;
        for person in &people {
            under_way(&house, person, &[]).await;
        }
        let accepted = |id: &str| Verdict::Accepted { provider_id: ProviderId::parse(id).unwrap() };
        let mut all = Vec::new();
        for (id, n) in [("one", 0), ("one", 1), ("two", 2)] {
            all.push(tried(&house, &people[n], accepted(id)).await);
        }
        settle(&house, &all).await;
        let mut states = Vec::new();
        for person in &people {
            states.push(house.state(person).await);
        }
        assert_eq!(states, ["accepted", "in_doubt", "accepted"]);
        let mut tx = house.db.read().await.unwrap();
        assert_eq!(message::doubts(&mut tx).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_acceptance_is_news_of_the_contact_that_has_the_message_by_then() {
    for house in House::both().await {
        let (plan, other) = (house.campaign("vinter", json!({})).await, house.campaign("sommer", json!({})).await);
        let people = house.queue("vinter", plan, 0..2).await;
        let heir = house.queue("sommer", other, 2..3).await.remove(0);
        let mut all = Vec::new();
        for person in &people {
            under_way(&house, person, &[]).await;
            let verdict = Verdict::Accepted { provider_id: ProviderId::parse(&person.number).unwrap() };
            all.push(tried(&house, person, verdict).await);
        }
        let mut tx = house.db.begin().await.unwrap();
        let moved = sql("update message set contact_id = $1 where id = $2").bind(heir.contact).bind(people[1].message);
        tx.run(moved).await.unwrap();
        tx.commit().await.unwrap();
        settle(&house, &all).await;
        for person in &people {
            assert_eq!(house.state(person).await, "accepted");
        }
        let wait = async |person| house.check(person).await.reasons.contains(&Decision::Cooldown);
        assert!(wait(&people[0]).await && wait(&heir).await);
        assert!(!wait(&people[1]).await, "nothing went to this contact");
    }
}

#[tokio::test]
async fn another_channel_stands_in_where_a_refusal_proves_that_this_one_never_reaches_the_person() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({})).await;
        for (n, class) in (0..).zip(Class::ALL) {
            let person = house.queue_by("whatsapp", "vinter", plan, n..n + 1).await.remove(0);
            under_way(&house, &person, &["sms"]).await;
            settle(&house, &[tried(&house, &person, Verdict::Refused { code: None, class }).await]).await;
            let m = house.message(&person).await;
            let stands_in = m.channel == "sms" && m.state == MessageState::Queued;
            assert_eq!(stands_in, class == Class::BadNumber, "{class:?}: {:?} by {}", m.state, m.channel);
        }
    }
}
