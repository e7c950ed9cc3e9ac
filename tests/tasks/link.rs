//! A nick and a number become one person and are parted again, on both databases.

use lykt::domain::decision::Decision;
use lykt::domain::id::ContactId;
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::ledger::by_hand::ByHand;
use lykt::ledger::{Apart, NoSource};
use lykt::store::{contact, link, message, sql, touch};

use crate::tasks::house::{House, Person};

const NICK: &str = "instagram:anna_x";

fn address(written: &str) -> Private {
    Private::new(written.to_owned())
}

async fn wrote(house: &House, to: &str) -> ContactId {
    let mut tx = house.db.begin().await.unwrap();
    let entry = ByHand::Message.entry(house.clock.now_ms(), None, "hei", Some("Kari"));
    house.tasks.ledger.by_hand(&mut tx, &address(to), &entry).await.unwrap();
    let id = house.tasks.ledger.contact(&mut tx, &address(to)).await.unwrap().id;
    tx.commit().await.unwrap();
    id
}

async fn joined(house: &House, one: &str, two: &str) -> Result<ContactId, Apart> {
    let mut tx = house.db.begin().await.unwrap();
    let id = house.tasks.ledger.link(&mut tx, &address(one), &address(two), Some("Kari")).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn parted(house: &House, one: &str) -> Result<ContactId, Apart> {
    let mut tx = house.db.begin().await.unwrap();
    let blind = house.tasks.ledger.vault.blind(one);
    let (id, contact, _) = link::address(&mut tx, &blind).await.unwrap().unwrap();
    let parted = house.tasks.ledger.unlink(&mut tx, contact, id, Some("Kari")).await.unwrap();
    tx.commit().await.unwrap();
    parted
}

async fn reasons(house: &House, one: &str) -> Vec<Decision> {
    let mut tx = house.db.read().await.unwrap();
    house.tasks.ledger.check(&mut tx, &address(one)).await.unwrap().reasons
}

/// Somebody reads every answer.
async fn read_all(house: &House) {
    let mut tx = house.db.begin().await.unwrap();
    tx.run(sql("update reply set read_at = 1")).await.unwrap();
    tx.run(sql("update contact set unread = 0")).await.unwrap();
    tx.commit().await.unwrap();
}

async fn answers(house: &House, id: ContactId) -> i64 {
    let mut tx = house.db.read().await.unwrap();
    let query = sql("select count(*) from reply where contact_id = $1").bind(id);
    tx.maybe(query).await.unwrap().unwrap().int(0).unwrap()
}

async fn entries(house: &House, id: ContactId) -> Vec<&'static str> {
    let mut tx = house.db.read().await.unwrap();
    let all = touch::history(&mut tx, &house.tasks.ledger.vault, id).await.unwrap();
    all.iter().map(|entry| entry.kind.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_the_nick_makes_the_number_wait_also_when_they_are_parted() {
    for house in House::both().await {
        let person = house.person().await;
        assert!(reasons(&house, &person.number).await.is_empty());
        let nick = wrote(&house, NICK).await;
        assert_eq!(joined(&house, NICK, &person.number).await, Ok(person.contact.min(nick)));
        assert_eq!(reasons(&house, &person.number).await, [Decision::Cooldown]);
        assert_eq!(joined(&house, &person.number, NICK).await, Err(Apart::Joined));
        assert_eq!(entries(&house, person.contact).await, ["message", "linked"]);
        assert_eq!(parted(&house, NICK).await, Ok(nick));
        for one in [NICK, &person.number] {
            assert_eq!(
                reasons(&house, one).await,
                [Decision::Cooldown],
                "what was written to one of them holds for both"
            );
        }
        assert_eq!(entries(&house, nick).await, ["message", "unlinked"]);
        assert_eq!(parted(&house, NICK).await, Err(Apart::Alone));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_of_either_is_a_no_of_both_and_stays_so() {
    for house in House::both().await {
        let person = house.person().await;
        let nick = wrote(&house, NICK).await;
        let mut tx = house.db.begin().await.unwrap();
        house.tasks.ledger.opt_out(&mut tx, nick, NoSource::ByHand, Some("Kari")).await.unwrap();
        tx.commit().await.unwrap();
        joined(&house, NICK, &person.number).await.unwrap();
        assert!(reasons(&house, &person.number).await.contains(&Decision::OptedOut));
        assert_eq!(house.stands(&person).await.0, "dropped", "nobody calls them any more");
        parted(&house, NICK).await.unwrap();
        for one in [NICK, &person.number] {
            assert!(reasons(&house, one).await.contains(&Decision::OptedOut));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_answers_and_calls_go_with_the_person_and_back() {
    for house in House::both().await {
        let nick = wrote(&house, NICK).await;
        let person = house.person().await;
        house.answers(&person, false).await;
        let keep = joined(&house, &person.number, NICK).await.unwrap();
        assert_eq!(keep, nick, "the older contact stays");
        assert!(reasons(&house, NICK).await.contains(&Decision::Held));
        assert_eq!(house.call(&person).await.contact, keep);
        assert_eq!(parted(&house, NICK).await, Err(Apart::Unread), "nobody has seen yet whose answer it is");
        assert!(reasons(&house, NICK).await.contains(&Decision::Held));
        read_all(&house).await;
        assert_eq!(parted(&house, NICK).await, Ok(person.contact), "the other side of the only link");
        assert_eq!(answers(&house, person.contact).await, 1);
        let call = house.call(&person).await;
        assert_eq!((call.contact, call.state.as_str()), (person.contact, "planned"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_follows_where_nobody_can_tell_which_of_the_two_answered() {
    for house in House::both().await {
        let nick = wrote(&house, NICK).await;
        let person = house.person().await;
        assert_eq!(joined(&house, &person.number, NICK).await, Ok(nick));
        house.answers(&Person { contact: nick, ..person.clone() }, true).await;
        assert_eq!(parted(&house, &person.number).await, Ok(person.contact));
        assert_eq!(answers(&house, nick).await, 1, "it came while they were one, and stays");
        assert_eq!(house.stands(&person).await, ("dropped".to_owned(), Some("replied".to_owned())));
        assert_eq!(house.call(&person).await.contact, person.contact);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_of_one_campaign_keep_both_their_messages() {
    for house in House::both().await {
        let (one, two) = (house.person().await, house.person().await);
        let keep = joined(&house, &one.number, &two.number).await.unwrap();
        let mut tx = house.db.read().await.unwrap();
        let kept = message::find(&mut tx, two.message).await.unwrap().unwrap();
        assert!(kept.contact == keep && kept.state == MessageState::Accepted, "it is news of the one person");
        let shadows = link::shadows(&mut tx, keep).await.unwrap();
        assert_eq!(shadows.len(), 1, "for two messages of one campaign");
        let shadow = contact::get(&mut tx, shadows[0]).await.unwrap().unwrap();
        assert!(shadow.opted_out, "nothing is ever sent to it");
        drop(tx);
        assert_eq!(parted(&house, &two.number).await, Ok(two.contact));
        let mut tx = house.db.read().await.unwrap();
        assert_eq!(message::find(&mut tx, two.message).await.unwrap().unwrap().contact, two.contact);
        assert!(link::shadows(&mut tx, keep).await.unwrap().is_empty());
    }
}
