//! How fast: never more than the rate and one burst, a restart or not, and what a day promises is reached.

use serde_json::json;

use crate::house::{HOUR, House, MINUTE, SECOND};

#[tokio::test]
async fn over_an_hour_never_more_goes_than_the_rate_and_a_restart_gives_no_burst() {
    for house in House::both().await {
        let plan = house.campaign("vinter", json!({ "rate": "10/min" })).await;
        house.queue("vinter", plan, 0..700).await;
        let mut outbox = house.outbox().await;
        let (mut per_minute, mut began) = (Vec::new(), 0);
        for second in 0..60 * 60 {
            if second % 3 == 0 {
                if second % 300 == 0 {
                    outbox = house.outbox().await;
                }
                began += house.drain(&mut outbox).await.began;
            }
            house.clock().advance_ms(SECOND);
            if second % 60 == 59 {
                per_minute.push(began);
                began = 0;
            }
        }
        assert!(per_minute.iter().all(|n| *n <= 11), "{per_minute:?}");
        let all: usize = per_minute.iter().sum();
        assert!((595..=601).contains(&all), "{all} in an hour of 10/min");
        house.states("vinter", 700).await;
    }
}

#[tokio::test]
async fn so_many_a_day_inside_a_window_go_within_the_day() {
    for (rate, from, until, expected) in
        [("100/day", "11:00", "18:00", 100), ("60/day", "12:00", "12:30", 60), ("1/day", "11:00", "18:00", 1)]
    {
        for house in House::both().await {
            let days = ["mon", "tue", "wed", "thu", "fri"];
            let window = json!({ "days": days, "from": from, "until": until, "holidays": "NO" });
            let plan = house.campaign("vinter", json!({ "rate": rate, "window": window })).await;
            house.queue("vinter", plan, 0..300).await;
            let mut outbox = house.outbox().await;
            for day in ["2026-12-07", "2026-12-08"] {
                house.at_time(&format!("{day}T{from}:00"));
                let mut began = 0;
                let step = if expected == 60 { 5 * SECOND } else { MINUTE };
                for _ in 0..8 * HOUR / MINUTE {
                    began += house.drain(&mut outbox).await.began;
                    house.clock().advance_ms(step);
                }
                assert!(began.abs_diff(expected) * 100 <= expected, "{began} of {rate} from {from} to {until}");
            }
        }
    }
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
