//! The market's pages: a menu entry only where there is a market, a form that says what is wrong, a chart with gaps.

use axum::http::StatusCode;
use lykt::domain::role::Role;

use super::{PLATFORMS, QUESTIONS};
use crate::web::staff::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_is_counted_corrected_and_drawn_with_its_gaps() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        service.house.at("2026-12-08T12:00:00");
        assert!(
            !service.get(&kari, "/today").await.body.contains("href=\"/market\""),
            "a team that only sends sees none of it"
        );
        service.write("platforms/a.toml", PLATFORMS);
        service.write("questions/a.toml", QUESTIONS);
        assert!(service.get(&kari, "/today").await.body.contains("href=\"/market\""));
        let market = service.get(&kari, "/market").await.body;
        for part in
            ["mostly women", "not counted this week", "never counted", "Where do you advertise?", "Y &#38; &#60;b&#62;"]
        {
            assert!(market.contains(part), "{part}: {market}");
        }
        for (week, ads) in [("2026-W46", 100), ("2026-W49", 90)] {
            let saved = service.post(&kari, "/market/x", &format!("week={week}&ads={ads}&women=+&men=7")).await;
            assert_eq!(saved.to, "/market/x", "{}", saved.body);
        }
        let page = service.get(&kari, "/market/x").await.body;
        for part in ["not counted: 2026-W47 to 2026-W48", "2026-W49", "Kari", "Hatched weeks"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        let wrong = service.post(&kari, "/market/x", "week=2026-W49&ads=10&women=80").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("the groups are 80 together") && wrong.body.contains("value=\"80\""),
            "{}",
            wrong.body
        );
        for week in ["2027-W20", "i fjor", ""] {
            let wrong = service.post(&kari, "/market/x", &format!("week={week}&ads=10")).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{week}");
        }
        let csv = service.get(&kari, "/market/x/counts.csv").await.body;
        assert!(csv.contains("x,2026-W46,100,,7,,,,,Kari,2026-12-08"), "{csv}");
        assert_eq!(service.get(&kari, "/market/none").await.status, StatusCode::NOT_FOUND);
        assert_eq!(service.post(&kari, "/market/none", "week=2026-W49&ads=1").await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_one_press_and_a_peer_sees_nothing_of_the_market() {
    for service in Service::both().await {
        service.write("questions/a.toml", QUESTIONS);
        let (kari, noor) = (service.worker("Kari", Role::Staff).await, service.worker("Noor", Role::Peer).await);
        for _ in 0..2 {
            assert_eq!(service.post(&kari, "/market/questions/where", "answer=street").await.to, "/market");
        }
        service.post(&kari, "/market/questions/where", "answer=street&less=yes").await;
        let page = service.get_in(&kari, "/market", "nb").await.body;
        assert!(page.contains("på gata · 1"), "{page}");
        let wrong = service.post(&kari, "/market/questions/where", "answer=none").await;
        assert!(wrong.body.contains("Choose one of the answers"), "{}", wrong.body);
        assert_eq!(service.get(&noor, "/market").await.status, StatusCode::NOT_FOUND);
        assert!(!service.get(&noor, "/today").await.body.contains("href=\"/market\""));
    }
}
