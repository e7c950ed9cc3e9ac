//! Everything of one colleague goes to another: shown before it moves, and a peer keeps the narrow view.

use axum::http::StatusCode;
use lykt::domain::role::Role;
use lykt::store::{keeping, reply};

use crate::web::staff::Service;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_of_a_peer_goes_to_another_who_then_sees_the_history_and_nothing_else() {
    for service in Service::both().await {
        let (kari, bo) = (service.worker("Kari", Role::Staff).await, service.worker("Bo", Role::Peer).await);
        let (noor, chief) = (service.worker("Noor", Role::Peer).await, service.worker("Ann", Role::Coordinator).await);
        let people = service.calls(4).await;
        let card = |id: &str| format!("/tasks/{id}");
        let mut ids = Vec::new();
        for person in &people {
            ids.push(service.id(person).await);
        }
        for id in &ids[..3] {
            service.post(&kari, &format!("{}/take", card(id)), "").await;
            service.post(&kari, &format!("{}/hand-over", card(id)), "to=Bo").await;
        }
        // One is done and remembered, one is held just now, one waits.
        service.post(&bo, &format!("{}/take", card(&ids[0])), "").await;
        let form = "note=likes+to+be+rung+late";
        service.post(&bo, &format!("{}/outcome/talked", card(&ids[0])), form).await;
        service.post(&bo, &format!("{}/take", card(&ids[1])), "").await;

        let page = |n: usize| format!("/contacts/{}", people[n].contact);
        for n in 0..4 {
            assert_eq!(service.get(&noor, &page(n)).await.status, StatusCode::NOT_FOUND, "{n}");
        }
        let seen = service.get(&chief, "/hand-over?from=bo&to=Noor").await;
        assert_eq!(seen.status, StatusCode::OK);
        assert!(seen.body.contains("<b>2</b> open tasks") && seen.body.contains("<b>3</b> contacts"), "{}", seen.body);
        assert_eq!(service.get(&noor, &page(1)).await.status, StatusCode::NOT_FOUND, "looking moves nothing");

        let to = service.post(&chief, "/hand-over", "from=Bo&to=Noor").await.to;
        assert_eq!(to, "/hand-over?done=5");
        for n in 0..3 {
            assert_eq!(service.get(&noor, &page(n)).await.status, StatusCode::OK, "{n}");
        }
        let history = service.get(&noor, &page(0)).await.body;
        assert!(history.contains("likes to be rung late"), "the notes came with it: {history}");
        assert_eq!(history.matches("Bo → Noor").count(), 1, "said once");
        assert!(service.get_in(&noor, &page(0), "nb").await.body.contains("Overlatt"));
        assert_eq!(service.get(&noor, &page(3)).await.status, StatusCode::NOT_FOUND, "and nothing else");
        let (hers, his) = (service.get(&noor, "/today").await.body, service.get(&bo, "/today").await.body);
        for id in &ids[1..3] {
            assert!(hers.contains(id.as_str()) && !his.contains(id.as_str()), "{id}");
        }
        assert!(!hers.contains(&ids[3]));
        let taken = service.post(&noor, &format!("{}/take", card(&ids[1])), "").await;
        assert_eq!(taken.to, card(&ids[1]), "what he held is free for her");
        let again = service.get(&chief, "/hand-over?from=Bo&to=Noor").await.body;
        assert!(again.contains("Nothing is left to hand over."), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_were_taken_on_go_along_but_never_to_a_peer() {
    for service in Service::both().await {
        let chief = service.worker("Ann", Role::Coordinator).await;
        for (name, role) in [("Kari", Role::Staff), ("Ola", Role::Staff), ("Bo", Role::Peer)] {
            service.worker(name, role).await;
        }
        let people = service.calls(1).await;
        service.house.answers(&people[0], false).await;
        let mut tx = service.house.db.begin().await.unwrap();
        let vault = &service.house.tasks.ledger.vault;
        let id = reply::of_contact(&mut tx, vault, people[0].contact).await.unwrap()[0].id;
        assert!(reply::pass(&mut tx, id, None, Some("Kari"), 1).await.unwrap());
        tx.commit().await.unwrap();
        for (from, to, owner, keeper) in [("Kari", "Ola", Some("Ola"), Some("Ola")), ("Ola", "Bo", None, Some("Bo"))] {
            service.post(&chief, "/hand-over", &format!("from={from}&to={to}")).await;
            let mut tx = service.house.db.read().await.unwrap();
            let answer = reply::get(&mut tx, vault, id).await.unwrap().unwrap();
            assert_eq!(answer.owner.as_deref(), owner, "{from} to {to}");
            let kept = keeping::of(&mut tx, people[0].contact).await.unwrap();
            assert_eq!(kept.map(|kept| kept.by).as_deref(), keeper, "{from} to {to}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_to_who_cannot_take_it_and_a_closed_door_says_what_is_left() {
    for service in Service::both().await {
        let (kari, chief) = (service.worker("Kari", Role::Staff).await, service.worker("Ann", Role::Coordinator).await);
        let admin = service.worker("Ada", Role::Admin).await;
        let ola = service.worker("Ola", Role::Staff).await;
        let people = service.calls(1).await;
        let id = service.id(&people[0]).await;
        service.post(&kari, &format!("/tasks/{id}/take"), "").await;
        for (from, to) in [("Kari", "Ada"), ("Kari", "kari"), ("Kari", "Nobody"), ("", "Ola"), ("Kari", "")] {
            let form = format!("from={from}&to={to}");
            for answer in [
                service.post(&chief, "/hand-over", &form).await,
                service.get(&chief, &format!("/hand-over?{form}")).await,
            ] {
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}: {}", answer.body);
            }
        }
        assert_eq!(service.post(&kari, "/hand-over", "from=Kari&to=Ola").await.status, StatusCode::NOT_FOUND);
        assert!(!service.get(&ola, "/today").await.body.contains(&id));
        let left = |body: &str| body.contains("lykt tasks hand-over");
        assert!(!left(&service.get(&admin, "/users").await.body), "her door is open");
        service.close("Kari").await;
        assert!(left(&service.get(&admin, "/users").await.body));
        service.post(&chief, "/hand-over", "from=Kari&to=Ola").await;
        assert!(service.get(&ola, "/today").await.body.contains(&id));
        assert!(!left(&service.get(&admin, "/users").await.body), "nothing is left");
    }
}
