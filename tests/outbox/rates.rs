//! How fast: never more than the rate and one burst, a restart or not, and what a day promises is reached.

use serde_json::json;

use crate::outbox::house::{House, MINUTE, SECOND};

#[tokio::test]
async fn over_an_hour_never_more_goes_than_the_rate_and_a_restart_gives_no_burst() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "1/min" })).await;
        house.queue("vinter", plan, 0..200).await;
        let mut outbox = house.outbox().await;
        let mut per_minute = Vec::new();
        for minute in 0..60 {
            if minute % 5 == 0 {
                outbox = house.outbox().await;
            }
            let mut began = 0;
            for _ in 0..3 {
                began += house.drain(&mut outbox).await.began;
                house.clock().advance_ms(20 * SECOND);
            }
            per_minute.push(began);
        }
        assert!(per_minute.iter().all(|n| *n <= 2), "{per_minute:?}");
        let all: usize = per_minute.iter().sum();
        assert!((60..=61).contains(&all), "{all} in an hour of 1/min");
        house.states("vinter", 200).await;
    }
}

#[tokio::test]
async fn so_many_a_day_inside_a_window_go_within_the_day() {
    for (rate, from, until, expected) in
        [("40/day", "11:00", "18:00", 40), ("30/day", "12:00", "12:30", 30), ("1/day", "11:00", "18:00", 1)]
    {
        for house in House::both().await {
            let window = json!({ "days": ["mon", "tue"], "from": from, "until": until, "holidays": "NO" });
            let plan = house.campaign("vinter", json!({ "rate": rate, "window": window })).await;
            house.queue("vinter", plan, 0..100).await;
            let mut outbox = house.outbox().await;
            for day in ["2026-12-07", "2026-12-08"] {
                house.at_time(&format!("{day}T{from}:00"));
                let mut began = 0;
                while house.clock().zoned().time() < until.parse().unwrap() {
                    began += house.drain(&mut outbox).await.began;
                    house.clock().advance_ms(until_the_next(&house).await);
                }
                assert_eq!(began, expected, "{rate} from {from} to {until}");
            }
        }
    }
}

/// How long until the campaign's next message may go, and half a minute when it may already.
async fn until_the_next(house: &House) -> i64 {
    let mut tx = house.db.read().await.unwrap();
    let [next_us, _] = lykt::store::meta::buckets(&mut tx, ["campaign:vinter", "account:twilio"]).await.unwrap();
    (next_us / 1000 + 1 - house.clock().now_ms()).max(30 * SECOND)
}

#[tokio::test]
async fn an_account_keeps_its_own_rate_over_all_campaigns() {
    // On PostgreSQL the steady clock is the server's and cannot be moved: there it must hold the second message back.
    for house in House::both().await {
        for name in ["a", "b", "c"] {
            let plan = house.campaign(name, json!({})).await;
            let first = 100 * (name.as_bytes()[0] - b'a') as u32;
            house.queue(name, plan, first..first + 40).await;
        }
        let mut outbox = house.outbox_at(&house.gateway.base_url(), "60/h").await;
        assert_eq!(house.drain(&mut outbox).await.began, 1);
        let mut again = house.outbox_at(&house.gateway.base_url(), "60/h").await;
        assert_eq!(house.drain(&mut again).await.began, 0, "a restart gives no new burst");
        if !house.db.is_shared() {
            let mut began = 1;
            for _ in 0..60 {
                house.clock().advance_ms(MINUTE);
                began += house.drain(&mut again).await.began;
            }
            assert_eq!(began, 61);
        }
    }
}

#[tokio::test]
async fn two_nodes_that_meet_at_an_empty_bucket_share_one_burst() {
    let house = House::on_postgres().await;
    let plan = house.campaign("vinter", json!({ "rate": "1/h" })).await;
    house.queue("vinter", plan, 0..100).await;
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(house.outbox().await);
    }
    let [one, two, three, four] = &mut nodes[..] else { unreachable!("four nodes") };
    let began = tokio::join!(one.step(), two.step(), three.step(), four.step());
    let began: usize = [began.0, began.1, began.2, began.3].into_iter().map(|step| step.unwrap().began).sum();
    assert_eq!(began, 1);
}
