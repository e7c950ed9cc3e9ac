//! A peer sees own tasks and own contacts, and nothing else.

use axum::http::StatusCode;
use lykt::domain::role::Role;

use crate::web::staff::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_sees_only_what_is_meant_for_them() {
    for service in Service::both().await {
        let (kari, bo) = (service.worker("Kari", Role::Staff).await, service.worker("Bo", Role::Peer).await);
        let people = service.calls(2).await;
        let (mine, other) = (service.id(&people[0]).await, service.id(&people[1]).await);
        let (contact, stranger) = (people[0].contact, people[1].contact);
        assert!(!service.get(&bo, "/today").await.body.contains("/tasks/"), "no pool for a peer");
        assert_eq!(service.post(&bo, "/today/next", "").await.status, StatusCode::CONFLICT);
        service.post(&kari, &format!("/tasks/{mine}/take"), "").await;
        service.post(&kari, &format!("/tasks/{mine}/hand-over"), "to=Bo").await;
        for path in ["", "/outcome/talked"] {
            assert_eq!(service.get(&bo, &format!("/tasks/{other}{path}")).await.status, StatusCode::NOT_FOUND);
        }
        for path in ["take", "number", "release", "undo", "outcome/talked"] {
            let answer = service.post(&bo, &format!("/tasks/{other}/{path}"), "").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(service.get(&bo, &format!("/contacts/{stranger}")).await.status, StatusCode::NOT_FOUND);
        for path in ["touch", "number", "opt-out"] {
            let answer = service.post(&bo, &format!("/contacts/{stranger}/{path}"), "kind=visit").await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert!(service.ledger(stranger).await.is_empty());
        assert_eq!(service.get(&bo, &format!("/contacts/{contact}")).await.status, StatusCode::OK);
        let card = service.post(&bo, "/today/next", "").await.to;
        assert_eq!(card, format!("/tasks/{mine}"));
        let page = service.get(&bo, &card).await.body;
        let begins = page.find("Alt du får vite, blir mellom dere og tjenesten.").unwrap();
        assert!(begins < page.find("Hei, dette er Noor.").unwrap(), "the script begins with it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_who_checks_a_number_gets_the_sentence_and_no_history() {
    for service in Service::both().await {
        let (kari, bo) = (service.worker("Kari", Role::Staff).await, service.worker("Bo", Role::Peer).await);
        let number = "%2B46701740605";
        let form = format!("address={number}&kind=message&note=secret+words");
        let known = service.post(&kari, "/contacts", &form).await.to;
        let answer = service.post(&bo, "/check", &format!("address={number}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.body.contains("No: this number may not be approached before"), "{}", answer.body);
        assert!(!answer.body.contains("secret words") && !answer.body.contains("Register"));
        assert_eq!(service.get(&bo, &known).await.status, StatusCode::NOT_FOUND);
        assert_eq!(service.post(&bo, "/contacts", &form).await.status, StatusCode::NOT_FOUND);
    }
}
