//! What keeps the house from its work is told once, and its end once, whoever sees it.

use lykt::alarm::{Watch, Words};
use lykt::domain::campaign::CampaignState;
use lykt::domain::lang::Lang;
use lykt::outbox::Outbox;
use lykt::store::notice::{self, Notice, Way};
use lykt::store::{account, campaign, partner};

use crate::fault_gateway::Fault;
use crate::outbox::house::{ACCOUNT, HOUR, House, MINUTE};

fn watch(house: &House, outbox: &Outbox) -> Watch {
    let witness = std::path::Path::new("lykt.witness");
    Watch {
        audit: lykt::audit::Keeper::new(house.ledger.vault.clone(), house.ledger.clock.clone(), witness),
        accounts: house.accounts(&house.gateway.base_url(), "1/s"),
        troubles: outbox.troubles(),
        backups: None,
        words: Words { lang: Lang::En, house: "https://lykt.example.org".to_owned() },
        ways: vec![Way::Operators, Way::Webhook],
    }
}

async fn told(house: &House) -> Vec<Notice> {
    let mut tx = house.db.read().await.unwrap();
    notice::since(&mut tx, 0).await.unwrap()
}

async fn pause(house: &House) {
    let mut tx = house.db.begin().await.unwrap();
    account::pause(&mut tx, ACCOUNT, "20003", None, house.clock().now_ms()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn resume(house: &House) {
    let mut tx = house.db.begin().await.unwrap();
    account::resume(&mut tx, ACCOUNT).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn an_alarm_is_told_once_by_each_way_however_often_and_by_however_many_it_is_seen() {
    for house in House::both().await {
        let outbox = house.outbox().await;
        let (one, other) = (watch(&house, &outbox), watch(&house, &house.outbox().await));
        one.step(&house.db, &house.ledger).await.unwrap();
        assert!(told(&house).await.is_empty(), "nothing is wrong");
        pause(&house).await;
        for _ in 0..3 {
            let (a, b) = tokio::join!(one.step(&house.db, &house.ledger), other.step(&house.db, &house.ledger));
            a.unwrap();
            b.unwrap();
            house.clock().advance_ms(MINUTE);
        }
        let notices = told(&house).await;
        let ways: Vec<Way> = notices.iter().map(|notice| notice.way).collect();
        assert_eq!(ways.len(), 2, "{notices:?}");
        assert!(ways.contains(&Way::Operators) && ways.contains(&Way::Webhook));
        assert!(
            notices
                .iter()
                .all(|notice| notice.subject == "Lykt: the provider refuses the account twilio; it sends nothing")
        );
    }
}

#[tokio::test]
async fn what_comes_and_goes_is_one_alarm_and_its_end_is_told_once() {
    let house = House::on_sqlite().await;
    let watch = watch(&house, &house.outbox().await);
    for _ in 0..5 {
        pause(&house).await;
        watch.step(&house.db, &house.ledger).await.unwrap();
        resume(&house).await;
        house.clock().advance_ms(5 * MINUTE);
        watch.step(&house.db, &house.ledger).await.unwrap();
    }
    assert_eq!(told(&house).await.len(), 2);
    for _ in 0..3 {
        house.clock().advance_ms(10 * MINUTE);
        watch.step(&house.db, &house.ledger).await.unwrap();
    }
    let notices = told(&house).await;
    assert_eq!(notices.iter().filter(|notice| notice.subject.starts_with("Lykt: it is over: ")).count(), 2);
    assert_eq!(notices.len(), 4);
    pause(&house).await;
    watch.step(&house.db, &house.ledger).await.unwrap();
    assert_eq!(told(&house).await.len(), 6, "what begins again afterwards is news");
}

#[tokio::test]
async fn a_gateway_that_is_away_is_told_when_it_stays_away() {
    let house = House::on_sqlite().await;
    let plan = house.campaign("vinter", serde_json::json!({})).await;
    house.queue("vinter", plan, 0..5).await;
    let mut outbox = house.outbox_at("http://127.0.0.1:9", "1000/s").await;
    let watch = watch(&house, &outbox);
    for _ in 0..5 {
        house.drain(&mut outbox).await;
        house.clock().advance_ms(10_000);
    }
    watch.step(&house.db, &house.ledger).await.unwrap();
    assert!(told(&house).await.is_empty(), "it may be over in a moment");
    house.clock().advance_ms(MINUTE);
    watch.step(&house.db, &house.ledger).await.unwrap();
    let notices = told(&house).await;
    assert!(notices[0].subject.contains("cannot be reached") && notices.len() == 2, "{notices:?}");
}

#[tokio::test]
async fn a_campaign_that_paused_itself_a_clock_that_jumped_and_old_doubts_are_alarms() {
    let house = House::on_sqlite().await;
    let mut outbox = house.outbox().await;
    let watch = watch(&house, &outbox);
    let plan = house.campaign("vinter", serde_json::json!({})).await;
    house.queue("vinter", plan, 0..1).await;
    house.gateway.fail_next(Fault::AcceptThen500);
    house.drain(&mut outbox).await;
    let mut tx = house.db.begin().await.unwrap();
    lykt::ledger::trust::note(&mut tx, house.clock()).await.unwrap();
    let paused = (CampaignState::Paused, Some("filtered"), house.clock().now_ms());
    campaign::move_state(&mut tx, "vinter", &[CampaignState::Running], paused.0, paused.1, paused.2).await.unwrap();
    tx.commit().await.unwrap();
    let about = async |what: &str| told(&house).await.iter().any(|notice| notice.subject.contains(what));
    watch.step(&house.db, &house.ledger).await.unwrap();
    assert!(about("vinter has paused itself").await && !about("doubt").await);
    for _ in 0..2 {
        house.clock().advance_ms(HOUR + MINUTE);
        watch.step(&house.db, &house.ledger).await.unwrap();
    }
    assert!(about("in doubt for more than an hour").await && !about("the clock").await);
    house.clock().advance_ms(26 * HOUR);
    watch.step(&house.db, &house.ledger).await.unwrap();
    assert!(about("the clock is more than a day").await);
}

#[tokio::test]
async fn a_partner_that_asks_about_more_people_than_it_may_is_told_of_at_once() {
    let house = House::on_sqlite().await;
    let watch = watch(&house, &house.outbox().await);
    let today = house.clock().today().to_string();
    for (numbers, subjects) in [
        (20, &[][..]),
        (1, &["Lykt: the partner fyret asked today about more people than it may; it was not answered"; 2]),
    ] {
        let mut tx = house.db.begin().await.unwrap();
        assert_eq!(partner::take_share(&mut tx, "fyret", &today, numbers, 20).await.unwrap(), subjects.is_empty());
        tx.commit().await.unwrap();
        watch.step(&house.db, &house.ledger).await.unwrap();
        let said: Vec<String> = told(&house).await.into_iter().map(|notice| notice.subject).collect();
        assert_eq!(said, subjects);
    }
}
