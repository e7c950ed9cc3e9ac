//! The day's list: what is mine, what anybody may take, and that no call is held twice.

use std::collections::HashSet;
use std::sync::Arc;

use axum::http::StatusCode;
use lykt::domain::role::Role;

use crate::web::staff::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_masks_numbers_and_says_why_in_both_languages() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let people = service.calls(1).await;
        let page = service.get(&kari, "/today").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("SMS 5 days ago, no answer") && page.body.contains("Take it"), "{}", page.body);
        assert!(page.body.contains("+44 ··· ·· 000") && !page.body.contains(&people[0].number));
        let norsk = service.get_in(&kari, "/today", "nb").await;
        assert!(norsk.body.contains("Neste samtale") && norsk.body.contains("Ta den"));
        assert!(service.ledger(people[0].contact).await.is_empty(), "looking changes nothing");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_fifty_lines_and_the_next_has_the_rest() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        service.calls(53).await;
        let lines = |body: &str| body.matches("/take\"").count();
        let first = service.get(&kari, "/today").await;
        assert_eq!(lines(&first.body), 50);
        assert!(first.body.contains("/today?page=1"));
        let rest = service.get(&kari, "/today?page=1").await;
        assert_eq!(lines(&rest.body), 3);
        assert!(!rest.body.contains("/today?page=2"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_who_press_next_at_once_never_hold_the_same_call() {
    for service in Service::both().await {
        let workers = [service.worker("Kari", Role::Staff).await, service.worker("Ola", Role::Staff).await];
        service.calls(200).await;
        let service = Arc::new(service);
        let mut seen = HashSet::new();
        for round in 0..100 {
            let press = workers.clone().map(|who| {
                let service = service.clone();
                tokio::spawn(async move {
                    let card = service.post(&who, "/today/next", "").await;
                    assert_eq!(card.status, StatusCode::SEE_OTHER, "{}", card.body);
                    (who, card.to)
                })
            });
            for pressed in press {
                let (who, card) = pressed.await.unwrap();
                assert!(seen.insert(card.clone()), "round {round}: a call was given twice");
                let saved = service.post(&who, &format!("{card}/outcome/talked"), "").await;
                assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
            }
        }
        assert_eq!(seen.len(), 200);
        let refused = service.post(&workers[0], "/today/next", "").await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        assert!(refused.body.contains("There is nothing free."), "{}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn next_leads_back_to_the_call_that_is_held_already() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        service.calls(2).await;
        let first = service.post(&kari, "/today/next", "").await.to;
        assert_eq!(service.post(&kari, "/today/next", "").await.to, first);
        assert!(service.get(&kari, "/today").await.body.contains("yours until 12:"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_was_handed_over_is_only_the_colleagues_until_they_release_it() {
    for service in Service::both().await {
        let (kari, ola) = (service.worker("Kari", Role::Staff).await, service.worker("Ola", Role::Staff).await);
        let chief = service.worker("Ann", Role::Coordinator).await;
        let people = service.calls(1).await;
        let task = format!("/tasks/{}", service.id(&people[0]).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        let nobody = service.post(&kari, &format!("{task}/hand-over"), "to=Nobody").await;
        assert_eq!(nobody.status, StatusCode::CONFLICT, "{}", nobody.body);
        assert_eq!(service.post(&kari, &format!("{task}/hand-over"), "to=ola").await.to, "/today");
        let taken = service.post(&kari, &format!("{task}/take"), "").await;
        assert!(taken.status == StatusCode::CONFLICT && taken.body.contains("meant for Ola"), "{}", taken.body);
        assert!(!service.get(&kari, "/today").await.body.contains(&task), "it is not in the pool");
        assert!(service.get(&ola, "/today").await.body.contains(&task));
        assert_eq!(service.post(&kari, &format!("{task}/hand-over"), "to=Kari").await.status, StatusCode::CONFLICT);
        assert_eq!(service.post(&chief, &format!("{task}/hand-over"), "to=Ann").await.status, StatusCode::SEE_OTHER);
        service.post(&chief, &format!("{task}/release"), "").await;
        assert_eq!(service.post(&kari, &format!("{task}/take"), "").await.to, task);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snoozed_call_waits_and_is_free_then() {
    for service in Service::both().await {
        let kari = service.worker("Kari", Role::Staff).await;
        let people = service.calls(1).await;
        let task = format!("/tasks/{}", service.id(&people[0]).await);
        service.post(&kari, &format!("{task}/take"), "").await;
        assert!(service.get(&kari, &task).await.body.contains("this afternoon, 14:00"));
        assert_eq!(service.post(&kari, &format!("{task}/snooze"), "until=half_hour").await.to, "/today");
        let early = service.post(&kari, "/today/next", "").await;
        assert!(early.body.contains("2026-12-08 12:30"), "{}", early.body);
        service.house.at("2026-12-08T12:30:00");
        assert_eq!(service.post(&kari, "/today/next", "").await.to, task);
    }
}
