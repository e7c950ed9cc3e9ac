//! Texts go after ninety days; what they belong to stays for its year.

use lykt::clock::new_id;
use lykt::domain::decision::Decision;
use lykt::domain::id::{DirectId, ReplyId};
use lykt::domain::message::MessageState;
use lykt::domain::private::Private;
use lykt::inbox;
use lykt::inbox::conversation::{What, conversation};
use lykt::store::direct::{self, Direct, Kind};
use lykt::store::message::Letter;
use lykt::store::{contact, reply, sealed, sql};

use super::{DAY, House, OTHER, PERSON};

impl House {
    /// Somebody at the service wrote, and it arrived.
    async fn by_hand(&self, text: &str) {
        let (id, now): (DirectId, i64) = (new_id(), self.ledger.clock.now_ms());
        let mut tx = self.db.begin().await.unwrap();
        let person = self.ledger.contact(&mut tx, &Private::new(PERSON.to_owned())).await.unwrap();
        let letter = Letter { to: PERSON.to_owned(), text: text.to_owned(), ..Letter::default() };
        let mut direct = Direct::queued(&self.ledger.vault, Kind::Answer, id, &letter, "Kari", now).unwrap();
        direct.contact = Some(person.id);
        (direct.account, direct.channel) = ("twilio-oslo".to_owned(), "sms".to_owned());
        direct::add(&mut tx, direct).await.unwrap();
        let stands = direct::get(&mut tx, id).await.unwrap().unwrap();
        assert!(direct::move_state(&mut tx, &stands, MessageState::Delivered, None, now).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn reads_all_of(&self, address: &str) {
        let mut tx = self.db.begin().await.unwrap();
        let person = contact::find(&mut tx, &self.ledger.vault.blind(address)).await.unwrap().unwrap();
        let ids: Vec<ReplyId> = reply::of_contact(&mut tx, &self.ledger.vault, person.id)
            .await
            .unwrap()
            .iter()
            .map(|reply| reply.id)
            .collect();
        for id in ids {
            inbox::read(&self.ledger, &mut tx, id, Some("Kari")).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// What stands of the texts with somebody, in both directions.
    async fn texts(&self, address: &str) -> Vec<Option<String>> {
        let mut tx = self.db.read().await.unwrap();
        let person = contact::find(&mut tx, &self.ledger.vault.blind(address)).await.unwrap().unwrap();
        let all = conversation(&self.ledger, &mut tx, person.id).await.unwrap();
        let text = |text: &Option<Private>| text.as_ref().map(|text| text.expose().clone());
        let mut texts: Vec<Option<String>> = all
            .iter()
            .filter_map(|event| match &event.what {
                What::In(reply) => Some(text(&reply.text)),
                What::Out(out) => Some(text(&out.text)),
                What::Entry(_) => None,
            })
            .collect();
        texts.sort();
        texts
    }

    /// Every sealed text, as it stands in the file.
    async fn sealed(&self) -> Vec<Vec<u8>> {
        let mut tx = self.db.read().await.unwrap();
        let mut all = Vec::new();
        for table in ["select sealed from message", "select sealed from direct", "select sealed from reply"] {
            all.extend(tx.all(sql(table)).await.unwrap().iter().map(|row| row.get::<Vec<u8>>(0).unwrap()));
        }
        all.extend(
            tx.all(sql("select sealed from target"))
                .await
                .unwrap()
                .iter()
                .filter_map(|row| row.get::<Option<Vec<u8>>>(0).unwrap()),
        );
        all
    }
}

#[tokio::test]
async fn texts_go_after_ninety_days_and_what_they_belong_to_stays() {
    for house in House::both().await {
        let plan = house.plan().await;
        house.message(plan, MessageState::Delivered).await;
        house.answers(PERSON, "SM1", "Takk, det går fint").await;
        house.by_hand("Så fint å høre").await;
        house.answers(OTHER, "SM2", "Hvem er dette?").await;
        house.reads_all_of(PERSON).await;
        house.days(89);
        assert_eq!(house.erase().await.texts, 0, "not a day too early");
        house.days(1);
        let stood = house.sealed().await;
        let erased = house.erase().await;
        // The plan still waits for its yes, a call about the message for its day, and nobody has read the other's answer.
        assert_eq!((erased.texts, erased.contacts), (2, 0), "the answer that was read, and what was sent by hand");
        assert_eq!(house.texts(PERSON).await, [None, None, Some("hei".to_owned())]);
        assert_eq!(house.texts(OTHER).await, [Some("Hvem er dette?".to_owned())]);
        assert_eq!(house.reasons(OTHER).await, [Decision::Held], "it holds everything, and can be read");
        assert_eq!(house.reasons(PERSON).await, [], "the entry of ninety days ago counts as before");
        let mut tx = house.db.begin().await.unwrap();
        tx.run(sql("update task set state = 'dropped', reason = 'cancelled', done_at = made_at")).await.unwrap();
        tx.run(sql("update campaign set state = 'finished' where name = 'vinter'")).await.unwrap();
        tx.commit().await.unwrap();
        house.reads_all_of(OTHER).await;
        let erased = house.erase().await;
        assert_eq!(erased.texts, 3, "the message, the row of the plan, and the answer that was read late");
        assert_eq!(house.texts(PERSON).await, [None, None, None]);
        for rows in ["select count(*) from message", "select count(*) from direct", "select count(*) from target"] {
            assert_eq!(house.rows(rows).await, 1, "{rows}");
        }
        let sealed = house.sealed().await;
        assert!(sealed.iter().all(Vec::is_empty), "{sealed:?}");
        assert_eq!(house.erase().await.texts, 0);
        // What is gone is sealed with no key, and keeps none in use.
        let mut tx = house.db.read().await.unwrap();
        let versions = sealed::versions(&mut tx).await.unwrap();
        assert!(versions["message"].is_empty() && versions["reply"].is_empty(), "{versions:?}");
        drop(tx);
        let Some(folder) = house.folder.as_ref() else { continue };
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            // The version and the beginning of the nonce.
            let found =
                stood.iter().filter(|sealed| sealed.len() > 20 && bytes.windows(20).any(|part| part == &sealed[..20]));
            assert_eq!(found.count(), 0, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn a_thousand_texts_go_chunk_by_chunk_and_those_that_stay_are_passed_over() {
    for house in House::both().await {
        for n in 0..450 {
            let from = format!("+46701740{}", 605 + n % 95);
            house.answers(&from, &format!("SM{n}"), "hei").await;
        }
        let mut tx = house.db.begin().await.unwrap();
        let old = house.ledger.clock.now_ms() - 91 * DAY;
        tx.run(sql("update reply set received_at = $1").bind(old)).await.unwrap();
        // Every third was read.
        let read = "update reply set read_at = received_at where substr(provider_id, length(provider_id), 1) in ('0', '3', '6', '9')";
        let some = tx.run(sql(read).whole()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.erase().await.texts, some);
        assert_eq!(house.rows("select count(*) from reply where length(sealed) = 0").await, some.cast_signed());
        assert_eq!(house.rows("select count(*) from reply where length(sealed) = 0 and read_at is null").await, 0);
    }
}
