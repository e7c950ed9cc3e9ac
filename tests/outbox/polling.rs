//! Dead webhooks for a whole campaign: every answer and receipt is found on the provider's list, the noes first.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use lykt::domain::decision::Decision;
use lykt::domain::reply::ReplyKind;
use lykt::gateway::Accounts;
use lykt::outbox::Reconciler;
use lykt::store::reply::{self, Reply};
use lykt::webhook::Webhooks;

use crate::fault_gateway::{ACCOUNT_SID, Fault};
use crate::outbox::house::{ACCOUNT, House, MINUTE, SECOND, number};

const OURS: &str = "+447700900999";

/// What the daemon's loop does.
struct Lists {
    webhooks: Webhooks,
    reconciler: Reconciler,
}

impl Lists {
    fn of(house: &House) -> Self {
        Self::with(house, "")
    }

    /// The same with more in its settings.
    fn with(house: &House, more: &str) -> Self {
        let settings = house.settings(&house.gateway.base_url(), "1000000/s", more);
        let accounts = Arc::new(Accounts::open(&settings, house.clock()).unwrap());
        let (db, ledger, settler) = (house.db.clone(), house.ledger.clone(), house.settler.clone());
        let reconciler = Reconciler::new(db.clone(), ledger.clone(), settler.clone(), accounts.clone());
        Self { webhooks: Webhooks::new(db, ledger, settler, accounts, &settings), reconciler }
    }

    async fn step(&self) {
        self.webhooks.poll(ACCOUNT).await.unwrap();
        self.reconciler.step(ACCOUNT).await.unwrap();
    }
}

async fn replies(house: &House) -> Vec<Reply> {
    let mut tx = house.db.read().await.unwrap();
    let mut all = reply::list(&mut tx, &house.ledger.vault, true, 10_000).await.unwrap();
    // Ids are drawn in order: so they took effect.
    all.sort_by_key(|reply| reply.id);
    all
}

#[tokio::test]
async fn with_dead_webhooks_every_answer_and_receipt_is_found_within_a_quarter_of_an_hour() {
    for house in House::both().await {
        house.at_time("2026-12-03T12:00:00");
        let plan = house.campaign("vinter", json!({ "rate": "2/min" })).await;
        let people = house.queue("vinter", plan, 0..120).await;
        let (lists, mut outbox) = (Lists::of(&house), house.outbox().await);
        house.gateway.set_page(30);
        let mut said: BTreeMap<String, i64> = BTreeMap::new();
        for minute in 0..60_u32 {
            let now = house.clock().now_ms();
            // One in three that got it answers: some with thanks, some with a no. And some say no before they get it.
            if minute % 3 == 0 {
                let who = minute / 3;
                let text = if who % 2 == 0 { "STOPP" } else { "Takk, det går bra" };
                said.insert(house.gateway.hears(&number(who), OURS, text), now);
                said.insert(house.gateway.hears(&number(119 - who / 2), OURS, "stop"), now);
            }
            for accept in house.gateway.accepts().iter().filter(|accept| now - accept.at_ms > 2 * MINUTE) {
                house.gateway.becomes(&accept.sid, "delivered", None);
            }
            for _ in 0..6 {
                house.drain(&mut outbox).await;
                lists.step().await;
                house.clock().advance_ms(10 * SECOND);
            }
            let now = house.clock().now_ms();
            let found: Vec<String> = replies(&house).await.into_iter().map(|reply| reply.provider_id).collect();
            for (sid, at) in &said {
                assert!(found.contains(sid) || now - at <= 15 * MINUTE, "an answer is not found in minute {minute}");
            }
        }
        for accept in house.gateway.accepts() {
            house.gateway.becomes(&accept.sid, "delivered", None);
        }
        for _ in 0..75 {
            lists.step().await;
            house.clock().advance_ms(10 * SECOND);
        }
        let all = replies(&house).await;
        assert_eq!(all.len(), said.len());
        assert!(all.iter().all(|reply| reply.account == ACCOUNT && reply.channel == "sms"));
        // Every receipt was found, and nothing began after a no.
        let mut tx = house.db.read().await.unwrap();
        assert_eq!(lykt::store::promise::after_no(&mut tx, "vinter").await.unwrap(), 0);
        drop(tx);
        let states = house.states("vinter", 120).await;
        assert_eq!(states.get("accepted").or(states.get("sent")), None, "{states:?}");
        assert!(states["withdrawn"] >= 5 && states["delivered"] >= 90, "{states:?}");
        assert_eq!(house.check(&people[119]).await.reasons[0], Decision::OptedOut);
    }
}

#[tokio::test]
async fn the_noes_take_effect_first() {
    for house in House::both().await {
        for (n, text) in ["Hvem er dette?", "Takk!", "nei", "STOPP", "Feil nummer", "slutt"].iter().enumerate() {
            house.gateway.hears(&number(n as u32), OURS, text);
            house.clock().advance_ms(SECOND);
        }
        Lists::of(&house).webhooks.poll(ACCOUNT).await.unwrap();
        let kinds: Vec<ReplyKind> = replies(&house).await.iter().map(|reply| reply.kind).collect();
        assert_eq!(kinds[..2], [ReplyKind::OptOut, ReplyKind::OptOut], "{kinds:?}");
        assert_eq!(kinds[2..4], [ReplyKind::Suspected, ReplyKind::WrongNumber], "{kinds:?}");
        assert_eq!(kinds.len(), 6);
    }
}

#[tokio::test]
async fn an_answer_is_taken_in_once_however_often_it_is_told_and_stays_erased() {
    for house in House::both().await {
        let lists = Lists::of(&house);
        house.gateway.hears(&number(1), OURS, "Hei, hvem er dette?");
        // What came by a webhook is no news.
        let sid = house.gateway.hears(&number(2), OURS, "Takk");
        let told = lykt::gateway::Reply {
            from: lykt::gateway::Address::new(number(2)),
            to: lykt::gateway::Address::new(OURS),
            text: "Takk".to_owned().into(),
            provider_id: lykt::gateway::ProviderId::parse(&sid).unwrap(),
            media: 0,
            hint: None,
            also: None,
            answers: None,
            keyword: 0,
            written_at: None,
        };
        let mut tx = house.db.begin().await.unwrap();
        lykt::inbox::receive(&house.ledger, &mut tx, ACCOUNT, &told).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..3 {
            lists.step().await;
            house.clock().advance_ms(5 * MINUTE);
        }
        assert_eq!(replies(&house).await.len(), 2);
        for n in [1, 2] {
            let mut tx = house.db.begin().await.unwrap();
            let erased = lykt::retention::forget(&house.ledger, &mut tx, &number(n).into()).await.unwrap();
            assert!(matches!(erased, lykt::retention::Erasure::Done { no: false, .. }), "{erased:?}");
            tx.commit().await.unwrap();
        }
        lists.step().await;
        assert_eq!(replies(&house).await.len(), 0, "what was erased does not come back by the list");
    }
}

#[tokio::test]
async fn what_is_not_to_our_sender_is_not_ours_to_read() {
    let house = House::on_sqlite().await;
    house.gateway.hears(&number(1), "+447700900998", "to another service");
    house.gateway.takes(OURS, &number(2), "from us");
    Lists::of(&house).webhooks.poll(ACCOUNT).await.unwrap();
    assert_eq!(replies(&house).await.len(), 0);
}

#[tokio::test]
async fn a_listing_that_breaks_off_gives_what_it_had_and_the_rest_comes_with_the_next() {
    let house = House::on_sqlite().await;
    let lists = Lists::of(&house);
    house.gateway.set_page(2);
    for n in 0..5 {
        house.gateway.hears(&number(n), OURS, "STOPP");
        house.clock().advance_ms(SECOND);
    }
    house.gateway.fail_list(1, Fault::Status(500));
    lists.step().await;
    assert_eq!(replies(&house).await.len(), 2);
    lists.step().await;
    assert_eq!(replies(&house).await.len(), 2, "not again at once");
    house.clock().advance_ms(MINUTE);
    lists.step().await;
    assert_eq!(replies(&house).await.len(), 5);
}

#[tokio::test]
async fn a_daemon_that_was_off_for_some_days_finds_what_came_meanwhile() {
    let house = House::on_sqlite().await;
    Lists::of(&house).step().await;
    house.clock().advance_ms(3 * 24 * 60 * MINUTE);
    house.gateway.hears(&number(1), OURS, "STOPP");
    house.clock().advance_ms(3 * 24 * 60 * MINUTE);
    Lists::of(&house).step().await;
    assert_eq!(replies(&house).await.len(), 1);
}

#[tokio::test]
async fn a_no_takes_effect_before_the_rest_of_a_slow_list_is_read() {
    for house in House::both().await {
        house.gateway.set_page(2);
        for n in 0..3 {
            house.gateway.hears(&number(n), OURS, "Hvem er dette?");
        }
        house.clock().advance_ms(SECOND);
        house.gateway.hears(&number(3), OURS, "STOPP");
        house.gateway.fail_list(1, Fault::Hang);
        let webhooks = Lists::of(&house).webhooks;
        let no = async {
            while replies(&house).await.is_empty() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = webhooks.poll(ACCOUNT) => panic!("the no waited for the whole list"),
            () = no => {}
        }
        let kinds: Vec<ReplyKind> = replies(&house).await.iter().map(|reply| reply.kind).collect();
        assert_eq!(kinds, [ReplyKind::OptOut]);
    }
}

#[tokio::test]
async fn two_accounts_with_one_list_that_are_asked_at_once_take_each_answer_in_once() {
    for house in House::both().await {
        let twin = format!(
            "[gateways.twin]\nkind = \"twilio\"\naccount_sid = \"{ACCOUNT_SID}\"\nauth_token = {{ file = \"token\" }}\n\
             from = \"{OURS}\"\nbase_url = \"{}\"",
            house.gateway.base_url()
        );
        let webhooks = Lists::with(&house, &twin).webhooks;
        for n in 0..20 {
            house.gateway.hears(&number(n), OURS, "Hvem er dette?");
        }
        let (one, other) = tokio::join!(webhooks.poll(ACCOUNT), webhooks.poll("twin"));
        one.unwrap();
        other.unwrap();
        assert_eq!(replies(&house).await.len(), 20);
    }
}
