//! Providers are asked to delete what is forgotten here, until they have.

use std::sync::Arc;

use lykt::domain::private::Private;
use lykt::gateway::Accounts;
use lykt::retention::{self, Eraser, Erasure, Keep};
use lykt::store::sql;

use crate::direct::house::{ACCOUNT, House, MINUTE, PERSON, press};

impl House {
    fn eraser_at(&self, base_url: &str) -> Eraser {
        let accounts = Arc::new(Accounts::open(&self.settings(base_url, "1000/s"), &self.ledger.clock).unwrap());
        Eraser::new(self.db.clone(), self.ledger.clone(), accounts)
    }

    fn eraser(&self) -> Eraser {
        self.eraser_at(&self.gateway.base_url())
    }

    async fn waiting(&self) -> i64 {
        let mut tx = self.db.read().await.unwrap();
        tx.maybe(sql("select count(*) from erasure")).await.unwrap().unwrap().int(0).unwrap()
    }

    async fn forgets(&self, number: &str) -> Erasure {
        let mut tx = self.db.begin().await.unwrap();
        let ended = retention::forget(&self.ledger, &mut tx, &Private::new(number.to_owned())).await.unwrap();
        tx.commit().await.unwrap();
        ended
    }
}

#[tokio::test]
async fn whoever_is_forgotten_is_deleted_at_the_provider_both_ways() {
    for house in House::both().await {
        let theirs = house.gateway.hears(PERSON, "+447700900999", "hei");
        let mut tx = house.db.begin().await.unwrap();
        let reply = lykt::gateway::Reply {
            from: lykt::gateway::Address::new(PERSON),
            to: lykt::gateway::Address::new("+447700900999"),
            text: Private::new("hei".to_owned()),
            provider_id: lykt::gateway::ProviderId::parse(&theirs).unwrap(),
            media: 1,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let id = lykt::inbox::receive(&house.ledger, &mut tx, ACCOUNT, &reply).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        house.press(press(id, "Amanda")).await.unwrap();
        house.drain(&mut house.sender().await).await;
        let ours = house.gateway.accepts()[0].sid.clone();
        let Erasure::Done { at_providers, .. } = house.forgets(PERSON).await else { panic!("not forgotten") };
        assert_eq!(at_providers.into_iter().collect::<Vec<_>>(), [(ACCOUNT.to_owned(), 2)]);
        assert_eq!(house.eraser().step().await.unwrap(), 2);
        let mut gone = house.gateway.erased();
        gone.sort();
        let mut both = vec![theirs, ours];
        both.sort();
        assert_eq!((gone, house.waiting().await), (both, 0));
        assert_eq!(house.eraser().step().await.unwrap(), 0, "and nothing is asked for twice");
    }
}

#[tokio::test]
async fn a_provider_that_is_away_is_asked_again_and_one_that_is_gone_from_the_settings_is_not() {
    for house in House::both().await {
        house.answered().await;
        house.drain(&mut house.sender().await).await;
        house.forgets(PERSON).await;
        // The answer that no webhook of this gateway brought is unknown to it, which is as good as gone.
        let away = house.eraser_at("http://127.0.0.1:9");
        assert_eq!(away.step().await.unwrap(), 0);
        assert_eq!(house.waiting().await, 2);
        assert_eq!(house.eraser().step().await.unwrap(), 0, "it waits a minute");
        house.ledger.clock.advance_ms(MINUTE);
        assert_eq!(house.eraser().step().await.unwrap(), 2);
        assert_eq!((house.gateway.erased().len(), house.waiting().await), (1, 0));
        let mut tx = house.db.begin().await.unwrap();
        let other = "insert into erasure (account, provider_id, asked_at, next_at) values ('gone', 'SM1', 0, 0)";
        tx.run(sql(other)).await.unwrap();
        tx.commit().await.unwrap();
        house.eraser().step().await.unwrap();
        assert_eq!(house.waiting().await, 0);
    }
}

#[tokio::test]
async fn a_text_whose_time_is_over_goes_at_the_provider_too() {
    for house in House::both().await {
        house.answered().await;
        house.drain(&mut house.sender().await).await;
        house.hear(&house.gateway.accepts()[0], true, lykt::domain::message::ReceiptStatus::Delivered, None).await;
        house.ledger.clock.advance_ms(91 * 24 * 3_600_000);
        let keep = ["12 months", "90 days", "7 days"].map(|span| span.parse().unwrap());
        let keep = Keep { entries: keep[0], texts: keep[1], webhooks: keep[2] };
        let erased = retention::erase(&house.db, &house.ledger, keep).await.unwrap();
        assert_eq!((erased.texts, house.waiting().await), (1, 1), "the answer that nobody has read stays there too");
        house.eraser().step().await.unwrap();
        assert_eq!(house.gateway.erased(), [house.gateway.accepts()[0].sid.clone()]);
    }
}
