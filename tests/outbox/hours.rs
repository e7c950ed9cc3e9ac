//! When nothing goes out: outside the window, in its last ten minutes, on holidays, in the two odd nights.

use serde_json::{Value, json};

use crate::outbox::house::House;

/// Who got something at each of these local times; a fresh person for each.
async fn sends_at(house: &House, window: Value, moments: &[&str]) -> Vec<bool> {
    let ends = json!({ "window": window, "starts": "2020-01-01", "ends": "2030-01-01" });
    let mut outbox = house.outbox().await;
    let mut sent = Vec::new();
    for (n, moment) in (0..).zip(moments) {
        let to: jiff::Timestamp = moment.parse().unwrap();
        house.clock().advance_ms(to.as_millisecond() - house.clock().now_ms());
        let plan = house.campaign(&format!("c{n}"), ends.clone()).await;
        house.queue(&format!("c{n}"), plan, n..n + 1).await;
        let before = house.sends();
        house.drain(&mut outbox).await;
        sent.push(house.sends() > before);
        // Those who had to wait are not to go out at a later moment of the test.
        house.becomes(&format!("c{n}"), lykt::domain::campaign::CampaignState::Paused).await;
    }
    sent
}

#[tokio::test]
async fn nothing_begins_outside_the_window_nor_in_its_last_ten_minutes() {
    let window =
        json!({ "days": ["mon", "tue", "wed", "thu", "fri"], "from": "11:00", "until": "18:00", "holidays": "NO" });
    let moments = [
        ("2026-12-04T10:59:59.999+01:00", false),
        ("2026-12-04T11:00:00+01:00", true),
        ("2026-12-04T17:49:59.999+01:00", true),
        ("2026-12-04T17:50:00+01:00", false),
        ("2026-12-04T18:00:00+01:00", false),
        ("2026-12-05T12:00:00+01:00", false),
        ("2026-12-25T12:00:00+01:00", false),
        ("2027-05-17T12:00:00+02:00", false),
        ("2027-05-18T12:00:00+02:00", true),
    ];
    for house in House::both().await {
        let sent = sends_at(&house, window.clone(), &moments.map(|(at, _)| at)).await;
        assert_eq!(sent, moments.map(|(_, open)| open), "{moments:?}");
    }
}

#[tokio::test]
async fn in_the_two_odd_nights_the_clock_on_the_wall_decides() {
    let window = json!({ "days": ["sun"], "from": "02:00", "until": "03:00", "holidays": "none" });
    let moments = [
        // Spring: there is no two o'clock.
        ("2027-03-28T01:59:00+01:00", false),
        ("2027-03-28T03:00:00+02:00", false),
        ("2027-03-28T03:30:00+02:00", false),
        // Autumn: there are two, and the first of them is not near its end.
        ("2027-10-31T01:59:00+02:00", false),
        ("2027-10-31T02:30:00+02:00", true),
        ("2027-10-31T02:55:00+02:00", true),
        ("2027-10-31T02:30:00+01:00", true),
        ("2027-10-31T02:50:00+01:00", false),
        ("2027-10-31T03:00:00+01:00", false),
    ];
    for house in House::both().await {
        let sent = sends_at(&house, window.clone(), &moments.map(|(at, _)| at)).await;
        assert_eq!(sent, moments.map(|(_, open)| open), "{moments:?}");
    }
}

#[tokio::test]
async fn the_gateway_holds_a_message_no_longer_than_the_window() {
    for house in House::both().await {
        house.one().await;
        house.at_time("2026-12-03T17:40:00");
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        let validity: i64 = house.gateway.accepts()[0].fields["ValidityPeriod"].parse().unwrap();
        assert!((600..=1200).contains(&validity), "{validity}");
    }
}

#[tokio::test]
async fn nothing_begins_before_the_first_day_nor_after_the_last() {
    for house in House::both().await {
        let dates = json!({ "starts": "2026-12-04", "ends": "2026-12-04" });
        let plan = house.campaign("vinter", dates).await;
        let people = house.queue("vinter", plan, 0..2).await;
        let mut outbox = house.outbox().await;
        house.drain(&mut outbox).await;
        assert_eq!(house.sends(), 0);
        house.at_time("2026-12-07T12:00:00");
        house.drain(&mut outbox).await;
        house.reap().await;
        assert_eq!((house.sends(), house.state(&people[0]).await), (0, "withdrawn"));
    }
}

#[tokio::test]
async fn a_campaign_goes_out_on_its_first_day_and_still_on_its_last() {
    for house in House::both().await {
        for (name, dates) in [
            ("first", json!({ "starts": "2026-12-03", "ends": "2026-12-04" })),
            ("last", json!({ "starts": "2026-12-02", "ends": "2026-12-03" })),
        ] {
            let plan = house.campaign(name, dates).await;
            let from = if name == "first" { 0 } else { 10 };
            let person = house.queue(name, plan, from..from + 1).await.remove(0);
            let mut outbox = house.outbox().await;
            house.drain(&mut outbox).await;
            assert_eq!(house.state(&person).await, "accepted", "{name}");
        }
    }
}
